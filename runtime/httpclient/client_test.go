package httpclient

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/transport"
)

// roundTrip lets a function be a transport.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// answers gives one answer after the other, the last one for ever.
func answers(list ...*http.Response) roundTrip {
	return func(r *http.Request) (*http.Response, error) {
		a := *list[0]
		if len(list) > 1 {
			list = list[1:]
		}
		a.Request = r
		if a.Body == nil {
			a.Body = http.NoBody
		}
		return &a, nil
	}
}

func newRequest(t testing.TB, method, url string) *Request {
	t.Helper()
	u, err := ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewRequest(method, u)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestMadeUpFailures has the texts of transports that fail on purpose: those of real failures.
func TestMadeUpFailures(t *testing.T) {
	const history = " (Request queued 0.000 secs ago, 1 send attempts in 0.000 secs, 0.000 in http ioloop, 0.000 in other ioloops, connected 0.000 secs ago)"
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		word, url string
		change    func(*Settings)
		status    int
		reason    string
		attempts  int
	}{
		{"dry", "http://h/", nil, 200, "OK", 1},
		{"503", "http://h/", nil, 503, "Service Unavailable", 1},
		{"204", "http://h/", nil, 204, "No Content", 1},
		{"700", "http://h/", nil, 9007, "Invalid HTTP status code in response", 1},
		{"150", "http://h/", nil, 9005, "Connection lost: read((conn:,id=1)) failed: EOF" + history, 1},
		{"302", "http://h/", nil, 302, "Found", 1},
		{"refused", "http://127.0.0.1:8/", nil, 9003, "connect(127.0.0.1:8) failed: Connection refused", 1},
		{
			"refused", "http://127.0.0.1:8/", func(s *Settings) { s.MaxConnectAttempts = 20 }, 9003,
			"connect(127.0.0.1:8) failed: Connection refused (20 attempts in 642.300 secs)", 1,
		},
		{"dns", "http://mail.example/", nil, 9002, "Failed to lookup host mail.example: Name or service not known", 1},
		{
			"reset", "http://[::1]:8/", nil, 9005,
			"Connection lost: read((conn:[::1]:8,id=1)) failed: read(size=8192) failed: Connection reset by peer" + history, 1,
		},
		{
			"reset", "http://[::1]:8/", func(s *Settings) { s.MaxAttempts = 3 }, 9005,
			"Connection lost: read((conn:[::1]:8,id=1)) failed: read(size=8192) failed: Connection reset by peer" +
				" (Request queued 0.200 secs ago, 2 times retried, 3 send attempts in 0.200 secs, 0.000 in last attempt, 0.000 in http ioloop, 0.000 in other ioloops, connected 0.000 secs ago)", 3,
		},
		{
			"timeout", "http://127.0.0.1:8/", nil, 9008,
			"Request timed out (Request queued 60.000 secs ago, 1 send attempts in 60.000 secs, 60.000 in http ioloop, 0.000 in other ioloops, connected 60.000 secs ago)", 1,
		},
		{
			"timeout", "http://127.0.0.1:8/", func(s *Settings) { s.MaxAttempts, s.RequestTimeout = 2, 1500*ms }, 9008,
			"Request timed out (Request queued 3.000 secs ago, 1 times retried, 2 send attempts in 3.000 secs, 1.500 in last attempt, 1.500 in http ioloop, 0.000 in other ioloops, connected 1.500 secs ago)", 2,
		},
		{"badresponse", "http://h/", nil, 9007, "Invalid HTTP version in response: `garbage'<CR><LF><CR><LF>", 1},
	} {
		tr, err := transport.Parse(c.word, transport.LiveOptions{})
		if err != nil {
			t.Fatal(err)
		}
		s := Defaults(dovecot.Default)
		if c.change != nil {
			c.change(&s)
		}
		client := &Client{Transport: tr, Settings: s, Clock: Clock{
			Now: func() time.Time { return at },
			Sleep: func(context.Context, time.Duration) error {
				t.Errorf("%s: waits for a made-up failure", c.word)
				return nil
			},
		}}
		got := client.Do(context.Background(), newRequest(t, "GET", c.url))
		if got.Status != c.status || got.Reason != c.reason || got.Attempts != c.attempts || !got.Dry {
			t.Errorf("%s %s:\n %d %q, %d attempts, dry %v, want\n %d %q, %d attempts",
				c.word, c.url, got.Status, got.Reason, got.Attempts, got.Dry, c.status, c.reason, c.attempts)
		}
	}
}

