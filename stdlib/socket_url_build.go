package stdlib

import (
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

// urlText is a URL under construction. LuaSocket starts from the path as it is, so a URL of nothing but a path may
// be of any type.
type urlText struct {
	L     *vm.LState
	value vm.LValue
}

// concat is the operator .. with the words of its error; what names the operand that is wrong.
func (u *urlText) concat(left vm.LValue, leftName string, right vm.LValue, rightName string) vm.LValue {
	rightText, rightOK := asText(right)
	leftText, leftOK := asText(left)
	wrong, name := left, leftName
	if leftOK {
		wrong, name = right, rightName
	}
	if !leftOK || !rightOK {
		native.Raise(u.L, "attempt to concatenate a %s value (%s)", native.TypeName(u.L, wrong), name)
	}
	charge(u.L)(len(leftText) + len(rightText))
	return vm.LString(leftText + rightText)
}

// prefix puts a part and a mark in front; the mark is added to the right side first, as .. does.
func (u *urlText) prefix(part vm.LValue, name string, mark vm.LString) {
	right := u.concat(mark, "", u.value, "local 'url'")
	u.value = u.concat(part, name, right, "")
}

// suffix puts a mark and a part behind.
func (u *urlText) suffix(mark vm.LString, part vm.LValue, name string) {
	right := u.concat(mark, "", part, name)
	u.value = u.concat(u.value, "local 'url'", right, "")
}

// urlBuild is build(parsed).
func urlBuild(L *vm.LState) int {
	L.Push(buildURL(L, checkIndexable(L, 1, "parsed")))
	return 1
}

// checkIndexable refuses what Lua could not index, in the words of the LuaSocket function's own error.
func checkIndexable(L *vm.LState, n int, name string) vm.LValue {
	value := L.Get(n)
	if _, ok := value.(*vm.LTable); !ok && L.GetMetaField(value, "__index") == vm.LNil {
		native.Raise(L, "attempt to index a %s value (local '%s')", native.TypeName(L, value), name)
	}
	return value
}

func buildURL(L *vm.LState, parsed vm.LValue) vm.LValue {
	get := func(name string) vm.LValue { return field(L, parsed, name) }
	u := urlText{L: L, value: get("path")}
	if !vm.LVAsBool(u.value) {
		u.value = vm.LString("")
	}
	if params := get("params"); vm.LVAsBool(params) {
		u.suffix(";", params, "field 'params'")
	}
	if query := get("query"); vm.LVAsBool(query) {
		u.suffix("?", query, "field 'query'")
	}
	authority := get("authority")
	if host := get("host"); vm.LVAsBool(host) {
		authority = buildAuthority(&u, host, get)
	}
	if vm.LVAsBool(authority) {
		u.value = u.concat(vm.LString("//"), "", u.concat(authority, "local 'authority'", u.value, "local 'url'"), "")
	}
	if scheme := get("scheme"); vm.LVAsBool(scheme) {
		u.prefix(scheme, "field 'scheme'", ":")
	}
	if fragment := get("fragment"); vm.LVAsBool(fragment) {
		u.suffix("#", fragment, "field 'fragment'")
	}
	return u.value
}

// buildAuthority puts together user information, host and port; an address with colons gets brackets.
func buildAuthority(u *urlText, host vm.LValue, get func(string) vm.LValue) vm.LValue {
	text, ok := asText(host)
	if !ok {
		native.Raise(u.L, "bad argument #1 to 'find' (string expected, got %s)", native.TypeName(u.L, host))
	}
	if strings.IndexByte(text, ':') >= 0 {
		text = "[" + text + "]"
	}
	authority := vm.LValue(vm.LString(text))
	if port := get("port"); vm.LVAsBool(port) {
		right := u.concat(vm.LString(":"), "", vm.LString(toText(u.L, port)), "")
		authority = u.concat(authority, "", right, "")
	}
	userinfo := get("userinfo")
	if user := get("user"); vm.LVAsBool(user) {
		userinfo = user
		if password := get("password"); vm.LVAsBool(password) {
			right := u.concat(vm.LString(":"), "", password, "field 'password'")
			userinfo = u.concat(userinfo, "local 'userinfo'", right, "")
		}
	}
	if vm.LVAsBool(userinfo) {
		right := u.concat(vm.LString("@"), "", authority, "")
		authority = u.concat(userinfo, "local 'userinfo'", right, "")
	}
	return authority
}

// toText is tostring.
func toText(L *vm.LState, value vm.LValue) string {
	if handler := L.GetMetaField(value, "__tostring"); handler != vm.LNil {
		text, ok := native.Call1(L, handler, value).(vm.LString)
		if !ok {
			native.Raise(L, "'__tostring' must return a string")
		}
		return string(text)
	}
	return native.ToString(value)
}

// urlAbsolute is absolute(base, relative); the base may be a parsed table.
func urlAbsolute(L *vm.LState) int {
	base := L.Get(1)
	var baseParsed *vm.LTable
	switch given := base.(type) {
	case *vm.LTable:
		baseParsed = given
		base = buildURL(L, given)
	default:
		baseParsed = parseArgument(L, 1)
	}
	relative := L.Get(2)
	relativeParsed := parseArgument(L, 2)
	result := relative
	switch {
	case baseParsed == nil:
	case relativeParsed == nil:
		result = base
	case vm.LVAsBool(relativeParsed.RawGetString("scheme")):
	default:
		inherit(L, relativeParsed, baseParsed)
		result = buildURL(L, relativeParsed)
	}
	text, ok := result.(vm.LString)
	if !ok {
		refuseMethod(L, result, "path")
	}
	charge(L)(4 * len(text))
	L.Push(vm.LString(removeDots(string(text))))
	return 1
}

// parseArgument is parse(argument); nil for one that parse calls invalid.
func parseArgument(L *vm.LState, n int) *vm.LTable {
	value := L.Get(n)
	if !vm.LVAsBool(value) || value == vm.LString("") {
		return nil
	}
	text := native.CheckString(L, n)
	charge(L)(2 * len(text))
	parsed := L.NewTable()
	parseURL(L, text, parsed)
	return parsed
}

// refuseMethod raises what LuaSocket's value:gsub() does for a value that is no string.
func refuseMethod(L *vm.LState, value vm.LValue, name string) {
	if _, ok := value.(*vm.LTable); ok {
		native.Raise(L, "attempt to call a nil value (method 'gsub')")
	}
	native.Raise(L, "attempt to index a %s value (local '%s')", native.TypeName(L, value), name)
}

// inherit gives relative the parts of base it does not have itself, each only while all before it are missing too.
func inherit(L *vm.LState, relative, base *vm.LTable) {
	missing := func(name string) bool {
		if vm.LVAsBool(relative.RawGetString(name)) {
			return false
		}
		relative.RawSetString(name, field(L, base, name))
		return true
	}
	relative.RawSetString("scheme", field(L, base, "scheme"))
	if !missing("authority") {
		return
	}
	if path, given := relative.RawGetString("path").(vm.LString); given {
		basePath := field(L, base, "path")
		if !vm.LVAsBool(basePath) {
			basePath = vm.LString("")
		}
		relative.RawSetString("path", vm.LString(absolutePath(L, basePath, string(path))))
		return
	}
	if missing("path") && missing("params") {
		missing("query")
	}
}

// absolutePath resolves a relative path against the directory of the base's.
func absolutePath(L *vm.LState, base vm.LValue, relative string) string {
	charge(L)(4 * len(relative))
	if strings.HasPrefix(relative, "/") {
		return removeDots(relative)
	}
	text, ok := base.(vm.LString)
	if !ok {
		refuseMethod(L, base, "base_path")
	}
	directory := string(text[:strings.LastIndexByte(string(text), '/')+1])
	if directory == "" {
		directory = "/"
	}
	charge(L)(4 * len(directory))
	return removeDots(directory + relative)
}
