package repair

import (
	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/syntax"
)

// suffixed evaluates fields, indexes and calls.
func (f *function) suffixed(e syntax.Expr, target int) {
	free := f.open(target)
	f.move(target, f.chain(e, target, 1))
	f.free = free
}

// chain evaluates fields, indexes and calls; a.b(c).d is as long as the script
// likes, so it is walked in a loop and not by recursion. The result of a last
// call is cut to a number of values (-1 for all), which begin in the register
// returned, the first free one; a last field goes into the target.
func (f *function) chain(e syntax.Expr, target, results int) int {
	line := f.line
	links, head := unchain(e)
	base := f.free
	r := -1
	if call, ok := links[len(links)-1].(*syntax.Call); !ok || call.Method != "" {
		if local, ok := f.local(head); ok {
			r = local
		}
	}
	innermost := len(links) - 1
	keyFirst := false
	if r < 0 {
		index, ok := links[innermost].(*syntax.Index)
		keyFirst = ok && isUpvalue(head) && !isShortString(index.Key)
		if !keyFirst {
			r = f.next(head)
		}
	}
	for i := innermost; i >= 0; i-- {
		switch link := links[i].(type) {
		case *syntax.Index:
			k := f.operand(link.Key)
			if keyFirst && i == innermost {
				r = f.next(head)
			}
			object := r
			f.line, r = int(link.EndLine), base
			if i == 0 {
				f.line, r = line, target
			}
			f.free = base + 1
			f.touch()
			f.get(r, object, k)
		case *syntax.Call:
			n := 1
			if i == 0 {
				n = results
			}
			f.call(link, r, base, n)
			r = base
		}
	}
	return r
}

// isUpvalue tells a variable of an enclosing function. PUC Lua reads one that
// is indexed as late as it can: after the key, which may change it, and for a
// short constant name that is assigned to even after the value.
func isUpvalue(e syntax.Expr) bool {
	n, ok := syntax.Bare(e).(*syntax.Name)
	return ok && n.Kind == syntax.UpvalueName && (n.Local == nil || n.Local.Value == nil)
}

func isShortString(e syntax.Expr) bool {
	const short = 40 // LUAI_MAXSHORTLEN
	key, ok := literal(e)
	s, isString := key.(vm.LString)
	return ok && isString && len(s) <= short
}

// unchain gives the links of a chain, outermost first, and what it begins with.
func unchain(e syntax.Expr) (links []syntax.Expr, head syntax.Expr) {
	for {
		switch x := e.(type) {
		case *syntax.Index:
			links = append(links, x)
			e = x.Object
		case *syntax.Call:
			links = append(links, x)
			e = x.Func
		default:
			return links, e
		}
	}
}

// call emits one call whose function, or object for a method, is in register r;
// the call itself begins at base.
func (f *function) call(e *syntax.Call, r, base, results int) {
	f.free = base + 1
	if e.Method != "" {
		f.free++
		f.touch()
		f.line = int(e.MethodPos.Line)
		f.self(base, r, e.Method)
	}
	f.touch()
	multi := f.arguments(e.Args)
	n := f.free - base
	if multi {
		n = 0
	}
	f.line = int(e.StartLine)
	pc := f.emit(abc(vm.OP_CALL, base, n, results+1))
	if f.compiler.compiled != nil {
		f.keepCall(pc, e)
	}
	f.free = base + max(results, 0)
	f.touch()
}

func (f *function) self(base, object int, method string) {
	if k, ok := f.nameConstant(method, constantBit); ok {
		f.emit(abc(vm.OP_SELF, base, object, k|constantBit))
		return
	}
	// SELF takes its name from a register too, where that holds a string.
	name := f.reserve(1)
	f.load(name, vm.LString(method))
	f.emit(abc(vm.OP_SELF, base, object, name))
	f.free--
}

// arguments evaluates a list into fresh registers; it tells whether the last
// of them left an open number of values.
func (f *function) arguments(list []syntax.Expr) (open bool) {
	for i, e := range list {
		if i == len(list)-1 && isMulti(e) {
			f.multi(e, -1)
			return true
		}
		f.next(e)
	}
	return false
}

// multi evaluates a call or "..." into results values (-1 for all) in fresh
// registers.
func (f *function) multi(e syntax.Expr, results int) {
	f.line = endLine(e)
	switch e := e.(type) {
	case *syntax.Vararg:
		base := f.free
		f.reserve(max(results, 1))
		f.emit(abc(vm.OP_VARARG, base, results+1, 0))
		f.free = base + max(results, 0)
	case *syntax.Call:
		f.chain(e, -1, results)
	}
}

// list evaluates a list into exactly n values in fresh registers.
func (f *function) list(values []syntax.Expr, n int) {
	base := f.free
	for i, e := range values {
		have := f.free - base
		switch {
		case i == len(values)-1 && isMulti(e):
			if have < n {
				f.multi(e, n-have)
			} else {
				f.multi(e, 0)
			}
		case have < n:
			f.next(e)
		default: // more than are wanted: only their effects count
			f.next(e)
			f.free--
		}
	}
	if have := f.free - base; have < n {
		first := f.reserve(n - have)
		f.emit(abc(vm.OP_LOADNIL, first, base+n-1, 0))
	}
}

// table evaluates a constructor (manual §3.4.9).
func (f *function) table(e *syntax.Table, target int) {
	free := f.open(target)
	base := f.reserve(1)
	var positional, keyed int
	for _, field := range e.Fields {
		if field.Key == nil {
			positional++
		} else {
			keyed++
		}
	}
	line := f.line
	f.line = int(e.Pos.Line)
	f.emit(abc(vm.OP_NEWTABLE, base, min(positional, maxC), min(keyed, maxC)))
	stored, waiting := 0, 0
	for i, field := range e.Fields {
		if field.Key != nil {
			f.keyed(base, field)
			continue
		}
		if i == len(e.Fields)-1 && isMulti(field.Value) {
			f.multi(field.Value, -1)
			f.setList(base, 0, stored)
			waiting = 0
			break
		}
		f.next(field.Value)
		if waiting++; waiting == vm.FieldsPerFlush {
			f.setList(base, waiting, stored)
			stored, waiting = stored+waiting, 0
		}
	}
	if waiting > 0 {
		f.setList(base, waiting, stored)
	}
	f.line = line
	f.move(target, base)
	f.free = free
}

func (f *function) keyed(table int, field syntax.Field) {
	free := f.free
	k := f.operand(field.Key)
	f.nameFunction(field.Value, func() string {
		name, _ := literal(field.Key)
		text, _ := name.(vm.LString)
		return string(text)
	})
	v := f.operand(field.Value)
	f.line = int(field.End)
	f.set(table, k, v)
	f.free = free
}

// setList stores the n positional values (0: up to the top) behind those stored.
func (f *function) setList(table, n, stored int) {
	block := stored/vm.FieldsPerFlush + 1
	if block <= maxC {
		f.emit(abc(vm.OP_SETLIST, table, n, block))
	} else {
		f.emit(abc(vm.OP_SETLIST, table, n, 0))
		f.emit(instruction(block))
	}
	f.free = table + 1
}
