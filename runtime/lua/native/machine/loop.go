package machine

import (
	"unsafe"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native/list"
)

// Loop is the loop of one thread, for the goroutine that runs the thread.
type Loop struct {
	meter  *Meter
	stack  *frames
	plain  func(*vm.LState, *frame)
	number unsafe.Pointer
	page   []vm.LNumber
	// entered has, for each frame of the call stack, a bit for each of its
	// loops that had a turn; see Hits.
	entered []uint64
}

// The format of instructions: six bits of operation, eight of A, nine of C and
// nine of B, from the top; Bx is C and B together, and the distance of a jump is
// Bx less half of its range.
const (
	constantBit = 1 << 8
	maxBx       = 1<<18 - 1
	jumpZero    = maxBx >> 1
)

type instruction uint32

func (i instruction) op() int       { return int(i >> 26) }
func (i instruction) a() int        { return int(i>>18) & 0xff }
func (i instruction) b() int        { return int(i & 0x1ff) }
func (i instruction) c() int        { return int(i>>9) & 0x1ff }
func (i instruction) bx() int       { return int(i & maxBx) }
func (i instruction) distance() int { return i.bx() - jumpZero }

// operand gives the value of a register or, with the constant bit, a constant.
func operand(regs, constants []vm.LValue, base, rk int) vm.LValue {
	if rk&constantBit != 0 {
		return constants[rk&^constantBit]
	}
	return regs[base+rk]
}

// name gives the constant string that an operand is, for instructions whose
// key is one; ok is false where it is in a register.
func name(constants []vm.LValue, rk int) (text string, ok bool) {
	if rk&constantBit == 0 {
		return "", false
	}
	s, ok := constants[rk&^constantBit].(vm.LString)
	return string(s), ok
}

// run runs the frame on top of the thread's call stack until the frame base has
// returned, or the thread has yielded or ended. It is what a thread has in place
// of the machine's loop.
func (r *Loop) run(l *vm.LState, base *frame) {
	s := (*state)(unsafe.Pointer(l))
	cf := r.stack.last()
	if cf == nil || cf.Fn.IsG {
		r.plain(l, base)
		return
	}
	s.currentFrame = cf
	r.from(l, s, cf, base)
}

