package repair

import (
	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

// What <close> variables hold is kept in a list for each thread, the innermost
// last. Code takes its own values off when control leaves their scope; what
// an error leaves there is for the catcher, by CloseAll.

type closersKey struct{}

type closers map[*vm.LState][]vm.LValue

func closersOf(l *vm.LState) closers {
	budget := native.Of(l).Budget
	if c, ok := budget.Value(closersKey{}).(closers); ok {
		return c
	}
	c := closers{}
	budget.Set(closersKey{}, c)
	return c
}

// openValue takes the value of a <close> variable and the variable's name.
func openValue(l *vm.LState) int {
	v := l.Get(1)
	if vm.LVAsBool(v) && metafield(l, v, "__close") == nil {
		native.Raise(l, "variable '%s' got a non-closable value", l.Get(2).String())
	}
	c := closersOf(l)
	c[l] = append(c[l], v)
	return 0
}

// closeSome closes the last n values of the thread.
func closeSome(l *vm.LState) int {
	closeLast(l, int(l.Get(1).(vm.LNumber)))
	return 0
}

func closeLast(l *vm.LState, n int) {
	c := closersOf(l)
	for range n {
		if v := c.pop(l); vm.LVAsBool(v) {
			closeValue(l, v, vm.LNil)
		}
	}
}

func (c closers) pop(l *vm.LState) vm.LValue {
	list := c[l]
	last := len(list) - 1
	v := list[last]
	if list[last] = nil; last == 0 {
		delete(c, l)
	} else {
		c[l] = list[:last]
	}
	return v
}

func closeValue(l *vm.LState, v, raised vm.LValue) {
	m := metafield(l, v, "__close")
	if m == nil { // the metatable has changed since
		native.Raise(l, "attempt to call a nil value (metamethod 'close')")
	}
	callMetamethod(l, m, "__close", v, raised)
}

// closeAndReturn takes how many values surely are to be closed, how many may be
// nil, those, and results; it closes and gives the results.
func closeAndReturn(l *vm.LState) int {
	n, maybe := int(l.Get(1).(vm.LNumber)), int(l.Get(2).(vm.LNumber))
	for i := range maybe {
		if l.Get(3+i) != vm.LNil {
			n++
		}
	}
	results := l.GetTop() - 2 - maybe
	closeLast(l, n)
	return results
}

// Pending is how many values wait to be closed on a thread.
func Pending(l, thread *vm.LState) int { return len(closersOf(l)[thread]) }

// CloseAll closes, on the thread l, the values that another thread (or the same)
// has open above the number keep, the last one first, each with the error that
// ended their scope; nil for none, as in coroutine.close. It gives the error that
// remains: the same, or that of the last __close that failed. A fatal error of
// one leaves the rest alone. Whoever catches an error must call it before the
// thread is given up, and with the value of Pending from before the call where
// the thread lives on.
func CloseAll(l, thread *vm.LState, keep int, raised vm.LValue) vm.LValue {
	c := closersOf(l)
	closer := native1(func(l *vm.LState) int {
		closeValue(l, l.Get(1), l.Get(2))
		return 0
	})
	for len(c[thread]) > keep {
		v := c.pop(thread)
		if !vm.LVAsBool(v) {
			continue
		}
		reason := raised
		if reason == nil {
			reason = vm.LNil
		}
		if _, failed := native.PCall(l, nil, closer, v, reason); failed != nil {
			raised = failed
			if native.Fatal(failed) != nil {
				return raised
			}
		}
	}
	return raised
}
