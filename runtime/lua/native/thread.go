package native

import (
	"errors"
	"fmt"

	vm "github.com/yuin/gopher-lua"
)

// callCost is how many instructions a protected call counts for.
const callCost = 8

// idleThreads is how many threads of protected calls a state keeps for the
// next one.
const idleThreads = 4

// The depth of Lua calls on the thread that the host calls functions on, and on
// the threads of protected calls and coroutines in it.
const (
	outerFrames = 16384
	innerFrames = 8192
)

// registerLimit is how many registers a thread may have, PUC's LUAI_MAXSTACK
// rounded to a power of two.
const registerLimit = 1 << 20

// NewState makes a state of the machine as this package wants it: small, because
// all functions run on threads of it, and with no library opened.
func NewState() *vm.LState {
	return vm.NewState(vm.Options{
		SkipOpenLibs: true, CallStackSize: 256, MinimizeStackMemory: true,
		RegistrySize: 128, RegistryMaxSize: registerLimit, RegistryGrowStep: 1024,
	})
}

// newThread makes a thread of a state. The machine would wrap the context of
// the parent into one that can be cancelled; so the parent it sees has none.
func newThread(l *vm.LState, k kind, frames int) (*vm.LState, *Context) {
	b := Of(l).Budget
	Alloc(l, threadCost)
	parent := vm.LState{G: l.G, Env: l.Env, Options: vm.Options{
		CallStackSize: frames, MinimizeStackMemory: true,
		RegistrySize: 128, RegistryMaxSize: registerLimit, RegistryGrowStep: 1024,
	}}
	th, _ := parent.NewThread()
	own := &Context{Budget: b, thread: th, kind: k}
	attach(th, own)
	return th, own
}

// borrow gives a thread for a protected call.
func (b *Budget) borrow(l *vm.LState) (*vm.LState, *Context) {
	var c *Context
	switch n := len(b.idle); {
	case b.depth == 0 && b.outer != nil:
		c, b.outer = b.outer, nil
	case b.depth == 0:
		_, c = newThread(l, kindProtected, outerFrames)
		c.isOuter = true
	case n > 0:
		c = b.idle[n-1]
		b.idle = b.idle[:n-1]
	default:
		_, c = newThread(l, kindProtected, innerFrames)
	}
	c.caller = l
	return c.thread, c
}

// giveBack keeps a thread for the next call. Its stack must be empty.
func (b *Budget) giveBack(c *Context) {
	c.caller, c.handler, c.started, c.done = nil, nil, false, false
	c.direct, c.inner = false, nil
	if len(registers(c.thread)) > 8<<10 {
		return
	}
	c.thread.SetTop(0)
	c.thread.Dead = false
	switch {
	case c.isOuter && b.outer == nil:
		b.outer = c
	case !c.isOuter && len(b.idle) < idleThreads:
		b.idle = append(b.idle, c)
	}
}

// enter counts a native that calls back into Lua.
func (b *Budget) enter(l *vm.LState) {
	if b.depth >= MaxDepth {
		RaiseValue(l, vm.LString("C stack overflow"))
	}
	b.depth++
}

// Call calls the function that is on the stack below its nargs arguments, as
// LState.Call does, and counts how deep natives are inside one another. The
// error of a value that cannot be called has PUC's words.
func Call(l *vm.LState, nargs, nret int) {
	if fn := l.Get(-nargs - 1); !Callable(l, fn) {
		RaiseValue(l, vm.LString("attempt to call a "+TypeName(l, fn)+" value"))
	}
	b := Of(l).Budget
	b.enter(l)
	l.Call(nargs, nret)
	b.depth--
}

// Call1 calls a function and gives its first result.
func Call1(l *vm.LState, fn vm.LValue, args ...vm.LValue) vm.LValue {
	if function, ok := fn.(*vm.LFunction); ok {
		b := Of(l).Budget
		b.enter(l)
		v := Invoke(l, function, args...)
		b.depth--
		return v
	}
	l.Push(fn)
	for _, arg := range args {
		l.Push(arg)
	}
	Call(l, len(args), 1)
	v := l.Get(-1)
	l.Pop(1)
	return v
}

// Invoke is Call1 for a function that is called many times, between an [Enter]
// and what that gave.
func Invoke(l *vm.LState, fn *vm.LFunction, args ...vm.LValue) vm.LValue {
	if c, ok := l.Context().(*Context); ok && c.loop != nil {
		if v, ok := c.loop.Call(l, fn, args...); ok {
			return v
		}
	}
	l.Push(fn)
	for _, arg := range args {
		l.Push(arg)
	}
	l.Call(len(args), 1)
	v := l.Get(-1)
	l.Pop(1)
	return v
}

// Callable tells a function, or a value with a __call.
func Callable(l *vm.LState, v vm.LValue) bool {
	if _, ok := v.(*vm.LFunction); ok {
		return true
	}
	_, ok := l.GetMetaField(v, "__call").(*vm.LFunction)
	return ok
}

// Handler is called with an error while the calls that led to it still stand;
// what it returns takes the error's place. l is a thread from which [Walk] and
// [Traceback] see those calls.
type Handler func(l *vm.LState, v vm.LValue) vm.LValue

