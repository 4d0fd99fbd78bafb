package doveadm

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/luapush/luapush/runtime/mail"
)

const secret = "s3cret/k3y"

// server answers as one doveadm: each POST with the function's status and text.
type server struct {
	*httptest.Server
	posts, probes atomic.Int64
	answer        atomic.Pointer[func(w http.ResponseWriter, body string)]
}

func serve(t *testing.T, answer func(w http.ResponseWriter, body string)) *server {
	t.Helper()
	s := &server{}
	s.answer.Store(&answer)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		want := "X-Dovecot-API " + base64.StdEncoding.EncodeToString([]byte(secret))
		if r.Header.Get("Authorization") != want || r.URL.Path != "/doveadm/v1" {
			t.Errorf("%s with Authorization %q", r.URL.Path, r.Header.Get("Authorization"))
		}
		if r.Method == http.MethodGet {
			s.probes.Add(1)
		} else {
			s.posts.Add(1)
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // the client went away
		}
		(*s.answer.Load())(w, string(body))
	}))
	t.Cleanup(s.Close)
	return s
}

func text200(text string) func(http.ResponseWriter, string) {
	return func(w http.ResponseWriter, _ string) { io.WriteString(w, text) }
}

func status(code int, text string) func(http.ResponseWriter, string) {
	return func(w http.ResponseWriter, _ string) { w.WriteHeader(code); io.WriteString(w, text) }
}

// hangUp ends the connection without an answer, as a doveadm that dies.
func hangUp(w http.ResponseWriter, _ string) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		conn.Close()
	}
}

const okStatus = `[["doveadmResponse",[{"mailbox":"INBOX","messages":"3","recent":"1","uidnext":"9","uidvalidity":"7","unseen":"2","highestmodseq":"12345678901"}],"luapush"]]`

// dead is the URL of a port where nobody listens.
func dead(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return "http://" + l.Addr().String()
}