// from is the loop, beginning with the frame cf, which is the current one.
//
// It is one long function because what it keeps in variables is what makes it
// fast. Each case either does the whole instruction and continues, or changes
// nothing and breaks, and then the machine does it. What the machine does may
// call natives, grow the registers and change the frame, so everything is
// read anew behind it; what stands in cf.Pc and in the meter is right whenever
// code outside of the loop runs.
func (r *Loop) from(l *vm.LState, s *state, cf, base *frame) {
	reg, meter := s.reg, r.meter
	left := meter.Left
	regs, lbase, pc := reg.array, cf.LocalBase, cf.Pc
	proto := cf.Fn.Proto
	code, constants := proto.Code, proto.Constants
	for {
		i := instruction(code[pc])
		pc++
		if left--; left < 0 {
			cf.Pc, meter.Left = pc, left
			meter.Spent(l)
			left = meter.Left
		}
		ra := lbase + i.a()
		switch i.op() {
		case vm.OP_MOVE:
			v := regs[lbase+i.b()]
			reg.set(regs, ra, v)
			continue
		case vm.OP_MOVEN:
			reg.set(regs, ra, regs[lbase+i.b()])
			for range i.c() {
				m := instruction(code[pc])
				pc++
				reg.set(regs, lbase+m.a(), regs[lbase+m.b()])
			}
			continue
		case vm.OP_LOADK:
			reg.set(regs, ra, constants[i.bx()])
			continue
		case vm.OP_LOADBOOL:
			v := vm.LTrue
			if i.b() == 0 {
				v = vm.LFalse
			}
			reg.set(regs, ra, v)
			if i.c() != 0 {
				pc++
			}
			continue
		case vm.OP_LOADNIL:
			for at := ra; at <= lbase+i.b(); at++ {
				reg.set(regs, at, vm.LNil)
			}
			continue
		case vm.OP_GETUPVAL:
			reg.set(regs, ra, cf.Fn.Upvalues[i.b()].Value())
			continue
		case vm.OP_GETGLOBAL:
			if key, ok := constants[i.bx()].(vm.LString); ok {
				if v, known := field(cf.Fn.Env, string(key)); known {
					reg.set(regs, ra, v)
					continue
				}
			}
		case vm.OP_GETTABLE:
			if at := element(regs[lbase+i.b()], operand(regs, constants, lbase, i.c())); at != nil && !isNil(*at) {
				reg.set(regs, ra, *at)
				continue
			}
		case vm.OP_GETTABLEKS:
			if key, ok := name(constants, i.c()); ok {
				if v, known := field(regs[lbase+i.b()], key); known {
					reg.set(regs, ra, v)
					continue
				}
			}
		case vm.OP_SELF:
			if key, ok := name(constants, i.c()); ok {
				object := regs[lbase+i.b()]
				if v, known := field(object, key); known {
					reg.set(regs, ra, v)
					reg.set(regs, ra+1, object)
					continue
				}
			}
		case vm.OP_SETUPVAL:
			cf.Fn.Upvalues[i.b()].SetValue(regs[ra])
			continue
		case vm.OP_SETTABLE:
			if setElement(regs[ra], operand(regs, constants, lbase, i.b()), operand(regs, constants, lbase, i.c())) {
				continue
			}
		case vm.OP_SETTABLEKS:
			if key, ok := name(constants, i.b()); ok {
				if setField(regs[ra], key, operand(regs, constants, lbase, i.c())) {
					continue
				}
			}
		case vm.OP_ADD, vm.OP_SUB, vm.OP_MUL, vm.OP_DIV, vm.OP_MOD:
			if x, ok := operand(regs, constants, lbase, i.b()).(vm.LNumber); ok {
				if y, ok := operand(regs, constants, lbase, i.c()).(vm.LNumber); ok {
					if n, known := arithmetic(i.op(), x, y); known {
						reg.set(regs, ra, r.box(n))
						continue
					}
				}
			}
		case vm.OP_UNM:
			if n, ok := operand(regs, constants, lbase, i.b()).(vm.LNumber); ok {
				reg.set(regs, ra, r.box(-n))
				continue
			}
		case vm.OP_NOT:
			reg.set(regs, ra, vm.LBool(!isTrue(regs[lbase+i.b()])))
			continue
		case vm.OP_LEN:
			if n, known := length(operand(regs, constants, lbase, i.b())); known {
				reg.set(regs, ra, r.box(vm.LNumber(n)))
				continue
			}
		case vm.OP_JMP:
			pc += i.distance()
			continue
		case vm.OP_EQ:
			if equal, known := same(operand(regs, constants, lbase, i.b()), operand(regs, constants, lbase, i.c())); known {
				if equal == (i.a() == 0) {
					pc++
				}
				continue
			}
		case vm.OP_LT:
			if less, known := before(operand(regs, constants, lbase, i.b()), operand(regs, constants, lbase, i.c())); known {
				if less == (i.a() == 0) {
					pc++
				}
				continue
			}
		case vm.OP_LE:
			if less, known := notAfter(operand(regs, constants, lbase, i.b()), operand(regs, constants, lbase, i.c())); known {
				if less == (i.a() == 0) {
					pc++
				}
				continue
			}
		case vm.OP_TEST:
			if isTrue(regs[ra]) == (i.c() == 0) {
				pc++
			}
			continue
		case vm.OP_TESTSET:
			if v := regs[lbase+i.b()]; isTrue(v) != (i.c() == 0) {
				reg.set(regs, ra, v)
			} else {
				pc++
			}
			continue
		case vm.OP_FORLOOP:
			if n, more := r.step(regs[ra : ra+3 : ra+3]); more {
				reg.set(regs, ra, n)
				reg.set(regs, ra+3, n)
				pc += i.distance()
				continue
			}
		case vm.OP_CALL:
			nargs := i.b() - 1
			if nargs < 0 {
				nargs = reg.top - (ra + 1)
			}
			next := r.call(s, ra, nargs, i.c()-1)
			if next == nil {
				break
			}
			cf.Pc = pc
			if next.Fn.IsG {
				meter.Left = left
				if !r.native(l, s, next) {
					return
				}
				left, regs = meter.Left, reg.array
				continue
			}
			cf, lbase, pc = next, next.LocalBase, 0
			proto = next.Fn.Proto
			code, constants = proto.Code, proto.Constants
			continue
		case vm.OP_RETURN:
			caller := cf.Parent
			if !r.leave(s, cf, ra, i.b()) {
				break
			}
			s.currentFrame = caller
			if cf == base || caller.Fn.IsG {
				meter.Left = left
				return
			}
			cf, lbase, pc = caller, caller.LocalBase, caller.Pc
			proto = caller.Fn.Proto
			code, constants = proto.Code, proto.Constants
			continue
		case vm.OP_NOP:
			if h := meter.Hits; h != nil && i.a() == 0 && i.bx() < len(h.Counts) {
				h.Counts[i.bx()]++
				left++
				continue
			}
			left += r.count(i, cf)
			continue
		}
		cf.Pc, meter.Left = pc, left
		if operations[i.op()](l, uint32(i), base) == 1 {
			return
		}
		left = meter.Left
		cf = s.currentFrame
		regs, lbase, pc = reg.array, cf.LocalBase, cf.Pc
		proto = cf.Fn.Proto
		code, constants = proto.Code, proto.Constants
	}
}

// set gives a register its value, and moves the top of the registers up to it.
func (reg *registry) set(regs []vm.LValue, at int, v vm.LValue) {
	regs[at] = v
	if at >= reg.top {
		reg.top = at + 1
	}
}

// step adds the step of a numeric loop and tells whether it goes on.
func (r *Loop) step(control []vm.LValue) (vm.LValue, bool) {
	n, isNumber := control[0].(vm.LNumber)
	limit, isLimit := control[1].(vm.LNumber)
	step, isStep := control[2].(vm.LNumber)
	if !isNumber || !isLimit || !isStep {
		return nil, false
	}
	if n += step; step > 0 && n <= limit || step <= 0 && n >= limit {
		return r.box(n), true
	}
	return nil, false
}

// length is that of a string, or of a table that does not say another one.
func length(v vm.LValue) (n int, known bool) {
	switch v := v.(type) {
	case vm.LString:
		return len(v), true
	case *vm.LTable:
		if mt, ok := v.Metatable.(*vm.LTable); ok && mt.RawGetString("__len") != vm.LNil {
			return 0, false
		}
		return list.Length(v), true
	}
	return 0, false
}
