package check

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/runtime/lua/syntax"
)

// call evaluates a call.
func (a *analysis) call(c *syntax.Call) results {
	guard := a.guard
	defer func() { a.guard = guard }()
	var f value
	var self []value
	if c.Method != "" {
		a.guard, a.use = 0, toIndex
		object := a.expr(c.Func)
		f = a.member(object, c.Method, c.MethodPos, true)
		self = []value{object}
		if object.kind == isString || f.kind == isBuiltin && f.name == "lua" {
			a.checkText(c.Func, object, "used as text")
		}
	} else {
		a.guard = guard
		f = a.callee(c.Func)
	}
	switch {
	case f.kind == isBuiltin && f.name == "lua":
		return a.callLibrary(c, f.member, self)
	case f.kind == isBuiltin:
		return a.callHost(c, f, self)
	}
	a.guard = 0
	args := a.list(c.Args)
	args.list = append(self, args.list...)
	switch f.kind {
	case isFunction:
		return a.callOwn(f.fn, args)
	case none:
		return results{pending: true}
	}
	a.escapeAll(args)
	return results{open: true}
}

// callHost evaluates a call of Dovecot's API.
func (a *analysis) callHost(c *syntax.Call, f value, self []value) results {
	a.guard = 0
	args := a.list(c.Args)
	descriptions := a.describe(f)
	if len(descriptions) == 0 {
		a.escapeAll(args)
		return results{open: true}
	}
	o := a.api.objects[f.name]
	at := c.Pos
	if c.Method != "" {
		at = c.MethodPos
	} else if index, ok := c.Func.(*syntax.Index); ok {
		at = index.Key.Position()
	}
	if a.final {
		a.calls[c] = callee{f.name, f.member}
	}
	counted, given := args, c.Args
	switch {
	case o.Methods && c.Method == "":
		if !a.takeSelf(c, f, args, at) {
			return result(descriptions[0], f.name, 0)
		}
		self, counted.list, given = args.list[:1], args.list[1:], given[1:]
	case !o.Methods && c.Method != "":
		a.report("method-colon", at, "write "+writtenOr(c.Func, o.Name)+"."+f.member+", with a dot",
			"%s is no method: with a colon it gets %s as an argument besides", memberName(f.name, f.member, false), writtenOr(c.Func, "the object"))
		return result(descriptions[0], f.name, len(args.list))
	}
	if len(self) > 0 && self[0].unsure {
		return result(descriptions[0], f.name, len(counted.list))
	}
	if a.checkArity(f, descriptions, counted, given, at) {
		a.checkArguments(f, descriptions[0], counted, given)
	}
	a.noteHostCall(f, counted, given, at)
	return result(descriptions[0], f.name, len(counted.list))
}

// describe gives the descriptions of a function in the releases; where none has
// it, any.
func (a *analysis) describe(f value) []*bindings.Function {
	m, _ := a.api.find(f.name, f.member)
	var list []*bindings.Function
	for _, d := range m.functions {
		for _, r := range a.releases {
			if d.Has(r) && !slices.Contains(list, d) {
				list = append(list, d)
			}
		}
	}
	if len(list) == 0 {
		return m.functions
	}
	return list
}

// takeSelf looks at the first argument of a method that is called with a dot.
func (a *analysis) takeSelf(c *syntax.Call, f value, args results, at syntax.Pos) bool {
	if len(args.list) > 0 {
		switch k := args.list[0]; k.kind {
		case isString, isInteger, isFloat, isNumber, isNil, isBoolean:
		default:
			return true
		}
	} else if args.open || args.pending {
		return false
	}
	object := "the object"
	if index, ok := c.Func.(*syntax.Index); ok {
		object = writtenOr(index.Object, object)
	}
	a.report("method-colon", at, "write "+object+":"+f.member+", with a colon", "%s is a method, and is called without its object", f.member)
	return false
}

// checkArity reports a call with too few or too many arguments, and tells
// whether their number is right.
func (a *analysis) checkArity(f value, descriptions []*bindings.Function, args results, given []syntax.Expr, at syntax.Pos) bool {
	gsub := endsInGsub(given)
	for _, d := range descriptions {
		low, high := d.Arity()
		got := len(args.list)
		if gsub && args.open {
			got += 2 // of something that is not known to be a string
		}
		switch {
		case got < low && !args.open && !args.pending:
		case high >= 0 && got > high:
		default:
			continue
		}
		self := 0
		if a.api.objects[f.name].Methods {
			self = 1
		}
		want := strconv.Itoa(low + self)
		if high > low {
			want += " to " + strconv.Itoa(high+self)
		}
		text := fmt.Sprintf("expected %s arguments, got %d", want, got+self)
		if high < 0 {
			text = "expecting at least 1 parameter"
		}
		hint := "the call is " + memberName(f.name, f.member, self == 1) + d.Signature()
		switch {
		case gsub && got > high:
			hint = "gsub gives two results: put it in parentheses"
		case self == 1:
			hint += "; the object itself is argument 1"
		}
		a.report("arity", at, hint, "Dovecot raises %q", text)
		return false
	}
	return true
}

