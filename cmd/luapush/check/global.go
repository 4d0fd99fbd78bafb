package check

import (
	"slices"
	"strings"

	"github.com/luapush/luapush/runtime/lua/syntax"
)

// global is what is known of a global variable of the script.
type global struct {
	value value
	// first is where it is first assigned in the main chunk, or to a function;
	// inside are the assignments in functions.
	declared bool
	inside   []assignment
	// readers are the functions that read it.
	readers []*syntax.Function
	at      syntax.Pos
}

type assignment struct {
	at syntax.Pos
	in *syntax.Function
}

// globalTable is the object _G.
const globalTable = "_G"

// collectGlobals finds which globals the script assigns, so that a walk knows
// those that are assigned further down.
func (a *analysis) collectGlobals() {
	var visit func(fn *syntax.Function)
	assigned := func(target syntax.Expr, isFunction bool, fn *syntax.Function) {
		name, at, ok := globalTarget(target)
		if !ok {
			return
		}
		g := a.globals[name]
		if g == nil {
			g = &global{at: at}
			a.globals[name] = g
		}
		if fn == a.chunk.Main || isFunction {
			g.declared = true
		} else {
			g.inside = append(g.inside, assignment{at, fn})
		}
	}
	visit = func(fn *syntax.Function) {
		walkBlock(fn.Body, func(s syntax.Stmt) bool {
			switch s := s.(type) {
			case *syntax.Assign:
				for i, target := range s.Targets {
					isFunction := false
					if i < len(s.Values) {
						_, isFunction = syntax.Bare(s.Values[i]).(*syntax.FunctionExpr)
					}
					assigned(target, isFunction, fn)
				}
			case *syntax.FunctionStmt:
				assigned(s.Target, true, fn)
			}
			return true
		})
		for _, inner := range functionsOf(fn.Body) {
			visit(inner)
		}
	}
	visit(a.chunk.Main)
}

// globalTarget gives the name of a global that an assignment is to: name = …,
// _G.name = ….
func globalTarget(e syntax.Expr) (string, syntax.Pos, bool) {
	switch e := e.(type) {
	case *syntax.Name:
		return e.Name, e.Pos, e.Kind == syntax.GlobalName && e.Env == nil
	case *syntax.Index:
		object, isName := e.Object.(*syntax.Name)
		key, isString := e.Key.(*syntax.String)
		if isName && isString && object.Kind == syntax.GlobalName && object.Name == globalTable {
			return key.Value, object.Pos, true
		}
	}
	return "", syntax.Pos{}, false
}

func (a *analysis) storeGlobal(name string, v value) {
	g := a.globals[name]
	if g == nil { // assigned through an alias of _G
		g = &global{declared: true}
		a.globals[name] = g
		a.changed = true
	}
	if now := a.join(g.value, v); now != g.value {
		g.value = now
		a.changed = true
	}
}

// readGlobal gives what a global holds.
func (a *analysis) readGlobal(n *syntax.Name, use use) value {
	if g := a.globals[n.Name]; g != nil {
		if a.final && !slices.Contains(g.readers, a.current.syntax) {
			g.readers = append(g.readers, a.current.syntax)
		}
		if a.api.isGlobal(n.Name) {
			return unknown // the script puts something in its place
		}
		return g.value
	}
	switch n.Name {
	case "dovecot":
		a.checkMainChunk(n)
		return object("dovecot")
	case globalTable:
		return object(globalTable)
	}
	if v, ok := libraryGlobal(n.Name); ok {
		return v
	}
	if _, known := meant[n.Name]; a.dynamic || a.modules[n.Name] || a.foreign && !known {
		return unknown
	}
	if a.guard == 0 {
		a.undefined(n, use)
	}
	return value{kind: isNil}
}

// meant are the names that people take for Lua's.
var meant = map[string]string{
	"True": "true", "TRUE": "true", "False": "false", "FALSE": "false",
	"None": "nil", "null": "nil", "NULL": "nil", "Nil": "nil", "NIL": "nil", "undefined": "nil",
	"unpack": "table.unpack", "loadstring": "load", "printf": "string.format",
	"log": "dovecot.i_info", "this": "self",
	"setfenv": "", "getfenv": "", "module": "", "bit": "", "bit32": "",
}

// constantWords are those of meant that are no variables.
var constantWords = map[string]bool{"true": true, "false": true, "nil": true}

// undefined reports a global that nobody defines. Functions of the script may
// be called before the variable is set, but nobody sets this one.
func (a *analysis) undefined(n *syntax.Name, use use) {
	severity := a.severity("global-undefined")
	consequence := "it is nil"
	switch use {
	case toCall:
		severity, consequence = Error, "calling it is an error"
	case toIndex:
		severity, consequence = Error, "indexing it is an error"
	}
	if !a.final {
		return
	}
	a.reportAs("global-undefined", severity, n.Pos, a.undefinedHint(n.Name), "%s is not defined: %s", n.Name, consequence)
}

func (a *analysis) undefinedHint(name string) string {
	hint, ok := a.hints[name]
	if ok {
		return hint
	}
	right, known := meant[name]
	switch {
	case right != "":
		hint = "did you mean " + right + "?"
	case known:
		hint = "Lua 5.4 does not have it: that was another version of Lua"
	default:
		names := append(a.definedNames(), libraryNames()...)
		hint = suggestion(name, names)
	}
	a.hints[name] = hint
	return hint
}

func (a *analysis) definedNames() []string {
	var names []string
	for name := range a.globals {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// checkGlobals reports globals that only functions assign.
func (a *analysis) checkGlobals() {
	if a.dynamic {
		return
	}
	for _, name := range a.definedNames() {
		g := a.globals[name]
		if g.declared || len(g.inside) == 0 || isEntryPoint(name) || strings.HasPrefix(name, entryPrefix) || a.api.isGlobal(name) {
			continue
		}
		first := g.inside[0]
		shared := slices.ContainsFunc(g.readers, func(f *syntax.Function) bool { return f != first.in })
		for _, s := range g.inside {
			shared = shared || s.in != first.in && slices.Contains(g.readers, s.in) && len(g.readers) > 1
		}
		consequence := "the next call, and the next transaction of the session, still see its value"
		hint := "write \"local " + name + " = …\""
		if shared {
			hint = "declare it at the top of the script: \"local " + name + "\""
			consequence = "other functions use it, but nothing declares it"
		}
		if a.restricted {
			consequence = "restrict_global_variables makes this an error"
		}
		a.report("global-assign", first.at, hint, "%s is assigned as a global variable: %s", name, consequence)
	}
}