// TestRetryAfterClock plays Retry-After against a clock of its own, at the edge of a second.
func TestRetryAfterClock(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, int(400*ms), time.UTC)
	busy := func(after string, date time.Time) *http.Response {
		return &http.Response{StatusCode: 503, Status: "503 Busy", Header: http.Header{
			"Retry-After": {after}, "Date": {date.Format(http.TimeFormat)},
		}}
	}
	fine := &http.Response{StatusCode: 200, Status: "200 OK", Header: http.Header{}}
	for _, c := range []struct {
		name   string
		answer *http.Response
		delay  time.Duration
		slept  time.Duration
		status int
	}{
		{"seconds", busy("3", now), 5 * time.Second, 2600 * ms, 200},
		{"the limit itself", busy("5", now), 5 * time.Second, 4600 * ms, 200},
		{"over the limit", busy("6", now), 5 * time.Second, 0, 503},
		{"limit of the request timeout", busy("60", now), 0, 59600 * ms, 200},
		{"over the request timeout", busy("61", now), 0, 0, 503},
		{"at once", busy("0", now), 5 * time.Second, 0, 200},
		{"in the past", busy("0", now.Add(-time.Second)), 5 * time.Second, 0, 503},
		{"date", busy(now.Add(2*time.Second).Format(http.TimeFormat), time.Time{}), 5 * time.Second, 1600 * ms, 200},
	} {
		var slept time.Duration
		s := Defaults(dovecot.Default)
		s.MaxAttempts, s.MaxAutoRetryDelay = 2, c.delay
		client := &Client{Transport: answers(c.answer, fine), Settings: s, Clock: Clock{
			Now:   func() time.Time { return now.Add(slept) },
			Sleep: func(_ context.Context, d time.Duration) error { slept += d; return nil },
		}}
		got := client.Do(context.Background(), newRequest(t, "GET", "http://h/"))
		if got.Status != c.status || slept != c.slept {
			t.Errorf("%s: status %d after %v, want %d after %v", c.name, got.Status, slept, c.status, c.slept)
		}
		if want := " (1 retries in " + seconds(c.slept) + " secs)"; c.status == 200 && got.Reason != "OK"+want {
			t.Errorf("%s: reason %q", c.name, got.Reason)
		}
	}
}

// TestAborted ends the caller's context at every stage of a request.
func TestAborted(t *testing.T) {
	hang := func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	body := func(r *http.Request) (*http.Response, error) {
		reader, writer := io.Pipe()
		go func() {
			_, _ = io.WriteString(writer, "hell")
			<-r.Context().Done()
			writer.CloseWithError(r.Context().Err())
		}()
		return &http.Response{StatusCode: 200, Status: "200 OK", Header: http.Header{}, Body: reader}, nil
	}
	refused := func(*http.Request) (*http.Response, error) {
		return nil, &transport.Error{Kind: transport.KindConnect, Addr: "127.0.0.1:1", Tries: 1, Err: errors.New("x")}
	}
	for name, tr := range map[string]roundTrip{"head": hang, "body": body, "back-off": refused} {
		ctx, cancel := context.WithTimeout(context.Background(), 30*ms)
		s := Defaults(dovecot.Default)
		s.MaxConnectAttempts, s.RequestAbsoluteTimeout = 50, time.Hour
		got := (&Client{Transport: tr, Settings: s}).Do(ctx, newRequest(t, "GET", "http://h/"))
		if got.Status != StatusAborted || got.Reason != "Aborted" || got.Payload != "" {
			t.Errorf("%s: %d %q", name, got.Status, got.Reason)
		}
		if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
			t.Errorf("%s: the caller does not see its deadline: %v", name, ctx.Err())
		}
		cancel()
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	never := roundTrip(func(*http.Request) (*http.Response, error) { t.Error("sent"); return nil, io.EOF })
	if got := (&Client{Transport: never}).Do(ctx, newRequest(t, "GET", "http://h/")); got.Status != StatusAborted {
		t.Errorf("before: %d", got.Status)
	}
}

