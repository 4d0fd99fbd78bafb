package kit

import (
	"fmt"
	"math"
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/cmd/luapush/testkit/result"
	"github.com/luapush/luapush/cmd/luapush/testkit/value"
	"github.com/luapush/luapush/runtime/lua/native"
)

// note is a message of the test's own, which stands in front of a failure's.
func note(l *vm.LState, n int) string {
	if s, ok := l.Get(n).(vm.LString); ok && s != "" {
		return string(s) + ": "
	}
	return ""
}

// compared fails with what was expected and what there is.
func compared(l *vm.LState, message string, want, got vm.LValue) {
	f := result.Failure{Message: message, Expected: value.Format(want), Got: value.Format(got), Diff: value.Diff(want, got)}
	fileOf(l).fail(l, f)
}

// need refuses a call with fewer arguments than it takes.
func need(l *vm.LState, n int, usage string) {
	if l.GetTop() < n {
		native.Raise(l, "%s takes %d values, and got %d", usage, n, l.GetTop())
	}
}

// equal is equal(got, expected, [message]).
func equal(l *vm.LState) int {
	need(l, 2, "t.equal(got, expected)")
	got, want := l.Get(1), l.Get(2)
	if value.Equal(got, want) {
		return 0
	}
	if ud, ok := want.(*vm.LUserData); ok {
		if m, ok := ud.Value.(value.Matcher); ok {
			if m.Match(got, comparer(l)) {
				return 0
			}
			compared(l, note(l, 3)+"the value is not as expected", want, got)
		}
	}
	if l.Equal(got, want) { // __eq
		return 0
	}
	f := result.Failure{
		Message: note(l, 3) + "the values are not equal", Expected: value.Format(want), Got: value.Format(got), Diff: value.Diff(want, got),
	}
	if apart := value.Apart(want, got); apart != "" && f.Diff == "" {
		f.Nearest = "differs " + apart
	}
	_, tables := want.(*vm.LTable)
	switch same := (&value.Comparer{Mode: value.Exact}).Compare(want, got); {
	case tables && len(same) == 0:
		f.Hint = "they are two tables with the same contents: compare those with t.same"
	case isNaN(got) && isNaN(want):
		f.Hint = "both are NaN, which equals nothing: t.truthy(x ~= x) holds for it"
	case got.Type() != want.Type() && native.ToString(got) == native.ToString(want):
		f.Hint = fmt.Sprintf("one is a %s, the other a %s", got.Type(), want.Type())
	}
	fileOf(l).fail(l, f)
	return 0
}

func isNaN(v vm.LValue) bool {
	n, ok := v.(vm.LNumber)
	return ok && math.IsNaN(float64(n))
}

// notEqual is not_equal(got, unexpected, [message]).
func notEqual(l *vm.LState) int {
	need(l, 2, "t.not_equal(got, unexpected)")
	if value.Equal(l.Get(1), l.Get(2)) || l.Equal(l.Get(1), l.Get(2)) {
		fileOf(l).fail(l, result.Failure{
			Message: note(l, 3) + "the values are equal", Expected: "something other than " + value.Format(l.Get(2)), Got: value.Format(l.Get(1)),
		})
	}
	return 0
}

// same is same(got, expected, [message]): tables by contents.
func same(l *vm.LState) int {
	need(l, 2, "t.same(got, expected)")
	return deep(l, value.Exact, "the values are not the same")
}

// has is has(got, expected, [message]): at least these fields.
func has(l *vm.LState) int {
	need(l, 2, "t.has(got, expected)")
	return deep(l, value.Subset, "the value has not what was expected")
}

func deep(l *vm.LState, mode value.Mode, message string) int {
	got, want := l.Get(1), l.Get(2)
	f := fileOf(l)
	c := comparer(l)
	c.Mode, c.Paths = mode, mode == value.Subset
	diffs := c.Compare(want, got)
	if len(diffs) == 0 {
		return 0
	}
	shown := got
	if mode == value.Subset {
		shown = narrowed(want, got, "json")
	}
	failure := result.Failure{
		Message: note(l, 3) + message, Expected: value.Format(want), Got: value.Format(shown), Diff: value.Diff(want, shown),
	}
	if _, ok := want.(*vm.LTable); ok && diffs[0].Path != "" {
		failure.Nearest = "differs in " + differences(diffs)
	} else if diffs[0].From != "" && failure.Diff == "" {
		failure.Nearest = "differs " + diffs[0].From
	}
	f.fail(l, failure)
	return 0
}

