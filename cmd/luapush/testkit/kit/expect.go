package kit

import (
	"fmt"
	"slices"
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/cmd/luapush/testkit/result"
	"github.com/luapush/luapush/cmd/luapush/testkit/value"
	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/trace"
)

// kind is a sort of thing that a handler does, as expectations speak of it.
type kind struct {
	// one and many name it: "request", "requests".
	one, many string
	// fields are what an expectation of one may have.
	fields []string
	// of makes the table of a record, nil for a record of another kind.
	of func(trace.Record) *vm.LTable
	// short makes an expectation of a text, "POST http://…", and of the value
	// behind it where the kind takes one, which second names.
	short  func(text string, more vm.LValue) *vm.LTable
	second string
	// within are fields of which a text expects a part.
	within []string
	// title names a thing in a near miss, by the fields that titled lists.
	title  func(t *vm.LTable) string
	titled []string
}

func only[R trace.Record](make func(R) *vm.LTable) func(trace.Record) *vm.LTable {
	return func(r trace.Record) *vm.LTable {
		if x, ok := r.(R); ok {
			return make(x)
		}
		return nil
	}
}

func text(t *vm.LTable, name string) string { return vm.LVAsString(t.RawGetString(name)) }

var requestKind = &kind{
	one: "request", many: "requests", fields: requestFields, of: only(requestTable),
	short: func(s string, _ vm.LValue) *vm.LTable {
		method, url, found := strings.Cut(s, " ")
		if !found {
			return table("url", s)
		}
		return table("method", method, "url", strings.TrimSpace(url))
	},
	title:  func(t *vm.LTable) string { return text(t, "method") + " " + trace.Redact(text(t, "url")) },
	titled: []string{"method", "url"},
}

var logKind = &kind{
	one: "log line", many: "log lines", fields: []string{"level", "message", "event", "fields", "script", "line", "suppressed", "count"}, of: only(logTable),
	short:  func(s string, _ vm.LValue) *vm.LTable { return table("message", s) },
	within: []string{"message"},
	title:  func(t *vm.LTable) string { return text(t, "level") + " " + value.Quote(text(t, "message")) },
	titled: []string{"level", "message"},
}

var eventKind = &kind{
	one: "named event", many: "named events", fields: logKind.fields,
	of: func(r trace.Record) *vm.LTable {
		if x, ok := r.(*trace.Log); ok && x.Event != "" {
			return logTable(x)
		}
		return nil
	},
	second: "fields",
	short: func(s string, more vm.LValue) *vm.LTable {
		t := table("event", s)
		if fields, ok := more.(*vm.LTable); ok {
			t.RawSetString("fields", fields)
		}
		return t
	},
	within: []string{"message"},
	title:  func(t *vm.LTable) string { return text(t, "event") },
	titled: []string{"event"},
}

var metadataKind = &kind{
	one: "change of metadata", many: "changes of metadata", fields: []string{"op", "mailbox", "key", "value", "count"}, of: only(metadataTable),
	second: "value",
	short: func(s string, more vm.LValue) *vm.LTable {
		t := table("key", s)
		if more != vm.LNil {
			t.RawSetString("value", more)
		}
		return t
	},
	title:  func(t *vm.LTable) string { return text(t, "op") + " " + text(t, "key") },
	titled: []string{"op", "key"},
}

var errorKind = &kind{
	one: "error", many: "errors", fields: []string{"message", "code", "function", "script", "line", "hint", "text", "count"}, of: only(errorTable),
	short:  func(s string, _ vm.LValue) *vm.LTable { return table("message", s) },
	within: []string{"message", "hint", "text"},
	title:  func(t *vm.LTable) string { return value.Quote(text(t, "message")) },
	titled: []string{"message"},
}

var callKind = &kind{
	one: "call", many: "calls", fields: []string{"name", "function", "event", "mailbox", "uid", "count"}, of: only(callTable),
	short:  func(s string, _ vm.LValue) *vm.LTable { return table("name", s) },
	title:  func(t *vm.LTable) string { return text(t, "name") },
	titled: []string{"name"},
}

