package native

import (
	vm "github.com/yuin/gopher-lua"
)

// resumeMachine is the machine's own way of letting a suspended thread go on;
// its Go function for that turns no results into one nil.
var resumeMachine = func() vm.LGFunction {
	l := vm.NewState(vm.Options{SkipOpenLibs: true, RegistrySize: 128, CallStackSize: 8})
	defer l.Close()
	vm.OpenCoroutine(l)
	return l.Get(-1).(*vm.LTable).RawGetString("resume").(*vm.LFunction).GFunction
}()

// logical gives the coroutine, or the main thread, that a thread works for.
func (c *Context) logical() *Context {
	for c.kind == kindProtected {
		c = Of(c.caller)
	}
	return c
}

// Running gives the coroutine that is running, and whether it is the main one.
func Running(l *vm.LState) (*vm.LState, bool) {
	c := Of(l).logical()
	return c.thread, c.kind == kindMain
}

// NewCoroutine makes a coroutine that will run fn.
func NewCoroutine(l *vm.LState, fn *vm.LFunction) *vm.LState {
	th, _ := newThread(l, kindCoroutine, innerFrames)
	th.Push(fn)
	return th
}

// Status is what coroutine.status says of a coroutine.
func Status(l, co *vm.LState) string {
	c, ok := co.Context().(*Context)
	switch {
	case !ok || c.done:
		return "dead"
	case Of(l).logical() == c:
		return "running"
	case c.caller != nil || c.kind == kindMain:
		return "normal"
	}
	return "suspended"
}

// Yieldable says why a native's caller cannot yield; "" when it can.
func Yieldable(l *vm.LState) string {
	c := Of(l)
	if c.logical().kind == kindMain {
		return "attempt to yield from outside a coroutine"
	}
	for {
		if c.direct || !frames(c.thread, func(f *Frame) bool { return !f.crosses() }) {
			return "attempt to yield across a C-call boundary"
		}
		if c.kind != kindProtected {
			return ""
		}
		c = Of(c.caller)
	}
}

// Yield suspends the running thread with the values on the native's stack. Its
// result is what the native must return at once.
func Yield(l *vm.LState) int {
	c := Of(l)
	d, _ := l.GetStack(0)
	c.want = lift(d).NRet
	return -1
}

// Resume lets a coroutine run until it yields or ends. The native's stack holds
// the arguments from the index first (1 or 2) on; when it returns n results, or
// with ok false one error value, are on top. A fatal error goes through.
func Resume(l, co *vm.LState, first int) (ok bool, n int) {
	c, isOurs := co.Context().(*Context)
	var problem string
	switch {
	case !isOurs || c.done:
		problem = "cannot resume dead coroutine"
	case c.caller != nil || c.kind == kindMain || Of(l).logical() == c:
		problem = "cannot resume non-suspended coroutine"
	case c.depth >= MaxDepth:
		problem = "C stack overflow"
	}
	if problem != "" {
		l.Push(vm.LString(problem))
		return false, 1
	}
	if first == 1 {
		l.Insert(co, 1)
	}
	ok, n = c.advance(l)
	if !ok {
		if v := l.Get(-1); Fatal(v) != nil {
			RaiseValue(l, v)
		}
	}
	return ok, n
}

// advance starts the thread or lets it go on. The caller's stack holds the
// thread and the arguments for it, and then the results from index 2 on.
func (c *Context) advance(l *vm.LState) (ok bool, n int) {
	c.caller = l
	if c.started {
		ok, n = c.proceed(l)
	} else {
		ok, n = c.begin(l)
	}
	if !ok {
		c.done, c.failure = true, l.Get(-1)
	}
	if c.kind == kindCoroutine || c.done {
		c.caller = nil
	}
	return ok, n
}

// begin makes the first run of a thread; its function is on its stack.
func (c *Context) begin(l *vm.LState) (ok bool, n int) {
	th, nargs := c.thread, l.GetTop()-1
	c.started = true
	for i := range nargs {
		th.Push(l.Get(i + 2))
	}
	l.SetTop(1)
	th.Parent = l
	l.G.CurrentThread = th
	raised := c.run(nargs)
	l.G.CurrentThread = l
	if raised != nil {
		th.Parent, th.Dead = nil, true
		// All of its frames are still there.
		c.top = ""
		l.SetTop(1)
		l.Push(raised)
		return false, 1
	}
	if th.Parent != nil {
		// A native that ran to its end: the machine leaves its results.
		th.Parent, th.Dead = nil, true
		n = th.GetTop()
		th.XMoveTo(l, n)
	} else {
		// The machine moved the values, with a true in front.
		l.Remove(2)
		n = l.GetTop() - 1
	}
	c.done = th.Dead
	return true, n
}

// proceed lets a suspended thread go on.
func (c *Context) proceed(l *vm.LState) (ok bool, n int) {
	th := c.thread
	if _, standing := th.GetStack(0); !standing {
		// It yielded by a tail call as the last thing it did.
		c.done, th.Dead = true, true
		return true, l.GetTop() - 1
	}
	if c.want != vm.MultRet {
		l.SetTop(1 + c.want)
	}
	depth := c.depth
	c.depth++
	c.raised = false
	resumeMachine(l)
	c.depth = depth
	c.done = th.Dead
	ok = vm.LVAsBool(l.Get(2))
	l.Remove(2)
	if ok {
		return true, l.GetTop() - 1
	}
	if text, is := l.Get(-1).(vm.LString); is && !c.raised {
		l.Pop(1)
		l.Push(c.fault(string(text), string(text)))
	}
	raised := l.Get(-1)
	l.Pop(1)
	l.Push(c.unwind(raised))
	return false, 1
}

// closeThreads runs what a coroutine left open, and before that what the
// protected calls left open that it was suspended in.
func (c *Context) closeThreads(l *vm.LState, raised vm.LValue) vm.LValue {
	if c.inner != nil {
		raised = c.inner.closeThreads(l, raised)
	}
	if v := c.hooks.Unwind(l, c.thread, raised); v != nil {
		raised = v
	}
	if raised != nil && Fatal(raised) != nil {
		RaiseValue(l, raised)
	}
	return raised
}

// Close ends a suspended or dead coroutine, as coroutine.close: raised is the
// error that had ended it or that closing it met, nil for none.
func Close(l, co *vm.LState) (raised vm.LValue) {
	c, ok := co.Context().(*Context)
	if !ok {
		return nil
	}
	raised, c.failure = c.failure, nil
	if c.started && (!c.done || raised != nil) && c.hooks.Unwind != nil {
		raised = c.closeThreads(l, raised)
	}
	c.done, co.Dead = true, true
	return raised
}
