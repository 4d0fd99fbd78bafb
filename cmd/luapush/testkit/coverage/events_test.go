package coverage

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/cmd/luapush/testkit/result"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/source"
	"github.com/luapush/luapush/runtime/transport"
)

// everything is a handler that has to do with all that there is.
const everything = `
local client
function dovecot_lua_notify_begin_txn(user)
  client = client or dovecot.http.client({})
  return {url = user:plugin_getenv("hook"), to = user:metadata_get("/private/key")}
end
local function send(ctx, event)
  local _ = {event.from, event.from_address, event.from_display_name, event.to, event.subject, event.date, event.tz,
    event.snippet, event.message_id, event.flags, event.keywords, event.flags_old, event.keywords_old}
  local request = client:request({url = "http://hook.example/", method = "POST"})
  request:submit()
end
dovecot_lua_notify_event_message_new = send
dovecot_lua_notify_event_message_append = send
dovecot_lua_notify_event_flags_set = send
dovecot_lua_notify_event_flags_clear = send
function dovecot_lua_notify_end_txn() end
`

// plain is a message with nothing odd about it.
const plain = `"name":"MessageNew","mailbox":"INBOX","uid":1,"uid_validity":1,"date":1795161600,"tz":0,` +
	`"from":"Bob <bob@example.com>","from_address":"bob@example.com","from_display_name":"Bob",` +
	`"to":"a@example.com","to_address":"a@example.com","to_display_name":"","subject":"Hello","snippet":"Hi",` +
	`"message_id":"<1@example.com>","flags":[],"keywords":[]`

// document makes a transaction; with "success":false added it is rolled back.
func document(more string, events ...string) string {
	return fmt.Sprintf(`{"version":1,"user":{"username":"alice@example.com"},"settings":{"hook":"x"},"metadata":{"/private/key":"v"}%s,"events":[{%s}]}`,
		more, strings.Join(events, "},{"))
}

// but is the plain message with a field in place of its own, or without it.
func but(field, value string) string {
	var kept []string
	for _, part := range splitFields(plain) {
		if !strings.HasPrefix(part, `"`+field+`":`) {
			kept = append(kept, part)
		}
	}
	if value != "" {
		kept = append(kept, `"`+field+`":`+value)
	}
	return strings.Join(kept, ",")
}

func splitFields(s string) []string {
	return strings.Split(strings.ReplaceAll(s, `,"`, "\x00\""), "\x00")
}

// cover plays documents through a script and gives what was reached.
func cover(t *testing.T, script, name string, carrier http.RoundTripper, documents ...string) *Report {
	t.Helper()
	file := filepath.Join(t.TempDir(), "handler.lua")
	if err := os.WriteFile(file, []byte(script), 0o644); err != nil {
		t.Fatal(err)
	}
	c := New()
	w := c.Worker()
	o := runtime.Options{API: bindings.NewDovecot(), HTTP: carrier}
	w.Host(file, &o)
	h := runtime.New(o)
	p, err := h.Compile(file, []byte(script))
	if err != nil {
		t.Fatal(err)
	}
	from := source.NewReader(strings.NewReader(strings.Join(documents, "\n")), "fixture.jsonl")
	if _, err := h.Run(context.Background(), p, from); err != nil {
		t.Fatal(err)
	}
	w.Case(&result.Case{File: file, Path: []string{name}})
	return c.Report([]string{filepath.Dir(file)})
}

func taken(r *Report) []string {
	var list []string
	for _, p := range r.Handlers[0].Paths {
		if p.Count > 0 {
			list = append(list, p.ID)
		}
	}
	slices.Sort(list)
	return list
}

