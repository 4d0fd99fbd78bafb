package verify

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/luapush/luapush/runtime/transport"
)

func TestReadRequest(t *testing.T) {
	tests := map[string]struct {
		wire string
		want Request
		says string // what the reader answers
	}{
		"plain": {
			"POST /a?b HTTP/1.1\r\nHost: h:1\r\nx-B: 2\r\nX-A: 1\r\nDate: x\r\nConnection: y\r\nContent-Length: 2\r\n\r\nhi",
			Request{Method: "POST", URL: "http://h:1/a?b", Headers: []string{"Content-Length: 2", "Host: h:1", "X-A: 1", "x-B: 2"}, Body: "hi"}, "",
		},
		"turned aside": {
			"GET /~luapush/https/api.example.com:8443/a/b?c HTTP/1.1\r\nHost: 127.0.0.1:9\r\n\r\n",
			Request{Method: "GET", URL: "https://api.example.com:8443/a/b?c", Headers: []string{"Host: api.example.com:8443"}}, "",
		},
		"by a proxy": {
			"GET http://example.com:80/a HTTP/1.1\r\nHost: example.com\r\n\r\n",
			Request{Method: "GET", URL: "http://example.com/a", Headers: []string{"Host: example.com"}}, "",
		},
		"by a proxy, without a path": {
			"GET http://example.com HTTP/1.1\r\nHost: example.com\r\n\r\n",
			Request{Method: "GET", URL: "http://example.com/", Headers: []string{"Host: example.com"}}, "",
		},
		"chunked": {
			"PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
			Request{Method: "PUT", URL: "http://h/", Headers: []string{"Host: h", "Transfer-Encoding: chunked"}, Body: "abc"}, "",
		},
		"expects": {
			"PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx",
			Request{Method: "PUT", URL: "http://h/", Headers: []string{"Content-Length: 1", "Host: h"}, Body: "x"}, "HTTP/1.1 100 Continue\r\n\r\n",
		},
		"expects without a body": {
			"GET / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n\r\n",
			Request{Method: "GET", URL: "http://h/", Headers: []string{"Host: h"}}, "",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var said strings.Builder
			got, err := readRequest(bufio.NewReader(strings.NewReader(test.wire)), &said)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			if said.String() != test.says {
				t.Errorf("it said %q", said.String())
			}
		})
	}
	for _, wire := range []string{"", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", "GET / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc"} {
		if _, err := readRequest(bufio.NewReader(strings.NewReader(wire)), io.Discard); err == nil {
			t.Errorf("%q passes for a request", wire)
		}
	}
}

func FuzzReadRequest(f *testing.F) {
	f.Add("POST /~luapush/https/h/a HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx")
	f.Add("GET http://h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n")
	f.Add("\r\n\r\n")
	f.Fuzz(func(t *testing.T, wire string) {
		r, err := readRequest(bufio.NewReader(strings.NewReader(wire)), io.Discard)
		if err == nil && len(r.Body) > len(wire) {
			t.Errorf("a body of %d bytes out of %d", len(r.Body), len(wire))
		}
	})
}

// TestRecorder sends requests through the transport that turns them aside.
func TestRecorder(t *testing.T) {
	tests := map[string]struct {
		behave Behaviour
		method string
		want   string
	}{
		"dry":         {Behaviour{}, "POST", "200 OK"},
		"status":      {Behaviour{Status: 503}, "POST", "503 Service Unavailable"},
		"no content":  {Behaviour{Status: 204}, "GET", "204 No Content"},
		"reset":       {Behaviour{Fail: "reset"}, "POST", "error"},
		"badresponse": {Behaviour{Fail: "badresponse"}, "POST", "error"},
		"timeout":     {Behaviour{Fail: "timeout", Patience: 10 * time.Millisecond}, "POST", "error"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r, err := NewRecorder(t.Context(), test.behave)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			live := transport.Live(transport.LiveOptions{})
			defer live.Close()
			request, err := http.NewRequestWithContext(t.Context(), test.method, "https://api.example.com/a%2Fb?c=d", http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			got := "error"
			if response, err := Detour(r.Addr(), live).RoundTrip(request); err == nil {
				got = response.Status
				response.Body.Close()
			}
			if got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
			list := r.Take()
			if len(list) != 1 || list[0].URL != "https://api.example.com/a%2Fb?c=d" || len(r.Take()) != 0 {
				t.Errorf("%+v", list)
			}
		})
	}
}

func TestRecorderEndsWithOpenConnections(t *testing.T) {
	r, err := NewRecorder(t.Context(), Behaviour{Delay: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	var d net.Dialer
	c, err := d.DialContext(t.Context(), "tcp", r.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, "GET / HTTP/1.1\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	for len(r.Take()) == 0 {
		time.Sleep(time.Millisecond)
	}
	for range 2 {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}
