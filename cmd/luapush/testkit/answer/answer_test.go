package answer

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/luapush/luapush/cmd/luapush/testkit/clock"
	"github.com/luapush/luapush/runtime/httpclient"
	"github.com/luapush/luapush/runtime/transport"
)

func rule(t *testing.T, key string, answers ...Answer) *Rule {
	t.Helper()
	method, url, err := ParseKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return &Rule{Method: method, URL: url, Answers: answers}
}

func TestRules(t *testing.T) {
	rules := NewRules([]*Rule{
		rule(t, "*", Answer{Status: 1}), rule(t, "http://a.example/*", Answer{Status: 2}), rule(t, "POST http://a.example/*", Answer{Status: 3}),
		rule(t, "http://a.example/x", Answer{Status: 4}), rule(t, "http://a.example/x?y=1", Answer{Status: 5}), rule(t, "http://b.example", Answer{Status: 6}),
		rule(t, "HTTP://Host.Example:80/X#part", Answer{Status: 7}), rule(t, "http://host.example:8080/X", Answer{Status: 8}),
		rule(t, "https://s.example:443/", Answer{Status: 9}), rule(t, "http://[2001:DB8::80]:80/", Answer{Status: 10}),
	})
	for _, test := range []struct {
		method, url string
		want        int
	}{
		{"GET", "http://c.example/", 1}, {"GET", "http://a.example/z", 2}, {"POST", "http://a.example/z", 3}, {"POST", "http://a.example/x", 4},
		{"GET", "http://a.example/x?z=1", 4}, {"GET", "http://a.example/x?y=1", 5}, {"GET", "http://b.example/", 6}, {"GET", "http://b.example", 6},
		{"GET", "http://b.example/x", 1},
		{"GET", "http://HOST.example:80/X?Y=Z#f", 7}, {"GET", "http://host.example/X", 7}, {"GET", "http://host.example/x", 1},
		{"GET", "http://host.example:8080/X", 8}, {"GET", "https://s.example", 9}, {"GET", "https://s.example:443/", 9}, {"GET", "https://s.example:80/", 1},
		{"GET", "http://[2001:db8::80]/", 10},
	} {
		if a := rules.Find(&Request{Method: test.method, URL: test.url}); a == nil || a.Status != test.want {
			t.Errorf("%s %s: %+v, want %d", test.method, test.url, a, test.want)
		}
	}
}

func TestNearest(t *testing.T) {
	rules := NewRules([]*Rule{rule(t, "POST http://a.example/new", Answer{Status: 200, Times: 1}), rule(t, "GET http://b.example/")})
	for _, test := range []struct{ method, url, want string }{
		{"PUT", "http://a.example/new", "POST http://a.example/new differs in the method, PUT instead of POST"},
		{"POST", "http://a.example/now", "POST http://a.example/new differs in the URL"},
		{"POST", "http://b.example/x", "GET http://b.example/ differs in the method, POST instead of GET and the URL"},
	} {
		if got := rules.Nearest(&Request{Method: test.method, URL: test.url}); got != test.want {
			t.Errorf("%s %s: %q, want %q", test.method, test.url, got, test.want)
		}
	}
	q := &Request{Method: "POST", URL: "http://a.example/new"}
	if rules.Find(q) == nil || rules.Find(q) != nil {
		t.Error("the answer is given once")
	}
	if got := rules.Nearest(q); got != "POST http://a.example/new has no answer left after 1" {
		t.Error(got)
	}
}

func TestTransport(t *testing.T) {
	c := clock.New()
	var told []string
	tr := &Transport{
		Clock: c, Otherwise: transport.Answering(418),
		Unexpected: func(r *Request, _ string) { told = append(told, r.Method+" "+r.URL+" "+r.Body) },
	}
	send := func(carrier http.RoundTripper, body string) (int, error) {
		r, err := http.NewRequestWithContext(context.Background(), "POST", "http://a.example/", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := carrier.RoundTrip(r)
		if err != nil {
			return 0, err
		}
		_, _ = io.Copy(io.Discard, answer.Body)
		return answer.StatusCode, answer.Body.Close()
	}
	if status, err := send(tr, ""); status != 418 || err != nil {
		t.Errorf("without rules: %d, %v", status, err)
	}
	tr.Rules = NewRules(nil)
	_, err := send(tr, "x")
	var failed *transport.Error
	if !errors.As(err, &failed) || failed.Kind != transport.KindConnect || len(told) != 1 || told[0] != "POST http://a.example/ x" {
		t.Errorf("an unexpected request: %v, %v", err, told)
	}
	tr.Rules = NewRules([]*Rule{rule(t, "*", Answer{Status: 200, Slow: 3 * time.Second})})
	patient, hasty := tr.Client(&httpclient.Settings{RequestTimeout: time.Minute}), tr.Client(&httpclient.Settings{RequestTimeout: 2 * time.Second})
	if status, err := send(patient, ""); status != 200 || err != nil || c.Used() != 3*time.Second {
		t.Errorf("%d, %v, %s", status, err, c.Used())
	}
	if _, err := send(hasty, ""); !errors.As(err, &failed) || failed.Kind != transport.KindTimeout || c.Used() != 5*time.Second {
		t.Errorf("%v, %s", err, c.Used())
	}
}

// FuzzRules puts any key to any URL.
func FuzzRules(f *testing.F) {
	f.Add("POST http://a.example/*", "http://a.example/x")
	f.Add("*", "")
	f.Add("http://*?x", "http://a?x")
	f.Fuzz(func(t *testing.T, key, url string) {
		method, pattern, err := ParseKey(key)
		if err != nil {
			return
		}
		rules := NewRules([]*Rule{{Method: method, URL: pattern, Answers: []Answer{{Status: 200}}}})
		q := &Request{Method: "POST", URL: url}
		if found := rules.Find(q); found == nil && rules.Nearest(q) == "" {
			t.Errorf("%q and %q: nothing to say", key, url)
		}
	})
}
