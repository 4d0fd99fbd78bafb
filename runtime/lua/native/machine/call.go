package machine

import (
	"unsafe"

	vm "github.com/yuin/gopher-lua"
)

// last is the innermost frame, or nil.
func (s *frames) last() *frame {
	if s.segSp > 0 {
		return &s.segments[s.segIdx].array[s.segSp-1]
	}
	if s.segIdx == 0 {
		return nil
	}
	return &s.segments[s.segIdx-1].array[vm.FramesPerSegment-1]
}

// push takes the next frame. It is nil where the machine has to make room for
// it. The fields of the frame are the caller's business, but for Idx.
func (s *frames) push() *frame {
	if s.segSp >= vm.FramesPerSegment {
		next := int(s.segIdx) + 1
		if next >= len(s.segments) || s.segments[next] == nil {
			return nil
		}
		// It is left from an earlier call of that depth.
		s.segIdx++
		s.segSp = 0
	}
	cf := &s.segments[s.segIdx].array[s.segSp]
	cf.Idx = int(s.segSp) + vm.FramesPerSegment*int(s.segIdx)
	s.segSp++
	return cf
}

// pop gives the innermost frame back. A segment that has become empty stays
// where it is for the next call, as functions that call one another in turns at
// its edge would take and give it every time.
func (s *frames) pop() {
	if s.segSp == 0 {
		s.segIdx--
		s.segSp = vm.FramesPerSegment
	}
	s.segSp--
}

// call begins the call of the function in register ra with the arguments
// behind it, as many as nargs, and for as many results as want. It gives the new
// frame, or nil where the machine is to do it: for a function with "...", and
// where there is no room.
func (r *Loop) call(s *state, ra, nargs, want int) *frame {
	reg := s.reg
	regs := reg.array
	fn, ok := regs[ra].(*vm.LFunction)
	if !ok {
		return nil
	}
	base := ra + 1
	params, used := nargs, nargs
	if !fn.IsG {
		if fn.Proto.IsVarArg&vm.VarArgIsVarArg != 0 {
			return nil
		}
		params, used = int(fn.Proto.NumParameters), int(fn.Proto.NumUsedRegisters)
	}
	end := base + max(nargs, used)
	if end > len(regs) {
		return nil
	}
	next := r.stack.push()
	if next == nil {
		return nil
	}
	// What is no argument becomes nil, and so do arguments too many.
	for at := base + min(nargs, params); at < end; at++ {
		regs[at] = vm.LNil
	}
	next.Fn, next.Parent, next.Pc = fn, s.currentFrame, 0
	next.Base, next.LocalBase, next.ReturnBase = ra, base, ra
	next.NArgs, next.NRet, next.TailCall = nargs, want, 0
	s.currentFrame = next
	if fn.IsG && base+used < reg.top {
		clear(regs[base+used : reg.top])
	}
	reg.top = base + used
	return next
}

// native runs the function written in Go whose frame was just made; it reports
// false where the thread has yielded.
func (r *Loop) native(l *vm.LState, s *state, cf *frame) bool {
	n := cf.Fn.GFunction(l)
	if n < 0 {
		r.yield(l, s)
		return false
	}
	reg, want := s.reg, cf.NRet
	if want == vm.MultRet {
		want = n
	}
	from, top, to := reg.top-n, reg.top, cf.ReturnBase
	for reg.top < to+want { // room for results that are not there
		l.Push(vm.LNil)
	}
	regs := reg.array
	for i := range want {
		if at := from + i; at >= 0 && at < top {
			regs[to+i] = regs[at]
		} else {
			regs[to+i] = vm.LNil
		}
	}
	clear(regs[to+want : reg.top])
	reg.top = to + want
	r.stack.pop()
	s.currentFrame = r.stack.last()
	return true
}

// yield suspends the thread: what the native has on its stack goes to whoever
// resumed the thread.
func (r *Loop) yield(l *vm.LState, s *state) {
	parent := l.Parent
	if parent == nil {
		l.RaiseError("can not yield from outside of a coroutine")
	}
	l.G.CurrentThread = parent
	l.Parent = nil
	if !s.wrapped {
		parent.Push(vm.LTrue)
	}
	l.XMoveTo(parent, l.GetTop())
	cf := s.currentFrame
	r.stack.pop()
	s.currentFrame = r.stack.last()
	top := s.reg.top - (cf.LocalBase - cf.ReturnBase)
	clear(s.reg.array[top:s.reg.top])
	s.reg.top = top
}

// Call calls a function with arguments, from a native that the thread runs, and
// gives its first result. ok is false, and nothing has happened, where
// LState.Call is needed. The function cannot yield.
func (r *Loop) Call(l *vm.LState, fn *vm.LFunction, args ...vm.LValue) (result vm.LValue, ok bool) {
	s := (*state)(unsafe.Pointer(l))
	reg := s.reg
	ra := reg.top
	if fn.IsG || s.currentFrame == nil || ra+1+len(args) > len(reg.array) {
		return nil, false
	}
	reg.array[ra] = fn
	for i, arg := range args {
		reg.array[ra+1+i] = arg
	}
	reg.top = ra + 1 + len(args)
	next := r.call(s, ra, len(args), 1)
	if next == nil {
		clear(reg.array[ra:reg.top])
		reg.top = ra
		return nil, false
	}
	r.from(l, s, next, next)
	result = reg.array[ra]
	reg.array[ra] = nil
	reg.top = ra
	return result, true
}

// leave ends a frame: its results go to where the caller wants them, and
// everything behind them is cleared. It reports false where the machine is to
// do it: at the end of a thread, or where a variable of the frame lives on in a
// function.
func (r *Loop) leave(s *state, cf *frame, ra, b int) bool {
	if cf.Parent == nil || cf.Idx == 0 {
		return false
	}
	for up := s.uvcache; up != nil; up = up.next {
		if up.index >= cf.LocalBase {
			return false
		}
	}
	reg := s.reg
	n := b - 1
	if n < 0 {
		n = reg.top - ra
	}
	want := cf.NRet
	if want == vm.MultRet {
		want = n
	}
	regs, to := reg.array, cf.ReturnBase
	top := to + want
	if top > len(regs) {
		return false
	}
	r.stack.pop()
	have := min(n, want)
	copy(regs[to:to+have], regs[ra:ra+have])
	for at := to + have; at < top; at++ {
		regs[at] = vm.LNil
	}
	if top < reg.top {
		clear(regs[top:reg.top])
	}
	reg.top = top
	return true
}