// TestPaths: each path is taken by what it is about, and not by a plain message.
func TestPaths(t *testing.T) {
	always := []string{"http-success", "metadata:/private/key", "no-flags"}
	failing := func(mode string) http.RoundTripper {
		carrier, err := transport.Parse(mode, transport.LiveOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return carrier
	}
	set := `"name":"FlagsSet","mailbox":"INBOX","uid":1,"uid_validity":1,"flags":["\\Seen"],"keywords":[]`
	cleared := `"name":"FlagsClear","mailbox":"INBOX","uid":1,"uid_validity":1,"flags":["\\Seen"],"keywords":["$x"],"flags_old":["\\Seen"],"keywords_old":["$x"]`
	without := []string{"http-success", "metadata:/private/key"}
	tests := []struct {
		name      string
		documents []string
		carrier   http.RoundTripper
		want      []string
		instead   []string // of always
	}{
		{"plain", []string{document("", plain)}, nil, nil, nil},
		{"rollback", []string{document(`,"success":false`, plain)}, nil, []string{"rollback"}, []string{"metadata:/private/key"}},
		{"no-handled-event", []string{document("", `"name":"MailboxCreate","mailbox":"INBOX"`)}, nil, []string{"no-handled-event"}, []string{"metadata:/private/key"}},
		{"several-events", []string{document("", plain, plain)}, nil, []string{"several-events"}, nil},
		{"second-transaction", []string{
			strings.Replace(document("", plain), `"username"`, `"session_id":"s","username"`, 1),
			strings.Replace(document("", plain), `"username"`, `"session_id":"s","username"`, 1),
		}, nil, []string{"second-transaction"}, nil},
		{"other-mailbox", []string{document("", but("mailbox", `"Sent"`))}, nil, []string{"other-mailbox"}, nil},
		{"no-from", []string{document("", strings.NewReplacer("Bob <bob@example.com>", "", "bob@example.com", "", "Bob", "").Replace(plain))}, nil, []string{"no-from"}, nil},
		{"from-without-address", []string{document("", but("from_address", `""`))}, nil, []string{"from-without-address"}, nil},
		{"from-without-name", []string{document("", but("from_display_name", `""`))}, nil, []string{"from-without-name"}, nil},
		{"encoded-from", []string{document("", but("from", `"=?utf-8?q?=C3=84?= <a@b.c>"`))}, nil, []string{"encoded-from"}, nil},
		{"no-to", []string{document("", but("to", `""`))}, nil, []string{"no-to"}, nil},
		{"no-subject", []string{document("", but("subject", ""))}, nil, []string{"no-subject"}, nil},
		{"empty-subject", []string{document("", but("subject", `""`))}, nil, []string{"empty-subject"}, nil},
		{"folded-subject", []string{document("", but("subject", `"a\n b"`))}, nil, []string{"folded-subject"}, nil},
		{"not-ascii", []string{document("", but("snippet", `"Grüße"`))}, nil, []string{"not-ascii"}, nil},
		{"quotes", []string{document("", but("subject", `"a \" b"`))}, nil, []string{"quotes"}, nil},
		{"no-date", []string{document("", but("date", "0"))}, nil, []string{"no-date"}, nil},
		{"time-zone", []string{document("", but("tz", "330"))}, nil, []string{"time-zone"}, nil},
		{"no-snippet", []string{document("", but("snippet", `""`))}, nil, []string{"no-snippet"}, nil},
		{"no-message-id", []string{document("", but("message_id", ""))}, nil, []string{"no-message-id"}, nil},
		{"flags-at-arrival", []string{document("", but("flags", `["\\Seen"]`))}, nil, []string{"flags-at-arrival"}, without},
		{"keywords-at-arrival", []string{document("", but("keywords", `["$x"]`))}, nil, []string{"keywords-at-arrival"}, nil},
		{"flags set", []string{document("", set)}, nil, nil, without},
		{"flags-set-empty", []string{document("", strings.Replace(set, `["\\Seen"]`, "[]", 1))}, nil, []string{"flags-set-empty"}, without},
		{"flags-set-keywords", []string{document("", strings.Replace(set, `"keywords":[]`, `"keywords":["$x"]`, 1))}, nil, []string{"flags-set-keywords"}, without},
		{"flags-clear-flags", []string{document("", cleared)}, nil, []string{"flags-clear-flags"}, without},
		{"flags-clear-empty", []string{document("", `"name":"FlagsClear","mailbox":"INBOX","uid":1,"uid_validity":1,"flags":[],"keywords":[],"flags_old":["\\Seen"],"keywords_old":["$x"]`)}, nil, []string{"flags-clear-empty"}, without},
		{"flags-clear-only-keywords", []string{document("", strings.Replace(cleared, `"flags_old":["\\Seen"]`, `"flags_old":[]`, 1))}, nil, []string{"flags-clear-flags", "flags-clear-only-keywords"}, without},
		{"flags-clear-no-keywords", []string{document("", strings.Replace(cleared, `"keywords_old":["$x"]`, `"keywords_old":[]`, 1))}, nil, []string{"flags-clear-flags", "flags-clear-no-keywords"}, without},
		{"http-no-answer", []string{document("", plain)}, failing("refused"), []string{"http-no-answer"}, []string{"metadata:/private/key", "no-flags"}},
		{"http-4xx", []string{document("", plain)}, failing("404"), []string{"http-4xx"}, []string{"metadata:/private/key", "no-flags"}},
		{"http-5xx", []string{document("", plain)}, failing("503"), []string{"http-5xx"}, []string{"metadata:/private/key", "no-flags"}},
		{"http-failure-in-batch", []string{document("", plain, plain)}, failing("503"), []string{"http-5xx", "http-failure-in-batch", "several-events"}, []string{"metadata:/private/key", "no-flags"}},
		{"no setting", []string{strings.Replace(document("", plain), `"hook":"x"`, "", 1)}, nil, []string{"no-setting:hook"}, nil},
		{"no metadata", []string{strings.Replace(document("", plain), `"/private/key":"v"`, "", 1)}, nil, []string{"no-metadata:/private/key"}, []string{"http-success", "no-flags"}},
	}
	shown := map[string]bool{}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			want := append(slices.Clone(test.want), always...)
			if test.instead != nil {
				want = append(slices.Clone(test.want), test.instead...)
			}
			slices.Sort(want)
			r := cover(t, everything, test.name, test.carrier, test.documents...)
			if diff := cmp.Diff(want, taken(r)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for _, id := range want {
				shown[id] = true
			}
		})
	}
	for i := range paths {
		if !shown[paths[i].id] {
			t.Errorf("no test takes the path %s", paths[i].id)
		}
	}
}

