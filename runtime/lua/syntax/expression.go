package syntax

// expressions reads a list of them.
func (p *parser) expressions() []Expr {
	list := []Expr{p.expression()}
	for p.accept(',') {
		list = append(list, p.expression())
	}
	return list
}

func (p *parser) expression() Expr { return p.sub(0) }

func (p *parser) unaryOp() Op {
	switch p.tok.kind {
	case tkNot:
		return OpNot
	case '-':
		return OpNeg
	case '~':
		return OpBNot
	case '#':
		return OpLen
	}
	return OpNone
}

func (p *parser) binaryOp() Op {
	switch p.tok.kind {
	case '+':
		return OpAdd
	case '-':
		return OpSub
	case '*':
		return OpMul
	case '%':
		return OpMod
	case '^':
		return OpPow
	case '/':
		return OpDiv
	case '&':
		return OpBAnd
	case '|':
		return OpBOr
	case '~':
		return OpBXor
	case '<':
		return OpLt
	case '>':
		return OpGt
	case tkIDiv:
		return OpIDiv
	case tkShl:
		return OpShl
	case tkShr:
		return OpShr
	case tkConcat:
		return OpConcat
	case tkNe:
		return OpNe
	case tkEq:
		return OpEq
	case tkLe:
		return OpLe
	case tkGe:
		return OpGe
	case tkAnd:
		return OpAnd
	case tkOr:
		return OpOr
	}
	return OpNone
}

// sub reads an expression whose operators bind tighter than the limit.
func (p *parser) sub(limit uint8) Expr {
	p.enter()
	var e Expr
	if op := p.unaryOp(); op != OpNone {
		pos := p.tok.pos
		p.step()
		e = unary(op, pos, p.sub(unaryPriority))
	} else {
		e = p.simple()
	}
	for {
		op := p.binaryOp()
		if op == OpNone || priorities[op].left <= limit {
			break
		}
		pos := p.tok.pos
		p.step()
		e = p.binary(op, pos, e, p.sub(priorities[op].right))
	}
	p.leave()
	return e
}

func (p *parser) simple() Expr {
	pos := p.tok.pos
	var e Expr
	switch p.tok.kind {
	case tkNumber:
		n := p.tok.num
		e = &n
	case tkString:
		e = &String{Pos: pos, Value: p.tok.str}
	case tkNil:
		e = &Nil{pos}
	case tkTrue:
		e = &True{pos}
	case tkFalse:
		e = &False{pos}
	case tkDots:
		if !p.fs.fn.IsVararg {
			p.failNear("cannot use '...' outside a vararg function")
		}
		e = &Vararg{pos}
	case '{':
		return p.table()
	case tkFunction:
		line := p.line
		p.step()
		return p.function(pos, line, false)
	default:
		return p.suffixed()
	}
	p.step()
	return e
}

func (p *parser) primary() Expr {
	pos := p.tok.pos
	switch p.tok.kind {
	case tkName:
		name := p.tok.str
		p.step()
		return p.bind(name, pos)
	case '(':
		line := p.line
		p.step()
		inner := p.expression()
		p.expectMatch(')', '(', line)
		return &Paren{Pos: pos, Inner: inner, EndLine: p.lastLine}
	}
	p.failNear("unexpected symbol")
	return nil
}

// suffixed reads a primary expression with its fields, indexes and calls.
func (p *parser) suffixed() Expr {
	line := p.line
	e := p.primary()
	for {
		switch p.tok.kind {
		case '.':
			e = p.field(e)
		case '[':
			pos := p.tok.pos
			p.step()
			key := p.expression()
			p.expect(']')
			e = &Index{Pos: pos, Object: e, Key: key, EndLine: p.lastLine}
		case ':':
			p.step()
			at := p.tok.pos
			method := p.name()
			e = p.call(e, method, at, line)
		case '(', tkString, '{':
			e = p.call(e, "", Pos{}, line)
		default:
			return e
		}
	}
}

// field reads ".name" or, for a function statement, ":name".
func (p *parser) field(object Expr) Expr {
	pos := p.tok.pos
	p.step()
	at := p.tok.pos
	key := &String{Pos: at, Value: p.name()}
	return &Index{Pos: pos, Object: object, Key: key, EndLine: p.lastLine, FieldStyle: true}
}

func (p *parser) call(f Expr, method string, at Pos, line int32) Expr {
	c := &Call{Pos: p.tok.pos, Func: f, Method: method, MethodPos: at, StartLine: line}
	switch p.tok.kind {
	case tkString:
		c.Args = []Expr{&String{Pos: p.tok.pos, Value: p.tok.str}}
		p.step()
	case '{':
		c.Args = []Expr{p.table()}
	case '(':
		p.step()
		if p.tok.kind != ')' {
			c.Args = p.expressions()
		}
		p.expectMatch(')', '(', line)
	default:
		p.failNear("function arguments expected")
	}
	c.EndLine = p.lastLine
	return c
}

func (p *parser) table() Expr {
	line := p.line
	t := &Table{Pos: p.tok.pos}
	p.expect('{')
	for p.tok.kind != '}' {
		var f Field
		switch {
		case p.tok.kind == tkName && p.lookahead() == '=':
			f.Key = &String{Pos: p.tok.pos, Value: p.tok.str}
			p.step()
			p.step()
			f.Value = p.expression()
		case p.tok.kind == '[':
			p.step()
			f.Key = p.expression()
			p.expect(']')
			p.expect('=')
			f.Value = p.expression()
		default:
			f.Value = p.expression()
		}
		f.End = p.lastLine
		t.Fields = append(t.Fields, f)
		if !p.accept(',') && !p.accept(';') {
			break
		}
	}
	p.expectMatch('}', '{', line)
	t.EndLine = p.lastLine
	return t
}

// function reads parameters and body; the word function is behind.
func (p *parser) function(pos Pos, line int32, method bool) *FunctionExpr {
	fn := &Function{Pos: Pos{line, pos.Column}, Parent: p.fs.fn}
	p.openFunction(fn)
	p.expect('(')
	if method {
		fn.Params = append(fn.Params, p.declare("self", pos))
		p.activate()
	}
	for p.tok.kind != ')' {
		if p.tok.kind == tkDots {
			p.step()
			fn.IsVararg = true
			break
		}
		if p.tok.kind != tkName {
			p.failNear("<name> or '...' expected")
		}
		at := p.tok.pos
		fn.Params = append(fn.Params, p.declare(p.name(), at))
		if !p.accept(',') {
			break
		}
		if p.tok.kind == ')' {
			p.failNear("<name> or '...' expected")
		}
	}
	p.activate()
	p.expect(')')
	fn.Body = p.body()
	fn.End = p.tok.pos
	p.expectMatch(tkEnd, tkFunction, line)
	p.closeFunction()
	return &FunctionExpr{Pos: pos, Func: fn}
}
