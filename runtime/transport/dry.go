package transport

import (
	"io"
	"net/http"
	"strings"
)

// Dry returns the transport that goes nowhere: every request is answered at once with 200 OK, no headers and an empty
// body, and its [Exchange] says [Exchange.Dry].
func Dry() Transport { return dry{code: http.StatusOK, reason: "OK"} }

// Answering returns the transport that goes nowhere and answers every request with the given status, its usual reason
// and an empty body, and marks the [Exchange] as [Exchange.Dry].
func Answering(code int) Transport {
	return dry{code: code, reason: http.StatusText(code)}
}

type dry struct {
	code   int
	reason string
}

// RoundTrip implements [http.RoundTripper].
func (d dry) RoundTrip(r *http.Request) (*http.Response, error) {
	discardBody(r)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	ExchangeFrom(r.Context()).SetDry()
	return &http.Response{
		Status:     statusLine(d.code, d.reason),
		StatusCode: d.code,
		Proto:      "HTTP/1.1",
		ProtoMajor: 1,
		ProtoMinor: 1,
		Header:     http.Header{},
		Body:       http.NoBody,
		Request:    r,
	}, nil
}

// Close implements [Transport].
func (dry) Close() error { return nil }

// statusLine is the form of http.Response.Status.
func statusLine(code int, reason string) string {
	var b strings.Builder
	for _, digit := range [...]int{code / 100, code / 10 % 10, code % 10} {
		b.WriteByte(byte('0' + digit))
	}
	_, _ = io.WriteString(&b, " "+reason)
	return b.String()
}
