package runtime_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/source"
	"github.com/luapush/luapush/runtime/trace"
)

// tell writes a record as the tests compare it: short, without times.
func tell(r trace.Record) string {
	switch r := r.(type) {
	case *trace.Load:
		return "load " + strings.Join(r.Handlers, ",")
	case *trace.Begin:
		return "begin " + r.User
	case *trace.Call:
		name := strings.TrimPrefix(strings.TrimPrefix(r.Function, "dovecot_lua_notify_"), "event_")
		if r.HasUID {
			return fmt.Sprintf("call %s %s %d", name, r.Mailbox, r.UID)
		}
		return strings.TrimSpace("call " + name + " " + r.Mailbox)
	case *trace.Log:
		return string(r.Level) + " " + r.Message
	case *trace.Error:
		return fmt.Sprintf("error %s %s:%d: %s", r.Function, r.Script, r.Line, r.Message)
	case *trace.Note:
		return "note " + r.Message
	case *trace.End:
		if r.Skipped != "" {
			return fmt.Sprint("end skipped: ", r.Skipped)
		}
		return fmt.Sprint("end ", r.Success)
	}
	return r.Kind()
}

// run plays documents through a script and gives what happened.
func run(t *testing.T, o runtime.Options, script, documents string) []string {
	t.Helper()
	var told []string
	o.API = bindings.NewDovecot()
	o.Observer = trace.Ordered(trace.ObserverFunc(func(r trace.Record) { told = append(told, tell(r)) }), 1000)
	host := runtime.New(o)
	program, err := host.Compile("handler.lua", []byte(script))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := host.Run(context.Background(), program, source.NewReader(strings.NewReader(documents), "test")); err != nil {
		t.Fatal(err)
	}
	return told
}

