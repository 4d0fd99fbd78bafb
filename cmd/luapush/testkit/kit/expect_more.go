package kit

import (
	"fmt"
	"slices"
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/cmd/luapush/testkit/result"
	"github.com/luapush/luapush/cmd/luapush/testkit/value"
	"github.com/luapush/luapush/runtime/lua/native"
)

// expectNone is expect_no_request([want]) and its kin.
func expectNone(k *kind, method string) vm.LGFunction {
	return func(l *vm.LState) int {
		g := checkLog(l, method)
		want, count := k.expected(l, 2)
		uncounted(l, method, count >= 0)
		var found []candidate
		for _, c := range g.compare(l, k, want) {
			if len(c.diffs) == 0 {
				found = append(found, c)
				c.entry.claimed = true
			}
		}
		if len(found) == 0 {
			return 0
		}
		f := result.Failure{Message: fmt.Sprintf("there should be no such %s, and there is", k.one), Expected: "none", Got: titles(k, found)}
		if len(found) > 1 {
			f.Message = fmt.Sprintf("there should be no such %s, and there are %d", k.one, len(found))
		}
		g.h.file.fail(l, f)
		return 0
	}
}

// expectAll is expect_requests{want, …} and its kin: these, in this order, and
// no others.
func expectAll(k *kind, method string) vm.LGFunction {
	return func(l *vm.LState) int {
		g := checkLog(l, method)
		list := expectedList(l, method)
		var wants []*vm.LTable
		for i := 1; i <= list.Len(); i++ {
			switch v := list.RawGetInt(i).(type) {
			case vm.LString:
				wants = append(wants, k.short(string(v), vm.LNil))
			case *vm.LTable:
				uncounted(l, method, v.RawGetString("count") != vm.LNil)
				wants = append(wants, k.read(l, v))
			default:
				native.Raise(l, "%s: give a list of texts and tables, in the order in which they should come; item %d is %s", method, i, value.Line(v))
			}
		}
		got := g.compare(l, k, table())
		compare := comparer(l)
		var lines, expected []string
		good := len(wants) == len(got)
		for i, c := range got {
			c.entry.claimed = true
			lines = append(lines, k.title(c.table))
			if i < len(wants) {
				got[i].diffs = k.diffs(wants[i], c.table, compare)
				good = good && len(got[i].diffs) == 0
			}
		}
		if good {
			return 0
		}
		for i, w := range wants {
			switch {
			case i >= len(got):
				expected = append(expected, k.summary(w))
			case len(got[i].diffs) == 0:
				expected = append(expected, lines[i])
			default:
				own, other := k.apart(w, got[i])
				expected = append(expected, k.summary(w)+own)
				lines[i] += other
			}
		}
		g.failAll(l, k, wants, got, expected, lines)
		return 0
	}
}

// expectedList gives the list of an expectation. A table with names would expect
// nothing of what it says.
func expectedList(l *vm.LState, method string) *vm.LTable {
	list := native.CheckTable(l, 2)
	for key, _ := list.Next(vm.LNil); key != vm.LNil; key, _ = list.Next(key) {
		if n, ok := key.(vm.LNumber); !ok || n < 1 || int(n) > list.Len() {
			native.Raise(l, "%s: give a list, {{…}, {…}}, whose items are what is expected; this table has the field %s", method, value.Line(key))
		}
	}
	return list
}

// apart shows the fields in which a thing is not as expected, unless its title
// says so already.
func (k *kind) apart(want *vm.LTable, c candidate) (expected, got string) {
	if k.summary(want) != k.title(c.table) {
		return "", ""
	}
	own := table()
	for _, d := range c.diffs {
		name := d.Path
		if end := strings.IndexAny(name, ".[ "); end > 0 {
			name = name[:end]
		}
		own.RawSetString(name, want.RawGetString(name))
	}
	return "  " + value.Line(own), "  " + value.Line(k.shown(own, c.table))
}

