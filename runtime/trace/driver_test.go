package trace_test

import (
	"strings"
	"testing"

	"github.com/luapush/luapush/runtime/trace"
)

// TestDriver holds how records of several drivers say whose they are.
func TestDriver(t *testing.T) {
	records := []trace.Record{
		&trace.Note{Message: "to http://u:p@h/", Host: true},
		&trace.Load{Script: "ox.lua", Lua: "5.4", Handlers: []string{"message_new"}},
		&trace.Log{Level: trace.Info, Message: "outside"},
		&trace.Begin{Txn: 1, User: "alice"},
		&trace.Log{Txn: 1, Level: trace.Info, Message: "inside", Script: "ox.lua", Line: 1},
		&trace.Call{Txn: 1, Function: "dovecot_lua_notify_begin_txn"},
		&trace.Metadata{Txn: 1, Op: "unset", Key: "/private/k"},
		&trace.Error{Txn: 1, Code: "runtime", Message: "no"},
		&trace.End{Txn: 1, Success: true, Errors: 1},
	}
	for _, r := range records {
		if n, ok := r.(*trace.Note); !ok || !n.Host {
			trace.Attribute(r, "ox")
		}
	}
	if d := trace.DriverOf(records[3]); d != "" {
		t.Errorf("the begin of a transaction belongs to no driver, not to %q", d)
	}
	var text, lines strings.Builder
	out := trace.Ordered(trace.Tee(trace.NewText(&text, trace.TextOptions{}), trace.NewJSON(&lines)), 10)
	for _, r := range records {
		out.Observe(r)
	}
	// What a call did stands below it; what was done outside of one is marked.
	want := `note to http://***@h/
[ox] ox.lua  Lua 5.4, message_new
    [ox] info outside

1  alice
  [ox] begin_txn  0 µs
    info inside  ox.lua:1
    metadata of user: /private/k removed
  [ox] error no
  [ox] 0 requests, 1 error
`
	if got := text.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for i, part := range []string{`{"type":"note","message":`, `{"type":"load","driver":"ox",`, `{"type":"log","driver":"ox",`, `{"type":"begin","txn":1,"user"`} {
		if line := strings.Split(lines.String(), "\n")[i]; !strings.HasPrefix(line, part) {
			t.Errorf("%s does not begin with %s", line, part)
		}
	}
	if !strings.Contains(lines.String(), `{"type":"end","txn":1,"driver":"ox","success":true`) {
		t.Errorf("got %s", lines.String())
	}
}
