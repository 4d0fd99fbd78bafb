package native

import (
	vm "github.com/yuin/gopher-lua"
)

// A protected call runs on a thread of its own, because an error closes the
// up-values of all frames of its thread. On the main thread nothing can yield,
// so the call is made directly and the thread is used again. In a coroutine
// the thread is resumed like one: when the function yields, the native that
// started it returns, and Lua code around it (the driver) passes the yield on.
//
//	local function loop(th, ...)
//	  if th then return loop(continue(th, pass(...))) end
//	  return ...
//	end
//	function pcall(...) return loop(start(...)) end

// Protect begins the protected call of the function at index 1 of the native's
// stack, with the arguments behind it. It returns what the native is to return: false, true and the results; false, false and the error; or, when
// the function has yielded, the thread to give to [Continue] and the values.
func Protect(l *vm.LState, handler Handler) int {
	own := Of(l)
	b := own.Budget
	if b.depth >= MaxDepth {
		l.Push(vm.LFalse)
		l.Push(vm.LFalse)
		l.Push(vm.LString("C stack overflow"))
		return 3
	}
	th, c := b.borrow(l)
	c.handler = handler
	nargs := l.GetTop() - 1
	if own.logical().kind != kindMain {
		th.Push(l.Get(1))
		l.Replace(1, th)
		return c.outcome(l)
	}
	for i := range nargs + 1 {
		th.Push(l.Get(1 + i))
	}
	l.SetTop(0)
	l.Push(vm.LFalse)
	if raised := c.protect(nargs); raised != nil {
		n := c.failed(l, raised)
		b.giveBack(c)
		return n
	}
	l.Push(vm.LTrue)
	n := th.GetTop()
	th.XMoveTo(l, n)
	b.giveBack(c)
	return n + 2
}

func (c *Context) failed(l *vm.LState, raised vm.LValue) int {
	c.caller, c.handler = nil, nil
	if Fatal(raised) != nil {
		RaiseValue(l, raised)
	}
	l.Push(vm.LFalse)
	l.Push(raised)
	return 3
}

// Continue lets a protected call go on that has yielded; the native's stack
// holds its thread and the values for it. It returns what [Protect] does.
func Continue(l *vm.LState) int {
	return Of(l.Get(1).(*vm.LState)).outcome(l)
}

// outcome resumes the thread at index 1 and says how that went.
func (c *Context) outcome(l *vm.LState) int {
	Of(l).inner = nil
	ok, n := c.advance(l)
	switch {
	case !ok:
		raised := l.Get(-1)
		l.SetTop(0)
		l.Push(vm.LFalse)
		return c.failed(l, raised)
	case !c.done:
		// The thread is still at index 1.
		Of(l).inner = c
		return n + 1
	}
	l.Replace(1, vm.LTrue)
	l.Insert(vm.LFalse, 1)
	c.Budget.giveBack(c)
	return n + 2
}