// clock is a clock that stands still until it is moved.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// client makes a client for those endpoints; change may alter its settings.
func client(t testing.TB, o Options, change func(*Settings), endpoints ...string) *Client {
	t.Helper()
	s := Defaults()
	s.Enabled, s.APISecret, s.Endpoints = true, secret, endpoints
	if change != nil {
		change(&s)
	}
	c, err := New(s, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// with gives settings in the form of the properties file: name, value, name, value.
func with(t testing.TB, pairs ...string) func(*Settings) {
	t.Helper()
	return func(s *Settings) {
		for i := 0; i < len(pairs); i += 2 {
			if err := s.Set(pairs[i], pairs[i+1]); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestMailboxStatus(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, body string) {
		if want := `[["mailboxStatus",{"user":"a@b","field":["messages","recent","uidnext","uidvalidity","unseen","highestmodseq"],"mailboxMask":["INBOX"]},"luapush"]]`; body != want {
			t.Errorf("asked %s", body)
		}
		io.WriteString(w, okStatus)
	})
	got, err := client(t, Options{}, nil, s.URL).MailboxStatus(t.Context(), "a@b", "INBOX")
	want := mail.Status{
		Messages: mail.Some(uint32(3)), Recent: mail.Some(uint32(1)), Unseen: mail.Some(uint32(2)),
		UIDNext: mail.Some(uint32(9)), UIDValidity: mail.Some(uint32(7)), HighestModseq: mail.Some(uint64(12345678901)),
	}
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestFailuresAreNamed(t *testing.T) {
	for name, c := range map[string]struct {
		answer func(http.ResponseWriter, string)
		kind   Kind
		want   string
	}{
		"401":       {status(401, ""), KindHTTP, "HTTP status 401; com.openexchange.dovecot.doveadm.apiSecret must be Dovecot's doveadm_api_key"},
		"404":       {status(404, "Path Not Found"), KindHTTP, "HTTP status 404: Path Not Found; the path of the endpoint is /doveadm/v1"},
		"400":       {status(400, "Parameters `"+secret+"'"), KindHTTP, "HTTP status 400: Parameters `(hidden)'"},
		"redirect":  {status(302, ""), KindHTTP, "redirects are not followed"},
		"500":       {status(500, "Internal Server Error"), KindHTTP, "neither doveadm_api_key nor doveadm_password is set"},
		"no reply":  {hangUp, KindNoReply, "the connection ended without an answer: EOF; a doveadm process that ends like this has written why to Dovecot's log"},
		"HTML":      {text200("<html>"), KindMalformed, "the answer is not doveadm's: at byte 0: an array was expected; is the endpoint a Dovecot's doveadm?"},
		"a number":  {text200(strings.Replace(okStatus, `"3"`, `"many"`, 1)), KindMalformed, `the field messages is "many"`},
		"a modseq":  {text200(strings.Replace(okStatus, `12345678901`, ``, 1)), KindMalformed, `the field highestmodseq is ""`},
		"no user":   {text200(`[["error",{"type":"exitCode", "exitCode":67},"luapush"]]`), KindCommand, "exit code 67 (User doesn't exist); Dovecot's userdb"},
		"not found": {text200(`[["error",{"type":"exitCode", "exitCode":68},"luapush"]]`), KindCommand, "exit code 68 (not found)"},
		"no rows":   {text200(`[["doveadmResponse",[],"luapush"]]`), KindCommand, "exit code 68 (not found): INBOX"},
		"another":   {text200(strings.Replace(okStatus, "INBOX", "INBOX2", 1)), KindCommand, "exit code 68 (not found): INBOX"},
		"unknown":   {text200(`[["error",{"type":"unknownMethod", "exitCode":0},"luapush"]]`), KindCommand, "unknownMethod; this Dovecot does not have the command"},
		"forbidden": {text200(`[["error",{"type":"unAuthorized", "exitCode":0},"luapush"]]`), KindCommand, "unAuthorized; Dovecot does not allow"},
		"quota":     {text200(`[["error",{"type":"exitCode", "exitCode":73},"luapush"]]`), KindCommand, "exit code 73 (no space or quota)"},
		"config":    {text200(`[["error",{"type":"exitCode", "exitCode":78},"luapush"]]`), KindCommand, "exit code 78 (wrong configuration); see Dovecot's log"},
		"too large": {text200(strings.Repeat(" ", 5000) + okStatus), KindMalformed, "the answer is larger than allowed"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, c.answer)
			_, err := client(t, Options{MaxReply: 4096}, nil, s.URL).MailboxStatus(t.Context(), "a@b", "INBOX")
			var e *Error
			if !errors.As(err, &e) || e.Kind != c.kind || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), secret) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestEndpointsTakeTurns(t *testing.T) {
	a, b, c := serve(t, text200(okStatus)), serve(t, text200(okStatus)), serve(t, text200(okStatus))
	k := client(t, Options{}, nil, a.URL, b.URL, c.URL+"/doveadm/v1")
	for range 7 {
		if _, err := k.MailboxStatus(t.Context(), "a@b", "INBOX"); err != nil {
			t.Fatal(err)
		}
	}
	if a.posts.Load() != 3 || b.posts.Load() != 2 || c.posts.Load() != 2 {
		t.Errorf("%d, %d, %d requests", a.posts.Load(), b.posts.Load(), c.posts.Load())
	}
}

func TestADeadEndpointIsLeftAloneUntilItIsBack(t *testing.T) {
	for name, broken := range map[string]func(http.ResponseWriter, string){
		"5xx": status(503, "busy"), "silent": func(http.ResponseWriter, string) { time.Sleep(300 * time.Millisecond) },
	} {
		t.Run(name, func(t *testing.T) {
			a, b := serve(t, broken), serve(t, text200(okStatus))
			at := &clock{at: time.Unix(1e9, 0)}
			k := client(t, Options{Now: at.now}, with(t,
				"com.openexchange.dovecot.doveadm.endpoints.readTimeout", "100",
				"com.openexchange.dovecot.doveadm.endpoints.checkInterval", "60000"), a.URL, b.URL)
			ask := func() {
				t.Helper()
				if _, err := k.MailboxStatus(t.Context(), "a@b", "INBOX"); err != nil {
					t.Fatal(err)
				}
			}
			for range 5 {
				ask()
			}
			if a.posts.Load() != 1 || b.posts.Load() != 5 || a.probes.Load() != 0 {
				t.Errorf("%d and %d requests, %d checks", a.posts.Load(), b.posts.Load(), a.probes.Load())
			}
			// Not back at the first check.
			at.forward(time.Minute)
			ask()
			waitChecked(k)
			if a.probes.Load() != 1 {
				t.Errorf("%d checks", a.probes.Load())
			}
			ask()
			if a.posts.Load() != 1 || a.probes.Load() != 1 {
				t.Errorf("%d requests, %d checks after a failed check", a.posts.Load(), a.probes.Load())
			}
			// Back at the second.
			good := text200(okStatus)
			a.answer.Store(&good)
			at.forward(time.Minute)
			ask()
			waitChecked(k)
			before := a.posts.Load()
			ask()
			ask()
			if a.probes.Load() != 2 || a.posts.Load() != before+1 {
				t.Errorf("%d checks, %d requests since", a.probes.Load(), a.posts.Load()-before)
			}
		})
	}
}

// waitChecked waits for the checks under way.
func waitChecked(c *Client) { c.checks.Wait() }

func TestWhenAllEndpointsAreDeadEachRequestTriesOne(t *testing.T) {
	at := &clock{at: time.Unix(1e9, 0)}
	var dials atomic.Int64
	k := client(t, Options{Now: at.now, Dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
		dials.Add(1)
		return nil, errors.New("nobody is there")
	}}, nil, "http://one", "http://two", "http://three")
	_, err := k.MailboxStatus(t.Context(), "a@b", "INBOX")
	for _, host := range []string{"one", "two", "three"} {
		if err == nil || !strings.Contains(err.Error(), "doveadm mailboxStatus at http://"+host+"/doveadm/v1: no connection: nobody is there") {
			t.Errorf("%s is not named: %v", host, err)
		}
	}
	if dials.Swap(0) != 3 {
		t.Error("not all were tried")
	}
	seen := map[string]bool{}
	for range 3 {
		at.forward(time.Second)
		_, err := k.MailboxStatus(t.Context(), "a@b", "INBOX")
		var e *Error
		if !errors.As(err, &e) || !e.Temporary() {
			t.Fatalf("got %v", err)
		}
		seen[e.Endpoint] = true
	}
	if dials.Load() != 3 || len(seen) != 3 {
		t.Errorf("%d connects, to %v", dials.Load(), seen)
	}
}

func TestWhatIsRepeatedAtTheNextEndpoint(t *testing.T) {
	const done = `[["doveadmResponse",[],"luapush"]]`
	for name, c := range map[string]struct {
		first            func(http.ResponseWriter, string)
		question, change bool // repeated
	}{
		"no connection": {nil, true, true},
		"no reply":      {hangUp, true, false},
		"5xx":           {status(502, ""), true, false},
		"silence":       {func(http.ResponseWriter, string) { time.Sleep(200 * time.Millisecond) }, true, false},
		"malformed":     {text200("["), true, false},
		"401":           {status(401, ""), false, false},
		"400":           {status(400, ""), false, false},
		"temporary":     {text200(`[["error",{"type":"exitCode", "exitCode":75},"luapush"]]`), false, false},
	} {
		t.Run(name, func(t *testing.T) {
			for _, question := range []bool{true, false} {
				url := dead(t)
				if c.first != nil {
					url = serve(t, c.first).URL
				}
				answer, want := done, c.change
				if question {
					answer, want = okStatus, c.question
				}
				second := serve(t, text200(answer))
				k := client(t, Options{}, func(s *Settings) { s.ReadTimeout = 50 * time.Millisecond }, url, second.URL)
				var err error
				if question {
					_, err = k.MailboxStatus(t.Context(), "a@b", "INBOX")
				} else {
					err = k.MailboxMetadataSet(t.Context(), "a@b", "", "/private/x", "1")
				}
				if (err == nil) != want || second.posts.Load() > 0 != want {
					t.Errorf("question %v: %v, %d requests at the second", question, err, second.posts.Load())
				}
			}
		})
	}
}

func TestDovecotsWordCountsMoreThanADeadEndpoint(t *testing.T) {
	s := serve(t, text200(`[["error",{"type":"exitCode", "exitCode":68},"luapush"]]`))
	_, err := client(t, Options{}, nil, dead(t), s.URL).MailboxStatus(t.Context(), "a@b", "INBOX")
	var e *Error
	if !errors.As(err, &e) || e.ExitCode != ExitNotFound || strings.Contains(err.Error(), "no connection") {
		t.Errorf("got %v", err)
	}
}

func TestAPasswordInTheURLIsBasic(t *testing.T) {
	var got atomic.Value
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		got.Store(user + " " + password)
		w.WriteHeader(400)
		io.WriteString(w, "no "+password+" "+strings.TrimPrefix(r.Header.Get("Authorization"), "Basic "))
	}))
	t.Cleanup(s.Close)
	url := strings.Replace(s.URL, "://", "://doveadm:pa55word@", 1)
	_, err := client(t, Options{}, func(s *Settings) { s.APISecret = "" }, url).MailboxStatus(t.Context(), "a@b", "INBOX")
	if got.Load() != "doveadm pa55word" {
		t.Errorf("got %v", got.Load())
	}
	if err == nil || strings.Contains(err.Error(), "pa55word") || !strings.Contains(err.Error(), "doveadm:xxxxx@") || strings.Count(err.Error(), hidden) != 2 {
		t.Errorf("got %v", err)
	}
}

