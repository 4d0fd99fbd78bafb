package kit

import (
	"fmt"
	"slices"
	"strings"
	"time"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/cmd/luapush/testkit/host"
	"github.com/luapush/luapush/cmd/luapush/testkit/result"
	"github.com/luapush/luapush/cmd/luapush/testkit/value"
	"github.com/luapush/luapush/runtime/lua"
	"github.com/luapush/luapush/runtime/trace"
)

// The bounds of what is kept of a case.
const (
	maxRecords     = 100_000
	maxRecordBytes = 64 << 20
)

// entry is something that a handler did.
type entry struct {
	record  trace.Record
	handler *handler
	// claimed tells that an expectation spoke of it, told that it was reported.
	claimed, told bool
}

// Observe implements trace.Observer.
func (r *run) Observe(rec trace.Record) {
	h := r.at()
	if load, ok := rec.(*trace.Load); ok {
		if h != nil {
			h.program.Load = load
		}
		return
	}
	r.bytes += size(rec)
	if len(r.records) >= maxRecords || r.bytes > maxRecordBytes {
		r.cancel(errFlood)
		return
	}
	switch x := rec.(type) {
	case *trace.Error:
		if x.Code == lua.CodeCanceled || x.Code == lua.CodeDeadline {
			// The words are those of a limit that the handler does not have.
			copied := *x
			copied.Message, copied.Hint = "the handler was stopped with the case", ""
			rec = &copied
		}
	case *trace.Call:
		if h != nil && h.calling != nil {
			if x.Function != beginFunction {
				return
			}
			copied := *x
			copied.Function = h.calling.name
			rec = &copied
		}
	case *trace.HTTP:
		for _, u := range r.unexpected {
			if !u.placed && u.method == x.Method {
				u.placed, u.script, u.line = true, x.Script, x.Line
				break
			}
		}
	}
	e := &entry{record: rec, handler: h}
	r.records = append(r.records, e)
	if h != nil {
		h.records = append(h.records, e)
	}
}

// at is the handler that is at work.
func (r *run) at() *handler {
	if n := len(r.playing); n > 0 {
		return r.playing[n-1]
	}
	return nil
}

func size(rec trace.Record) int {
	switch x := rec.(type) {
	case *trace.HTTP:
		n := len(x.URL) + len(x.Body) + len(x.Reason)
		for _, h := range x.Headers {
			n += len(h.Name) + len(h.Value)
		}
		return n
	case *trace.Log:
		n := len(x.Message)
		for _, f := range x.Fields {
			if s, ok := f.Value.(string); ok {
				n += len(s)
			}
			n += len(f.Key)
		}
		return n
	case *trace.Metadata:
		return len(x.Key) + len(x.Value)
	case *trace.Error:
		return len(x.Message) + len(x.Text)
	}
	return 0
}

// The bounds of the story of a case.
const (
	storyRecords = 300
	storyWidth   = 200
)

// story is what the handlers did, as "luapush run" shows it, and what they
// logged.
func (r *run) story() (text string, logs []string) {
	if !slices.ContainsFunc(r.records, (*entry).shown) {
		return "", nil
	}
	var b strings.Builder
	write := trace.Ordered(trace.NewText(&b, trace.TextOptions{Width: storyWidth}), 1000)
	told := map[*handler]bool{}
	base := r.base()
	for i, e := range r.records {
		if i == storyRecords {
			fmt.Fprintf(&b, "… and %d more\n", len(r.records)-i)
			break
		}
		if e.handler != nil && !told[e.handler] {
			told[e.handler] = true
			if load := e.handler.program.Load; load != nil {
				write.Observe(load)
			}
		}
		write.Observe(host.Renumber(e.record, base))
	}
	for _, e := range r.records {
		if x, ok := e.record.(*trace.Log); ok && !x.Suppressed && x.Script != "" && len(logs) < storyRecords {
			logs = append(logs, fmt.Sprintf("%s:%d: %s: %s", x.Script, x.Line, x.Level, value.Plain(trace.Redact(x.Message))))
		}
	}
	return b.String(), logs
}

// shown tells what stands in a story by itself: not the calls with which a
// session begins and ends.
func (e *entry) shown() bool {
	_, call := e.record.(*trace.Call)
	return !call || e.record.Transaction() > 0
}