// TestForeignTransport uses a transport that knows nothing of this package: its errors and silence are sorted all the same.
func TestForeignTransport(t *testing.T) {
	for _, c := range []struct {
		name   string
		err    error
		status int
		reason string
	}{
		{"typed", &net.OpError{Op: "read", Err: io.EOF}, 9005, "failed: EOF"},
		{"closed", net.ErrClosed, 9005, "failed: EOF"},
		{"other", errors.New("the moon is full"), 9005, "failed: the moon is full"},
	} {
		tr := roundTrip(func(*http.Request) (*http.Response, error) { return nil, c.err })
		got := (&Client{Transport: tr}).Do(context.Background(), newRequest(t, "GET", "http://h/"))
		if got.Status != c.status || !strings.Contains(got.Reason, c.reason) {
			t.Errorf("%s: %d %q", c.name, got.Status, got.Reason)
		}
	}
	silent := roundTrip(func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	})
	s := Defaults(dovecot.Default)
	s.RequestTimeout = 10 * ms
	got := (&Client{Transport: silent, Settings: s}).Do(context.Background(), newRequest(t, "GET", "http://h/"))
	if got.Status != StatusTimedOut || !strings.HasPrefix(got.Reason, "Request timed out (Request queued 0.0") {
		t.Errorf("silent: %d %q", got.Status, got.Reason)
	}
}

func TestRequestHeaders(t *testing.T) {
	r := newRequest(t, "POST", "http://h/")
	for _, h := range [][2]string{{"x-ONE", "1"}, {"Content-type", "a"}, {"X-One", "2"}, {"Y", ""}} {
		if err := r.AddHeader(h[0], h[1]); err != nil {
			t.Fatal(err)
		}
	}
	r.RemoveHeader("CONTENT-TYPE")
	r.RemoveHeader("absent")
	if diff := cmp.Diff([]Header{{"x-ONE", "2"}, {"Y", ""}}, r.Headers()); diff != "" {
		t.Error(diff)
	}
	for _, c := range []struct {
		name, value string
		err         error
	}{
		{"", "x", ErrHeaderName},
		{"a b", "x", ErrHeaderName},
		{"a:", "x", ErrHeaderName},
		{"a\r\nb", "x", ErrHeaderName},
		{"a", "x\r\ny", ErrHeaderValue},
		{"a", "\x00", ErrHeaderValue},
		{"proxy-AUTHORIZATION", "x", ErrProxyHeader},
		{"a", "x\ty\xff", nil},
	} {
		if err := r.AddHeader(c.name, c.value); !errors.Is(err, c.err) {
			t.Errorf("%q: %q: %v, want %v", c.name, c.value, err, c.err)
		}
	}
	r.SetPayload("a\x00b")
	if p, ok := r.Payload(); p != "a" || !ok {
		t.Errorf("payload %q, %v", p, ok)
	}
	for _, method := range []string{"", "G T", "G\r\n", "G(T"} {
		if _, err := NewRequest(method, r.URL()); !errors.Is(err, ErrMethod) {
			t.Errorf("method %q: %v", method, err)
		}
	}
}