// expected reads an expectation of a kind from the stack.
func (k *kind) expected(l *vm.LState, n int) (want *vm.LTable, count int) {
	count = -1
	k.checkArguments(l, n)
	switch v := l.Get(n).(type) {
	case *vm.LNilType:
		return table(), count // any
	case vm.LString:
		return k.short(string(v), l.Get(n+1)), count
	case *vm.LTable:
		want = k.read(l, v)
		if c := v.RawGetString("count"); c != vm.LNil {
			n, ok := c.(vm.LNumber)
			if !ok || n < 0 || n != vm.LNumber(int(n)) {
				native.Raise(l, "count: %s is no number of %s", value.Line(c), k.many)
			}
			count = int(n)
			want.RawSetString("count", vm.LNil)
		}
		return want, count
	}
	native.Raise(l, "give the %s that is expected, as a text or a table; this is %s", k.one, value.Line(l.Get(n)))
	return nil, 0
}

// checkArguments refuses values that would say nothing: an expectation that is
// nil since a name is misspelt, and a second one that nobody looks at.
func (k *kind) checkArguments(l *vm.LState, n int) {
	if l.GetTop() >= n && l.Get(n) == vm.LNil {
		native.Raise(l, "the %s that is expected is nil: is a name misspelt? leave it out for any", k.one)
	}
	more := l.Get(n + 1)
	_, text := l.Get(n).(vm.LString)
	_, isTable := more.(*vm.LTable)
	switch {
	case l.GetTop() <= n:
	case more != vm.LNil && (!text || k.second == ""):
		native.Raise(l, "give one value for the %s that is expected, a text or a table that has everything: {\"…\", count = 1}", k.one)
	case more == vm.LNil && k.second == "":
	case more == vm.LNil:
		native.Raise(l, "the %s that is expected is nil: is a name misspelt? leave it out for any, or give t.absent", k.second)
	case k.second == "fields" && !isTable:
		native.Raise(l, "give the fields of a %s as a table, such as {status = 200}; this is %s", k.one, value.Line(more))
	}
}

// uncounted refuses a count where it says nothing.
func uncounted(l *vm.LState, method string, given bool) {
	if given {
		native.Raise(l, "%s takes no count; expect_request{…, count = 2} and its like do", method)
	}
}

// read makes the table of an expectation, whose first item may be a text.
func (k *kind) read(l *vm.LState, v *vm.LTable) *vm.LTable {
	want := table()
	if s, ok := v.RawGetInt(1).(vm.LString); ok {
		want = k.short(string(s), vm.LNil)
	}
	for key, x := v.Next(vm.LNil); key != vm.LNil; key, x = v.Next(key) {
		name, ok := key.(vm.LString)
		if !ok && key == vm.LValue(vm.LNumber(1)) {
			continue
		}
		if !ok || !slices.Contains(k.fields, string(name)) {
			native.Raise(l, "a %s has no field %s; %s", k.one, value.Line(key), value.Meant(key.String(), k.fields))
		}
		want.RawSetString(string(name), x)
	}
	return want
}

// candidate is a thing the handler did, and how it differs from what was
// expected.
type candidate struct {
	entry *entry
	table *vm.LTable
	diffs []value.Mismatch
}

// compare looks at everything of the kind.
func (g *log) compare(l *vm.LState, k *kind, want *vm.LTable) []candidate {
	var list []candidate
	compare := comparer(l)
	for _, e := range g.entries() {
		t := k.of(e.record)
		if t == nil {
			continue
		}
		native.Step(l, 20)
		list = append(list, candidate{e, t, k.diffs(want, t, compare)})
	}
	return list
}

// diffs compares one thing with what was expected.
func (k *kind) diffs(want, got *vm.LTable, compare *value.Comparer) []value.Mismatch {
	var all []value.Mismatch
	for _, name := range k.fields {
		w := want.RawGetString(name)
		if w == vm.LNil {
			continue
		}
		g := got.RawGetString(name)
		if s, ok := w.(vm.LString); ok && slices.Contains(k.within, name) {
			if strings.Contains(vm.LVAsString(g), string(s)) {
				continue
			}
		}
		compare.FoldKeys, compare.Paths = name == "headers", name == "json"
		for _, m := range compare.Compare(w, g) {
			switch {
			case strings.HasPrefix(m.Path, "$"), m.Path == "":
				m.Path = strings.TrimSuffix(name+" "+m.Path, " ")
			case strings.HasPrefix(m.Path, "["):
				m.Path = name + m.Path
			default:
				m.Path = name + "." + m.Path
			}
			all = append(all, m)
		}
	}
	return all
}

