package native

import (
	"reflect"

	vm "github.com/yuin/gopher-lua"
)

// Frame is a copy of one entry of a thread's call stack.
type Frame struct {
	// Fn is the function; for a native Fn.IsG holds.
	Fn *vm.LFunction
	// Thread is the machine's thread the frame is on, which is not always the
	// one that was asked: a protected call runs on a thread of its own.
	Thread *vm.LState
	// Pc is the index of the instruction being run, -1 before the first.
	Pc int
	// LocalBase is the register of the first parameter.
	LocalBase int
	// NArgs is how many arguments it was called with.
	NArgs int
	// TailCall counts the calls that gave their place to this one.
	TailCall int
	// depth counts the frames below it on the same thread.
	depth int
	debug *vm.Debug
	// caller is nil for the lowest frame of a thread.
	caller *Frame
}

// Line is the line being run, or -1 for a native.
func (f *Frame) Line() int {
	if f.Fn.IsG {
		return -1
	}
	lines := f.Fn.Proto.DbgSourcePositions
	if f.Pc < 0 || f.Pc >= len(lines) {
		return -1
	}
	return lines[f.Pc]
}

// IsNative tells that Lua should see the frame as a function written in C.
func (f *Frame) IsNative() bool {
	return f.Fn.IsG || f.Fn.Proto.SourceName == DriverSource
}

// DriverSource is the source name of Lua code that stands in for a native
// function; positions and tracebacks treat its frames as native ones.
const DriverSource = "=[C]"

// lift turns the machine's debug record into the frame it points to. The
// machine hides the field but not the type: RemoveCallerFrame, which is only
// named here and not called, returns the same one, so the compiler still
// checks every use.
var lift = lifter((*vm.LState).RemoveCallerFrame)

func lifter[F any](func(*vm.LState) *F) func(*vm.Debug) *F {
	return func(d *vm.Debug) *F {
		return (*F)(reflect.ValueOf(d).Elem().Field(0).UnsafePointer())
	}
}

// frames calls yield for every frame of one thread, innermost first, until it
// returns false. Each frame knows its caller.
func frames(l *vm.LState, yield func(*Frame) bool) bool {
	d, ok := l.GetStack(0)
	if !ok {
		return true
	}
	current := lift(d)
	frame := &Frame{}
	*frame = Frame{Fn: current.Fn, Thread: l, Pc: current.Pc - 1, LocalBase: current.LocalBase, NArgs: current.NArgs, TailCall: current.TailCall, depth: current.Idx}
	for {
		current = current.Parent
		if current != nil {
			frame.caller = &Frame{Fn: current.Fn, Thread: l, Pc: current.Pc - 1, LocalBase: current.LocalBase, NArgs: current.NArgs, TailCall: current.TailCall, depth: current.Idx}
		}
		if !yield(frame) {
			return false
		}
		if current == nil {
			return true
		}
		frame = frame.caller
	}
}

// Walk calls yield for every call that Lua knows of, innermost first, until it
// returns false. It follows protected calls onto their callers' threads, but
// not a coroutine onto the one that resumed it, as Lua's own levels do.
func Walk(l *vm.LState, yield func(*Frame) bool) {
	if c, ok := l.Context().(*Context); ok && c.suspended() {
		for c.inner != nil {
			c = c.inner
		}
		l = c.thread
		if !yield(&Frame{Fn: yielded, Thread: l, Pc: -1}) {
			return
		}
	}
	top := true
	for l != nil {
		if !frames(l, func(f *Frame) bool {
			// A helper that is running itself has to find its own place.
			if f.hidden() || !top && f.helps() {
				return true
			}
			top = false
			return yield(f)
		}) {
			return
		}
		c, ok := l.Context().(*Context)
		if !ok || c.kind != kindProtected {
			return
		}
		l = c.caller
	}
}

// yielded stands for the function that a suspended coroutine is in; the machine
// has dropped its frame.
var yielded = &vm.LFunction{IsG: true}

// suspended tells a coroutine that waits in a yield.
func (c *Context) suspended() bool {
	return c.kind == kindCoroutine && c.started && !c.done && c.caller == nil
}

// hidden tells a frame that only serves a driver and is none of Lua's.
func (f *Frame) hidden() bool {
	if c, ok := f.Thread.Context().(*Context); ok && f.Fn == c.bottom {
		return true
	}
	return f.Fn.IsG && f.caller != nil && !f.caller.Fn.IsG && f.caller.Fn.Proto.SourceName == DriverSource
}

// helps tells the frame of a native that stands for an operator.
func (f *Frame) helps() bool {
	c, ok := f.Thread.Context().(*Context)
	return ok && f.Fn.IsG && c.hooks.Helper != nil && c.hooks.Helper(f.Fn)
}

// At gives the frame at a level: 0 is the running function, 1 the one that
// called it. It is nil where the stack is not that deep.
func At(l *vm.LState, level int) *Frame {
	if level < 0 {
		return nil
	}
	var found *Frame
	Walk(l, func(f *Frame) bool {
		if level == 0 {
			found = f
			return false
		}
		level--
		return true
	})
	return found
}

// Local gives the name and value of the n-th local variable that is active in
// the frame, "" when there is none. Temporaries have PUC's names.
func (f *Frame) Local(n int) (string, vm.LValue) {
	d := f.record()
	if d == nil || n < 1 {
		return "", vm.LNil
	}
	name, v := f.Thread.GetLocal(d, n)
	if name == "(*temporary)" {
		if f.Fn.IsG {
			name = "(C temporary)"
		} else {
			name = "(temporary)"
		}
	}
	if v == nil {
		v = vm.LNil
	}
	return name, v
}

// SetLocal gives a local variable a value and returns its name, or "".
func (f *Frame) SetLocal(n int, v vm.LValue) string {
	d := f.record()
	if d == nil || n < 1 {
		return ""
	}
	return f.Thread.SetLocal(d, n, v)
}

// record finds the machine's own record of the frame. Its levels count every
// call that a tail call replaced.
func (f *Frame) record() *vm.Debug {
	if f.debug != nil {
		return f.debug
	}
	level := 0
	frames(f.Thread, func(g *Frame) bool {
		if g.depth == f.depth {
			f.debug, _ = f.Thread.GetStack(level)
			return false
		}
		level++
		if !g.Fn.IsG {
			level += g.TailCall
		}
		return true
	})
	return f.debug
}

// Parameter is the name of the n-th parameter of a Lua function, or "".
func Parameter(fn *vm.LFunction, n int) string {
	if fn.IsG || n < 1 || n > int(fn.Proto.NumParameters) {
		return ""
	}
	name, _ := fn.LocalName(n, 0)
	return name
}
