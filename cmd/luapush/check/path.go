package check

import (
	"maps"

	"github.com/luapush/luapush/runtime/lua/syntax"
)

// track is what has certainly happened to the object in a variable on the path
// walked so far.
type track struct {
	payload   bool // set_payload was called
	submitted bool
	opened    bool // maybe, for a mailbox
	freed     bool
	named     bool // set_name was called, and nothing logged since
	// wasted is the log_debug that used up the name.
	wasted *syntax.Call
}

// path holds the tracks of variables.
type path map[*syntax.Local]track

// walker follows the straight paths through one function.
type walker struct {
	*analysis
	fn    *syntax.Function
	loops int
}

// maxLoops is how deep in loops a second time round is still followed.
const maxLoops = 3

// checkPaths reports what goes wrong in the order of calls: requests sent twice,
// names of events used up, mailboxes used after they were freed.
func (a *analysis) checkPaths() {
	for _, fn := range allFunctions(a.chunk.Main) {
		w := walker{analysis: a, fn: fn}
		w.block(fn.Body, path{})
	}
}

// block walks a block and tells whether its end is never reached.
func (w *walker) block(b *syntax.Block, p path) bool {
	if b == nil {
		return false
	}
	for _, s := range b.Stmts {
		if w.statement(s, p) {
			return true
		}
	}
	return false
}

func (w *walker) statement(s syntax.Stmt, p path) bool {
	switch s := s.(type) {
	case *syntax.If:
		return w.ifStatement(s, p)
	case *syntax.Do:
		return w.block(s.Body, p)
	case *syntax.While:
		w.expr(s.Cond, p)
		w.loop(s.Body, nil, p)
	case *syntax.NumericFor:
		w.exprs(exprsOf(s), p)
		w.loop(s.Body, nil, p)
	case *syntax.GenericFor:
		w.exprs(exprsOf(s), p)
		w.loop(s.Body, nil, p)
	case *syntax.Repeat:
		w.loop(s.Body, s.Cond, p)
	case *syntax.LabelStmt:
		clear(p) // any path may come here
	default:
		w.exprs(exprsOf(s), p)
		w.forget(s, p)
		return endsAt(s)
	}
	return false
}

// forget drops what was known of variables that get a new value.
func (w *walker) forget(s syntax.Stmt, p path) {
	switch s := s.(type) {
	case *syntax.LocalStmt:
		for _, l := range s.Names {
			delete(p, l)
		}
		if len(s.Names) > 0 && len(s.Values) > 0 {
			w.nameInValue(s.Names[0], s.Values[0], p)
		}
	case *syntax.Assign:
		for _, target := range s.Targets {
			if n, ok := target.(*syntax.Name); ok && n.Local != nil {
				delete(p, n.Local)
			}
		}
	}
}

// nameInValue keeps what the chain that makes a variable's value did: local e =
// dovecot.event():set_name("x").
func (w *walker) nameInValue(l *syntax.Local, e syntax.Expr, p path) {
	for {
		c, ok := syntax.Bare(e).(*syntax.Call)
		if !ok || w.calls[c].object != "event" {
			return
		}
		if w.calls[c].function == "set_name" {
			t := p[l]
			t.named = true
			p[l] = t
			return
		}
		e = c.Func
	}
}

func (w *walker) ifStatement(s *syntax.If, p path) bool {
	var after path
	join := func(branch path) {
		if after == nil {
			after = branch
			return
		}
		for l, t := range after {
			o := branch[l]
			t.payload, t.submitted, t.freed = t.payload && o.payload, t.submitted && o.submitted, t.freed && o.freed
			t.named, t.opened = t.named && o.named, t.opened || o.opened
			if o.wasted != t.wasted {
				t.wasted = nil
			}
			after[l] = t
		}
		for l, o := range branch {
			if _, ok := after[l]; !ok && o.opened {
				after[l] = track{opened: true}
			}
		}
	}
	for _, c := range s.Clauses {
		w.expr(c.Cond, p)
		branch := maps.Clone(p)
		if !w.block(c.Body, branch) {
			join(branch)
		}
	}
	branch := maps.Clone(p)
	if !w.block(s.Else, branch) {
		join(branch)
	}
	if after == nil {
		return true
	}
	clear(p)
	maps.Copy(p, after)
	return false
}

// loop walks a body twice, since what is right once may be wrong again.
func (w *walker) loop(b *syntax.Block, cond syntax.Expr, p path) {
	w.loops++
	defer func() { w.loops-- }()
	inside := maps.Clone(p)
	over := w.block(b, inside)
	if !over && cond != nil {
		w.expr(cond, inside)
	}
	if !over && w.loops <= maxLoops {
		w.block(b, inside)
	}
	for l, t := range inside {
		if t.opened {
			t := p[l]
			t.opened = true
			p[l] = t
		}
	}
}