func TestWhatIsNotSent(t *testing.T) {
	s := serve(t, text200(okStatus))
	k := client(t, Options{}, nil, s.URL)
	for _, err := range []error{
		k.MailboxMetadataSet(t.Context(), "*@b", "", "/private/x", "1"),
		k.MailboxMetadataSet(t.Context(), "a@b", "", "/private/", "1"),
		k.MailboxMetadataSet(t.Context(), "a@b", "", "/private/x", "\x00"),
		k.MailboxMetadataUnset(t.Context(), "a@b", "", "x"),
	} {
		var e *Error
		if !errors.As(err, &e) || e.Kind != KindRefused || !strings.Contains(err.Error(), "not sent") {
			t.Errorf("got %v", err)
		}
	}
	if got, err := k.Fetch(t.Context(), "a@b", "INBOX", 0); err != nil || got.Set || s.posts.Load() != 0 {
		t.Errorf("%v, %v, %d requests", got, err, s.posts.Load())
	}
}

func TestCloseEndsTheChecks(t *testing.T) {
	at := &clock{at: time.Unix(1e9, 0)}
	entered := make(chan struct{}, 1)
	stuck := client(t, Options{Now: at.now, Dial: func(ctx context.Context, _, addr string) (net.Conn, error) {
		if strings.HasPrefix(addr, "one") && at.now().After(time.Unix(1e9, 0)) {
			entered <- struct{}{}
			<-ctx.Done()
		}
		return nil, errors.New("nobody is there")
	}}, nil, "http://one", "http://two")
	stuck.MailboxStatus(t.Context(), "a@b", "INBOX")
	at.forward(time.Minute)
	stuck.rotation.report(stuck.rotation.endpoints[1], true)
	stuck.MailboxStatus(t.Context(), "a@b", "INBOX")
	<-entered
	if err := stuck.Close(); err != nil {
		t.Error(err)
	}
}
