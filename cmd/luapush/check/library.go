package check

import (
	"slices"
	"strings"

	"github.com/luapush/luapush/runtime/lua/syntax"
	"github.com/luapush/luapush/stdlib/luapush"
)

// libraryTables are the tables of Lua 5.4's library.
var libraryTables = []string{"coroutine", "debug", "io", "math", "os", "package", "string", "table", "utf8"}

// libraryFunctions are its global functions.
var libraryFunctions = []string{
	"assert", "collectgarbage", "dofile", "error", "getmetatable", "ipairs", "load", "loadfile", "next", "pairs",
	"pcall", "print", "rawequal", "rawget", "rawlen", "rawset", "require", "select", "setmetatable", "tonumber",
	"tostring", "type", "warn", "xpcall",
}

func libraryNames() []string {
	return append(append([]string{"dovecot", "_VERSION"}, libraryTables...), libraryFunctions...)
}

// libraryGlobal gives a global of Lua's library.
func libraryGlobal(name string) (value, bool) {
	switch {
	case slices.Contains(libraryTables, name):
		return object("lua:" + name), true
	case slices.Contains(libraryFunctions, name):
		return value{kind: isBuiltin, name: "lua", member: name}, true
	case name == "_VERSION":
		return value{kind: isString}, true
	case name == globalTable:
		return object(globalTable), true
	}
	return value{}, false
}

// libraryMember gives a member of a library table or of a module.
func libraryMember(table, name string) value {
	switch table {
	case "math":
		switch name {
		case "pi", "huge":
			return value{kind: isNumber}
		case "maxinteger", "mininteger":
			return value{kind: isInteger}
		}
	case "package":
		if name == "loaded" || name == "preload" || name == "searchers" || name == "path" || name == "cpath" {
			return unknown
		}
	case "io":
		if name == "stdout" || name == "stderr" || name == "stdin" {
			return unknown
		}
	case "ssl.https", "socket.http":
		if name != "request" {
			return unknown
		}
	case "socket.url":
		if name != "escape" && name != "unescape" {
			return unknown
		}
	}
	return value{kind: isBuiltin, name: "lua", member: table + "." + name}
}

func (v value) is2(object, member string) bool {
	return v.kind == isBuiltin && v.name == object && v.member == member
}

// callLibrary evaluates a call of Lua's library or of a module. It looks at the
// arguments itself, since some functions only test theirs.
func (a *analysis) callLibrary(c *syntax.Call, name string, self []value) results {
	guard := a.guard
	a.guard = 0
	defer func() { a.guard = guard }()
	switch name {
	case "type", "assert", "tonumber", "math.type", "select", "math.tointeger":
		a.guard = 1
	}
	args := a.list(c.Args)
	a.guard = 0
	exprs := c.Args
	if len(self) > 0 {
		args.list = append(slices.Clone(self), args.list...)
		exprs = append([]syntax.Expr{c.Func}, exprs...)
	}
	if r, ok := a.callBase(name, args, exprs); ok {
		return r
	}
	if strings.HasPrefix(name, "table.") {
		return a.callTable(name, args, exprs)
	}
	return a.callOther(c, name, args, exprs)
}

// callBase evaluates a call of a global function.
func (a *analysis) callBase(name string, args results, exprs []syntax.Expr) (results, bool) {
	first := args.at(0)
	switch name {
	case "type", "_VERSION":
		return one(value{kind: isString}), true
	case "tostring":
		if len(exprs) > 0 {
			a.checkText(exprs[0], first, "written as text")
		}
		return one(value{kind: isString}), true
	case "tonumber":
		switch {
		case len(args.list) == 1 && (first.kind == isFloat || first.kind == isInteger):
			return one(first), true
		case first.kind == none:
			return one(value{}), true
		}
		return one(value{kind: isNumber, maybeNil: true}), true
	case "print":
		for i, e := range exprs {
			a.checkText(e, args.at(i), "printed")
		}
		return results{}, true
	case "assert":
		r := args
		if len(r.list) > 0 {
			r.list = slices.Clone(r.list)
			r.list[0] = present(r.list[0])
		}
		return r, true
	case "pcall", "xpcall":
		return a.protected(name, args), true
	case "next":
		return a.next(first), true
	case "ipairs", "pairs", "rawequal", "rawlen", "collectgarbage", "error", "warn":
		return results{open: true}, true
	case "setmetatable":
		a.escapeAll(args)
		if first.kind == isNotification {
			a.written["notification.*"] = true
		}
		return one(first), true
	case "require":
		if len(exprs) > 0 && first.kind == isString && first.exact && first.text == luapush.Name {
			a.checkPortable(exprs[0])
		}
		return a.require(first), true
	case "load", "loadfile", "dofile":
		a.dynamic = true
		a.escapeAll(args)
		return results{open: true}, true
	case "rawset", "rawget", "getmetatable", "select":
		if first.is(globalTable) && name == "rawget" && args.at(1).exact {
			return one(a.member(first, args.at(1).text, exprs[0].Position(), false)), true
		}
		if first.kind == isNotification && name == "rawset" {
			a.written["notification.*"] = true
		}
		a.escapeAll(args)
		return results{open: true}, true
	}
	return results{}, false
}