// expectOne is expect_request(want) and its kin: at least one, or as many as
// count says. It gives the first.
func expectOne(k *kind, method string) vm.LGFunction {
	return func(l *vm.LState) int {
		g := checkLog(l, method)
		want, count := k.expected(l, 2)
		list := g.compare(l, k, want)
		var first *vm.LTable
		found := 0
		for _, c := range list {
			if len(c.diffs) > 0 {
				continue
			}
			c.entry.claimed = true
			if first == nil {
				first = c.table
			}
			found++
		}
		switch {
		case count >= 0 && found != count:
			g.failCount(l, k, want, list, count, found)
		case first == nil && count != 0:
			g.failNone(l, k, want, list)
		}
		if first == nil {
			return 0
		}
		l.Push(first)
		return 1
	}
}

// failNone fails because nothing was as expected.
func (g *log) failNone(l *vm.LState, k *kind, want *vm.LTable, list []candidate) {
	f := result.Failure{Message: fmt.Sprintf("no %s matched; the handler made none", k.one), Expected: value.Format(want), Got: "none"}
	if len(list) > 0 {
		best := nearest(list)
		f.Message = fmt.Sprintf("no %s matched", k.one)
		if len(list) > 1 {
			f.Message += fmt.Sprintf("; there were %d", len(list))
		}
		f.Nearest = fmt.Sprintf("%s differs in %s", k.title(best.table), differences(best.diffs))
		shown := k.shown(want, best.table)
		f.Got = value.Format(shown)
		f.Diff = value.Diff(want, shown)
	}
	g.h.file.fail(l, f)
}

// shown are the fields of a thing that the expectation speaks of.
func (k *kind) shown(want, got *vm.LTable) *vm.LTable {
	t := table()
	for _, name := range k.fields {
		if w := want.RawGetString(name); w != vm.LNil {
			t.RawSetString(name, narrowed(w, got.RawGetString(name), name))
		}
	}
	return t
}

// narrowed leaves out the fields of a table that nothing was expected of.
func narrowed(want, got vm.LValue, name string) vm.LValue {
	w, ok := want.(*vm.LTable)
	g, isTable := got.(*vm.LTable)
	if !ok || !isTable || w.Len() > 0 {
		return got
	}
	t := table()
	for k, x := w.Next(vm.LNil); k != vm.LNil; k, x = w.Next(k) {
		s, isText := k.(vm.LString)
		switch {
		case isText && name == "json" && strings.HasPrefix(string(s), "$"):
			t.RawSet(k, value.At(g, string(s)))
		case isText && name == "headers":
			for other, v := g.Next(vm.LNil); other != vm.LNil; other, v = g.Next(other) {
				if strings.EqualFold(other.String(), string(s)) {
					t.RawSet(k, v)
				}
			}
		default:
			t.RawSet(k, narrowed(x, g.RawGet(k), ""))
		}
	}
	return t
}

func nearest(list []candidate) candidate {
	return slices.MinFunc(list, func(a, b candidate) int { return len(a.diffs) - len(b.diffs) })
}

// differences names differences: "headers.X-Token and body".
func differences(diffs []value.Mismatch) string {
	var parts []string
	for _, d := range diffs {
		if len(parts) == 4 {
			parts = append(parts, "more")
			break
		}
		switch {
		case d.Got == "nil":
			parts = append(parts, d.Path+" (not there)")
		case d.From != "":
			parts = append(parts, d.Path+" ("+d.From+")")
		default:
			parts = append(parts, d.Path)
		}
	}
	if n := len(parts); n > 1 {
		return strings.Join(parts[:n-1], ", ") + " and " + parts[n-1]
	}
	return strings.Join(parts, "")
}

func (g *log) failCount(l *vm.LState, k *kind, want *vm.LTable, list []candidate, count, found int) {
	f := result.Failure{
		Message:  fmt.Sprintf("%s matched, and %d should have", plural(found, k), count),
		Expected: fmt.Sprintf("%d × %s", count, value.Format(want)), Got: titles(k, list),
	}
	if found < count && len(list) > found {
		var others []candidate
		for _, c := range list {
			if len(c.diffs) > 0 {
				others = append(others, c)
			}
		}
		best := nearest(others)
		f.Nearest = fmt.Sprintf("%s differs in %s", k.title(best.table), differences(best.diffs))
	}
	g.h.file.fail(l, f)
}

func plural(n int, k *kind) string {
	switch n {
	case 0:
		return "no " + k.one
	case 1:
		return "1 " + k.one
	}
	return fmt.Sprintf("%d %s", n, k.many)
}

// titles lists what there was.
func titles(k *kind, list []candidate) string {
	if len(list) == 0 {
		return "none"
	}
	var b strings.Builder
	for i, c := range list {
		if i == 30 {
			fmt.Fprintf(&b, "\n… and %d more", len(list)-i)
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(k.title(c.table))
	}
	return b.String()
}
