package syntax

// blockEnds tells whether the current token ends a block; until does so only
// where withUntil.
func (p *parser) blockEnds(withUntil bool) bool {
	switch p.tok.kind {
	case tkElse, tkElseif, tkEnd, tkEOF:
		return true
	case tkUntil:
		return withUntil
	}
	return false
}

// body reads statements into a block, in the scope that is open.
func (p *parser) body() *Block {
	b := &Block{Pos: p.tok.pos}
	for !p.blockEnds(true) {
		isReturn := p.tok.kind == tkReturn
		if s := p.statement(); s != nil {
			b.Stmts = append(b.Stmts, s)
		}
		if len(p.labels) > 0 {
			b.Stmts = append(b.Stmts, p.labels...)
			p.labels = p.labels[:0]
		}
		if isReturn {
			break
		}
	}
	b.End = p.tok.pos
	return b
}

// scoped reads a block with a scope of its own.
func (p *parser) scoped() *Block {
	p.enterBlock(false)
	b := p.body()
	p.leaveBlock()
	return b
}

// statement reads one statement; nil for a lone semicolon.
func (p *parser) statement() Stmt {
	p.enter()
	s := p.oneStatement(p.tok.pos, p.line)
	p.leave()
	return s
}

func (p *parser) oneStatement(pos Pos, line int32) Stmt {
	switch p.tok.kind {
	case ';':
		p.step()
		return nil
	case tkIf:
		return p.ifStatement(pos, line)
	case tkWhile:
		p.step()
		cond := p.expression()
		p.enterBlock(true)
		p.expect(tkDo)
		body := p.scoped()
		p.expectMatch(tkEnd, tkWhile, line)
		p.leaveBlock()
		return &While{Pos: pos, Cond: cond, Body: body}
	case tkDo:
		p.step()
		body := p.scoped()
		p.expectMatch(tkEnd, tkDo, line)
		return &Do{Pos: pos, Body: body}
	case tkFor:
		return p.forStatement(pos, line)
	case tkRepeat:
		return p.repeatStatement(pos, line)
	case tkFunction:
		return p.functionStatement(pos, line)
	case tkLocal:
		p.step()
		if p.accept(tkFunction) {
			return p.localFunction(pos)
		}
		return p.localStatement(pos)
	case tkDoubleColon:
		p.step()
		return p.labelStatement()
	case tkReturn:
		p.step()
		return p.returnStatement(pos)
	case tkBreak:
		p.step()
		p.fs.pending = append(p.fs.pending, pendingGoto{name: "break", line: line, active: p.fs.active})
		return &Break{Pos: pos}
	case tkGoto:
		p.step()
		return p.gotoStatement(pos)
	}
	return p.expressionStatement(pos)
}

func (p *parser) ifStatement(pos Pos, line int32) Stmt {
	s := &If{Pos: pos}
	for {
		at := p.tok.pos
		p.step() // if or elseif
		cond := p.expression()
		p.expect(tkThen)
		s.Clauses = append(s.Clauses, IfClause{Pos: at, Cond: cond, Body: p.scoped()})
		if p.tok.kind != tkElseif {
			break
		}
	}
	if p.accept(tkElse) {
		s.Else = p.scoped()
	}
	p.expectMatch(tkEnd, tkIf, line)
	return s
}

func (p *parser) repeatStatement(pos Pos, line int32) Stmt {
	p.step()
	p.enterBlock(true)
	p.enterBlock(false)
	body := p.body()
	p.expectMatch(tkUntil, tkRepeat, line)
	cond := p.expression()
	p.leaveBlock()
	p.leaveBlock()
	return &Repeat{Pos: pos, Body: body, Cond: cond}
}

func (p *parser) forStatement(pos Pos, line int32) Stmt {
	p.enterBlock(true)
	p.step()
	at := p.tok.pos
	name := p.name()
	var s Stmt
	switch p.tok.kind {
	case '=':
		s = p.numericFor(pos, line, name, at)
	case ',', tkIn:
		s = p.genericFor(pos, line, name, at)
	default:
		p.failNear("'=' or 'in' expected")
	}
	p.leaveBlock()
	return s
}

func (p *parser) numericFor(pos Pos, line int32, name string, at Pos) Stmt {
	s := &NumericFor{Pos: pos}
	for range 3 {
		p.declare("(for state)", at)
	}
	s.Var = p.declare(name, at)
	p.step()
	s.Start = p.expression()
	p.expect(',')
	s.Limit = p.expression()
	if p.accept(',') {
		s.Step = p.expression()
	}
	p.fs.active += 3
	s.DoLine = p.line
	s.Body = p.forBody(line)
	return s
}

func (p *parser) genericFor(pos Pos, line int32, name string, at Pos) Stmt {
	s := &GenericFor{Pos: pos}
	for range 4 {
		p.declare("(for state)", at)
	}
	s.Names = append(s.Names, p.declare(name, at))
	for p.accept(',') {
		at := p.tok.pos
		s.Names = append(s.Names, p.declare(p.name(), at))
	}
	p.expect(tkIn)
	s.InLine = p.line
	s.Values = p.expressions()
	p.fs.active += 4
	p.fs.block.inClose = true
	s.DoLine = p.line
	s.Body = p.forBody(line)
	return s
}

