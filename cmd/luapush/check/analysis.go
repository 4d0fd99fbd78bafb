package check

import (
	"slices"

	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/lua/syntax"
)

// analysis is the check of one script. It walks the script again and again
// until nothing new becomes known of any variable, field, parameter or result;
// then once more, now final, to report.
type analysis struct {
	chunk    *syntax.Chunk
	releases []dovecot.Release
	api      *api

	locals    map[*syntax.Local]value
	tables    map[*syntax.Table]*table
	functions map[*syntax.Function]*function
	globals   map[string]*global
	// modules are the names that the script requires, whole and in their parts.
	modules map[string]bool
	// written are the fields that the script itself sets on Dovecot's tables,
	// as "event.user"; "event.*" where any may be.
	written map[string]bool
	// tested are the members that the script looks for before it uses them.
	tested       map[string]bool
	testedFields map[fieldTest]bool
	// dynamic tells that globals may come from where they cannot be seen.
	dynamic bool
	// foreign tells that the script requires a module that may define globals.
	foreign bool
	// restricted tells that the script calls restrict_global_variables.
	restricted bool

	current *function // whose body is walked
	guard   int       // above 0 inside of what is only tested for being there
	// elsewhere tells that the code is for releases that nobody asked for.
	elsewhere bool
	use       use // what the next expression is for
	changed   bool
	final     bool

	calls   map[*syntax.Call]callee
	conds   map[variable][]syntax.Pos // where variables are tested
	origins map[variable]variable     // the first result of the request whose second a variable is
	// shielded are the functions that a pcall calls.
	shielded map[*function]bool
	// mailboxes are the variables that user:mailbox made; see mailboxLocals.
	mailboxes  map[*syntax.Local]*syntax.Call
	findings   []Finding
	severities map[string]Severity // of the rules reported
	hints      map[string]string   // for undefined names
}

// variable is a local variable, or else a global one of a name.
type variable struct {
	local  *syntax.Local
	global string
}

func localVariable(l *syntax.Local) variable { return variable{local: l} }

func variableOf(n *syntax.Name) variable {
	if n.Kind == syntax.GlobalName {
		return variable{global: n.Name}
	}
	return variable{local: n.Local}
}

// use says what becomes of an expression's value.
type use uint8

const (
	toRead use = iota
	toCall
	toIndex
)

// callee is the function of Dovecot's API that a call calls.
type callee struct{ object, function string }

// maxWalks bounds the walks before the final one. Real scripts need three to
// six; what is not known by then is not reported on.
const maxWalks = 30

func newAnalysis(chunk *syntax.Chunk, releases []dovecot.Release) *analysis {
	return &analysis{
		chunk: chunk, releases: releases, api: newAPI(releases),
		locals:    map[*syntax.Local]value{},
		tables:    map[*syntax.Table]*table{},
		functions: map[*syntax.Function]*function{},
		globals:   map[string]*global{},
		modules:   map[string]bool{},
		written:   map[string]bool{},
		tested:    map[string]bool{},

		testedFields: map[fieldTest]bool{},
		calls:        map[*syntax.Call]callee{},
		conds:        map[variable][]syntax.Pos{},
		origins:      map[variable]variable{},

		shielded:   map[*function]bool{},
		severities: map[string]Severity{},
		hints:      map[string]string{},
	}
}

func (a *analysis) run() {
	a.collectGlobals()
	main := a.function(a.chunk.Main)
	settled := false
	for range maxWalks {
		a.changed = false
		a.seedEntryPoints()
		a.body(main)
		if !a.changed {
			settled = true
			break
		}
	}
	if !settled {
		return
	}
	a.final = true
	a.body(main)
	a.checkHandlers()
	a.checkScriptInit()
	a.checkGlobals()
	a.checkPaths()
	a.checkMailboxes()
}

// function gives what is known of a function of the script.
func (a *analysis) function(fn *syntax.Function) *function {
	f, ok := a.functions[fn]
	if !ok {
		f = &function{syntax: fn}
		a.functions[fn] = f
	}
	return f
}

// body walks a function's body.
func (a *analysis) body(f *function) {
	outer, guard := a.current, a.guard
	a.current, a.guard = f, 0
	a.block(f.syntax.Body)
	if !f.seen {
		f.seen = true
		a.changed = true
	}
	if !ends(f.syntax.Body) {
		a.addResults(f, results{})
	}
	a.current, a.guard = outer, guard
}