// PCall calls a function in protected mode, from Go: results, or the value that
// was raised. Fatal values come too; what to do with those is the caller's
// business, but no Lua code can run in the state any more. Nothing inside the
// call can yield. The handler may be nil.
func PCall(l *vm.LState, handler Handler, fn vm.LValue, args ...vm.LValue) (results []vm.LValue, raised vm.LValue) {
	b := Of(l).Budget
	if b.depth >= MaxDepth {
		return nil, vm.LString("C stack overflow")
	}
	defer func() {
		// What ends the call before it has begun, such as no memory for its
		// thread, must not reach the host as a panic.
		if r := recover(); r != nil {
			results, raised = nil, Of(l).recovered(r)
		}
	}()
	th, c := b.borrow(l)
	c.handler, c.direct = handler, true
	th.Push(fn)
	for _, arg := range args {
		th.Push(arg)
	}
	if raised = c.protect(len(args)); raised != nil {
		b.giveBack(c)
		return nil, raised
	}
	if n := th.GetTop(); n > 0 {
		results = make([]vm.LValue, n)
		for i := range results {
			results[i] = th.Get(i + 1)
		}
	}
	b.giveBack(c)
	return results, nil
}

// protect runs the call that is on the thread's stack, and leaves that empty
// after an error. The machine's own protected call does the emptying; around it
// is bottom, so that errors come through this package's own way first.
func (c *Context) protect(nargs int) (raised vm.LValue) {
	th := c.thread
	th.Insert(c.bottom, 1)
	err := th.PCall(nargs+1, vm.MultRet, nil)
	if err == nil {
		return nil
	}
	th.Panic = panicRaise
	var e *vm.ApiError
	if !errors.As(err, &e) {
		return c.fault(err.Error(), err)
	}
	return e.Object
}

// runBottom is the lowest function of a protected call's thread.
func runBottom(l *vm.LState) int {
	l.Panic = panicRaise
	if raised := Of(l).run(l.GetTop() - 1); raised != nil {
		panic(&vm.ApiError{Type: vm.ApiErrorRun, Object: raised, StackTrace: "-"})
	}
	return l.GetTop()
}

// run runs the call that is on the thread's stack; raised is nil when it ended
// well or yielded.
func (c *Context) run(nargs int) (raised vm.LValue) {
	b := c.Budget
	depth := b.depth
	defer func() {
		if r := recover(); r != nil {
			b.depth = depth
			raised = c.unwind(c.recovered(r))
		}
	}()
	c.raised = false
	b.depth++
	Step(c.thread, callCost)
	if fn := c.thread.Get(-nargs - 1); !Callable(c.thread, fn) {
		RaiseValue(c.thread, vm.LString("attempt to call a "+TypeName(c.thread, fn)+" value"))
	}
	c.thread.Call(nargs, vm.MultRet)
	b.depth = depth
	return nil
}

// unwind lets the compiler close what the ended thread left open. A coroutine
// that died of an error keeps it until somebody closes the coroutine.
func (c *Context) unwind(raised vm.LValue) vm.LValue {
	if c.kind == kindCoroutine || c.hooks.Unwind == nil || Fatal(raised) != nil || c.caller == nil {
		return raised
	}
	if v := c.hooks.Unwind(c.caller, c.thread, raised); v != nil {
		return v
	}
	return raised
}

// recovered makes a Lua value of a Go panic.
func (c *Context) recovered(r any) vm.LValue {
	if e, ok := r.(*vm.ApiError); ok {
		return e.Object
	}
	return c.fault(fmt.Sprint(r), r)
}

// fault judges a panic of the machine that did not come through raising: its
// call stack was full, or something is broken.
func (c *Context) fault(text string, r any) vm.LValue {
	if text == "lua callstack overflow" {
		var v vm.LValue = vm.LString(Position(c.thread, 0) + "stack overflow")
		if c.handler != nil || c.kind == kindCoroutine {
			v = c.onRaise(c.thread, v)
		}
		return v
	}
	err := &Crash{Panic: r, Where: nearest(c.thread)}
	c.Budget.stop(err)
	return &vm.LUserData{Value: err, Metatable: vm.LNil}
}

// onRaise runs at the point of an error, with the stack still there.
func (c *Context) onRaise(l *vm.LState, v vm.LValue) vm.LValue {
	if Fatal(v) != nil {
		return v
	}
	if c.kind == kindCoroutine {
		if f := At(l, 0); f != nil {
			c.top = f.describe(l)
		}
		return v
	}
	handler := c.handler
	if handler == nil {
		return v
	}
	c.handler = nil
	v = handler(l, v)
	c.handler = handler
	return v
}

// HandlerOf makes a [Handler] of a Lua message handler. An error inside of it
// goes to it again, as in PUC Lua, until that has gone too deep.
func HandlerOf(fn vm.LValue) Handler {
	return func(l *vm.LState, v vm.LValue) vm.LValue {
		for range MaxDepth {
			results, raised := PCall(l, nil, fn, v)
			switch {
			case raised == nil && len(results) == 0:
				return vm.LNil
			case raised == nil:
				return results[0]
			case Fatal(raised) != nil:
				return raised
			}
			v = raised
			if Of(l).Budget.depth >= MaxDepth {
				break
			}
		}
		return vm.LString("error in error handling")
	}
}

// Enter counts a native that will call back into Lua many times with [Invoke];
// leave ends that.
func Enter(l *vm.LState) (leave func()) {
	b := Of(l).Budget
	b.enter(l)
	return func() { b.depth-- }
}
