package syntax

import "strings"

// Parse reads a source text as load does. The name is a chunk name as load
// takes it: "@file", "=name", or else the text itself. The error is an *Error.
func Parse(source, name string) (*Chunk, error) {
	return parse(source, name, 0)
}

// ParseFile reads the text of a file as loadfile does: a leading UTF-8 byte
// order mark and a first line that begins with # are skipped; lines are still
// counted from the top of the file.
func ParseFile(source, name string) (*Chunk, error) {
	skip := 0
	if strings.HasPrefix(source, "\xEF\xBB\xBF") {
		skip = 3
	}
	if skip < len(source) && source[skip] == '#' {
		for skip < len(source) && source[skip] != '\n' {
			skip++
		}
	}
	return parse(source, name, skip)
}

func parse(source, name string, skip int) (chunk *Chunk, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			e, ok := fault.(*Error)
			if !ok {
				panic(fault) // not ours: a fault of this package must be seen
			}
			chunk, err = nil, e
		}
	}()
	p := &parser{lexer: lexer{src: source, file: ChunkID(name), line: 1, at: skip}}
	return p.chunk(name), nil
}

// maxDepth is how deep statements and expressions may nest. PUC Lua has
// LUAI_MAXCCALLS of 200 for this and all C calls together; a script that calls
// load has 197 of them left.
const maxDepth = 197

// parser is a recursive descent parser that binds names as it goes.
type parser struct {
	lexer
	tok      token // current token
	ahead    token // the one after it, where hasAhead
	hasAhead bool
	lastLine int32 // line of the last token stepped over
	depth    int
	fs       *funcState
	usesEnv  bool
	labels   []Stmt // label statements found while another label was read
}

func (p *parser) chunk(name string) *Chunk {
	main := &Function{IsVararg: true}
	p.openFunction(main)
	env := &Upvalue{Name: "_ENV"}
	main.Upvalues = []*Upvalue{env}
	p.step()
	main.Body = p.body()
	p.check(tkEOF)
	main.End = p.tok.pos
	main.Body.End = main.End
	p.closeFunction()
	return &Chunk{
		Name: name, Source: p.file, Main: main, UsesEnv: p.usesEnv,
		NamesEq: p.namesEq, NamesOrder: p.namesOrder, NamesAdd: p.namesAdd,
	}
}

// step goes to the next token.
func (p *parser) step() {
	p.lastLine = p.line
	if p.hasAhead {
		p.tok, p.hasAhead = p.ahead, false
		return
	}
	p.next(&p.tok)
}

// lookahead gives the kind of the token after the current one.
func (p *parser) lookahead() kind {
	if !p.hasAhead {
		p.next(&p.ahead)
		p.hasAhead = true
	}
	return p.ahead.kind
}

// failNear raises an error at the current token.
func (p *parser) failNear(message string) {
	at := p.tok.start
	if at < p.lineStart {
		at = p.lineStart
	}
	p.fail(message, p.text(&p.tok), at)
}

// failPlain raises an error that names no token.
func (p *parser) failPlain(message string, pos Pos) {
	at := p.lineStart
	if pos.Line == p.line {
		at += int(pos.Column) - 1
	}
	p.fail(message, "", at)
}

func (p *parser) check(k kind) {
	if p.tok.kind != k {
		p.failNear(k.String() + " expected")
	}
}

func (p *parser) accept(k kind) bool {
	if p.tok.kind == k {
		p.step()
		return true
	}
	return false
}

func (p *parser) expect(k kind) {
	p.check(k)
	p.step()
}

// expectMatch steps over the token that closes what began with open at a line.
func (p *parser) expectMatch(what, open kind, line int32) {
	if p.tok.kind == what {
		p.step()
		return
	}
	if line == p.line {
		p.failNear(what.String() + " expected")
	}
	p.failNear(what.String() + " expected (to close " + open.String() + " at line " + itoa(line) + ")")
}

func (p *parser) name() string {
	p.check(tkName)
	s := p.tok.str
	p.step()
	return s
}

func (p *parser) enter() {
	p.depth++
	if p.depth > maxDepth {
		p.failNear("C stack overflow")
	}
}

func (p *parser) leave() { p.depth-- }
