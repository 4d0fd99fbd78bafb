package repair

import (
	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/syntax"
)

// block compiles statements with a scope of their own.
func (f *function) block(b *syntax.Block) {
	active, closings := len(f.active), len(f.closings)
	f.statements(b)
	f.leave(active, closings, b)
}

func (f *function) statements(b *syntax.Block) {
	for _, s := range b.Stmts {
		f.line = int(s.Position().Line)
		f.countStatement(s)
		f.statement(s)
		f.free = f.held
	}
}

// leave ends a scope at the end of its block.
func (f *function) leave(active, closings int, b *syntax.Block) {
	if !endsControl(b) {
		f.line = int(b.End.Line)
		f.closeDownTo(active, closings)
	}
	// A goto to a label at the very end has closed everything itself.
	for i := len(b.Stmts) - 1; i >= 0; i-- {
		s, ok := b.Stmts[i].(*syntax.LabelStmt)
		if !ok || !s.Label.Last {
			break
		}
		f.placeLabel(s.Label)
	}
	f.closings = f.closings[:closings]
	f.retire(active)
}

// endsControl tells a block whose end cannot be reached.
func endsControl(b *syntax.Block) bool {
	if len(b.Stmts) == 0 {
		return false
	}
	switch b.Stmts[len(b.Stmts)-1].(type) {
	case *syntax.Return, *syntax.Break, *syntax.Goto:
		return true
	}
	return false
}

// closeDownTo emits what must happen when control leaves the scope of all
// variables and closings above the numbers: upvalues first, then values.
func (f *function) closeDownTo(active, closings int) {
	if r, any := f.captured(active); any {
		f.emit(abc(vm.OP_CLOSE, r, 0, 0))
	}
	f.closeValues(closings)
}

func (f *function) statement(s syntax.Stmt) {
	switch s := s.(type) {
	case *syntax.LocalStmt:
		f.localStatement(s)
	case *syntax.LocalFunction:
		f.nameFunction(s.Func, func() string { return s.Name.Name })
		r := f.reserve(1)
		f.activate(s.Name, r)
		f.closure(r, s.Func)
	case *syntax.Assign:
		f.assign(s)
	case *syntax.FunctionStmt:
		f.functionStatement(s)
	case *syntax.CallStmt:
		f.chain(s.Call, -1, 0)
	case *syntax.Do:
		f.block(s.Body)
	case *syntax.If:
		f.ifStatement(s)
	case *syntax.While:
		f.while(s)
	case *syntax.Repeat:
		f.repeat(s)
	case *syntax.NumericFor:
		f.numericFor(s)
	case *syntax.GenericFor:
		f.genericFor(s)
	case *syntax.Return:
		f.returnStatement(s)
	case *syntax.Break:
		f.breakStatement()
	case *syntax.Goto:
		f.gotoStatement(s)
	case *syntax.LabelStmt:
		if !s.Label.Last {
			f.placeLabel(s.Label)
		}
	}
}

func (f *function) localStatement(s *syntax.LocalStmt) {
	n, values := len(s.Names), s.Values
	if s.Names[n-1].Value != nil { // a compile-time constant: its value is not evaluated
		n--
		values = values[:n]
	}
	base := f.free
	for i, v := range values[:min(n, len(values))] {
		f.nameFunction(v, func() string { return s.Names[i].Name })
	}
	f.list(values, n)
	for i, v := range s.Names[:n] {
		f.activate(v, base+i)
	}
	if n < len(s.Names) {
		f.declareNone(s.Names[n])
	}
	for i, v := range s.Names[:n] {
		if v.Attrib == syntax.Close {
			f.line = int(s.EndLine)
			f.openClosing(len(f.active)-len(s.Names)+i, base+i, v.Name, -1)
		}
	}
}

func (f *function) functionStatement(s *syntax.FunctionStmt) {
	f.nameFunction(s.Func, func() string { return targetName(s.Target, s.Func) })
	f.store(s.Target, func(target int) int {
		if target < 0 {
			target = f.reserve(1)
		}
		f.closure(target, s.Func)
		return target
	}, int(s.Line))
}

// store assigns to one target what value evaluates: into the register given,
// or into one of its choice (an operand) where that is negative.
func (f *function) store(target syntax.Expr, value func(target int) int, line int) {
	switch t := target.(type) {
	case *syntax.Index:
		if isUpvalue(t.Object) && isShortString(t.Key) {
			k := f.operand(t.Key)
			v := value(-1)
			object := f.any(t.Object)
			f.line = line
			f.set(object, k, v)
			return
		}
		object, k := f.indexed(t)
		v := value(-1)
		f.line = line
		f.set(object, k, v)
	case *syntax.Name:
		if t.Kind == syntax.LocalName {
			value(int(f.registers[t.Local.Slot]))
			return
		}
		v := value(-1)
		f.line = line
		f.storeName(t, v)
	}
}

