package runtime_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	goruntime "runtime"
	"strings"
	"testing"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/source"
	"github.com/luapush/luapush/runtime/trace"
	"github.com/luapush/luapush/stdlib"
)

// full is a transaction with one event of all fifteen fields.
const full = `{"version":1,"user":{"username":"alice@example.com","home":"/srv/mail/alice","uid":5000,"gid":5000,"service":"lmtp","session_id":"s","session_create_time":1795290011,"nonexistent":false,"anonymous":false,"autocreated":false,"mail_debug":false,"fuzzy_search":false,"dsyncing":false},"settings":{"url":"http://127.0.0.1/"},"metadata":{},"mailboxes":{},"events":[{"name":"MessageNew","mailbox":"INBOX","uid":1,"uid_validity":1795290011,"date":1795161600,"tz":120,"from":"Dana Writer <dana@example.net>","from_address":"dana@example.net","from_display_name":"Dana Writer","to":"Alice <alice@example.com>","to_address":"alice@example.com","to_display_name":"Alice","subject":"Lunch on Friday?","snippet":"Hi Alice, shall we meet at noon? Dana","message_id":"<lunch-1@example.net>","flags":[],"keywords":[]}],"success":true}` + "\n"

const three = `
function dovecot_lua_notify_begin_txn(user) return {user = user.username, n = 0} end
function dovecot_lua_notify_event_message_new(ctx, event)
  if event.mailbox == "INBOX" and event.subject then ctx.n = ctx.n + event.uid end
end
function dovecot_lua_notify_end_txn(ctx, success) ctx.done = success end
`

// BenchmarkTransaction plays a transaction of one event: begin, a table of
// fifteen fields, end. Its measure is BenchmarkBareTransaction in the same run.
func BenchmarkTransaction(b *testing.B) {
	host := runtime.New(runtime.Options{API: bindings.NewDovecot()})
	program, err := host.Compile("handler.lua", []byte(three))
	if err != nil {
		b.Fatal(err)
	}
	t, err := mail.NewReader(strings.NewReader(full), "bench").Next()
	if err != nil {
		b.Fatal(err)
	}
	ctx := context.Background()
	session, err := host.Open(ctx, program, t)
	if err != nil {
		b.Fatal(err)
	}
	defer session.Close(ctx)
	b.ReportAllocs()
	for b.Loop() {
		if o := session.Play(ctx, t); o.Err != nil {
			b.Fatal(o.Err)
		}
	}
}

// BenchmarkBareTransaction is the same three calls with the same values on
// gopher-lua alone: no deadline, no observer, no objects with methods.
func BenchmarkBareTransaction(b *testing.B) {
	l := vm.NewState()
	defer l.Close()
	if err := l.DoString(three); err != nil {
		b.Fatal(err)
	}
	t, err := mail.NewReader(strings.NewReader(full), "bench").Next()
	if err != nil {
		b.Fatal(err)
	}
	u, e := &t.User, &t.Events[0]
	call := func(name string, results int, args ...vm.LValue) {
		if err := l.CallByParam(vm.P{Fn: l.GetGlobal(name), NRet: results, Protect: true}, args...); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		user := l.NewTable()
		for _, f := range []struct {
			key   string
			value vm.LValue
		}{
			{"username", vm.LString(u.Username)}, {"home", vm.LString(u.Home.Value)}, {"uid", vm.LNumber(u.UID.Value)},
			{"gid", vm.LNumber(u.GID.Value)}, {"service", vm.LString(u.Service.Value)},
			{"session_id", vm.LString(u.SessionID.Value)}, {"session_create_time", vm.LNumber(u.SessionCreateTime.Value)},
			{"nonexistent", vm.LFalse}, {"anonymous", vm.LFalse}, {"autocreated", vm.LFalse},
			{"mail_debug", vm.LFalse}, {"fuzzy_search", vm.LFalse}, {"dsyncing", vm.LFalse},
			{"admin", vm.LFalse}, {"session_restored", vm.LFalse},
		} {
			user.RawSetString(f.key, f.value)
		}
		call("dovecot_lua_notify_begin_txn", 1, user)
		c := l.Get(-1)
		l.Pop(1)
		event := l.NewTable()
		for _, f := range []struct {
			key   string
			value vm.LValue
		}{
			{"name", vm.LString(e.Name)}, {"mailbox", vm.LString(e.Mailbox)}, {"uid", vm.LNumber(e.UID)},
			{"uid_validity", vm.LNumber(e.UIDValidity)}, {"date", vm.LNumber(e.Date)}, {"tz", vm.LNumber(e.TZ)},
			{"from", vm.LString(e.From.Value)}, {"from_address", vm.LString(e.FromAddress.Value)},
			{"from_display_name", vm.LString(e.FromDisplayName.Value)}, {"to", vm.LString(e.To.Value)},
			{"to_address", vm.LString(e.ToAddress.Value)}, {"to_display_name", vm.LString(e.ToDisplayName.Value)},
			{"subject", vm.LString(e.Subject.Value)}, {"snippet", vm.LString(e.Snippet.Value)},
			{"message_id", vm.LString(e.MessageID.Value)},
		} {
			event.RawSetString(f.key, f.value)
		}
		call("dovecot_lua_notify_event_message_new", 0, c, event)
		call("dovecot_lua_notify_end_txn", 0, c, vm.LTrue)
	}
}

