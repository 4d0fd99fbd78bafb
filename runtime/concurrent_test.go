package runtime_test

import (
	"bytes"
	"context"
	"os"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/source"
	"github.com/luapush/luapush/runtime/trace"
	"github.com/luapush/luapush/stdlib"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestSessionsShareAHostAndAProgram plays the recording from several goroutines
// at once: a program is compiled once for all, and what a script does to its
// own library tables stays in its session.
func TestSessionsShareAHostAndAProgram(t *testing.T) {
	recording, err := os.ReadFile("../spec/recordings/dovecot-2.3.19.1.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var faults []string
	host := runtime.New(runtime.Options{
		API: bindings.NewDovecot(), Modules: stdlib.Modules(),
		Observer: trace.ObserverFunc(func(r trace.Record) {
			if e, ok := r.(*trace.Error); ok {
				mu.Lock()
				faults = append(faults, e.Message)
				mu.Unlock()
			}
		}),
	})
	program, err := host.Compile("handler.lua", []byte(`
local url, json = require "socket.url", require "cjson"
assert(string.mine == nil, "another session's string table")
string.mine, table.mine, math.mine = 1, 2, 3
local co = coroutine.wrap(function() while true do coroutine.yield(pcall(error, "x")) end end)
function dovecot_lua_notify_begin_txn(user) return {client = dovecot.http.client({}), user = user} end
function dovecot_lua_notify_event_message_new(ctx, event)
  co()
  local request = ctx.client:request({url = "http://hook.example/" .. url.escape(event.mailbox), method = "POST"})
  request:set_payload(json.encode({subject = event.subject, uid = event.uid}))
  assert(request:submit():status() == 200)
  ctx.user:metadata_set("/private/k", tostring(event.uid))
  assert(ctx.user:metadata_get("/private/k"))
end
function dovecot_lua_notify_end_txn(ctx, success) collectgarbage() end
`))
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			summary, err := host.Run(context.Background(), program, source.NewReader(bytes.NewReader(recording), "recording"))
			if err != nil || summary.Transactions != 36 {
				t.Errorf("%+v, %v", summary, err)
			}
		})
	}
	group.Wait()
	if len(faults) > 0 {
		t.Errorf("%d faults, the first: %s", len(faults), strings.TrimSpace(faults[0]))
	}
}