// TestPathsOfTheScript: a script is only asked for paths that make a difference
// to it.
func TestPathsOfTheScript(t *testing.T) {
	r := cover(t, `
function dovecot_lua_notify_begin_txn() end
-- event.subject, event.flags and http are named in a comment only
function dovecot_lua_notify_event_mailbox_create(ctx, event) print(event.mailbox) end
function dovecot_lua_notify_end_txn() end
`, "x", nil, document("", `"name":"MailboxCreate","mailbox":"A"`))
	var ids []string
	for _, p := range r.Handlers[0].Paths {
		ids = append(ids, p.ID)
	}
	if diff := cmp.Diff([]string{"rollback", "no-handled-event", "second-transaction"}, ids); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestEvents: each event function has its calls, and who made them.
func TestEvents(t *testing.T) {
	r := cover(t, everything, "posts", nil, document("", plain, plain))
	var got []string
	for _, e := range r.Handlers[0].Events {
		line := fmt.Sprintf("%s %d", e.short(), e.Calls)
		for _, by := range e.By {
			line += " " + by[strings.LastIndex(by, "handler.lua"):]
		}
		got = append(got, line)
	}
	want := []string{"flags_clear 0", "flags_set 0", "message_append 0", "message_new 2 handler.lua: posts"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestNames: what a subtest reaches goes by the name of the case around it.
func TestNames(t *testing.T) {
	w := New().Worker()
	one, two, three := &tally{}, &tally{}, &tally{}
	hit := func(list ...*tally) {
		for _, x := range list {
			w.hit(x)
		}
	}
	named := func(c result.Case) { w.Case(&c) }
	hit(one, one, two)
	named(result.Case{File: "a_test.lua", Path: []string{"group", "case", "sub"}})
	named(result.Case{File: "a_test.lua", Path: []string{"group", "case", "idle"}})
	hit(two)
	named(result.Case{File: "a_test.lua", Path: []string{"group", "case", "other"}})
	named(result.Case{File: "a_test.lua", Path: []string{"group", "case"}})
	hit(two)
	named(result.Case{File: "testdata/a.jsonl", Path: []string{"golden", "a.jsonl"}, Kind: result.Golden})
	hit(three)
	named(result.Case{File: "fixture.jsonl", Path: []string{"sweep", "fixture.jsonl", "503"}, Kind: result.Sweep})
	var got []string
	for _, x := range []*tally{one, two, three} {
		names := []string{}
		for name := range x.by {
			names = append(names, name)
		}
		slices.Sort(names)
		got = append(got, fmt.Sprintf("%d %s", x.count, strings.Join(names, ", ")))
	}
	want := []string{"2 a_test.lua: group / case", "3 a_test.lua: group / case, testdata/a.jsonl", "1 fixture.jsonl with 503"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