func (g *log) failAll(l *vm.LState, k *kind, wants []*vm.LTable, got []candidate, expected, lines []string) {
	f := result.Failure{
		Expected: strings.Join(expected, "\n"), Got: strings.Join(lines, "\n"),
		Message: fmt.Sprintf("there should be %s, and there %s", plural(len(wants), k), are(len(got))),
	}
	if strings.Contains(f.Expected+f.Got, "\n") {
		f.Diff = value.Lines(f.Expected, f.Got)
	}
	if len(wants) == len(got) {
		f.Message = fmt.Sprintf("the %s are not as expected", k.many)
	}
	for i, c := range got {
		if i < len(wants) && len(c.diffs) > 0 {
			f.Nearest = fmt.Sprintf("number %d, %s, differs in %s", i+1, k.title(c.table), differences(c.diffs))
			break
		}
	}
	g.h.file.fail(l, f)
}

func are(n int) string {
	switch n {
	case 0:
		return "is none"
	case 1:
		return "is 1"
	}
	return fmt.Sprintf("are %d", n)
}

// summary is an expectation on one line: as the title of what would match it,
// where it says that much.
func (k *kind) summary(want *vm.LTable) string {
	for _, name := range k.titled {
		if _, ok := want.RawGetString(name).(vm.LString); !ok {
			return value.Line(want)
		}
	}
	return k.title(want)
}

// expectCalls is expect_calls{name, …}: the event functions that were called,
// by their short names, with begin_txn and end_txn if the list names them.
func expectCalls(l *vm.LState) int {
	g := checkLog(l, "expect_calls")
	list := expectedList(l, "expect_calls")
	var want, got []string
	around := false
	for i := 1; i <= list.Len(); i++ {
		s, ok := list.RawGetInt(i).(vm.LString)
		if !ok {
			native.Raise(l, "expect_calls: give a list of names such as \"message_new\"; item %d is %s", i, value.Line(list.RawGetInt(i)))
		}
		name := string(s)
		around = around || name == "begin_txn" || name == "end_txn"
		want = append(want, name)
	}
	for _, e := range g.entries() {
		t := callKind.of(e.record)
		if t == nil || e.record.Transaction() == 0 {
			continue
		}
		name := text(t, "name")
		if around || name != "begin_txn" && name != "end_txn" {
			got = append(got, name)
		}
	}
	if !slices.Equal(want, got) {
		g.h.file.fail(l, result.Failure{
			Message:  "the functions that were called are not as expected",
			Expected: strings.Join(want, "\n"), Got: strings.Join(got, "\n"),
			Diff: value.Lines(strings.Join(want, "\n"), strings.Join(got, "\n")),
		})
	}
	return 0
}

// comparer compares with the functions and patterns of the test's state.
func comparer(l *vm.LState) *value.Comparer {
	return &value.Comparer{
		Call: func(fn *vm.LFunction, got vm.LValue) bool { return vm.LVAsBool(native.Call1(l, fn, got)) },
		Find: func(text, pattern string) bool { return find(l, text, pattern) },
	}
}

// logMethods are the methods of what play gives, handlerMethods those of a
// handler besides.
var logMethods = map[string]vm.LGFunction{
	"expect_request":     expectOne(requestKind, "expect_request"),
	"expect_log":         expectOne(logKind, "expect_log"),
	"expect_event":       expectOne(eventKind, "expect_event"),
	"expect_metadata":    expectOne(metadataKind, "expect_metadata"),
	"expect_error":       expectOne(errorKind, "expect_error"),
	"expect_call":        expectOne(callKind, "expect_call"),
	"expect_requests":    expectAll(requestKind, "expect_requests"),
	"expect_logs":        expectAll(logKind, "expect_logs"),
	"expect_calls":       expectCalls,
	"expect_no_request":  expectNone(requestKind, "expect_no_request"),
	"expect_no_log":      expectNone(logKind, "expect_no_log"),
	"expect_no_event":    expectNone(eventKind, "expect_no_event"),
	"expect_no_metadata": expectNone(metadataKind, "expect_no_metadata"),
	"expect_no_error":    expectNone(errorKind, "expect_no_error"),
}

var handlerMethods = func() map[string]vm.LGFunction {
	m := map[string]vm.LGFunction{"play": play, "call": callFunction, "global": global, "close": closeHandler}
	for name, fn := range logMethods {
		m[name] = fn
	}
	return m
}()
