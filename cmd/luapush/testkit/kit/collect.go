package kit

import (
	"slices"
	"strings"
	"time"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/cmd/luapush/testkit/value"
	"github.com/luapush/luapush/runtime/lua/native"
)

// caseOptions are the fields of the table that a case may have between its name
// and its function.
var caseOptions = []string{"tags", "skip", "todo", "timeout"}

// addCase is case(name, [options], fn): collected while the file runs, run at
// once inside another case.
func addCase(l *vm.LState) int {
	f := fileOf(l)
	e := f.newEntry(l, "case", true)
	if f.run != nil {
		f.subtest(l, e)
		return 0
	}
	f.add(l, e)
	return 0
}

// addTodo is todo(name, [fn]): a case that does not hold yet.
func addTodo(l *vm.LState) int {
	f := fileOf(l)
	e := f.newEntry(l, "todo", false)
	e.isTodo = true
	if f.run != nil {
		f.subtest(l, e)
		return 0
	}
	f.add(l, e)
	return 0
}

// addBench is bench(name, fn).
func addBench(l *vm.LState) int {
	f := fileOf(l)
	f.collecting(l, "bench")
	e := f.newEntry(l, "bench", true)
	e.Bench = true
	f.add(l, e)
	return 0
}

// newEntry reads name, options and function off the stack.
func (f *File) newEntry(l *vm.LState, what string, needed bool) *Entry {
	name := native.CheckString(l, 1)
	fn, options := l.Get(2), vm.LNil
	if t, ok := fn.(*vm.LTable); ok {
		options, fn = t, l.Get(3)
	}
	e := &Entry{Path: []string{name}}
	if function, ok := fn.(*vm.LFunction); ok {
		e.fn = function
	} else if needed || fn != vm.LNil {
		native.Raise(l, "t.%s(%s): the function is missing: t.%s(name, function() … end)", what, value.Quote(name), what)
	}
	_, e.Line, _ = caller(l, f.path)
	if t, ok := options.(*vm.LTable); ok {
		e.options(l, t)
	}
	return e
}

// options reads the options of a case.
func (e *Entry) options(l *vm.LState, t *vm.LTable) {
	checkKeys(l, "t.case", t, caseOptions)
	e.Tags = tagList(l, t.RawGetString("tags"))
	e.skip = reason(l, "skip", t.RawGetString("skip"))
	e.todo = reason(l, "todo", t.RawGetString("todo"))
	e.isTodo = e.todo != ""
	if v := t.RawGetString("timeout"); v != vm.LNil {
		e.timeout = duration(l, "timeout", v)
	}
}

// reason is the text of skip and todo, which may be just true; "" where there is
// none.
func reason(l *vm.LState, name string, v vm.LValue) string {
	switch v := v.(type) {
	case vm.LString:
		if v != "" {
			return string(v)
		}
		return "not yet" // "" is true in Lua
	case vm.LBool:
		if v {
			return "not yet"
		}
	case *vm.LNilType:
	default:
		native.Raise(l, "%s: give the reason as a text, or true; this is %s", name, value.Line(v))
	}
	return ""
}

func tagList(l *vm.LState, v vm.LValue) []string {
	var tags []string
	switch v := v.(type) {
	case vm.LString:
		tags = append(tags, string(v))
	case *vm.LTable:
		for i := 1; i <= v.Len(); i++ {
			s, ok := v.RawGetInt(i).(vm.LString)
			if !ok {
				native.Raise(l, "tags: %s is not a string", value.Line(v.RawGetInt(i)))
			}
			tags = append(tags, string(s))
		}
	case *vm.LNilType:
	default:
		native.Raise(l, "tags: give a list of strings")
	}
	return tags
}

// add puts an entry into the group that is being collected.
func (f *File) add(l *vm.LState, e *Entry) {
	f.collecting(l, "case")
	if len(f.live) >= maxEntries {
		native.Raise(l, "the file has more than %d cases", maxEntries)
	}
	native.Alloc(l, 300)
	e.scope = f.scope
	for s := f.scope; s.outer != nil; s = s.outer {
		e.Path = append([]string{s.name}, e.Path...)
		e.Tags = append(slices.Clone(s.tags), e.Tags...)
	}
	e.Tags = append(slices.Clone(f.outermost().tags), e.Tags...)
	f.live = append(f.live, e)
}

func (f *File) outermost() *scope {
	s := f.scope
	for s.outer != nil {
		s = s.outer
	}
	return s
}

// collecting refuses what may stand outside of cases only.
func (f *File) collecting(l *vm.LState, what string) {
	if f.scope == nil {
		native.Raise(l, "t.%s is for the file or a t.describe, not for the inside of a case", what)
	}
}

// describe is describe(name, fn): a group.
func describe(l *vm.LState) int {
	f := fileOf(l)
	f.collecting(l, "describe")
	name, fn := native.CheckString(l, 1), native.CheckFunction(l, 2)
	outer := f.scope
	depth := 0
	for s := outer; s != nil; s = s.outer {
		depth++
	}
	if depth > 100 {
		native.Raise(l, "groups stand more than 100 deep in one another")
	}
	f.scope = &scope{outer: outer, name: name}
	defer func() { f.scope = outer }()
	l.Push(fn)
	native.Call(l, 0, 0)
	return 0
}

// before and after are before(fn) and after(fn): hooks of the group.
func before(l *vm.LState) int {
	f := fileOf(l)
	f.collecting(l, "before")
	f.scope.before = append(f.scope.before, native.CheckFunction(l, 1))
	return 0
}

func after(l *vm.LState) int {
	f := fileOf(l)
	f.collecting(l, "after")
	f.scope.after = append(f.scope.after, native.CheckFunction(l, 1))
	return 0
}

// tags is tags(…): tags for all cases of the group that follow.
func tags(l *vm.LState) int {
	f := fileOf(l)
	f.collecting(l, "tags")
	for i := 1; i <= l.GetTop(); i++ {
		f.scope.tags = append(f.scope.tags, native.CheckString(l, i))
	}
	return 0
}

// befores are the hooks before a case, the outermost group's first; afters are
// those after it, the innermost group's first.
func (s *scope) befores() (hooks []*vm.LFunction) {
	for ; s != nil; s = s.outer {
		hooks = append(slices.Clone(s.before), hooks...)
	}
	return hooks
}

func (s *scope) afters() (hooks []*vm.LFunction) {
	for ; s != nil; s = s.outer {
		hooks = append(hooks, s.after...)
	}
	return hooks
}

// checkKeys refuses fields that a table of options does not have.
func checkKeys(l *vm.LState, what string, t *vm.LTable, known []string) {
	for k, _ := t.Next(vm.LNil); k != vm.LNil; k, _ = t.Next(k) {
		name, ok := k.(vm.LString)
		if !ok {
			native.Raise(l, "%s: the field %s is unknown; there are %s", what, value.Line(k), strings.Join(known, ", "))
		}
		if !slices.Contains(known, string(name)) {
			native.Raise(l, "%s: the field %s is unknown; %s", what, value.Quote(string(name)), value.Meant(string(name), known))
		}
	}
}

// duration reads a time such as "1h", "1m30s", "250ms" or "2d"; a number counts
// seconds.
func duration(l *vm.LState, what string, v vm.LValue) time.Duration {
	d, err := parseDuration(v)
	if err != nil {
		native.Raise(l, "%s: %s", what, err)
	}
	return d
}
