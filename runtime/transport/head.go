package transport

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
)

// HeaderLine is a header line of an answer: its name as it came, its value unfolded and without blanks around it.
type HeaderLine struct{ Name, Value string }

// Answer is the head of an answer as Dovecot's parser sees it, which is now more and now less strict than net/http: it
// leaves control characters out of header values, decodes chunks of HTTP/1.0, and refuses a Connection header that is no
// list of tokens. What it does was asked of a real 2.3.19.1.
type Answer struct {
	// Status and Reason are the status line's.
	Status int
	Reason string
	// Headers are all lines, in their order.
	Headers []HeaderLine
	// Fault is what is wrong with the head, in Dovecot's words; "" is nothing.
	Fault string

	version          string // such as "1.1"
	close, keepAlive bool   // options of Connection
	length           uint64
	hasLength        bool
	codings          []coding
}

// HeadFault finds the first thing wrong with the beginning of an answer, as Dovecot's parser would; "" for nothing.
// Interim answers are passed over.
func HeadFault(head []byte) string {
	r := headReader{}
	r.feed(head)
	return r.answer.Fault
}

// headReader reads the head of an answer, byte by byte as they come, interim answers before it included.
type headReader struct {
	state  headState
	answer Answer
	text   []byte // of the part under way
	fields fieldReader
	size   int
}

type headState int

const (
	inVersion headState = iota
	afterVersion
	inStatus
	afterStatus
	inReason
	afterReason
	inFields
	headDone
)

// done tells whether the head is whole, or at fault.
func (r *headReader) done() bool { return r.state == headDone }

// feed takes bytes up to the end of the head, and tells how many.
func (r *headReader) feed(data []byte) int {
	for i, c := range data {
		if r.done() {
			return i
		}
		if r.size++; r.size > maxHeaderBytes {
			r.fail("Failed to parse header: Excessive header size")
			return i
		}
		if r.state == inFields {
			r.field(c)
			continue
		}
		r.statusLine(c, data[i:])
	}
	return len(data)
}

func (r *headReader) fail(reason string) { r.answer.Fault, r.state = reason, headDone }

// statusLine takes a byte of the status line; rest begins with it.
func (r *headReader) statusLine(c byte, rest []byte) {
	switch r.state {
	case inVersion:
		r.version(c, rest[1:])
	case afterVersion:
		r.blank(c, rest, "version")
	case inStatus:
		r.status(c)
	case afterStatus:
		r.blank(c, rest, "status code")
	case inReason:
		switch {
		case isText(c):
			r.text = append(r.text, c)
			return
		case c == '\r':
			r.state = afterReason
			return
		}
		r.lineEnd(c, rest)
	case afterReason:
		r.lineEnd(c, rest)
	}
}

func (r *headReader) version(c byte, rest []byte) {
	const pattern = "HTTP/1.1"
	r.text = append(r.text, c)
	if len(r.text) < len(pattern) {
		return
	}
	for i, c := range r.text {
		digit := i == 5 || i == 7
		if digit && !isDigit(c) || !digit && c != pattern[i] {
			r.fail("Invalid HTTP version in response: " + Quote(string(r.text)+string(rest)))
			return
		}
	}
	r.answer.version = string(r.text[5:])
	r.text, r.state = r.text[:0], afterVersion
}

func (r *headReader) blank(c byte, rest []byte, after string) {
	if c != ' ' {
		r.fail("Expected ' ' after response " + after + ", but found " + Quote(string(rest)))
		return
	}
	r.state++
}

func (r *headReader) status(c byte) {
	if r.text = append(r.text, c); len(r.text) < 3 {
		return
	}
	status, err := strconv.ParseUint(string(r.text), 10, 16)
	if err != nil || status < 100 || status > 599 {
		r.fail("Invalid HTTP status code in response")
		return
	}
	r.answer.Status = int(status)
	r.text, r.state = r.text[:0], afterStatus
}

func (r *headReader) lineEnd(c byte, rest []byte) {
	if c != '\n' {
		r.fail("Expected line end after response, but found " + Quote(string(rest)))
		return
	}
	r.answer.Reason = string(r.text)
	r.text, r.state = r.text[:0], inFields
}

// field takes a byte of the header lines.
func (r *headReader) field(c byte) {
	line, end, fault := r.fields.feed(c)
	if line != nil { // it came before what is at fault
		if fault := r.answer.take(*line); fault != "" {
			r.fail(fault)
			return
		}
	}
	if fault != "" {
		r.fail("Failed to parse header: " + fault)
		return
	}
	if !end {
		return
	}
	a := &r.answer
	if (a.Status/100 == 1 || a.Status == http.StatusNoContent) && a.length > 0 {
		r.fail(fmt.Sprintf("Unexpected Content-Length header field for %d response (length=%d)", a.Status, a.length))
		return
	}
	if a.Status/100 == 1 {
		*r = headReader{size: r.size} // an interim answer: the real one follows
		return
	}
	r.state = headDone
}

// take adds a header line, and gives what is wrong with it.
func (a *Answer) take(line HeaderLine) string {
	a.Headers = append(a.Headers, line)
	switch http.CanonicalHeaderKey(line.Name) {
	case "Connection":
		options, ok := tokens(line.Value)
		if !ok {
			return "Invalid Connection header"
		}
		for _, o := range options {
			a.close = a.close || strings.EqualFold(o, "close")
			a.keepAlive = a.keepAlive || strings.EqualFold(o, "keep-alive")
		}
	case "Content-Length":
		if a.hasLength {
			return "Duplicate Content-Length header"
		}
		n, err := strconv.ParseUint(line.Value, 10, 64)
		if err != nil {
			return "Invalid Content-Length header"
		}
		a.length, a.hasLength = n, true
	case "Transfer-Encoding":
		list, ok := codings(line.Value)
		if !ok {
			return "Invalid Transfer-Encoding header"
		}
		a.codings = append(a.codings, list...)
	}
	return ""
}

// last tells whether the connection is not to be used again.
func (a *Answer) last() bool {
	return a.Fault != "" || a.close || a.version == "1.0" && !a.keepAlive
}

// framing says how the body ends: after a number of bytes, after the last chunk, or, with a length of -1, with the
// connection. A fault is set when that cannot be said.
func (a *Answer) framing(method string) (length int64, chunked bool) {
	if method == http.MethodHead || method == http.MethodConnect && a.Status/100 == 2 ||
		a.Status == http.StatusNoContent || a.Status == http.StatusNotModified {
		return 0, false
	}
	for _, c := range a.codings {
		switch {
		case strings.EqualFold(c.name, "chunked"):
			chunked = true
			if c.parameter != "" {
				a.Fault = "Unexpected parameter `" + c.parameter + "' specifiedfor the `chunked' transfer coding"
			}
		case chunked:
			a.Fault = "Chunked Transfer-Encoding must be last"
		default:
			a.Fault = "Unknown transfer coding `" + c.name + "'"
		}
		if a.Fault != "" {
			return 0, false
		}
	}
	switch {
	case chunked:
		a.dropLength()
		return 0, true
	case a.hasLength:
		return int64(min(a.length, math.MaxInt64)), false
	}
	return -1, false
}

// dropLength takes the length back, which does not count in a chunked answer.
func (a *Answer) dropLength() {
	kept := a.Headers[:0]
	for _, h := range a.Headers {
		if !strings.EqualFold(h.Name, "Content-Length") {
			kept = append(kept, h)
		}
	}
	a.Headers = kept
}