// endsInGsub tells of a last argument that is a call of gsub, which has two
// results.
func endsInGsub(given []syntax.Expr) bool {
	if len(given) == 0 {
		return false
	}
	c, ok := given[len(given)-1].(*syntax.Call)
	return ok && (c.Method == "gsub" || c.Method == "" && written(c.Func) == "string.gsub")
}

// checkArguments reports arguments that are certainly of a wrong type.
func (a *analysis) checkArguments(f value, d *bindings.Function, args results, given []syntax.Expr) {
	for i, v := range args.list {
		if i >= len(given) {
			break // results of a call
		}
		p := parameter(d, i)
		if p == nil {
			break
		}
		if v.kind == isCode && p.Type == bindings.Integer {
			a.checkCode(given[i], f.member+" raises an error then")
			continue
		}
		if p.Type == bindings.String || p.Type == bindings.Bytes {
			a.checkText(given[i], v, "used as text")
			a.checkAbsent(given[i], v)
		}
		if (p.Type == bindings.Flags || p.Type == bindings.Integer) && v.kind == isList {
			a.report("flags-list", start(given[i]), "look for a flag among the list: for _, flag in ipairs(…) do", "%s is a list of strings, not a bitmask", writtenOr(given[i], v.name))
			continue
		}
		if v.kind == isNil && !a.plainNil(given[i]) {
			continue
		}
		if want, got := mismatch(p.Type, v); want != "" && v.kind != isList {
			a.report("argument-type", start(given[i]), "the call is "+memberName(f.name, f.member, a.api.objects[f.name].Methods)+d.Signature(),
				"%s needs %s for its %s, and gets %s", f.member, want, p.Name, got)
		}
	}
}

// plainNil tells that an expression is nil by its looks: the word, or a variable
// that nobody tests. Another one may be there to be filled.
func (a *analysis) plainNil(e syntax.Expr) bool {
	switch e := syntax.Bare(e).(type) {
	case *syntax.Nil:
		return true
	case *syntax.Name:
		return e.Kind == syntax.LocalName && !a.testedBefore(variableOf(e), e.Pos)
	}
	return false
}

func parameter(d *bindings.Function, i int) *bindings.Param {
	switch {
	case i < len(d.Params):
		return &d.Params[i]
	case d.Variadic && len(d.Params) > 0:
		return &d.Params[len(d.Params)-1]
	}
	return nil
}

// mismatch tells what a parameter needs and what it gets, where that is wrong
// for certain.
func mismatch(t bindings.Type, v value) (want, got string) {
	if v.unsure {
		return "", ""
	}
	switch v.kind {
	case isNil:
		got = "nil"
	case isBoolean:
		got = "a boolean"
	case isTable, isNotification, isList:
		got = "a table"
	case isFunction, isBuiltin:
		got = "a function"
	case isObject:
		got = "a table"
	case isString:
		got = "a string"
	default:
		if !number(v) {
			return "", ""
		}
		got = "a number"
	}
	if v.maybeNil && v.kind != isNil {
		return "", "" // it may be looked at before
	}
	switch t {
	case bindings.String, bindings.Bytes:
		if v.kind != isString && !number(v) {
			return "a string", got
		}
	case bindings.Integer, bindings.Flags:
		switch {
		case v.kind == isString && v.exact && !numeric(v.text):
			return "an integer", strconv.Quote(v.text)
		case v.kind == isNumber && v.exact && v.number != math.Trunc(v.number):
			return "an integer", strconv.FormatFloat(v.number, 'g', -1, 64)
		case v.kind != isString && !number(v):
			return "an integer", got
		}
	case bindings.Table:
		if v.kind == isNil || v.kind == isBoolean || v.kind == isString || number(v) || v.kind == isFunction {
			return "a table", got
		}
	case bindings.EventT:
		if v.is("event") || v.kind == isTable {
			return "", ""
		}
		if v.kind == isObject || v.kind == isNotification {
			got = "something else"
		}
		return "an event of dovecot.event()", got
	}
	return "", ""
}

// numeric tells whether Lua takes a string for a number.
func numeric(s string) bool {
	_, ok := syntax.ParseNumber(strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(s), "+-")))
	return ok
}