func (w *walker) exprs(list []syntax.Expr, p path) {
	for _, e := range list {
		w.expr(e, p)
	}
}

// expr follows the calls of an expression in the order in which they happen. It
// gives the variable that a chain of methods begins at, which each of them acts
// on; nil for anything else.
func (w *walker) expr(e syntax.Expr, p path) *syntax.Local {
	switch e := e.(type) {
	case *syntax.Name:
		if e.Kind == syntax.LocalName {
			return e.Local
		}
	case *syntax.Binary:
		w.expr(e.Left, p)
		if e.Op == syntax.OpAnd || e.Op == syntax.OpOr {
			p = maps.Clone(p)
		}
		w.expr(e.Right, p)
	case *syntax.Unary:
		w.expr(e.Operand, p)
	case *syntax.Paren:
		return w.expr(e.Inner, p)
	case *syntax.Index:
		w.expr(e.Object, p)
		w.expr(e.Key, p)
	case *syntax.Table:
		for _, f := range e.Fields {
			if f.Key != nil {
				w.expr(f.Key, p)
			}
			w.expr(f.Value, p)
		}
	case *syntax.Call:
		receiver := w.expr(e.Func, p)
		w.exprs(e.Args, p)
		for _, arg := range e.Args {
			w.handedOn(arg, p)
		}
		if e.Method == "" || receiver == nil {
			return nil
		}
		w.happens(e, receiver, p)
		if w.calls[e].object == "event" {
			return receiver
		}
	}
	return nil
}

// handedOn drops what was known of an object that another function gets.
func (w *walker) handedOn(arg syntax.Expr, p path) {
	if n, ok := syntax.Bare(arg).(*syntax.Name); ok && n.Local != nil {
		t, known := p[n.Local]
		if known && t.submitted {
			return // nothing makes a request fresh again
		}
		p[n.Local] = track{opened: true}
	}
}

// happens follows one call of a method of Dovecot's on the object in a variable.
func (w *walker) happens(c *syntax.Call, l *syntax.Local, p path) {
	called, ok := w.calls[c]
	if !ok || l.Assigned && l.Captured {
		return
	}
	t := p[l]
	switch called.object {
	case "http request":
		w.request(c, l, &t, called.function)
	case "event":
		w.event(c, &t, called.function)
	case "mailbox":
		w.mailbox(c, l, &t, called.function)
	}
	p[l] = t
}

func (w *walker) request(c *syntax.Call, l *syntax.Local, t *track, function string) {
	switch {
	case t.submitted && function == "submit":
		w.report("request-reuse", c.MethodPos, "make a new request with client:request{…} for each submit",
			"%s has been submitted on this path: Dovecot crashes when a request is submitted again", l.Name)
	case t.submitted && function != "get_event":
		w.report("request-reuse", c.MethodPos, "make a new request with client:request{…}",
			"%s has been submitted on this path: using it afterwards crashes Dovecot", l.Name)
	case t.payload && function == "set_payload":
		w.report("request-reuse", c.MethodPos, "call set_payload once, with the whole body",
			"%s has a payload on this path: Dovecot crashes when it is set again", l.Name)
	}
	t.payload = t.payload || function == "set_payload"
	t.submitted = t.submitted || function == "submit"
}

func (w *walker) event(c *syntax.Call, t *track, function string) {
	switch function {
	case "set_name":
		t.named, t.wasted = true, nil
	case "log_debug":
		if t.named {
			t.wasted = c
		}
		t.named = false
	case "log_info", "log_warning", "log_error":
		if t.wasted != nil && !t.named {
			w.report("event-name-lost", t.wasted.MethodPos, "call set_name right before the log call that shall have the name",
				"log_debug uses up the name, also when it is not written; the %s on line %d has none", function, c.MethodPos.Line)
		}
		t.named, t.wasted = false, nil
	}
}

func (w *walker) mailbox(c *syntax.Call, l *syntax.Local, t *track, function string) {
	if t.freed && function != "free" {
		w.report("mailbox-use", c.MethodPos, "free the mailbox at the end", "%s has been freed on this path: using it afterwards crashes Dovecot", l.Name)
		return
	}
	switch function {
	case "free":
		t.freed = true
	case "metadata_set", "metadata_unset":
		if !t.opened && w.madeHere(l) {
			w.report("mailbox-use", c.MethodPos, "call "+l.Name+":open() before",
				"%s is not open yet: changing its metadata crashes Dovecot", l.Name)
		}
		t.opened = true
	case "close":
	default:
		t.opened = true
	}
}

// madeHere tells that a variable is a local of this function, no parameter, and
// never changes.
func (w *walker) madeHere(l *syntax.Local) bool {
	if l.Func != w.fn || l.Assigned || l.Captured {
		return false
	}
	_, ok := w.mailboxLocals()[l]
	return ok
}