// base is the number of the transaction before the first of the case.
func (r *run) base() int64 {
	for _, e := range r.records {
		if n := e.record.Transaction(); n > 0 {
			return n - 1
		}
	}
	return 0
}

// unclaimed makes failures of what went wrong in handlers and no expectation
// spoke of.
func (r *run) unclaimed() {
	root := r.root()
	for _, e := range root.records {
		x, ok := e.record.(*trace.Error)
		if !ok || e.claimed || e.told {
			continue
		}
		e.told = true
		if (x.Code == lua.CodeCanceled || x.Code == lua.CodeDeadline) && root.ctx.Err() != nil && len(r.failures) > 0 {
			// The case's own failure says it already, but not where.
			r.stopped(x)
			continue
		}
		r.failures = append(r.failures, result.Failure{
			Message: "the handler raised an error: " + trace.Redact(x.Message), File: x.Script, Line: x.Line, SourceLine: x.SourceLine,
			Traceback: x.Traceback, Hint: x.Hint,
		})
	}
	for _, u := range root.unexpected {
		if u.told {
			continue
		}
		u.told = true
		r.failures = append(r.failures, result.Failure{
			Message: fmt.Sprintf("the handler sent a request that no rule of t.http answers: %s %s", u.method, trace.Redact(u.url)),
			File:    u.script, Line: u.line, SourceLine: SourceLine(u.script, u.line), Nearest: u.nearest,
			Hint: "it was refused; add a rule for it, or \"*\" for all others",
		})
	}
}

// stopped lets the failure of a case that was stopped point at the handler.
func (r *run) stopped(x *trace.Error) {
	last := &r.failures[len(r.failures)-1]
	if x.Line > 0 {
		last.File, last.Line, last.SourceLine = x.Script, x.Line, SourceLine(x.Script, x.Line)
	}
}

// table makes a table of fields, leaving out those that are nil.
func table(fields ...any) *vm.LTable {
	t := value.NewTable(0, max(len(fields)/2, 4))
	for i := 0; i < len(fields); i += 2 {
		var v vm.LValue
		switch x := fields[i+1].(type) {
		case string:
			v = vm.LString(x)
		case int:
			v = vm.LNumber(x)
		case bool:
			v = vm.LBool(x)
		case vm.LValue:
			v = x
		}
		if v != nil {
			t.RawSetString(fields[i].(string), v)
		}
	}
	return t
}

// errorTable is an error as a test sees it.
func errorTable(x *trace.Error) *vm.LTable {
	return table("message", x.Message, "code", x.Code, "function", x.Function, "script", x.Script, "line", x.Line, "hint", x.Hint, "text", x.Text)
}

// logTable is a log line as a test sees it.
func logTable(x *trace.Log) *vm.LTable {
	fields := value.NewTable(0, len(x.Fields))
	for _, f := range x.Fields {
		switch v := f.Value.(type) {
		case string:
			fields.RawSetString(f.Key, vm.LString(v))
		case int64:
			fields.RawSetString(f.Key, vm.LNumber(v))
		case time.Time:
			fields.RawSetString(f.Key, vm.LNumber(v.Unix()))
		}
	}
	t := table("level", string(x.Level), "message", x.Message, "fields", fields, "script", x.Script, "line", x.Line)
	if x.Event != "" {
		t.RawSetString("event", vm.LString(x.Event))
	}
	if x.Suppressed {
		t.RawSetString("suppressed", vm.LTrue)
	}
	return t
}

// metadataTable is a change of metadata as a test sees it.
func metadataTable(x *trace.Metadata) *vm.LTable {
	t := table("op", x.Op, "mailbox", x.Mailbox, "key", x.Key)
	if x.Op == "set" {
		t.RawSetString("value", vm.LString(x.Value))
	}
	return t
}

// callTable is a call of one of the handler's functions as a test sees it.
func callTable(x *trace.Call) *vm.LTable {
	t := table("name", shortName(x.Function), "function", x.Function)
	if x.Event != "" {
		t.RawSetString("event", vm.LString(x.Event))
		t.RawSetString("mailbox", vm.LString(x.Mailbox))
	}
	if x.HasUID {
		t.RawSetString("uid", vm.LNumber(x.UID))
	}
	return t
}

// shortName is a handler's function without what all of them begin with.
func shortName(function string) string {
	return strings.TrimPrefix(strings.TrimPrefix(function, "dovecot_lua_notify_"), "event_")
}
