package syntax

import "strconv"

func itoa(n int32) string { return strconv.Itoa(int(n)) }

// The limits of PUC Lua 5.4.
const (
	maxLocals   = 200
	maxUpvalues = 255
)

// funcState is what the parser knows of a function that it is inside of.
type funcState struct {
	fn      *Function
	parent  *funcState
	block   *blockState
	vars    []*Local // declared variables; the first active of them are in scope
	active  int
	labels  map[string]*Label // the visible ones
	pending []pendingGoto     // gotos and breaks whose target is still to come
	// missing are names that no enclosing function has; while this one is read,
	// theirs do not change.
	missing map[string]struct{}
}

// blockState is a block that the parser is inside of.
type blockState struct {
	parent  *blockState
	active  int // active variables outside of the block
	pending int // pending gotos outside of the block
	labels  []string
	isLoop  bool
	inClose bool // inside the scope of a to-be-closed variable, or of a generic for
}

type pendingGoto struct {
	name   string // "break" for a break
	node   *Goto
	line   int32
	active int
}

func (p *parser) openFunction(fn *Function) {
	p.fs = &funcState{fn: fn, parent: p.fs}
	p.enterBlock(false)
}

func (p *parser) closeFunction() {
	p.leaveBlock()
	p.fs = p.fs.parent
}

func (p *parser) enterBlock(loop bool) {
	fs := p.fs
	b := &blockState{parent: fs.block, active: fs.active, pending: len(fs.pending), isLoop: loop}
	b.inClose = b.parent != nil && b.parent.inClose
	fs.block = b
}

func (p *parser) leaveBlock() {
	fs := p.fs
	b := fs.block
	if b.isLoop {
		p.resolve("break", nil)
	}
	fs.active = b.active
	fs.vars = fs.vars[:b.active]
	for _, name := range b.labels {
		delete(fs.labels, name)
	}
	fs.block = b.parent
	if fs.block == nil {
		if len(fs.pending) > 0 {
			p.failUndefined(fs.pending[0])
		}
		return
	}
	for i := b.pending; i < len(fs.pending); i++ {
		fs.pending[i].active = b.active
	}
}

func (p *parser) failUndefined(g pendingGoto) {
	if g.node == nil {
		p.failPlain("break outside loop at line "+itoa(g.line), Pos{})
	}
	p.failPlain("no visible label '"+g.name+"' for <goto> at line "+itoa(g.line), g.node.Pos)
}

// resolve binds the pending gotos of the current block to a label; for breaks
// the label is nil.
func (p *parser) resolve(name string, label *Label) {
	fs := p.fs
	kept := fs.pending[:fs.block.pending]
	for _, g := range fs.pending[fs.block.pending:] {
		if g.name != name {
			kept = append(kept, g)
			continue
		}
		if label != nil {
			if g.active < label.Active {
				p.failPlain("<goto "+name+"> at line "+itoa(g.line)+" jumps into the scope of local '"+
					fs.vars[g.active].Name+"'", label.Pos)
			}
			g.node.Label = label
		}
	}
	fs.pending = kept
}

// declare makes a variable that is not in scope yet; activate brings it there.
func (p *parser) declare(name string, pos Pos) *Local {
	fs := p.fs
	p.limit(len(fs.vars)+1, maxLocals, "local variables")
	v := &Local{Name: name, Pos: pos, Func: fs.fn, Slot: fs.fn.Locals}
	fs.fn.Locals++
	fs.vars = append(fs.vars, v)
	return v
}

// activate brings every declared variable into scope.
func (p *parser) activate() { p.fs.active = len(p.fs.vars) }

func (p *parser) limit(n, limit int, what string) {
	if n <= limit {
		return
	}
	where := "main function"
	if line := p.fs.fn.Pos.Line; line != 0 {
		where = "function at line " + itoa(line)
	}
	p.failNear("too many " + what + " (limit is " + strconv.Itoa(limit) + ") in " + where)
}

// lookup finds a variable in a function or, as an upvalue, outside of it.
// A compile-time constant is found as itself and makes no upvalue.
func (p *parser) lookup(fs *funcState, name string) (local *Local, upvalue int, found bool) {
	for i := fs.active - 1; i >= 0; i-- {
		if v := fs.vars[i]; v.Name == name {
			return v, -1, true
		}
	}
	for i, u := range fs.fn.Upvalues {
		if u.Name == name {
			return u.Local, i, true
		}
	}
	if fs.parent == nil {
		return nil, -1, false
	}
	if _, known := fs.missing[name]; known {
		return nil, -1, false
	}
	local, outer, found := p.lookup(fs.parent, name)
	if !found && fs.parent.parent != nil {
		if fs.missing == nil {
			fs.missing = map[string]struct{}{}
		}
		fs.missing[name] = struct{}{}
	}
	if !found || local != nil && local.Value != nil {
		return local, -1, found
	}
	p.limitUpvalues(fs)
	u := &Upvalue{Name: name, Local: local}
	if outer >= 0 {
		u.Index = outer
	} else {
		u.FromParent = true
		u.Index = local.Slot
		local.Captured = true
	}
	fs.fn.Upvalues = append(fs.fn.Upvalues, u)
	return local, len(fs.fn.Upvalues) - 1, true
}

func (p *parser) limitUpvalues(fs *funcState) {
	current := p.fs
	p.fs = fs
	p.limit(len(fs.fn.Upvalues)+1, maxUpvalues, "upvalues")
	p.fs = current
}

// bind makes the node for a use of a name.
func (p *parser) bind(name string, pos Pos) *Name {
	n := &Name{Pos: pos, Name: name}
	local, upvalue, found := p.lookup(p.fs, name)
	if found {
		n.bindTo(local, upvalue)
		if name == "_ENV" && local == nil {
			p.usesEnv = true
		}
		return n
	}
	n.Kind, n.Upvalue = GlobalName, -1
	// _ENV is always found: the main function has it. Only one that the script
	// declared itself is noted.
	if local, upvalue, _ = p.lookup(p.fs, "_ENV"); local != nil {
		n.Env = &Name{Pos: pos, Name: "_ENV"}
		n.Env.bindTo(local, upvalue)
	}
	return n
}

func (n *Name) bindTo(local *Local, upvalue int) {
	n.Local, n.Upvalue = local, upvalue
	n.Kind = LocalName
	if upvalue >= 0 {
		n.Kind = UpvalueName
	}
}

// label declares a label; last tells that only void statements follow it in
// its block, which puts it outside of the scope of the block's locals.
func (p *parser) label(name string, pos Pos, last bool) *Label {
	fs := p.fs
	if old := fs.labels[name]; old != nil {
		p.failPlain("label '"+name+"' already defined on line "+itoa(old.Pos.Line), pos)
	}
	l := &Label{Name: name, Pos: pos, Slot: fs.fn.Labels, Active: fs.active}
	fs.fn.Labels++
	if last {
		l.Last = true
		l.Active = fs.block.active
	}
	if fs.labels == nil {
		fs.labels = map[string]*Label{}
	}
	fs.labels[name] = l
	fs.block.labels = append(fs.block.labels, name)
	p.resolve(name, l)
	return l
}
