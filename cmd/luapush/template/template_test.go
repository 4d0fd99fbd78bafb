package template

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/cmd/luapush/check"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/source"
	"github.com/luapush/luapush/runtime/trace"
	"github.com/luapush/luapush/runtime/transport"
	"github.com/luapush/luapush/stdlib"
)

func TestNames(t *testing.T) {
	want := []string{"gotify", "ntfy", "ox", "status", "webhook"}
	if diff := cmp.Diff(want, Names()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := Files("nothing"); got != nil {
		t.Errorf("an unknown template has %d files", len(got))
	}
}

// file gives a file of a template.
func file(t *testing.T, template, name string) []byte {
	t.Helper()
	for _, f := range Files(template) {
		if f.Name == name {
			return f.Data
		}
	}
	t.Fatalf("template %s has no %s", template, name)
	return nil
}

// TestTemplatesPassCheck wants no finding at all, on every release that a
// template says it is for.
func TestTemplatesPassCheck(t *testing.T) {
	options := check.Options{Releases: []dovecot.Release{
		dovecot.At(2, 3, 19), dovecot.Default, dovecot.At(2, 3, 20), dovecot.At(2, 3, 21), dovecot.At(2, 3, 21, 1),
	}}
	for _, name := range Names() {
		for _, f := range check.Check(name+"/"+Handler, string(file(t, name, Handler)), options) {
			t.Errorf("%s:%d: %s: %s", f.File, f.Line, f.Rule, f.Message)
		}
	}
}

// request is what the tests look at of a request.
type request struct {
	method, url string
	header      map[string]string
	body        string
}

// play plays the fixture of a template, and gives what it requested and how
// often it failed or the trace remarked on something.
func play(t *testing.T, name, mode string) (requests []request, logged []string, faults int) {
	t.Helper()
	carrier, err := transport.Parse(mode, transport.LiveOptions{})
	if err != nil {
		t.Fatal(err)
	}
	host := runtime.New(runtime.Options{
		API: bindings.NewDovecot(), Modules: stdlib.Modules(), Strict: true, HTTP: carrier,
		Observer: trace.ObserverFunc(func(r trace.Record) {
			switch r := r.(type) {
			case *trace.HTTP:
				q := request{method: r.Method, url: r.URL, body: r.Body, header: map[string]string{}}
				for _, h := range r.Headers {
					q.header[h.Name] = h.Value
				}
				requests = append(requests, q)
			case *trace.Log:
				logged = append(logged, fmt.Sprintf("%v: %s", r.Level, r.Message))
			case *trace.Error, *trace.Note:
				t.Logf("%s: %+v", name, r)
				faults++
			}
		}),
	})
	program, err := host.Compile(Handler, file(t, name, Handler))
	if err != nil {
		t.Fatal(err)
	}
	from := source.NewReader(bytes.NewReader(file(t, name, Fixture)), Fixture)
	defer from.Close()
	if _, err := host.Run(context.Background(), program, from); err != nil {
		t.Fatal(err)
	}
	return requests, logged, faults
}

// TestTemplatesDoTheirJob plays each template's fixture: a request for each
// transaction, in the form its server wants, and no fault.
func TestTemplatesDoTheirJob(t *testing.T) {
	tests := map[string]struct {
		requests int
		method   string
		path     string
		header   map[string]string
		body     string // of the first request
	}{
		"webhook": {
			requests: 3, method: "POST", path: "/mail", header: map[string]string{"Content-Type": "application/json; charset=utf-8"},
			body: `{"event":"MessageNew","user":"alice@example.com","mailbox":"INBOX","uid":"1","uid_validity":"1795290011","message_id":"<lunch-1@example.net>",` +
				`"from":"dana@example.net","name":"Dana Writer","subject":"Lunch on Friday?","snippet":"Hi Alice, shall we meet at noon? Dana"}`,
		},
		"ntfy": {
			requests: 3, method: "POST", path: "/mail-of-alice", header: map[string]string{"Title": "Dana Writer", "Priority": "3", "Tags": "email"},
			body: "Lunch on Friday?\nHi Alice, shall we meet at noon? Dana",
		},
		"gotify": {
			requests: 3, method: "POST", path: "/message", header: map[string]string{"Content-Type": "application/json; charset=utf-8"},
			body: `{"title":"Dana Writer","message":"Lunch on Friday?\nHi Alice, shall we meet at noon? Dana","priority":5}`,
		},
		"status": {
			requests: 4, method: "POST", path: "/mailbox", header: map[string]string{"Content-Type": "application/json; charset=utf-8"},
			body: `{"user":"alice@example.com","mailbox":"INBOX","messages":1,"unseen":1,"uidnext":2,"uidvalidity":1795290011}`,
		},
		"ox": {
			requests: 3, method: "PUT", path: "/preliminary/http-notify/v1/notify", header: map[string]string{"Content-Type": "application/json; charset=utf-8"},
			body: `{"user":"11@3","event":"messageNew","folder":"INBOX","imap-uidvalidity":1795290011,"imap-uid":1,` +
				`"from":"Dana Writer <dana@example.net>","subject":"Lunch on Friday?","snippet":"Hi Alice, shall we meet at noon? Dana","unseen":1}`,
		},
	}
	if len(tests) != len(Names()) {
		t.Errorf("%d templates, %d tests", len(Names()), len(tests))
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			requests, logged, faults := play(t, name, "dry")
			if len(requests) != test.requests || faults > 0 || len(logged) > 0 {
				t.Fatalf("%d requests, %d faults, logged %q", len(requests), faults, logged)
			}
			first := requests[0]
			if u, err := url.Parse(first.url); err != nil || u.Path != test.path {
				t.Errorf("the request goes to %s: %v", first.url, err)
			}
			if first.method != test.method {
				t.Errorf("the method is %s", first.method)
			}
			for header, want := range test.header {
				if got := first.header[header]; got != want {
					t.Errorf("%s is %q, want %q", header, got, want)
				}
			}
			if diff := cmp.Diff(decoded(test.body), decoded(first.body)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// decoded makes JSON comparable, and leaves any other text as it is.
func decoded(text string) any {
	var v any
	if json.Unmarshal([]byte(text), &v) != nil {
		return text
	}
	return v
}

func TestGotifySendsItsKey(t *testing.T) {
	requests, _, _ := play(t, "gotify", "dry")
	for _, r := range requests {
		if _, ok := r.header["X-Gotify-Key"]; !ok {
			t.Errorf("a request without X-Gotify-Key: %v", r.header)
		}
	}
}

func TestNtfyEncodesTitles(t *testing.T) {
	requests, _, _ := play(t, "ntfy", "dry")
	var titles []string
	for _, r := range requests {
		titles = append(titles, r.header["Title"])
	}
	want := []string{"Dana Writer", "=?UTF-8?B?SsO8cmdlbiBNw7xsbGVy?=", "New message"}
	if diff := cmp.Diff(want, titles); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestTemplatesLogFailures plays each template against a server that is not
// there and one that refuses: a logged error for each request, and no fault.
func TestTemplatesLogFailures(t *testing.T) {
	for _, name := range Names() {
		for _, mode := range []string{"refused", "timeout", "503", "401"} {
			requests, logged, faults := play(t, name, mode)
			if faults > 0 || len(requests) == 0 {
				t.Errorf("%s, %s: %d requests, %d faults", name, mode, len(requests), faults)
			}
			fixtures := bytes.Count(file(t, name, Fixture), []byte("\n"))
			if len(logged) != fixtures || slices.ContainsFunc(logged, func(l string) bool { return !strings.HasPrefix(l, "error: ") }) {
				t.Errorf("%s, %s: logged %q", name, mode, logged)
			}
		}
	}
}

func TestSettingsAreJSON(t *testing.T) {
	var settings struct {
		Library []string `json:"workspace.library"`
	}
	if err := json.Unmarshal(file(t, "webhook", Settings), &settings); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{TypesFolder}, settings.Library); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
