package check

import "github.com/luapush/luapush/runtime/lua/syntax"

// mailboxLocals gives the variables that are made by user:mailbox, with that
// call.
func (a *analysis) mailboxLocals() map[*syntax.Local]*syntax.Call {
	if a.mailboxes != nil {
		return a.mailboxes
	}
	a.mailboxes = map[*syntax.Local]*syntax.Call{}
	for _, fn := range allFunctions(a.chunk.Main) {
		walkBlock(fn.Body, func(s syntax.Stmt) bool {
			if d, ok := s.(*syntax.LocalStmt); ok && len(d.Names) == 1 && len(d.Values) == 1 {
				if c, ok := a.opens(d.Values[0]); ok {
					a.mailboxes[d.Names[0]] = c
				}
			}
			return true
		})
	}
	return a.mailboxes
}

// opens tells that an expression is user:mailbox(…).
func (a *analysis) opens(e syntax.Expr) (*syntax.Call, bool) {
	c, ok := syntax.Bare(e).(*syntax.Call)
	return c, ok && a.calls[c] == callee{"mail_user", "mailbox"}
}

// checkMailboxes reports mailboxes that are not freed.
func (a *analysis) checkMailboxes() {
	for _, fn := range allFunctions(a.chunk.Main) {
		walkBlock(fn.Body, func(s syntax.Stmt) bool {
			a.checkChains(s)
			return true
		})
		a.checkLocalMailboxes(fn.Body)
	}
	a.checkGlobalMailboxes()
}

// checkChains reports user:mailbox(…):status(…), whose mailbox nobody can free.
func (a *analysis) checkChains(s syntax.Stmt) {
	for _, e := range exprsOf(s) {
		walkExpr(e, func(e syntax.Expr) bool {
			if c, ok := e.(*syntax.Call); ok && c.Method != "" && c.Method != "free" {
				if inner, ok := a.opens(c.Func); ok {
					a.report("mailbox-free", inner.MethodPos, "keep the mailbox in a local variable, and free it when done",
						"nothing can free this mailbox: no variable holds it")
				}
			}
			return true
		})
	}
	if c, ok := s.(*syntax.CallStmt); ok {
		if inner, ok := a.opens(c.Call); ok {
			a.report("mailbox-free", inner.MethodPos, "keep the mailbox in a local variable, and free it when done",
				"nothing can free this mailbox: no variable holds it")
		}
	}
}

// checkLocalMailboxes follows each mailbox in a local variable of a block to the
// ends of the function.
func (a *analysis) checkLocalMailboxes(b *syntax.Block) {
	if b == nil {
		return
	}
	for i, s := range b.Stmts {
		for _, inner := range blocksOf(s) {
			a.checkLocalMailboxes(inner)
		}
		d, ok := s.(*syntax.LocalStmt)
		if !ok || len(d.Names) != 1 {
			continue
		}
		l := d.Names[0]
		call, ok := a.mailboxLocals()[l]
		if !ok || l.Assigned || a.leaks(b, l) {
			continue
		}
		f := freeing{analysis: a, local: l}
		freed, over := f.stmts(b.Stmts[i+1:], false)
		if f.unclear {
			continue
		}
		if !over && !freed {
			f.missing(b.End.Line)
		}
		if f.line == 0 {
			continue
		}
		if !f.any {
			a.report("mailbox-free", call.MethodPos, "call "+l.Name+":free() when done with it", "mailbox %s is never freed", l.Name)
		} else {
			a.report("mailbox-free", call.MethodPos, "call "+l.Name+":free() before", "mailbox %s is not freed on the way out at line %d", l.Name, f.line)
		}
	}
}

// leaks tells that somebody else may free the mailbox in a variable: that it is
// used other than as the object of a method or field, or freed by a function
// inside.
func (a *analysis) leaks(scope *syntax.Block, l *syntax.Local) bool {
	leak := false
	var visit func(body *syntax.Block, inner bool)
	visit = func(body *syntax.Block, inner bool) {
		walkExprs(body, func(e syntax.Expr) bool {
			switch e := e.(type) {
			case *syntax.Call:
				if n, ok := e.Func.(*syntax.Name); ok && n.Local == l && e.Method != "" {
					leak = leak || inner && e.Method == "free"
					for _, arg := range e.Args {
						walkExpr(arg, func(e syntax.Expr) bool { return a.leaksIn(e, l, &leak) })
					}
					return false
				}
			case *syntax.Index:
				if n, ok := e.Object.(*syntax.Name); ok && n.Local == l {
					return false
				}
			}
			return a.leaksIn(e, l, &leak)
		})
		for _, f := range functionsOf(body) {
			visit(f.Body, true)
		}
	}
	visit(scope, false)
	return leak
}

