package answer

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/luapush/luapush/runtime/transport"
)

// Header is a header line of an answer.
type Header struct{ Name, Value string }

// Answer is what a request gets.
type Answer struct {
	// Status and Reason are the answer's; Reason "" is the usual one.
	Status int
	Reason string
	Header []Header
	Body   string
	// Fault, unless it is "", fails the request instead.
	Fault transport.Mode
	// Slow is how long it takes.
	Slow time.Duration
	// Times is how many requests it answers before the next answer of the
	// rule takes over; 0 is one, and for the last of a rule any number.
	Times int
	// Func, unless it is nil, is asked what to answer. It gives the answer of
	// one request; its own Func does not count. An error fails the request.
	Func func(*Request) (Answer, error)
}

// Request is a request as a function and a rule see it.
type Request struct {
	Method string
	URL    string
	Header http.Header
	Body   string
	// Number counts the requests of the rule, from 1.
	Number int
}

// Faults are the words for what can go wrong, besides a status.
var Faults = []string{"refused", "timeout", "dns", "reset", "badresponse", "badjson"}

// Named makes the answer that a word stands for.
func Named(word string) (Answer, error) {
	switch word {
	case "refused", "timeout", "dns", "reset", "badresponse":
		return Answer{Fault: transport.Mode(word)}, nil
	case "badjson":
		return Answer{
			Status: http.StatusOK, Body: `{"truncated": `,
			Header: []Header{{"Content-Type", "application/json"}},
		}, nil
	}
	return Answer{}, fmt.Errorf("%q is no answer: give a status, a table, a function, or one of %s", word, strings.Join(Faults, ", "))
}

// Check says what is wrong with an answer, or gives nil.
func (a *Answer) Check() error {
	if a.Func == nil && a.Fault == "" && (a.Status < 100 || a.Status > 999) {
		return fmt.Errorf("the status %d is not between 100 and 999", a.Status)
	}
	return nil
}

// response makes the form that clients take.
func (a *Answer) response(r *http.Request) *http.Response {
	reason := a.Reason
	if reason == "" {
		reason = http.StatusText(a.Status)
	}
	header := http.Header{}
	for _, h := range a.Header {
		header.Add(h.Name, h.Value)
	}
	return &http.Response{
		Status: fmt.Sprintf("%03d %s", a.Status, reason), StatusCode: a.Status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Body: io.NopCloser(strings.NewReader(a.Body)), ContentLength: int64(len(a.Body)),
		Request: r,
	}
}

// readBody takes the request's body whole.
func readBody(r *http.Request) string {
	if r.Body == nil || r.Body == http.NoBody {
		return ""
	}
	defer r.Body.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(r.Body); err != nil {
		return ""
	}
	return b.String()
}