// match is match(text, pattern, [message]): a Lua pattern.
func match(l *vm.LState) int {
	need(l, 2, "t.match(text, pattern)")
	pattern := native.CheckString(l, 2)
	switch l.Get(1).(type) {
	case vm.LString, vm.LNumber:
		if find(l, vm.LVAsString(l.Get(1)), pattern) {
			return 0
		}
	}
	fileOf(l).fail(l, result.Failure{
		Message: note(l, 3) + "the text does not match the pattern", Expected: value.Quote(pattern), Got: value.Format(l.Get(1)),
	})
	return 0
}

// find is string.find of the state.
func find(l *vm.LState, text, pattern string) bool {
	lib, ok := l.G.Global.RawGetString("string").(*vm.LTable) // which fills itself when it is looked at
	if !ok {
		native.Raise(l, "the global string is gone")
	}
	fn := l.GetField(lib, "find")
	if !native.Callable(l, fn) {
		native.Raise(l, "string.find is gone")
	}
	return native.Call1(l, fn, vm.LString(text), vm.LString(pattern)) != vm.LNil
}

// contains is contains(whole, part, [message]): a text in a text, or a value in
// a list.
func contains(l *vm.LState) int {
	need(l, 2, "t.contains(whole, part)")
	whole, part := l.Get(1), l.Get(2)
	switch w := whole.(type) {
	case vm.LString:
		if s, ok := part.(vm.LString); ok && strings.Contains(string(w), string(s)) {
			return 0
		}
	case *vm.LTable:
		for i := 1; i <= w.Len(); i++ {
			if len(comparer(l).Compare(part, w.RawGetInt(i))) == 0 {
				return 0
			}
		}
	}
	fileOf(l).fail(l, result.Failure{
		Message: note(l, 3) + "it does not contain what was expected", Expected: value.Format(part), Got: value.Format(whole),
	})
	return 0
}

// near is near(got, expected, [tolerance], [message]).
func near(l *vm.LState) int {
	need(l, 2, "t.near(got, expected, tolerance)")
	got, want, tolerance := native.CheckNumber(l, 1), native.CheckNumber(l, 2), native.OptNumber(l, 3, 1e-9)
	if got == want || math.Abs(float64(got-want)) <= float64(tolerance) { // infinities have no difference
		return 0
	}
	fileOf(l).fail(l, result.Failure{
		Message: note(l, 4) + "the numbers are too far apart", Got: value.Format(got),
		Expected: value.Format(want) + " ± " + value.Format(tolerance),
	})
	return 0
}

// truthy and falsy are truthy(value, [message]) and falsy(value, [message]).
func truthy(l *vm.LState) int {
	need(l, 1, "t.truthy(value)")
	if vm.LVIsFalse(l.Get(1)) {
		fileOf(l).fail(l, result.Failure{Message: note(l, 2) + "the value should be true", Expected: "anything but nil and false", Got: value.Format(l.Get(1))})
	}
	return 0
}

func falsy(l *vm.LState) int {
	need(l, 1, "t.falsy(value)")
	if !vm.LVIsFalse(l.Get(1)) {
		fileOf(l).fail(l, result.Failure{Message: note(l, 2) + "the value should be false", Expected: "nil or false", Got: value.Format(l.Get(1))})
	}
	return 0
}

// raises is raises(fn, [part]): fn must raise an error, whose text has a part.
// It gives the error.
func raises(l *vm.LState) int {
	fn := native.CheckFunction(l, 1)
	f := fileOf(l)
	t := protected(l, fn)
	if t == nil {
		f.fail(l, result.Failure{Message: "the function raised no error", Expected: expectedError(l.Get(2)), Got: "no error"})
	}
	got := t.value
	text := got
	if ud, ok := got.(*vm.LUserData); ok {
		switch r := ud.Value.(type) {
		case *raised:
			text = vm.LString(r.failure.Message)
		case *skipped:
			native.RaiseValue(l, got)
		}
	}
	switch want := l.Get(2).(type) {
	case *vm.LNilType:
	case vm.LString:
		if !strings.Contains(vm.LVAsString(text), string(want)) {
			f.fail(l, result.Failure{
				Message: "the function raised another error", Expected: value.Format(want), Got: value.Format(text), Traceback: t.traceback,
			})
		}
	default:
		if len(comparer(l).Compare(want, text)) > 0 {
			f.fail(l, result.Failure{
				Message: "the function raised another error", Expected: value.Format(want), Got: value.Format(text), Traceback: t.traceback,
			})
		}
	}
	l.Push(text)
	return 1
}

func expectedError(v vm.LValue) string {
	if v == vm.LNil {
		return "an error"
	}
	return value.Format(v)
}

// fail is fail(message).
func fail(l *vm.LState) int {
	fileOf(l).fail(l, result.Failure{Message: native.OptString(l, 1, "the test says so")})
	return 0
}