// addResults notes what a return statement gives.
func (a *analysis) addResults(f *function, r results) {
	if r.open && !f.open {
		f.open = true
		a.changed = true
	}
	for i := range max(len(r.list), len(f.results)) {
		v := r.at(i)
		if i == len(f.results) {
			f.results = append(f.results, value{})
		}
		if now := a.join(f.results[i], v); now != f.results[i] {
			f.results[i] = now
			a.changed = true
		}
	}
}

// results is what a list of expressions or a call gives.
type results struct {
	list []value
	// open tells that more may follow than are listed; pending, that nothing is
	// known yet.
	open, pending bool
}

// at gives one of the values.
func (r results) at(i int) value {
	switch {
	case i < len(r.list):
		return r.list[i]
	case r.pending:
		return value{}
	case r.open:
		return unknown
	}
	return value{kind: isNil}
}

func one(v value) results { return results{list: []value{v}} }

// callOwn notes the arguments of a call of a function of the script, and gives
// its results.
func (a *analysis) callOwn(f *function, args results) results {
	for i, p := range f.syntax.Params {
		a.setLocal(p, args.at(i))
	}
	if len(args.list) > len(f.syntax.Params) {
		for _, v := range args.list[len(f.syntax.Params):] {
			a.escape(v)
		}
	}
	return results{list: slices.Clone(f.results), open: f.open, pending: !f.seen}
}

// escapeAll notes that values are handed to code that is not seen.
func (a *analysis) escapeAll(r results) {
	for _, v := range r.list {
		a.escape(v)
	}
}

// ends tells that the end of a block is never reached.
func ends(b *syntax.Block) bool {
	for _, s := range b.Stmts {
		if endsAt(s) {
			return true
		}
	}
	return false
}

func endsAt(s syntax.Stmt) bool {
	switch s := s.(type) {
	case *syntax.Return, *syntax.Break, *syntax.Goto:
		return true
	case *syntax.Do:
		return ends(s.Body)
	case *syntax.While:
		_, forever := syntax.Bare(s.Cond).(*syntax.True)
		return forever && !leaves(s.Body)
	case *syntax.CallStmt:
		n, ok := s.Call.Func.(*syntax.Name)
		return ok && s.Call.Method == "" && n.Kind == syntax.GlobalName && n.Name == "error" || isExit(s.Call)
	case *syntax.If:
		if s.Else == nil || !ends(s.Else) {
			return false
		}
		for _, c := range s.Clauses {
			if !ends(c.Body) {
				return false
			}
		}
		return true
	}
	return false
}

func isExit(c *syntax.Call) bool {
	index, ok := c.Func.(*syntax.Index)
	if !ok || c.Method != "" {
		return false
	}
	key, isString := index.Key.(*syntax.String)
	n, isName := index.Object.(*syntax.Name)
	return isString && isName && n.Kind == syntax.GlobalName && n.Name == "os" && key.Value == "exit"
}

// leaves tells that a loop's body has a break or a goto of its own.
func leaves(b *syntax.Block) bool {
	found := false
	walkBlock(b, func(s syntax.Stmt) bool {
		switch s.(type) {
		case *syntax.Break, *syntax.Goto:
			found = true
		case *syntax.While, *syntax.Repeat, *syntax.NumericFor, *syntax.GenericFor:
			// A break in there is that loop's; a goto may still leave this one.
		}
		return true
	})
	return found
}

// walkBlock calls f for all statements of a block, outer ones first, not those
// of functions in it; f tells whether to go on into a statement.
func walkBlock(b *syntax.Block, f func(syntax.Stmt) bool) {
	if b == nil {
		return
	}
	for _, s := range b.Stmts {
		if !f(s) {
			continue
		}
		for _, inner := range blocksOf(s) {
			walkBlock(inner, f)
		}
	}
}

// blocksOf gives the blocks in a statement.
func blocksOf(s syntax.Stmt) []*syntax.Block {
	switch s := s.(type) {
	case *syntax.Do:
		return []*syntax.Block{s.Body}
	case *syntax.While:
		return []*syntax.Block{s.Body}
	case *syntax.Repeat:
		return []*syntax.Block{s.Body}
	case *syntax.NumericFor:
		return []*syntax.Block{s.Body}
	case *syntax.GenericFor:
		return []*syntax.Block{s.Body}
	case *syntax.If:
		var list []*syntax.Block
		for _, c := range s.Clauses {
			list = append(list, c.Body)
		}
		return append(list, s.Else)
	}
	return nil
}