func expect(t *testing.T, got []string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// document is a transaction of the session with the events, given as
// NAME:UID.
func document(session, success string, events ...string) string {
	var list []string
	for _, e := range events {
		name, uid, found := strings.Cut(e, ":")
		if found {
			list = append(list, fmt.Sprintf(`{"name":%q,"mailbox":"INBOX","uid":%s,"uid_validity":9}`, name, uid))
		} else {
			list = append(list, fmt.Sprintf(`{"name":%q,"mailbox":"INBOX"}`, name))
		}
	}
	return fmt.Sprintf(`{"version":1,"user":{"username":"a@b","session_id":%q},"events":[%s],"success":%s}`+"\n",
		session, strings.Join(list, ","), success)
}

const whole = `
function dovecot_lua_notify_begin_txn(user) return {} end
function dovecot_lua_notify_event_message_new(ctx, event) end
function dovecot_lua_notify_end_txn(ctx, success) dovecot.i_info("success " .. tostring(success)) end
`

func TestTransaction(t *testing.T) {
	for _, c := range []struct {
		name, script, documents string
		want                    []string
	}{
		{
			name: "begin, the events there are functions for, end", script: whole,
			documents: document("s", "true", "MessageNew:1", "MessageRead:1", "MessageNew:2"),
			want: []string{
				"load message_new", "begin a@b", "call begin_txn", "call message_new INBOX 1", "call message_new INBOX 2",
				"call end_txn", "info success true", "end true",
			},
		},
		{
			name: "begin and end without a matching event", script: whole,
			documents: document("s", "true", "MailboxCreate"),
			want:      []string{"load message_new", "begin a@b", "call begin_txn", "call end_txn", "info success true", "end true"},
		},
		{
			name: "rollback", script: whole, documents: document("s", "false", "MessageNew:1"),
			want: []string{"load message_new", "begin a@b", "call begin_txn", "call end_txn", "info success false", "end false"},
		},
		{
			name: "no event function", documents: document("s", "true", "MessageNew:1"),
			script: `function dovecot_lua_notify_begin_txn() end function dovecot_lua_notify_end_txn() end`,
			want:   []string{"load ", "begin a@b", "end skipped: no event functions"},
		},
		{
			name: "no begin", documents: document("s", "true", "MessageNew:1"),
			script: `function dovecot_lua_notify_event_message_new() end`,
			want: []string{
				"load message_new", "begin a@b",
				"error dovecot_lua_notify_begin_txn handler.lua:0: Missing function dovecot_lua_notify_begin_txn", "end skipped: no begin function",
			},
		},
		{
			name: "no end", documents: document("s", "true", "MessageNew:1"),
			script: `function dovecot_lua_notify_begin_txn() end
function dovecot_lua_notify_event_message_new() end`,
			want: []string{
				"load message_new", "begin a@b", "call begin_txn", "call message_new INBOX 1",
				"error dovecot_lua_notify_end_txn handler.lua:0: Missing function dovecot_lua_notify_end_txn", "end true",
			},
		},
		{
			name: "an error in one function, and the rest goes on", documents: document("s", "true", "MessageNew:1", "MessageNew:2"),
			script: whole + `
function dovecot_lua_notify_event_message_new(ctx, event)
  if event.uid == 1 then error("no") end
end`,
			want: []string{
				"load message_new", "begin a@b", "call begin_txn", "call message_new INBOX 1",
				"error dovecot_lua_notify_event_message_new handler.lua:7: no", "call message_new INBOX 2",
				"call end_txn", "info success true", "end true",
			},
		},
		{
			name: "an error in begin drops the transaction, not the next", documents: document("s", "true", "MessageNew:1") + document("s", "true", "MessageNew:2"),
			script: whole + `
local first = true
function dovecot_lua_notify_begin_txn(user)
  if first then first = false error("no") end
end`,
			want: []string{
				"load message_new", "begin a@b", "call begin_txn", "error dovecot_lua_notify_begin_txn handler.lua:8: no",
				"end skipped: begin_txn failed",
				"begin a@b", "call begin_txn", "call message_new INBOX 2", "call end_txn", "info success true", "end true",
			},
		},
		{
			name: "an error in end", documents: document("s", "true", "MessageNew:1"),
			script: whole + `function dovecot_lua_notify_end_txn() error({}) end`,
			want: []string{
				"load message_new", "begin a@b", "call begin_txn", "call message_new INBOX 1", "call end_txn",
				"error dovecot_lua_notify_end_txn handler.lua:5: (null)", "end true",
			},
		},
		{
			name: "the context is what begin returned", documents: document("s", "true", "MessageNew:1"),
			script: whole + `
function dovecot_lua_notify_begin_txn(user) return false, 2 end
function dovecot_lua_notify_event_message_new(...) dovecot.i_info(select("#", ...) .. tostring((...))) end
function dovecot_lua_notify_end_txn(...) dovecot.i_info(select("#", ...) .. tostring((...)) .. type(select(2, ...))) end`,
			want: []string{
				"load message_new", "begin a@b", "call begin_txn", "call message_new INBOX 1", "info 2false",
				"call end_txn", "info 2falseboolean", "end true",
			},
		},
		{
			name: "a function taken away in the middle", documents: document("s", "true", "MessageNew:1", "MessageNew:2"),
			script: whole + `
function dovecot_lua_notify_event_message_new() dovecot_lua_notify_event_message_new = nil end`,
			want: []string{
				"load message_new", "begin a@b", "call begin_txn", "call message_new INBOX 1",
				"error dovecot_lua_notify_event_message_new handler.lua:0: 'dovecot_lua_notify_event_message_new' is not a function",
				"call end_txn", "info success true", "end true",
			},
		},
		{
			name: "functions are looked up raw", documents: document("s", "true", "MessageNew:1"),
			script: `setmetatable(_G, {__index = {dovecot_lua_notify_begin_txn = function() end}})
dovecot_lua_notify_event_message_new = setmetatable({}, {__call = function() end})`,
			want: []string{
				"load ", "begin a@b",
				"error dovecot_lua_notify_begin_txn handler.lua:0: Missing function dovecot_lua_notify_begin_txn", "end skipped: no begin function",
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			expect(t, run(t, runtime.Options{}, c.script, c.documents), c.want...)
		})
	}
}

func TestSessions(t *testing.T) {
	script := whole + `
local n = 0
function script_init() dovecot.i_info("init") return 0 end
function script_deinit() dovecot.i_info("deinit " .. n) end
function dovecot_lua_notify_event_message_new() n = n + 1 dovecot.i_info("n " .. n) end
function dovecot_lua_notify_end_txn() end`
	got := run(t, runtime.Options{}, script,
		document("one", "true", "MessageNew:1")+document("two", "true", "MessageNew:1")+document("one", "true", "MessageNew:2")+document("", "true", "MessageNew:3"))
	var logs []string
	for _, line := range got {
		if rest, ok := strings.CutPrefix(line, "info "); ok {
			logs = append(logs, rest)
		}
	}
	expect(t, logs, "init", "n 1", "init", "n 1", "deinit 1", "n 2", "deinit 2", "init", "n 1", "deinit 1")
}

func TestMailUserFunctions(t *testing.T) {
	script := whole + `
function mail_user_created(user) dovecot.i_info("created " .. tostring(user)) return 0 end
function mail_user_deinit_pre(user) dovecot.i_info("pre") end
function mail_user_deinit(user) dovecot.i_info("deinit") return -1, "why" end
function script_deinit() dovecot.i_info("script") end`
	documents := document("s", "true", "MessageNew:1")
	expect(t, run(t, runtime.Options{}, script, documents),
		"call mail_user_created", "info created a@b", "load message_new",
		"begin a@b", "call begin_txn", "call message_new INBOX 1", "call end_txn", "info success true", "end true",
		"call mail_user_deinit_pre", "info pre", "call mail_user_deinit", "info deinit",
		"error mail_user_deinit handler.lua:0: mail_user_deinit(user) failed: why", "call script_deinit", "info script")
	// Loaded by the push driver alone, the functions are not Dovecot's to call.
	expect(t, run(t, runtime.Options{LoadedBy: runtime.ByDriver}, script, documents),
		"load message_new", "begin a@b", "call begin_txn", "call message_new INBOX 1", "call end_txn", "info success true", "end true",
		"call script_deinit", "info script")
	// Loaded by mail_lua, a script without mail_user_created is unloaded.
	expect(t, run(t, runtime.Options{LoadedBy: runtime.ByMailLua}, whole, documents),
		"error mail_user_created handler.lua:0: the script does not define mail_user_created",
		"begin a@b", "end skipped: the script could not be started")
}

func TestMailUserCreatedResults(t *testing.T) {
	for result, failure := range map[string]string{
		"0": "", "": "", "nil": "", `"x"`: "", "-0.5": "", "1": "", "{}": "",
		"-1": "(null)", `"-1"`: "(null)", `-1, "why"`: "why", "-2, 7": "7",
	} {
		got := run(t, runtime.Options{}, whole+"function mail_user_created() return "+result+" end", document("s", "true"))
		want := "load message_new"
		if failure != "" {
			want = "error mail_user_created handler.lua:0: mail_user_created(user) failed: " + failure
		}
		if got[1] != want {
			t.Errorf("return %s: %s, want %s", result, got[1], want)
		}
	}
}

func TestScriptInit(t *testing.T) {
	v24, err := dovecot.Parse("2.4")
	if err != nil {
		t.Fatal(err)
	}
	documents := document("s", "true")
	for _, c := range []struct{ body, want23, want24 string }{
		{"return 0", "", ""},
		{"return 1", "Script init failed", ""},
		{"return -1", "Script init failed", ""},
		{"return", "script_init() returned non-number", ""},
		{"return nil", "script_init() returned non-number", ""},
		{`return "0"`, "script_init() returned non-number", ""},
		{"return true", "script_init() returned non-number", ""},
		{"return 0.5", "script_init() returned non-number", ""},
		{`error("no")`, "no", "no"},
	} {
		for release, want := range map[dovecot.Release]string{dovecot.Default: c.want23, v24: c.want24} {
			got := run(t, runtime.Options{Dovecot: release}, whole+"function script_init(settings) "+c.body+" end", documents)
			text := ""
			if strings.HasPrefix(got[1], "error script_init") {
				_, text, _ = strings.Cut(got[1], ": ")
			}
			if text != want {
				t.Errorf("%s, Dovecot %s: %q, want %q", c.body, release, text, want)
			}
		}
	}
	got := run(t, runtime.Options{Dovecot: v24, LuaSettings: map[string]string{"k": "v"}},
		whole+"function script_init(settings) dovecot.i_info(settings.k .. select('#', settings)) end", documents)
	if got[1] != "info v1" {
		t.Errorf("settings did not arrive: %v", got)
	}
}

func TestTheDovecotTableComesAfterTheMainChunkIn2315(t *testing.T) {
	old, err := dovecot.Parse("2.3.15")
	if err != nil {
		t.Fatal(err)
	}
	script := whole + `early = dovecot == nil`
	script += "\nfunction script_init() dovecot.i_info(tostring(early)) return 0 end"
	if got := run(t, runtime.Options{Dovecot: old}, script, document("s", "true")); got[1] != "info true" {
		t.Errorf("2.3.15: %v", got)
	}
	if got := run(t, runtime.Options{}, script, document("s", "true")); got[1] != "info false" {
		t.Errorf("2.3.19: %v", got)
	}
}

func TestDebugLines(t *testing.T) {
	expect(t, run(t, runtime.Options{Debug: true}, "function script_init() return 0 end\n"+whole, document("s", "true", "MessageNew:7")),
		"debug lua: Loading handler.lua", "debug lua: Calling script_init", "call script_init", "load message_new", "begin a@b",
		"debug lua: Found dovecot_lua_notify_event_message_new, handling MessageNew event",
		"debug lua: Calling dovecot_lua_notify_begin_txn(a@b)", "call begin_txn", "debug lua: Called dovecot_lua_notify_begin_txn",
		"debug lua: Calling dovecot_lua_notify_event_message_new(ctx, event[name=MessageNew,mailbox=INBOX,uid=7])",
		"call message_new INBOX 7", "debug lua: Called dovecot_lua_notify_event_message_new",
		"debug lua: Calling dovecot_lua_notify_end_txn", "call end_txn", "info success true",
		"debug lua: Called dovecot_lua_notify_end_txn", "end true",
	)
}

func TestDeadlineEndsTheStateAndTheNextTransactionGetsAnother(t *testing.T) {
	script := whole + `
function dovecot_lua_notify_event_message_new(ctx, event)
  if event.uid == 1 then
    pcall(function() while true do end end)
  end
end`
	got := run(t, runtime.Options{Limits: runtime.Limits{Time: 50 * time.Millisecond}}, script,
		document("s", "true", "MessageNew:1", "MessageNew:2")+document("s", "true", "MessageNew:3"))
	expect(t, got,
		"load message_new", "begin a@b", "call begin_txn", "call message_new INBOX 1",
		"error dovecot_lua_notify_event_message_new handler.lua:8: the call took longer than 50ms",
		"note 1 more event(s) of this transaction and its end_txn were not called; the next transaction starts a new state",
		"end false",
		"begin a@b", "call begin_txn", "call message_new INBOX 3", "call end_txn", "info success true", "end true")
}

func TestCancellationEndsTheRun(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	o := runtime.Options{API: bindings.NewDovecot(), Observer: trace.ObserverFunc(func(r trace.Record) {
		if _, ok := r.(*trace.Log); ok {
			cancel()
		}
	})}
	host := runtime.New(o)
	program, err := host.Compile("handler.lua", []byte(whole+`
function dovecot_lua_notify_event_message_new() dovecot.i_info("now") while true do end end`))
	if err != nil {
		t.Fatal(err)
	}
	_, err = host.Run(ctx, program, source.NewReader(strings.NewReader(document("s", "true", "MessageNew:1")), "test"))
	if err != context.Canceled {
		t.Errorf("got %v", err)
	}
}