// indexed evaluates the object and the key of a target.
func (f *function) indexed(t *syntax.Index) (object, key int) {
	if isUpvalue(t.Object) {
		key = f.operand(t.Key)
		return f.any(t.Object), key
	}
	object = f.any(t.Object)
	return object, f.operand(t.Key)
}

// storeName assigns an operand to an upvalue or a global.
func (f *function) storeName(t *syntax.Name, v int) {
	if t.Kind == syntax.GlobalName && (t.Env != nil || f.compiler.chunk.UsesEnv) {
		f.setField(f.environment(t), t.Name, v)
		return
	}
	if v&constantBit != 0 {
		r := f.reserve(1)
		f.load(r, f.constants[v&^constantBit])
		v = r
	}
	switch {
	case t.Kind == syntax.UpvalueName && t.Local == nil && f.parent == nil:
		f.move(f.env, v)
	case t.Kind == syntax.UpvalueName:
		f.emit(abc(vm.OP_SETUPVAL, v, f.upvalues[t.Upvalue], 0))
	default:
		if k, ok := f.nameConstant(t.Name, maxName); ok {
			f.emit(abx(vm.OP_SETGLOBAL, v, k))
			return
		}
		f.setField(f.environment(t), t.Name, v)
	}
}

func (f *function) assign(s *syntax.Assign) {
	for i, v := range s.Values[:min(len(s.Values), len(s.Targets))] {
		f.nameFunction(v, func() string { return targetName(s.Targets[i], nil) })
	}
	if len(s.Targets) == 1 && len(s.Values) == 1 {
		f.store(s.Targets[0], func(target int) int {
			if target < 0 {
				return f.operand(s.Values[0])
			}
			f.into(s.Values[0], target)
			return target
		}, int(s.EndLine))
		return
	}
	places := f.places(s.Targets)
	base := f.free
	n := len(s.Targets)
	direct := len(s.Values) == n && !isMulti(s.Values[n-1])
	if direct { // the last value needs no register of its own
		f.list(s.Values[:n-1], n-1)
		f.put(places[n-1], -1, s.Values[n-1], int(s.EndLine))
		n--
	} else {
		f.list(s.Values, n)
	}
	f.line = int(s.EndLine)
	for i := n - 1; i >= 0; i-- {
		f.put(places[i], base+i, nil, int(s.EndLine))
	}
}

// place is a target of a multiple assignment, its object and key evaluated.
type place struct {
	name        *syntax.Name
	late        syntax.Expr // the object, where that is to be read at the end
	object, key int
}

// places evaluates the objects and keys of targets from left to right. A local
// variable that is itself assigned to is copied, so that every object and key
// is what it was before the first assignment.
func (f *function) places(targets []syntax.Expr) []place {
	places := make([]place, len(targets))
	assigned := map[int]bool{}
	for _, t := range targets {
		if r, ok := f.local(t); ok {
			assigned[r] = true
		}
	}
	own := func(r int) int {
		if r&constantBit == 0 && r < f.held && assigned[r] {
			copied := f.reserve(1)
			f.move(copied, r)
			return copied
		}
		return r
	}
	for i, t := range targets {
		switch t := t.(type) {
		case *syntax.Name:
			places[i].name = t
		case *syntax.Index:
			if isUpvalue(t.Object) && isShortString(t.Key) && !assignsTo(targets[i+1:], t.Object) {
				places[i].late = t.Object
				places[i].key = f.operand(t.Key)
				continue
			}
			object, key := f.indexed(t)
			places[i].object, places[i].key = own(object), own(key)
		}
	}
	return places
}

// assignsTo tells whether one of the targets is the variable that an expression
// is.
func assignsTo(targets []syntax.Expr, e syntax.Expr) bool {
	n := syntax.Bare(e).(*syntax.Name)
	for _, t := range targets {
		if v, ok := t.(*syntax.Name); ok && v.Kind == n.Kind && v.Upvalue == n.Upvalue {
			return true
		}
	}
	return false
}

// put assigns a register, or an expression where r is negative, to a place.
func (f *function) put(p place, r int, e syntax.Expr, line int) {
	free := f.free
	if p.name != nil && p.name.Kind == syntax.LocalName {
		target := int(f.registers[p.name.Local.Slot])
		if r < 0 {
			f.into(e, target)
		} else {
			f.move(target, r)
		}
		f.free = free
		return
	}
	if r < 0 {
		r = f.operand(e)
	}
	f.line = line
	switch {
	case p.name != nil:
		f.storeName(p.name, r)
	case p.late != nil:
		object := f.any(p.late)
		f.line = line
		f.set(object, p.key, r)
	default:
		f.set(p.object, p.key, r)
	}
	f.free = free
}
