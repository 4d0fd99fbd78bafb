package transport

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
)

// reread gives what net/http makes of an answer that comes in pieces and then ends.
func reread(method string, pieces ...string) (a *Answer, body string, bodyErr, headErr error) {
	r := &rereader{method: method}
	var out bytes.Buffer
	for _, p := range pieces {
		r.take([]byte(p), nil)
	}
	r.take(nil, io.EOF)
	p := make([]byte, 7)
	var end error
	for end == nil {
		n, err, _ := r.give(p)
		out.Write(p[:n])
		end = err
	}
	in := io.Reader(&out)
	if !errors.Is(end, io.EOF) {
		in = io.MultiReader(in, failsWith{end})
	}
	answer, err := http.ReadResponse(bufio.NewReader(in), &http.Request{Method: method})
	if err != nil {
		return r.answer.Load(), "", nil, err
	}
	data, err := io.ReadAll(answer.Body)
	return r.answer.Load(), string(data), err, nil
}

type failsWith struct{ err error }

func (f failsWith) Read([]byte) (int, error) { return 0, f.err }

// TestRereadChunks has what a real Dovecot 2.3.19.1 said about chunked bodies.
func TestRereadChunks(t *testing.T) {
	for _, c := range []struct{ chunks, body, err string }{
		{"2\r\nhi\r\n0\r\n\r\n", "hi", ""},
		{"2\nhi\n0\n\n", "hi", ""},
		{"2\r\nhi\r\n0\r\nT: 1\r\n f\r\n\r\n", "hi", ""},
		{"3;a\r\nabc\r\n3;a=\r\nabc\r\n3;a=b;c\r\nabc\r\n0;d\r\n\r\n", "abcabcabc", ""},
		{"3;a=\"\"\r\nabc\r\n0\r\n\r\n", "abc", ""},
		{"0000000000000000000000003\r\nabc\r\n0\r\n\r\n", "abc", ""},
		{"2\r\nhi\r\n-3\r\n", "hi", "Expected chunk size digit, but found '-'"},
		{"2\r\nhi\r\n\r\n", "hi", "Expected chunk size digit, but found 0x0d"},
		{"3 \r\nabc", "", "Expected new line after chunk size, but found ' '"},
		{"3x\r\nabc", "", "Expected new line after chunk size, but found 'x'"},
		{"3\r\r\nabc", "", "Expected new line after chunk size, but found 0x0d"},
		{"3;\r\nabc", "", "Invalid chunked extension name"},
		{"3; a\r\nabc", "", "Invalid chunked extension name"},
		{"3;a=\xe9\r\nabc", "", "Expected new line after chunk size, but found 0xe9"},
		{"3;a=\"b\"\r\nabc", "", "Invalid character '\"' in chunked extension value string"},
		{"3;a=\"b\r\nabc", "", "Invalid character 0x0d in chunked extension value string"},
		{"3;a=\"b\\\"c\"\r\nabc", "", "Expected new line after chunk size, but found 'c'"},
		{"3;a=\"\\\x01\"\r\nabc", "", "Escaped invalid character 0x01 in chunked extension value string"},
		{"2\r\nhix\r\n", "hi", "Expected new line after chunk data, but found 'x'"},
		{"2\r\nhi\r\n0\r\nbad\r\n\r\n", "hi", "Failed to parse chunked trailer: Expected ':' after header field name 'bad', but found 0x0d"},
		{"2\r\nhi\r\n0\r\n\r\r\n", "hi", "Failed to parse chunked trailer: Encountered stray CR at beginning of header line, followed by 0x0d"},
		{"2\r\nhi\r\n0\r\nT: 1\r\n", "hi", "Failed to parse chunked trailer: Premature end of input"},
		{"2\r\nhi\r\n", "hi", "Unexpected end of payload"},
		{"ffffffffffffffff\r\nabc", "abc", "Unexpected end of payload"},
		{"FFFFFFFFFFFFFFFFF\r\nabc", "abc", "Unexpected end of payload"},
	} {
		_, body, err, headErr := reread("GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"+c.chunks)
		text := ""
		if err != nil {
			text = err.Error()
		}
		if body != c.body || text != c.err || headErr != nil {
			t.Errorf("%q: %q, %q, %v, want %q, %q", c.chunks, body, text, headErr, c.body, c.err)
		}
	}
}

// TestRereadLimit says what becomes of a head without an end.
func TestRereadLimit(t *testing.T) {
	long := strings.Repeat("A: b\r\n", maxHeaderBytes/6+1)
	for _, head := range []string{
		"HTTP/1.1 200 OK\r\n" + long,
		strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", maxHeaderBytes/25+1),
	} {
		a, body, err, headErr := reread("GET", head)
		if a == nil || a.Fault != "Failed to parse header: Excessive header size" || body != "" || err != nil || headErr != nil {
			t.Errorf("%.40q: %v, %q, %v, %v", head, a, body, err, headErr)
		}
	}
	a, body, err, _ := reread("GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"+long)
	if a.Fault != "" || body != "" || err == nil || !strings.Contains(err.Error(), "Excessive header size") {
		t.Errorf("trailer: %v, %q, %v", a.Fault, body, err)
	}
}

// FuzzReread holds that net/http takes whatever comes out, and that it does not matter how the bytes come in.
func FuzzReread(f *testing.F) {
	for _, answer := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiEXTRA",
		"HTTP/1.0 404 \r\nConnection: a, close\r\nX: a\r\n b\r\n\r\nto the end",
		"HTTP/1.1 100 C\r\n\r\nHTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3;a=b\r\nabc\r\n0\r\nT: 1\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip;a=b, chunked;q\r\n\r\n",
		"garbage\r\n\r\n",
	} {
		f.Add("GET", answer, uint(3))
	}
	f.Add("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", uint(9))
	f.Fuzz(func(t *testing.T, method, answer string, at uint) {
		if method != "HEAD" && method != "CONNECT" {
			method = "GET"
		}
		a, body, err, headErr := reread(method, answer)
		if a != nil && headErr != nil {
			t.Fatalf("%q: net/http refuses it: %v", answer, headErr)
		}
		i := int(at % uint(len(answer)+1))
		a2, body2, err2, _ := reread(method, answer[:i], answer[i:])
		if (a == nil) != (a2 == nil) || body != body2 || (err == nil) != (err2 == nil) {
			t.Fatalf("%q at %d: %q, %v; in one piece %q, %v", answer, i, body2, err2, body, err)
		}
		if a != nil && (a.Status != a2.Status || a.Reason != a2.Reason || len(a.Headers) != len(a2.Headers)) {
			t.Fatalf("%q at %d: %v; in one piece %v", answer, i, a2, a)
		}
	})
}