// BenchmarkSession opens and closes a session, which is what each delivery by
// LMTP costs besides its transaction.
func BenchmarkSession(b *testing.B) {
	host := runtime.New(runtime.Options{API: bindings.NewDovecot(), Modules: stdlib.Modules()})
	program, err := host.Compile("handler.lua", []byte(three))
	if err != nil {
		b.Fatal(err)
	}
	t, err := mail.NewReader(strings.NewReader(full), "bench").Next()
	if err != nil {
		b.Fatal(err)
	}
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		session, err := host.Open(ctx, program, t)
		if err != nil {
			b.Fatal(err)
		}
		session.Close(ctx)
	}
}

// BenchmarkBareSession is what gopher-lua's own new state with its libraries
// costs.
func BenchmarkBareSession(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		vm.NewState().Close()
	}
}

// BenchmarkIdleSession measures the memory of a session that waits.
func BenchmarkIdleSession(b *testing.B) {
	host := runtime.New(runtime.Options{API: bindings.NewDovecot()})
	program, err := host.Compile("handler.lua", []byte(three))
	if err != nil {
		b.Fatal(err)
	}
	t, err := mail.NewReader(strings.NewReader(full), "bench").Next()
	if err != nil {
		b.Fatal(err)
	}
	const count = 500
	ctx := context.Background()
	for b.Loop() {
		before := heap()
		sessions := make([]*runtime.Session, count)
		for i := range sessions {
			if sessions[i], err = host.Open(ctx, program, t); err != nil {
				b.Fatal(err)
			}
			sessions[i].Play(ctx, t)
		}
		b.ReportMetric(float64(heap()-before)/count, "B/session")
		for _, s := range sessions {
			s.Close(ctx)
		}
	}
}

func heap() uint64 {
	goruntime.GC()
	var m goruntime.MemStats
	goruntime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkRecording compiles a script and plays the 36 recorded transactions,
// with the trace written as JSON: what "luapush run" does.
func BenchmarkRecording(b *testing.B) {
	recording, err := os.ReadFile("../spec/recordings/dovecot-2.3.19.1.jsonl")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		host := runtime.New(runtime.Options{API: bindings.NewDovecot(), Observer: trace.NewJSON(io.Discard)})
		program, err := host.Compile("handler.lua", []byte(three))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := host.Run(context.Background(), program, source.NewReader(bytes.NewReader(recording), "recording")); err != nil {
			b.Fatal(err)
		}
	}
}

// endless yields a transaction n times, each of a session of its own.
type endless struct {
	left  int
	piece []byte
	rest  []byte
}

func (e *endless) Read(p []byte) (int, error) {
	if len(e.rest) == 0 {
		if e.left == 0 {
			return 0, io.EOF
		}
		e.left--
		e.rest = fmt.Appendf(nil, "%s", bytes.Replace(e.piece, []byte(`"session_id":"s"`), fmt.Appendf(nil, `"session_id":"s%d"`, e.left), 1))
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

// TestManyTransactionsTakeNoMoreMemory holds Run to constant memory: what is
// alive after many sessions is what was alive after few.
func TestManyTransactionsTakeNoMoreMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	host := runtime.New(runtime.Options{API: bindings.NewDovecot()})
	program, err := host.Compile("handler.lua", []byte(three))
	if err != nil {
		t.Fatal(err)
	}
	measure := func(n int) uint64 {
		t.Helper()
		summary, err := host.Run(context.Background(), program, source.NewReader(&endless{left: n, piece: []byte(full)}, "endless"))
		if err != nil || summary.Transactions != n || summary.Errors != 0 {
			t.Fatalf("%+v, %v", summary, err)
		}
		return heap()
	}
	few := measure(500)
	many := measure(10_000)
	if many > few+few/2+1<<20 {
		t.Errorf("%d bytes are alive after 10,000 transactions, %d after 500", many, few)
	}
}