// leaksIn looks at one expression for a bare use of the variable. A condition
// and tostring do not take it away, but nothing is lost by silence.
func (a *analysis) leaksIn(e syntax.Expr, l *syntax.Local, leak *bool) bool {
	if n, ok := e.(*syntax.Name); ok && n.Local == l {
		*leak = true
	}
	return true
}

// freeing follows one mailbox through the rest of its block.
type freeing struct {
	*analysis
	local   *syntax.Local
	any     bool // it is freed somewhere
	unclear bool // a goto
	line    int32
	loops   int
}

func (f *freeing) missing(line int32) {
	if f.line == 0 {
		f.line = line
	}
}

// stmts walks statements; freed tells whether the mailbox is freed at their
// end, over that the end is not reached.
func (f *freeing) stmts(list []syntax.Stmt, freed bool) (bool, bool) {
	for _, s := range list {
		var over bool
		freed, over = f.statement(s, freed)
		if over {
			return freed, true
		}
	}
	return freed, false
}

func (f *freeing) statement(s syntax.Stmt, freed bool) (bool, bool) {
	for _, e := range exprsOf(s) {
		freed = freed || f.frees(e)
	}
	switch s := s.(type) {
	case *syntax.Return:
		if !freed {
			f.missing(s.Line)
		}
		return freed, true
	case *syntax.Break:
		if f.loops == 0 && !freed {
			f.missing(s.Line)
		}
		return freed, true
	case *syntax.Goto, *syntax.LabelStmt:
		f.unclear = true
		return true, true
	case *syntax.Do:
		return f.stmts(s.Body.Stmts, freed)
	case *syntax.If:
		all, over := true, true
		for _, c := range s.Clauses {
			at, end := f.stmts(c.Body.Stmts, freed)
			all, over = all && (at || end), over && end
		}
		if s.Else == nil {
			return all && freed, false
		}
		at, end := f.stmts(s.Else.Stmts, freed)
		return all && (at || end), over && end
	case *syntax.Repeat:
		f.loops++
		at, _ := f.stmts(s.Body.Stmts, freed)
		f.loops--
		return freed || at, false
	case *syntax.While, *syntax.NumericFor, *syntax.GenericFor:
		f.loops++
		at, _ := f.stmts(blocksOf(s)[0].Stmts, freed)
		f.loops--
		// Whether the body runs at all is not known; be kind.
		return freed || at, endsAt(s)
	}
	return freed, endsAt(s)
}

// frees tells that an expression calls free of the mailbox.
func (f *freeing) frees(e syntax.Expr) bool {
	found := false
	walkExpr(e, func(e syntax.Expr) bool {
		if c, ok := e.(*syntax.Call); ok && c.Method == "free" {
			if n, ok := c.Func.(*syntax.Name); ok && n.Local == f.local {
				found = true
			}
		}
		return true
	})
	f.any = f.any || found
	return found
}

// checkGlobalMailboxes reports mailboxes in global variables that nothing ever
// frees.
func (a *analysis) checkGlobalMailboxes() {
	opened := map[string]syntax.Pos{}
	var order []string
	used := map[string]bool{}
	for _, fn := range allFunctions(a.chunk.Main) {
		walkBlock(fn.Body, func(s syntax.Stmt) bool {
			if d, ok := s.(*syntax.Assign); ok && len(d.Targets) == 1 && len(d.Values) == 1 {
				n, isName := d.Targets[0].(*syntax.Name)
				c, isOpen := a.opens(d.Values[0])
				if isName && isOpen && n.Kind == syntax.GlobalName {
					if _, known := opened[n.Name]; !known {
						opened[n.Name] = c.MethodPos
						order = append(order, n.Name)
					}
				}
			}
			return true
		})
		walkExprs(fn.Body, func(e syntax.Expr) bool {
			c, ok := e.(*syntax.Call)
			if !ok {
				return true
			}
			if n, ok := c.Func.(*syntax.Name); ok && c.Method == "free" && n.Kind == syntax.GlobalName {
				used[n.Name] = true
			}
			for _, arg := range c.Args {
				if n, ok := syntax.Bare(arg).(*syntax.Name); ok && n.Kind == syntax.GlobalName {
					used[n.Name] = true // somebody else may free it
				}
			}
			return true
		})
	}
	for _, name := range order {
		if !used[name] {
			a.report("mailbox-free", opened[name], "make it a local variable, and call "+name+":free() when done with it", "mailbox %s is never freed", name)
		}
	}
}
