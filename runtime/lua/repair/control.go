package repair

import (
	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/syntax"
)

func (f *function) ifStatement(s *syntax.If) {
	var ends, no []int
	kind, last := "if", s.Clauses[len(s.Clauses)-1]
	for i, clause := range s.Clauses {
		if f.line = int(clause.Pos.Line); i > 0 {
			kind = "elseif"
			f.countLine(clause.Pos)
		}
		no = f.when(clause.Cond, false)
		f.countArm(kind, "then", clause.Pos)
		f.block(clause.Body)
		if i == len(s.Clauses)-1 && s.Else == nil {
			break
		}
		if !endsControl(clause.Body) {
			ends = append(ends, f.jump())
		}
		f.land(no, f.here())
	}
	if s.Else != nil {
		f.countArm(kind, "else", last.Pos)
		f.block(s.Else)
	} else {
		ends = f.countElse(kind, last, ends, no)
	}
	f.land(ends, f.here())
}

func (f *function) enterLoop() *loop {
	l := &loop{active: len(f.active), closings: len(f.closings)}
	f.loops = append(f.loops, l)
	return l
}

// leaveLoop lands the breaks behind the loop.
func (f *function) leaveLoop(l *loop) {
	f.loops = f.loops[:len(f.loops)-1]
	f.land(l.breaks, f.here())
}

func (f *function) while(s *syntax.While) {
	_, constant := literal(s.Cond)
	counting := f.countLoop("while", s.Pos, !constant)
	start := f.here()
	no := f.when(s.Cond, false)
	l := f.enterLoop()
	counting.body()
	f.block(s.Body)
	f.line = int(s.Line)
	f.landOne(f.jump(), start)
	f.land(no, f.here())
	counting.end()
	f.leaveLoop(l)
}

func (f *function) repeat(s *syntax.Repeat) {
	reached := f.reached
	start := f.here()
	l := f.enterLoop()
	active, closings := len(f.active), len(f.closings)
	f.countRepeat(s, reached)
	f.statements(s.Body)
	f.countLine(s.Body.End)
	_, captured := f.captured(active)
	if !captured && len(f.closings) == closings {
		f.land(f.when(s.Cond, false), start)
	} else {
		// The scope ends on both ways out of the condition.
		yes := f.when(s.Cond, true)
		f.closeDownTo(active, closings)
		f.landOne(f.jump(), start)
		f.land(yes, f.here())
		f.closeDownTo(active, closings)
	}
	f.countUntil(s)
	f.closings = f.closings[:closings]
	f.retire(active)
	f.leaveLoop(l)
}

func (f *function) breakStatement() {
	l := f.loops[len(f.loops)-1]
	f.closeDownTo(l.active, l.closings)
	l.breaks = append(l.breaks, f.jump())
}

func (f *function) gotoStatement(s *syntax.Goto) {
	label := s.Label
	active := min(label.Active, len(f.active))
	f.closeDownTo(active, f.closingsOutside(active))
	pc := f.jump()
	f.wantLabels()
	if at := f.labels[label.Slot]; at > 0 {
		f.landOne(pc, at-1)
	} else {
		f.jumps[label.Slot] = append(f.jumps[label.Slot], pc)
	}
}

// closingsOutside is how many closings belong to scopes outside of a variable.
func (f *function) closingsOutside(active int) int {
	n := len(f.closings)
	for n > 0 && f.closings[n-1].active >= active {
		n--
	}
	return n
}

func (f *function) wantLabels() {
	if f.labels == nil {
		f.labels = make([]int, f.fn.Labels)
		f.jumps = make([][]int, f.fn.Labels)
	}
}

func (f *function) placeLabel(l *syntax.Label) {
	f.wantLabels()
	f.landed = max(f.landed, f.here())
	f.labels[l.Slot] = f.here() + 1
	f.land(f.jumps[l.Slot], f.here())
}

func (f *function) returnStatement(s *syntax.Return) {
	if len(f.closings) > 0 {
		f.returnClosing(s)
		return
	}
	if len(s.Values) == 1 {
		if r, ok := f.local(s.Values[0]); ok {
			f.line = int(s.EndLine)
			f.emit(abc(vm.OP_RETURN, r, 2, 0))
			return
		}
		if call, ok := s.Values[0].(*syntax.Call); ok {
			f.tailCall(call, int(s.EndLine))
			return
		}
	}
	base := f.free
	open := f.arguments(s.Values)
	f.line = int(s.EndLine)
	f.emitReturn(base, open)
}

func (f *function) emitReturn(base int, open bool) {
	if open {
		f.emit(abc(vm.OP_RETURN, base, 0, 0))
	} else {
		f.emit(abc(vm.OP_RETURN, base, f.free-base+1, 0))
	}
}

func (f *function) tailCall(call *syntax.Call, line int) {
	base := f.free
	f.multi(call, -1)
	last := len(f.code) - 1
	i := instruction(f.code[last])
	f.code[last] = uint32(abc(vm.OP_TAILCALL, i.a(), i.b(), 0))
	f.line = line
	f.emit(abc(vm.OP_RETURN, base, 0, 0))
}
