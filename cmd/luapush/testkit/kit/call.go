package kit

import (
	"context"
	"errors"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/cmd/luapush/testkit/value"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/mail"
)

// calling is a call of a function of a handler by the test.
type calling struct {
	name    string
	fn      *vm.LFunction
	args    []vm.LValue
	results []vm.LValue
	// raised is the error it ended with, stopped what ended the session.
	raised  vm.LValue
	stopped *runtime.Error
}

const (
	endFunction   = "dovecot_lua_notify_end_txn"
	eventFunction = "dovecot_lua_notify_event_message_new"
)

// play calls the function in the place of begin_txn, in a transaction without
// events: so it has the session, its context and its limits as any other.
func (c *calling) play(ctx context.Context, s *runtime.Session, base *mail.Transaction) {
	globals := s.L().G.Global
	nothing := &vm.LFunction{IsG: true, GFunction: func(*vm.LState) int { return 0 }}
	begin := &vm.LFunction{IsG: true, GFunction: func(l *vm.LState) int {
		results, raised := native.PCall(l, nil, c.fn, c.args...)
		if raised != nil && native.Fatal(raised) != nil {
			native.RaiseValue(l, raised)
		}
		c.results, c.raised = results, raised
		return 0
	}}
	var restore []func()
	for name, fn := range map[string]*vm.LFunction{beginFunction: begin, endFunction: nothing, eventFunction: nothing} {
		own := globals.RawGetString(name)
		globals.RawSetString(name, fn)
		restore = append(restore, func() {
			if globals.RawGetString(name) == vm.LValue(fn) {
				globals.RawSetString(name, own)
			}
		})
	}
	t := *base
	t.Scenario, t.Success, t.Events = "handler:call("+c.name+")", false, nil
	outcome := s.Play(ctx, &t)
	for _, put := range restore {
		put()
	}
	if outcome.Err != nil && !errors.Is(outcome.Err, context.Canceled) {
		c.stopped = outcome.Err
	}
}

// callFunction is handler:call(name, …): it calls a global function of the
// handler with copies of the arguments, and gives copies of its results.
func callFunction(l *vm.LState) int {
	h := checkHandler(l, "call")
	name := native.CheckString(l, 2)
	s := h.current
	if s == nil {
		native.Raise(l, "the handler has no open session")
	}
	fn, ok := s.L().G.Global.RawGetString(name).(*vm.LFunction)
	if !ok {
		native.Raise(l, "the handler has no global function %s", name)
	}
	var args []vm.LValue
	for i := 3; i <= l.GetTop(); i++ {
		arg, err := value.Copy(l.Get(i), value.Refuse, func(n int) { native.Alloc(l, n) })
		if err != nil {
			native.Raise(l, "handler:call: argument %d: %s", i-2, err)
		}
		args = append(args, arg)
	}
	from := len(h.records)
	c := &calling{name: name, fn: fn, args: args}
	h.calling = c
	h.work(l, func(ctx context.Context) { c.play(ctx, s, h.base) })
	h.calling = nil
	h.run.settle(l)
	switch {
	case c.raised != nil:
		copied, err := value.Copy(c.raised, value.Describe, func(n int) { native.Alloc(l, n) })
		if err != nil {
			native.Raise(l, "handler:call(%s): %s", name, err)
		}
		native.RaiseValue(l, copied)
	case c.stopped != nil:
		// The error is raised in the test, which makes it known.
		for _, e := range h.records[from:] {
			e.claimed = true
		}
		h.current = nil
		native.Raise(l, "handler:call(%s): the handler was stopped: %s", name, c.stopped.Error())
	}
	for _, v := range c.results {
		h.pushCopy(l, v)
	}
	return len(c.results)
}

// global is handler:global(name): a copy of a global variable of the handler.
func global(l *vm.LState) int {
	h := checkHandler(l, "global")
	name := native.CheckString(l, 2)
	if h.current == nil {
		native.Raise(l, "the handler has no open session")
	}
	h.pushCopy(l, h.current.L().G.Global.RawGetString(name))
	return 1
}

func (h *handler) pushCopy(l *vm.LState, v vm.LValue) {
	copied, err := value.Copy(v, value.Describe, func(n int) { native.Alloc(l, n) })
	if err != nil {
		native.Raise(l, "%s", err)
	}
	l.Push(copied)
}