// TestRequestIsKept sends a request twice; redirects and retries leave no mark on it.
func TestRequestIsKept(t *testing.T) {
	var seen []string
	script := []*http.Response{
		{StatusCode: 303, Status: "303 X", Header: http.Header{"Location": {"http://other/b"}}},
		{StatusCode: 200, Status: "200 OK", Header: http.Header{}},
	}
	tr := roundTrip(func(r *http.Request) (*http.Response, error) {
		seen = append(seen, r.Method+" "+r.URL.String())
		return answers(script[(len(seen)-1)%2])(r)
	})
	s := Defaults(dovecot.Default)
	s.MaxRedirects = 1
	r := newRequest(t, "POST", "http://h:81/a?q")
	r.SetPayload("x")
	for range 2 {
		got := (&Client{Transport: tr, Settings: s}).Do(context.Background(), r)
		if got.Status != 200 || got.Redirects != 1 || got.URL.String() != "http://other/b" || got.Dry {
			t.Errorf("%+v", got)
		}
	}
	want := []string{"POST http://h:81/a?q", "GET http://other/b", "POST http://h:81/a?q", "GET http://other/b"}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Error(diff)
	}
}

func TestCrossOriginCredentials(t *testing.T) {
	for _, keep := range []bool{false, true} {
		var authorization []string
		script := []*http.Response{
			{StatusCode: 302, Status: "302 X", Header: http.Header{"Location": {"http://H:80/same"}}},
			{StatusCode: 302, Status: "302 X", Header: http.Header{"Location": {"https://h/other"}}},
			{StatusCode: 200, Status: "200 OK", Header: http.Header{}},
		}
		tr := roundTrip(func(r *http.Request) (*http.Response, error) {
			authorization = append(authorization, r.Header.Get("Authorization"))
			return answers(script[len(authorization)-1])(r)
		})
		s := Defaults(dovecot.Default)
		s.MaxRedirects = 2
		client := &Client{Transport: tr, Settings: s, CrossOriginCredentials: keep}
		client.Do(context.Background(), newRequest(t, "GET", "http://u:p@h/"))
		want := []string{"Basic dTpw", "Basic dTpw", ""}
		if keep {
			want[2] = "Basic dTpw"
		}
		if diff := cmp.Diff(want, authorization); diff != "" {
			t.Errorf("keep %v: %s", keep, diff)
		}
	}
}

// TestProxy sends through a proxy that answers for the server, and refuses tunnels.
func TestProxy(t *testing.T) {
	server := startServer(t, conformanceCase{Answers: [][]step{
		{{Send: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"}},
		{{Send: "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"}, {Close: true}},
	}}, "")
	live := transport.Live(transport.LiveOptions{})
	defer live.Close()
	s, err := ParseSettings(dovecot.Default, Defaults(dovecot.Default), []Entry{
		{"proxy_url", StringValue(server.fill("http://u:p@{addr}"))},
	})
	if err != nil {
		t.Fatal(err)
	}
	client := &Client{Transport: live, Settings: s}
	got := client.Do(context.Background(), newRequest(t, "GET", "http://far.example:81/x?y"))
	if got.Status != 200 || got.Payload != "ok" {
		t.Errorf("plain: %d %s", got.Status, got.Reason)
	}
	got = client.Do(context.Background(), newRequest(t, "GET", "https://far.example/"))
	if want := server.fill("Tunnel connect({addr}) failed: Forbidden"); got.Status != 9003 || got.Reason != want {
		t.Errorf("tunnel: %d %s, want 9003 %s", got.Status, got.Reason, want)
	}
	_, requests := server.traffic()
	wanted := []string{
		"GET http://far.example:81/x?y HTTP/1.1\r\nHost: far.example:81\r\nDate: {date}\r\nProxy-Authorization: Basic dTpw\r\n\r\n",
		"CONNECT far.example:443 HTTP/1.1\r\nHost: far.example:443\r\nProxy-Authorization: Basic dTpw\r\n\r\n",
	}
	for i, want := range wanted {
		if i >= len(requests) {
			t.Fatalf("only %d requests", len(requests))
		}
		if diff := cmp.Diff(normalRequest(want), normalRequest(requests[i])); diff != "" {
			t.Error(diff)
		}
	}
}
