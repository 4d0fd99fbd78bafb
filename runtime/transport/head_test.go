package transport

import (
	"strings"
	"testing"
)

func TestHeadFault(t *testing.T) {
	for _, c := range []struct{ head, reason string }{
		{"", ""},
		{"garb", ""}, // too short to tell
		{"HTTP/1.1 2", ""},
		{"HTTP/1.1 200 OK", ""},
		{"HTTP/1.1 200 OK\r\nA: b\r\n c: d\r\n\r\n", ""},
		{"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", ""},
		{"HTTP/1.1 100 Continue\r\nA: b\r\n\r\nSSH-2.0-x", "Invalid HTTP version in response: `SSH-2.0-x'"},
		{"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 020 OK\r\n\r\n", "Invalid HTTP status code in response"},
		{"HTTP/1.1 200 OK\r\n: b\r\n\r\n", "Failed to parse header: Empty header field name"},
		{"HTTP/1.1 200 OK\r\nContent-Length: x\r\n: b\r\n\r\n", "Invalid Content-Length header"},
		{"HTTP/1.1 200 OK\r\nfoo\n", "Failed to parse header: Expected ':' after header field name 'foo', but found 0x0a"},
		{"HTTP/1.1 200 OK\r\nContent-Length: 1\r\ncontent-length: 1\r\n\r\n", "Duplicate Content-Length header"},
		{"a\tb\x00\x7f\xc3\xa4cdefghijklmnop\r\n", "Invalid HTTP version in response: `a'<0x09>`b'<0x00><0x7f><0xc3><0xa4>`cdefghijklmno'"},
	} {
		if got := HeadFault([]byte(c.head)); got != c.reason {
			t.Errorf("%q: %q, want %q", c.head, got, c.reason)
		}
	}
}

func FuzzHeadFault(f *testing.F) {
	for _, head := range []string{
		"HTTP/1.1 200 OK\r\nA: b\r\n\r\n", "HTTP/1.1 100 C\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "garbage\r\n\r\n", "HTTP/1.1 200 OK\r\nx\x01:",
	} {
		f.Add(head)
	}
	f.Fuzz(func(t *testing.T, head string) {
		reason := HeadFault([]byte(head))
		if strings.ContainsAny(strings.SplitN(reason, "header field name '", 2)[0], "\r\n\x00") {
			t.Fatalf("%q: reason %q has control bytes", head, reason)
		}
	})
}
