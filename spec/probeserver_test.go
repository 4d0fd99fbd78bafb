package spec_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// probeServer is the HTTP server that probes speak to; probes/README.md has its
// paths. It is written on bare connections, since some answers are broken and
// /echo must give the header lines as they came.
type probeServer struct {
	listener net.Listener
	// host is its address and port, refused one where nobody listens.
	host, refused string
	group         sync.WaitGroup
	mu            sync.Mutex
	open          map[net.Conn]bool
	done          chan struct{}
}

func newProbeServer(t *testing.T) *probeServer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &probeServer{
		listener: listener, host: listener.Addr().String(), refused: nobody.Addr().String(),
		open: map[net.Conn]bool{}, done: make(chan struct{}),
	}
	nobody.Close()
	s.group.Add(1)
	go s.accept()
	t.Cleanup(s.close)
	return s
}

func (s *probeServer) close() {
	close(s.done)
	s.listener.Close()
	s.mu.Lock()
	for c := range s.open {
		c.Close()
	}
	s.mu.Unlock()
	s.group.Wait()
}

func (s *probeServer) accept() {
	defer s.group.Done()
	for {
		c, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.open[c] = true
		s.mu.Unlock()
		s.group.Add(1)
		go s.serve(c)
	}
}

func (s *probeServer) serve(c net.Conn) {
	defer func() {
		c.Close()
		s.mu.Lock()
		delete(s.open, c)
		s.mu.Unlock()
		s.group.Done()
	}()
	in := bufio.NewReader(c)
	for {
		r, err := readProbeRequest(in, c)
		if err != nil {
			return
		}
		answer, goOn := s.answer(r)
		if _, err := io.WriteString(c, answer); err != nil || !goOn {
			return
		}
	}
}

type probeRequest struct {
	method, target string
	lines          []string
	body           string
}

func readProbeRequest(in *bufio.Reader, out io.Writer) (*probeRequest, error) {
	head := textproto.NewReader(in)
	first, err := head.ReadLine()
	if err != nil {
		return nil, err
	}
	method, rest, _ := strings.Cut(first, " ")
	target, _, _ := strings.Cut(rest, " ")
	r := &probeRequest{method: method, target: target}
	length, expected := 0, false
	for {
		line, err := head.ReadLine()
		if err != nil {
			return nil, err
		}
		if line == "" {
			break
		}
		name, value, _ := strings.Cut(line, ":")
		switch strings.ToLower(name) {
		case "host", "date":
			continue
		case "content-length":
			length, _ = strconv.Atoi(strings.TrimSpace(value))
		case "expect":
			expected = true
		}
		r.lines = append(r.lines, line)
	}
	// Dovecot says Expect after a redirect, too, where it sends no body any more.
	if expected && length > 0 {
		if _, err := io.WriteString(out, "HTTP/1.1 100 Continue\r\n\r\n"); err != nil {
			return nil, err
		}
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(in, body); err != nil {
		return nil, err
	}
	r.body = string(body)
	return r, nil
}

// answer gives what goes over the wire, and whether the connection stays open.
func (s *probeServer) answer(r *probeRequest) (text string, goOn bool) {
	target := r.target
	if rest, absolute := strings.CutPrefix(target, "http://"); absolute {
		// A request by a proxy, or after a redirect.
		_, path, _ := strings.Cut(rest, "/")
		target = "/" + path
	}
	path, _, _ := strings.Cut(target, "?")
	switch {
	case strings.HasPrefix(path, "/echo"):
		lines := append([]string{r.method + " " + r.target}, r.lines...)
		return respond(r, "200 OK", strings.Join(lines, "\n")+"\n\n"+r.body), true
	case strings.HasPrefix(path, "/status/"):
		code := strings.TrimPrefix(path, "/status/")
		if code == "304" {
			return "HTTP/1.1 304 Not Modified\r\nContent-Length: 0\r\n\r\n", true
		}
		return respond(r, code+" "+reasons[code], "status"), true
	}
	redirect := func(status, to string) string { return respond(r, status, "", "Location: "+to) }
	switch path {
	case "/redirect":
		return redirect("302 Found", "http://"+s.host+"/"), true
	case "/redirect-echo":
		return redirect("302 Found", "http://"+s.host+"/echo"), true
	case "/redirect-loop":
		return redirect("302 Found", "http://"+s.host+"/redirect-loop"), true
	case "/redirect-303":
		return redirect("303 See Other", "http://"+s.host+"/echo"), true
	case "/redirect-relative":
		return redirect("302 Found", "/"), true
	case "/redirect-none":
		return respond(r, "302 Found", ""), true
	case "/dup":
		return respond(r, "200 OK", "dup", "X-Dup: one", "X-Dup: two"), true
	case "/binary":
		return respond(r, "200 OK", "a\x00b\xff", "Content-Type: application/octet-stream"), true
	case "/empty":
		return respond(r, "200 OK", ""), true
	case "/drop":
		return "", false
	case "/short":
		return "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", false
	case "/garbage":
		return "nonsense\r\n\r\n", false
	case "/slow":
		select {
		case <-time.After(1500 * time.Millisecond):
		case <-s.done:
		}
		return respond(r, "200 OK", "slow"), true
	}
	return respond(r, "200 OK", "hello", "X-Test: yes"), true
}

func respond(r *probeRequest, status, body string, headers ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %s\r\n", status)
	for _, h := range headers {
		b.WriteString(h + "\r\n")
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n", len(body))
	if r.method != "HEAD" {
		b.WriteString(body)
	}
	return b.String()
}

// reasons are the reason phrases of the server that the probes were made with.
var reasons = map[string]string{
	"200": "OK", "201": "Created", "202": "Accepted", "204": "No Content", "299": "", "301": "Moved Permanently",
	"302": "Found", "400": "Bad Request", "401": "Unauthorized", "403": "Forbidden", "404": "Not Found",
	"408": "Request Timeout", "410": "Gone", "405": "Method Not Allowed", "409": "Conflict", "411": "Length Required",
	"412": "Precondition Failed", "413": "Request Entity Too Large", "415": "Unsupported Media Type", "417": "Expectation Failed",
	"418": "I'm a teapot", "422": "Unprocessable Entity", "501": "Not Implemented", "505": "HTTP Version Not Supported", "429": "Too Many Requests",
	"500": "Internal Server Error", "502": "Bad Gateway", "503": "Service Unavailable", "504": "Gateway Timeout",
}
