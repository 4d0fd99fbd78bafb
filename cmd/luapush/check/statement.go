package check

import "github.com/luapush/luapush/runtime/lua/syntax"

func (a *analysis) block(b *syntax.Block) {
	if b == nil {
		return
	}
	if len(b.Stmts) == 0 {
		return
	}
	// What comes behind an if may be for fewer releases.
	a.statement(b.Stmts[0])
	for i, s := range b.Stmts[1:] {
		if left := a.behind(b.Stmts[i], a.releases); len(left) != len(a.releases) {
			rest := *b
			rest.Stmts = b.Stmts[i+1:]
			a.within(left, func() { a.block(&rest) })
			return
		}
		a.statement(s)
	}
}

func (a *analysis) statement(s syntax.Stmt) {
	switch s := s.(type) {
	case *syntax.LocalStmt:
		r := a.list(s.Values)
		for i, l := range s.Names {
			a.setLocal(l, r.at(i))
		}
		var names []variable
		for _, l := range s.Names {
			names = append(names, localVariable(l))
		}
		a.noteCode(names, s.Values)
	case *syntax.LocalFunction:
		a.setLocal(s.Name, a.expr(s.Func))
	case *syntax.Assign:
		a.assign(s)
	case *syntax.FunctionStmt:
		a.store(s.Target, a.expr(s.Func))
	case *syntax.CallStmt:
		a.call(s.Call)
	case *syntax.Do:
		a.block(s.Body)
	case *syntax.While:
		a.test(s.Cond)
		a.block(s.Body)
	case *syntax.Repeat:
		a.block(s.Body)
		a.test(s.Cond)
	case *syntax.If:
		a.ifStatement(s)
	case *syntax.NumericFor:
		a.numericFor(s)
	case *syntax.GenericFor:
		a.genericFor(s)
	case *syntax.Return:
		a.returns(s)
	}
}

func (a *analysis) assign(s *syntax.Assign) {
	r := a.list(s.Values)
	for i, target := range s.Targets {
		a.store(target, r.at(i))
	}
	var names []variable
	for _, target := range s.Targets {
		if n, ok := target.(*syntax.Name); ok {
			names = append(names, variableOf(n))
		}
	}
	a.noteCode(names, s.Values)
}

// store notes an assignment; from is the expression of the value, nil where it
// is one of several results.
func (a *analysis) store(target syntax.Expr, v value) {
	switch target := target.(type) {
	case *syntax.Name:
		switch {
		case target.Kind != syntax.GlobalName:
			if target.Local != nil {
				a.setLocal(target.Local, v)
			}
		case target.Env != nil:
			a.escape(v)
		default:
			a.storeGlobal(target.Name, v)
		}
	case *syntax.Index:
		a.storeIndex(a.expr(target.Object), target.Key, v)
	}
}

func (a *analysis) storeIndex(object value, key syntax.Expr, v value) {
	name, constant := key.(*syntax.String)
	k := value{kind: isString}
	if !constant {
		k = a.expr(key)
	}
	switch object.kind {
	case isTable:
		if object.table.find().open {
			a.escape(v)
		}
		if constant {
			a.setField(object.table, name.Value, v)
			return
		}
		a.setElement(object.table, v, !number(k) && k.kind != none)
	case isObject, isNotification:
		owner := object.name
		if object.kind == isNotification {
			owner = "notification"
		}
		switch {
		case owner == globalTable && constant:
			a.storeGlobal(name.Value, v)
			return
		case owner == globalTable:
			a.dynamic = true
		case constant:
			a.written[owner+"."+name.Value] = true
		default:
			a.written[owner+".*"] = true
		}
		a.escape(v)
	default:
		a.escape(v)
	}
}

func (a *analysis) numericFor(s *syntax.NumericFor) {
	start := a.expr(s.Start)
	a.expr(s.Limit)
	step := value{kind: isInteger}
	if s.Step != nil {
		step = a.expr(s.Step)
	}
	switch {
	case start.kind == isInteger && step.kind == isInteger:
		// Lua makes the limit an integer, too.
		a.setLocal(s.Var, value{kind: isInteger})
	case start.kind == none || step.kind == none:
	default:
		a.setLocal(s.Var, value{kind: isNumber})
	}
	a.block(s.Body)
}

func (a *analysis) genericFor(s *syntax.GenericFor) {
	key, element := a.iteration(s)
	for i, l := range s.Names {
		switch i {
		case 0:
			a.setLocal(l, key)
		case 1:
			a.setLocal(l, element)
		default:
			a.setLocal(l, unknown)
		}
	}
	a.block(s.Body)
}

// iteration gives what the variables of a generic for hold.
func (a *analysis) iteration(s *syntax.GenericFor) (key, element value) {
	var walked value
	over := ""
	// Only a plain name is looked at here, since what is not pairs is evaluated
	// again below.
	if call, ok := s.Values[0].(*syntax.Call); ok && call.Method == "" && len(call.Args) > 0 && isName(call.Func) {
		if f := a.callee(call.Func); f.is2("lua", "pairs") || f.is2("lua", "ipairs") {
			over = f.member
			walked = a.expr(call.Args[0])
			for _, e := range call.Args[1:] {
				a.expr(e)
			}
		}
	}
	if over == "" {
		r := a.list(s.Values)
		if f := r.at(0); f.is2("lua", "next") {
			over, walked = "pairs", r.at(1)
		}
	}
	switch {
	case over == "":
		return unknown, unknown
	case walked.kind == none:
		return value{}, value{}
	case walked.kind == isTable && over == "ipairs":
		return value{kind: isInteger}, present(a.elements(walked.table, false))
	case walked.kind == isTable:
		return unknown, present(a.elements(walked.table, true))
	case walked.kind == isList:
		return value{kind: isInteger}, value{kind: isString}
	case over == "ipairs":
		return value{kind: isInteger}, unknown
	}
	return unknown, unknown
}

func isName(e syntax.Expr) bool {
	_, ok := e.(*syntax.Name)
	return ok
}

// present is a value that a loop has found, which is not nil.
func present(v value) value {
	v.maybeNil, v.absent = false, false
	return v
}

func (a *analysis) returns(s *syntax.Return) {
	r := a.list(s.Values)
	if a.current.syntax == a.chunk.Main {
		a.escapeAll(r)
		return
	}
	a.addResults(a.current, r)
}