// protected evaluates pcall and xpcall: the results are the function's, or an
// error.
func (a *analysis) protected(name string, args results) results {
	skip := 1
	if name == "xpcall" {
		skip = 2
		a.escape(args.at(1))
	}
	f := args.at(0)
	var rest results
	rest.open, rest.pending = args.open, args.pending
	if len(args.list) > skip {
		rest.list = args.list[skip:]
	}
	if f.is2("lua", "require") && len(rest.list) > 0 && rest.list[0].text == luapush.Name && rest.list[0].exact {
		module := a.require(rest.list[0]).at(0)
		module.unsure = true // or the message
		return results{list: []value{{kind: isBoolean}, module}}
	}
	if f.kind == isFunction {
		a.shielded[f.fn] = true
	}
	if f.kind != isFunction {
		a.escapeAll(args)
		return results{list: []value{{kind: isBoolean}}, open: true}
	}
	r := a.callOwn(f.fn, rest)
	out := results{list: []value{{kind: isBoolean}}, open: r.open, pending: r.pending}
	for _, v := range r.list {
		switch v.kind {
		case isTable, isObject, isNotification:
			v.unsure = true // or the message
		case none:
		default:
			v = unknown
		}
		out.list = append(out.list, v)
	}
	if len(r.list) == 0 && !r.pending {
		out.list = append(out.list, unknown)
	}
	return out
}

func (a *analysis) next(t value) results {
	switch t.kind {
	case none:
		return results{pending: true}
	case isTable:
		// A loop ends at a nil key, and looks at no value then.
		return results{list: []value{unknown, present(a.elements(t.table, true))}}
	}
	return results{list: []value{unknown, unknown}}
}

// knownModules are modules of which it is known that they define no globals but
// perhaps one of their own name.
var knownModules = append([]string{
	"socket", "socket.core", "socket.http", "socket.https", "socket.smtp", "socket.ftp", "socket.url", "ssl", "ssl.https",
	"ltn12", "mime", "mime.core", "json", "cjson", "cjson.safe", "dkjson", "JSON", "rapidjson", "base64", "lfs", "inspect",
	"lpeg", "http", "md5", "luaunit", "_G", luapush.Name,
}, libraryTables...)

func (a *analysis) require(name value) results {
	if name.kind != isString || !name.exact {
		return one(unknown)
	}
	a.modules[name.text] = true
	for _, part := range strings.Split(name.text, ".") {
		a.modules[part] = true
	}
	if !slices.Contains(knownModules, name.text) {
		a.foreign = true
	}
	if name.text == luapush.Name {
		return one(object(luapush.Name))
	}
	if slices.Contains(libraryTables, name.text) || slices.Contains([]string{"socket.http", "ssl.https", "socket.url"}, name.text) {
		return one(object("lua:" + name.text))
	}
	return one(unknown)
}

// checkPortable reports a require of what Dovecot does not have, unless a pcall
// is around it.
func (a *analysis) checkPortable(name syntax.Expr) {
	if !a.shielded[a.current] {
		a.report("not-portable", start(name), `ask for it: local ok, luapush = pcall(require, "luapush")`,
			"Dovecot has no module %s: require raises an error there, and the script is not loaded", luapush.Name)
	}
}

// callTable evaluates a call of the table library.
func (a *analysis) callTable(name string, args results, exprs []syntax.Expr) results {
	t := args.at(0)
	switch {
	case name == "table.insert" && t.kind == isTable:
		v := args.at(1)
		if len(args.list) > 2 {
			v = args.at(2)
		}
		if t.table.find().open {
			a.escape(v)
		}
		a.setElement(t.table, v, false)
		return results{}
	case name == "table.remove" && t.kind == isTable:
		v := a.elements(t.table, false)
		if v.kind != none {
			v.maybeNil = true
		}
		return one(v)
	case name == "table.remove" && t.kind == none, name == "table.insert" && t.kind == none:
		return results{pending: true}
	case name == "table.concat":
		if t.kind == isTable && len(exprs) > 0 {
			a.checkText(exprs[0], a.elements(t.table, false), "joined by table.concat")
		}
		return one(value{kind: isString})
	case name == "table.sort":
		if f := args.at(1); t.kind == isTable && f.kind == isFunction {
			v := a.elements(t.table, false)
			a.callOwn(f.fn, results{list: []value{v, v}})
			return results{}
		}
	}
	a.escapeAll(args)
	return results{open: true}
}

// callOther evaluates a call of the remaining libraries.
func (a *analysis) callOther(c *syntax.Call, name string, args results, exprs []syntax.Expr) results {
	first := args.at(0)
	switch name {
	case "math.floor", "math.ceil", "math.tointeger":
		if first.kind == none {
			return one(value{})
		}
		return one(value{kind: isInteger, maybeNil: name == "math.tointeger"}.certain(first))
	case "math.max", "math.min", "math.abs":
		var v value
		for _, x := range args.list {
			v = a.join(v, x)
		}
		return one(v)
	case "string.format":
		a.checkFormat(args, exprs)
		return one(value{kind: isString})
	case "string.len", "os.time":
		return one(value{kind: isInteger})
	case "string.gsub", "string.upper", "string.lower", "string.sub", "string.rep", "string.reverse", "socket.url.escape", "socket.url.unescape":
		if len(exprs) > 0 {
			a.checkText(exprs[0], first, "used as text")
			a.checkAbsent(exprs[0], first)
		}
		a.escapeAll(args)
		r := one(value{kind: isString})
		if name == "string.gsub" {
			r.list = append(r.list, value{kind: isInteger})
		}
		return r
	case "os.exit":
		a.report("os-exit", start(c), "return from the function, or raise an error",
			"os.exit ends Dovecot's worker process, and with it the mail session")
		return results{}
	case "os.date":
		return one(value{kind: isString})
	case "socket.http.request", "ssl.https.request":
		a.escapeAll(args)
		return results{list: []value{unknown, {kind: isCode}}, open: true}
	}
	a.escapeAll(args)
	return results{open: true}
}

// certain is never nil for a number that certainly is whole.
func (v value) certain(from value) value {
	if from.kind == isFloat || from.kind == isInteger {
		v.maybeNil = false
	}
	return v
}
