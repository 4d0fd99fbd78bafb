package verify

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Recorder is an HTTP server on loopback that writes requests down as they stand
// on the wire. It reads bare connections, as net/http would change the case of
// names. Its methods are safe from any goroutine.
type Recorder struct {
	listener net.Listener
	group    sync.WaitGroup
	done     chan struct{}

	mu       sync.Mutex
	behave   Behaviour
	open     map[net.Conn]bool
	requests []Request
}

// Behaviour is how a Recorder answers.
type Behaviour struct {
	// Status is that of answers; 0 is 200.
	Status int
	// Fail says how requests fail instead: "reset", "badresponse" or "timeout".
	// The latter closes the connection after Patience.
	Fail     string
	Patience time.Duration
	// Delay is before each answer.
	Delay time.Duration
}

// NewRecorder starts one.
func NewRecorder(ctx context.Context, b Behaviour) (*Recorder, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &Recorder{listener: l, behave: b, open: map[net.Conn]bool{}, done: make(chan struct{})}
	r.group.Add(1)
	go r.accept()
	return r, nil
}

// Addr is its address and port.
func (r *Recorder) Addr() string { return r.listener.Addr().String() }

// Behave changes how requests are answered from now on.
func (r *Recorder) Behave(b Behaviour) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.behave = b
}

// Take gives the requests since the last call of Take.
func (r *Recorder) Take() []Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := r.requests
	r.requests = nil
	return list
}

// Close ends it, and all connections.
func (r *Recorder) Close() error {
	r.mu.Lock()
	select {
	case <-r.done:
		r.mu.Unlock()
		return nil
	default:
	}
	close(r.done)
	for c := range r.open {
		_ = c.Close() // whoever is on the other end has gone
	}
	r.mu.Unlock()
	err := r.listener.Close()
	r.group.Wait()
	return err
}

func (r *Recorder) accept() {
	defer r.group.Done()
	for {
		c, err := r.listener.Accept()
		if err != nil {
			return
		}
		r.mu.Lock()
		select {
		case <-r.done:
			r.mu.Unlock()
			_ = c.Close()
			return
		default:
		}
		r.open[c] = true
		r.mu.Unlock()
		r.group.Add(1)
		go r.serve(c)
	}
}

func (r *Recorder) serve(c net.Conn) {
	defer func() {
		_ = c.Close() // nothing more is said on it
		r.mu.Lock()
		delete(r.open, c)
		r.mu.Unlock()
		r.group.Done()
	}()
	in := bufio.NewReader(c)
	for {
		request, err := readRequest(in, c)
		if err != nil {
			return
		}
		r.mu.Lock()
		r.requests = append(r.requests, request)
		behave := r.behave
		r.mu.Unlock()
		if !r.answer(c, request.Method, behave) {
			return
		}
	}
}

// answer answers a request, and tells whether the connection stays open.
func (r *Recorder) answer(c net.Conn, method string, behave Behaviour) bool {
	wait := behave.Delay
	if behave.Fail == "timeout" {
		wait = behave.Patience
	}
	if wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.done:
			return false
		}
	}
	switch behave.Fail {
	case "reset", "timeout":
		return false
	case "badresponse":
		_, _ = io.WriteString(c, "nonsense\r\n\r\n") // the connection ends anyway
		return false
	}
	status := behave.Status
	if status == 0 {
		status = http.StatusOK
	}
	text := fmt.Sprintf("HTTP/1.1 %d %s\r\n", status, http.StatusText(status))
	if status >= 200 && status != 204 && (status != 304 || method == "HEAD") {
		text += "Content-Length: 0\r\n"
	}
	_, err := io.WriteString(c, text+"\r\n")
	return err == nil
}

// ownHeaders are the client's own.
var ownHeaders = []string{"date", "connection", "expect"}

// readRequest reads a request, and answers an "Expect: 100-continue".
func readRequest(in *bufio.Reader, out io.Writer) (Request, error) {
	head := textproto.NewReader(in)
	first, err := head.ReadLine()
	if err != nil {
		return Request{}, err
	}
	method, rest, _ := strings.Cut(first, " ")
	target, _, _ := strings.Cut(rest, " ")
	r := Request{Method: method, URL: target}
	length, chunked, expected, host := 0, false, false, ""
	for {
		line, err := head.ReadLine()
		if err != nil {
			return r, err
		}
		if line == "" {
			break
		}
		name, value, _ := strings.Cut(line, ":")
		name, value = strings.ToLower(name), strings.TrimSpace(value)
		switch name {
		case "content-length":
			if length, err = strconv.Atoi(value); err != nil || length < 0 || length > maxBody {
				return r, fmt.Errorf("a request with the length %q", value)
			}
		case "transfer-encoding":
			chunked = strings.EqualFold(value, "chunked")
		case "host":
			host = value
		case "expect":
			expected = true
		}
		if !slices.Contains(ownHeaders, name) {
			r.Headers = append(r.Headers, line)
		}
	}
	slices.Sort(r.Headers)
	r.meant(host)
	if expected && (length > 0 || chunked) {
		if _, err := io.WriteString(out, "HTTP/1.1 100 Continue\r\n\r\n"); err != nil {
			return r, err
		}
	}
	body := io.LimitReader(in, int64(length))
	if chunked {
		body = io.LimitReader(httputil.NewChunkedReader(in), maxBody)
	}
	text, err := io.ReadAll(body)
	r.Body = string(text)
	if err == nil && !chunked && len(text) < length {
		err = io.ErrUnexpectedEOF
	}
	return r, err
}

// maxBody bounds what is kept of a request, in bytes.
const maxBody = 64 << 20

// detour begins the paths of requests that were sent to the recorder instead of
// to where they were meant for: /~luapush/https/host:port/path.
const detour = "/~luapush/"

// meant restores the URL that the handler meant.
func (r *Request) meant(host string) {
	target := r.URL
	if rest, absolute := strings.CutPrefix(target, "http://"); absolute {
		// A request by a proxy.
		at := strings.IndexByte(rest+"/", '/')
		// LuaSocket names the port there, and not in Host.
		host, target = strings.TrimSuffix(rest[:at], ":80"), rest[at:]
		if target == "" {
			target = "/"
		}
	}
	rest, ok := strings.CutPrefix(target, detour)
	if !ok {
		r.URL = "http://" + host + target
		return
	}
	scheme, rest, _ := strings.Cut(rest, "/")
	r.URL = scheme + "://" + rest
	authority, _, _ := strings.Cut(rest, "/")
	for i, h := range r.Headers {
		if name, _, _ := strings.Cut(h, ":"); strings.EqualFold(name, "host") {
			r.Headers[i] = "Host: " + authority
		}
	}
}
