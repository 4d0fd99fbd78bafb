package transport

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func get(t testing.TB, url string, x *Exchange) *http.Request {
	t.Helper()
	ctx := context.Background()
	if x != nil {
		ctx = WithExchange(ctx, x)
	}
	r, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		word, status string
		kind         Kind
	}{
		{word: "dry", status: "200 OK"},
		{word: "100", status: "100 Continue"},
		{word: "503", status: "503 Service Unavailable"},
		{word: "999", status: "999 "},
		{word: "refused", kind: KindConnect},
		{word: "timeout", kind: KindTimeout},
		{word: "dns", kind: KindDNS},
		{word: "reset", kind: KindLost},
		{word: "badresponse", kind: KindBadResponse},
	} {
		tr, err := Parse(c.word, LiveOptions{})
		if err != nil {
			t.Errorf("%s: %v", c.word, err)
			continue
		}
		var x Exchange
		response, err := tr.RoundTrip(get(t, "http://h.example:81/", &x))
		if !x.Dry() {
			t.Errorf("%s: not marked as dry", c.word)
		}
		if c.status != "" {
			if err != nil || response.Status != c.status {
				t.Errorf("%s: %v, %v, want %s", c.word, response, err, c.status)
				continue
			}
			if body, err := io.ReadAll(response.Body); err != nil || len(body) > 0 {
				t.Errorf("%s: body %q, %v", c.word, body, err)
			}
			continue
		}
		var e *Error
		if !errors.As(err, &e) || e.Kind != c.kind || !e.MadeUp || e.Host != "h.example" {
			t.Errorf("%s: %#v", c.word, err)
		}
		if err := tr.Close(); err != nil {
			t.Errorf("%s: %v", c.word, err)
		}
	}
	for _, word := range []string{"", "Dry", "99", "1000", "-12", "0503", "+50", "5 3", "fail", "live "} {
		if _, err := Parse(word, LiveOptions{}); err == nil || !strings.Contains(err.Error(), "badresponse") {
			t.Errorf("%q: error %v does not list what is accepted", word, err)
		}
	}
	live, err := Parse("live", LiveOptions{})
	if err != nil {
		t.Fatal(err)
	}
	live.Close()
}

func TestFailingErrors(t *testing.T) {
	for _, c := range []struct {
		mode   Mode
		url    string
		addr   string
		is     error
		report string
	}{
		{Refused, "http://127.0.0.1/", "127.0.0.1:80", syscall.ECONNREFUSED, "connect failed (127.0.0.1:80): connection refused"},
		{Refused, "https://localhost/", "127.0.0.1:443", syscall.ECONNREFUSED, "connect failed (127.0.0.1:443): connection refused"},
		{Refused, "http://[::1]:8/", "[::1]:8", syscall.ECONNREFUSED, "connect failed ([::1]:8): connection refused"},
		{Reset, "http://mail.example/", "192.0.2.1:80", syscall.ECONNRESET, "connection lost (192.0.2.1:80): connection reset by peer"},
		{DNS, "http://mail.example/", "", nil, "host lookup failed (mail.example): lookup mail.example: no such host"},
		{Timeout, "http://127.0.0.1:9/", "127.0.0.1:9", nil, "request timed out (127.0.0.1:9)"},
		{BadResponse, "http://127.0.0.1:9/", "127.0.0.1:9", io.ErrUnexpectedEOF, "malformed response (127.0.0.1:9): unexpected EOF"},
	} {
		_, err := Failing(c.mode).RoundTrip(get(t, c.url, nil))
		var e *Error
		if !errors.As(err, &e) || e.Addr != c.addr {
			t.Errorf("%s %s: %#v, want address %s", c.mode, c.url, err, c.addr)
			continue
		}
		if c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: %v is not %v", c.mode, err, c.is)
		}
		if err.Error() != c.report {
			t.Errorf("%s: %q, want %q", c.mode, err, c.report)
		}
	}
}

func TestMadeUpAnswersRespectContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, tr := range []Transport{Dry(), Failing(Reset)} {
		if _, err := tr.RoundTrip(get(t, "http://h/", nil).WithContext(ctx)); !errors.Is(err, context.Canceled) {
			t.Errorf("%T: %v", tr, err)
		}
	}
}
