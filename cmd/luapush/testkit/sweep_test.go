package testkit_test

import (
	"strings"
	"testing"

	"github.com/luapush/luapush/cmd/luapush/testkit"
	"github.com/luapush/luapush/cmd/luapush/testkit/result"
)

// sweepHandler posts each message by a function that sweeps differ in.
const sweepHandler = `
local client
function script_init() client = dovecot.http.client({max_attempts = 1}) return 0 end
local function post() return client:request({url = "http://hook.example/", method = "POST"}):submit() end
function dovecot_lua_notify_begin_txn(user) return {user = user, n = 0} end
function dovecot_lua_notify_event_message_new(ctx, event) ctx.n = ctx.n + 1 end
function dovecot_lua_notify_end_txn(ctx)
  for i = 1, ctx.n do
    BODY
  end
end
`

const batch = `{"version":1,"scenario":"batch","user":{"username":"dora@example.com"},"settings":{},"metadata":{},"mailboxes":{},"events":[{"name":"MessageNew","mailbox":"INBOX","uid":1,"uid_validity":1},{"name":"MessageNew","mailbox":"INBOX","uid":2,"uid_validity":1},{"name":"MessageNew","mailbox":"INBOX","uid":3,"uid_validity":1}],"success":true}
`

func TestSweep(t *testing.T) {
	for _, test := range []struct {
		name, body string
		// want are the modes that fail, with what the failures say.
		want map[string][]string
	}{
		{"good", `post()`, nil},
		{"raises", `if post():status() == 9008 then error("no answer") end`, map[string][]string{
			"timeout": {"raises with timeout at request 1, POST http://hook.example/: no answer", "loses the rest of the batch with timeout at request 1, POST http://hook.example/: 2 of 3"},
		}},
		{"gives up", `if post():status() ~= 200 then return end`, map[string][]string{
			"refused": {"loses the rest"}, "timeout": {"loses the rest"}, "dns": {"loses the rest"}, "reset": {"loses the rest"},
			"badresponse": {"loses the rest"}, "500": {"loses the rest"}, "503": {"loses the rest"},
		}},
		{"hangs", `while post():status() == 503 do end`, map[string][]string{"503": {"hangs with 503 at every request"}}},
		{"bad json", `if #post():payload() > 0 then local x = nil + 1 end`, map[string][]string{
			"badjson": {"attempt to perform arithmetic on a nil value", "loses the rest"},
		}},
		{"metadata", `post() ctx.user:metadata_set("/private/x", "1")`, map[string][]string{"metadata": {"raises when metadata cannot be changed"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := folder(t, "handler.lua", strings.Replace(sweepHandler, "BODY", test.body, 1), "fixture.jsonl", batch, "trace.jsonl", "not a fixture")
			c := run(t, testkit.Config{Paths: []string{dir}, Sweep: true})
			if len(c.cases) != 10 {
				t.Errorf("%d cases: %v", len(c.cases), c.names())
			}
			for _, each := range c.cases {
				mode := each.Path[2]
				want := test.want[mode]
				if len(want) == 0 {
					if each.Status.Bad() {
						t.Error(show(each))
					}
					continue
				}
				if len(each.Failures) != len(want) {
					t.Errorf("%d failures, want %d: %s", len(each.Failures), len(want), show(each))
					continue
				}
				for i, text := range want {
					if f := each.Failures[i]; !strings.Contains(f.Message, text) || f.Line == 0 {
						t.Errorf("it should say %q with a line: %s", text, show(each))
					}
				}
			}
		})
	}
}

func TestSweepFaults(t *testing.T) {
	dir := folder(t, "a/handler.lua", "local = 1", "a/fixture.jsonl", batch, "b/handler.lua", goldenHandler, "b/testdata/x.jsonl", "{")
	c := run(t, testkit.Config{Paths: []string{dir}, Sweep: true})
	if len(c.cases) != 2 || c.summary.Counts[result.Error] != 2 {
		t.Errorf("%v %v", c.names(), c.summary.Counts)
	}
}
