package native

import (
	"context"
	"time"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native/machine"
)

type kind uint8

const (
	kindMain kind = iota
	// kindProtected is the thread of a protected call.
	kindProtected
	// kindCoroutine is a thread that Lua knows of.
	kindCoroutine
)

// Context is the context of one thread of a state. The machine's own loop asks
// for its Done channel before every instruction, so instructions are counted
// there where a thread has that loop and not package machine's.
//
// It must stay with the machine: only the goroutine that runs the state may
// use it. Calls that wait for something take [Budget.Host] instead.
type Context struct {
	*Budget
	thread *vm.LState
	// loop runs the thread's instructions; nil where the machine's own does, and
	// counts by asking the context.
	loop *machine.Loop
	// caller is the thread that started a protected call or resumed a
	// coroutine, while that runs.
	caller *vm.LState
	kind   kind
	// started and done tell how far a coroutine is.
	started, done bool
	// raised tells that the error that ended the thread came through the
	// machine's own way of raising.
	raised bool
	// top describes the function that raised the error which ended the
	// thread; the machine drops its frame.
	top string
	// failure is the error that ended a coroutine.
	failure vm.LValue
	// inner is the protected call that a suspended thread waits in.
	inner *Context
	// handler is the message handler of a protected call.
	handler Handler
	// isOuter tells the thread of a call that the host makes.
	isOuter bool
	// direct tells a protected call from Go, which nothing can yield through.
	direct bool
	// want is how many values the yield that suspended the thread gives back.
	want int
}

var _ context.Context = (*Context)(nil)

// Done counts one instruction. It always returns nil: what has run out ends the
// script by a panic that the machine turns into an error.
func (c *Context) Done() <-chan struct{} {
	b := c.Budget
	if b.meter.Left--; b.meter.Left < 0 {
		b.check(c.thread)
	}
	return nil
}

// Deadline is the host's, or that of the limits.
func (c *Context) Deadline() (time.Time, bool) {
	if !c.limits.Deadline.IsZero() {
		return c.limits.Deadline, true
	}
	return c.host.Deadline()
}

// Err is why the state was stopped, or the host's error.
func (c *Context) Err() error {
	if c.dead != nil {
		return c.dead
	}
	return c.host.Err()
}

// Value asks the budget, and then the host's context.
func (c *Context) Value(key any) any {
	if v, ok := c.values[key]; ok {
		return v
	}
	return c.host.Value(key)
}

// Of gives the context of a thread. Raises where the state has none.
func Of(l *vm.LState) *Context {
	c, ok := l.Context().(*Context)
	if !ok {
		l.Error(vm.LString("the state has no budget"), 0)
	}
	return c
}
