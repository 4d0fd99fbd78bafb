package kit

import (
	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/trace"
)

// log is what a handler did, from one point of the case to another.
type log struct {
	h        *handler
	from, to int
}

// entries are the records of the log.
func (g *log) entries() []*entry {
	records := g.h.records
	return records[min(g.from, len(records)):min(g.to, len(records))]
}

// whole is the log of everything that a handler has done so far.
func (h *handler) whole() *log { return &log{h, 0, len(h.records)} }

// checkLog gives the log that a method was called on: that of a play, or the
// whole one of a handler.
func checkLog(l *vm.LState, method string) *log {
	if ud, ok := l.Get(1).(*vm.LUserData); ok {
		switch v := ud.Value.(type) {
		case *log:
			return v
		case *handler:
			return v.whole()
		}
	}
	native.Raise(l, "call it with a colon on a handler, or on what handler:play gave: handler:%s(…)", method)
	return nil
}

var logFields = []string{
	"requests", "logs", "errors", "metadata", "calls", "notes", "context", "contexts", "success", "skipped", "transactions",
}

// names implements fieldsOf.
func (g *log) names() []string { return logFields }

// names implements fieldsOf.
func (h *handler) names() []string { return logFields }

// field implements fieldsOf.
func (h *handler) field(name string) vm.LValue { return h.whole().field(name) }

// field implements fieldsOf.
func (g *log) field(name string) vm.LValue {
	switch name {
	case "requests":
		return collect(g, requestTable)
	case "logs":
		return collect(g, logTable)
	case "errors":
		return collect(g, errorTable)
	case "metadata":
		return collect(g, metadataTable)
	case "calls":
		return collect(g, callTable)
	case "notes":
		return collect(g, func(n *trace.Note) *vm.LTable { return table("message", n.Message) })
	case "transactions":
		return collect(g, endTable)
	case "contexts":
		t := table()
		for _, v := range g.contexts() {
			t.Append(v)
		}
		return t
	case "context":
		list := g.contexts()
		if len(list) == 0 {
			return vm.LNil
		}
		return list[len(list)-1]
	case "success", "skipped":
		return g.ended(name)
	}
	return nil
}

func collect[R trace.Record](g *log, make func(R) *vm.LTable) *vm.LTable {
	t := table()
	for _, e := range g.entries() {
		if x, ok := e.record.(R); ok {
			t.Append(make(x))
		}
	}
	return t
}

func (g *log) contexts() (list []vm.LValue) {
	for _, c := range g.h.contexts {
		if c.at >= g.from && c.at <= g.to {
			list = append(list, c.value)
		}
	}
	return list
}

// ended is how the last transaction ended.
func (g *log) ended(name string) vm.LValue {
	entries := g.entries()
	for i := len(entries) - 1; i >= 0; i-- {
		if end, ok := entries[i].record.(*trace.End); ok {
			if name == "success" {
				return vm.LBool(end.Success)
			}
			return vm.LString(end.Skipped)
		}
	}
	return vm.LNil
}

func endTable(x *trace.End) *vm.LTable {
	return table("success", x.Success, "aborted", x.Aborted, "skipped", x.Skipped, "requests", x.Requests, "errors", x.Errors)
}