// forBody reads "do … end"; the loop variables, declared by the caller, come
// into scope with the block.
func (p *parser) forBody(line int32) *Block {
	p.expect(tkDo)
	p.enterBlock(false)
	p.activate()
	b := p.scoped()
	p.leaveBlock()
	p.expectMatch(tkEnd, tkFor, line)
	return b
}

func (p *parser) functionStatement(pos Pos, line int32) Stmt {
	p.step()
	at := p.tok.pos
	var target Expr = p.bind(p.name(), at)
	method := false
	for p.tok.kind == '.' || p.tok.kind == ':' {
		method = p.tok.kind == ':'
		target = p.field(target)
		if method {
			break
		}
	}
	f := p.function(pos, line, method)
	p.checkAssignable(target)
	return &FunctionStmt{Pos: pos, Target: target, Func: f}
}

func (p *parser) localFunction(pos Pos) Stmt {
	at := p.tok.pos
	v := p.declare(p.name(), at)
	p.activate()
	return &LocalFunction{Pos: pos, Name: v, Func: p.function(pos, p.line, false)}
}

func (p *parser) attrib() Attrib {
	if !p.accept('<') {
		return Regular
	}
	at := p.tok.pos
	name := p.name()
	p.expect('>')
	switch name {
	case "const":
		return Const
	case "close":
		return Close
	}
	p.failPlain("unknown attribute '"+name+"'", at)
	return Regular
}

func (p *parser) localStatement(pos Pos) Stmt {
	s := &LocalStmt{Pos: pos}
	closing := false
	for {
		at := p.tok.pos
		v := p.declare(p.name(), at)
		v.Attrib = p.attrib()
		if v.Attrib == Close {
			if closing {
				p.failPlain("multiple to-be-closed variables in local list", at)
			}
			closing = true
		}
		s.Names = append(s.Names, v)
		if !p.accept(',') {
			break
		}
	}
	if p.accept('=') {
		s.Values = p.expressions()
	}
	if last := s.Names[len(s.Names)-1]; last.Attrib == Const && len(s.Values) == len(s.Names) {
		last.Value = constant(s.Values[len(s.Values)-1])
	}
	p.activate()
	if closing {
		p.fs.block.inClose = true
	}
	s.EndLine = p.lastLine
	return s
}

func (p *parser) labelStatement() Stmt {
	pos := p.tok.pos
	name := p.name()
	p.expect(tkDoubleColon)
	// PUC Lua reads the void statements after a label before it declares the
	// label, so that it can tell whether the block ends there.
	for p.tok.kind == ';' || p.tok.kind == tkDoubleColon {
		if s := p.statement(); s != nil {
			p.labels = append(p.labels, s)
		}
	}
	return &LabelStmt{Pos: pos, Label: p.label(name, pos, p.blockEnds(false))}
}

func (p *parser) gotoStatement(pos Pos) Stmt {
	line := p.line
	g := &Goto{Pos: pos}
	g.Name = p.name()
	if l := p.fs.labels[g.Name]; l != nil {
		g.Label = l
	} else {
		p.fs.pending = append(p.fs.pending, pendingGoto{name: g.Name, node: g, line: line, active: p.fs.active})
	}
	return g
}

func (p *parser) returnStatement(pos Pos) Stmt {
	s := &Return{Pos: pos}
	if !p.blockEnds(true) && p.tok.kind != ';' {
		s.Values = p.expressions()
	}
	s.EndLine = p.lastLine
	p.accept(';')
	return s
}

func (p *parser) expressionStatement(pos Pos) Stmt {
	first := p.suffixed()
	if p.tok.kind == '=' || p.tok.kind == ',' {
		return p.assignment(pos, first)
	}
	call, ok := first.(*Call)
	if !ok {
		p.failNear("syntax error")
	}
	return &CallStmt{Pos: pos, Call: call}
}

func (p *parser) assignment(pos Pos, first Expr) Stmt {
	s := &Assign{Pos: pos}
	target, depth := first, 0
	for {
		switch target.(type) {
		case *Name, *Index:
		default:
			p.failNear("syntax error")
		}
		p.checkAssignable(target)
		s.Targets = append(s.Targets, target)
		if !p.accept(',') {
			break
		}
		target = p.suffixed()
		p.enter()
		depth++
	}
	p.expect('=')
	s.Values = p.expressions()
	p.depth -= depth
	s.EndLine = p.lastLine
	return s
}

// checkAssignable refuses constants, and marks what is assigned to.
func (p *parser) checkAssignable(target Expr) {
	n, ok := target.(*Name)
	if !ok || n.Local == nil || n.Kind == GlobalName {
		return
	}
	if n.Local.Attrib != Regular {
		p.failPlain("attempt to assign to const variable '"+n.Name+"'", n.Pos)
	}
	n.Local.Assigned = true
}
