package stdlib

import (
	"errors"
	"fmt"
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/stdlib/jsoncore"
)

// jsonLuaClass are the tables behind the objects of one state.
type jsonLuaClass struct{ class, array, object *vm.LTable }

// JSONLua is the loader of "JSON", json-lua by Jeffrey Friedl, version 20141223.14, which is that of LuaRocks. The
// module is an object whose methods a script may replace, onDecodeError and its like among them.
func JSONLua(L *vm.LState) int {
	c := &jsonLuaClass{class: L.CreateTable(0, 16)}
	handle := &vm.LUserData{Env: L.Env, Metatable: vm.LNil, Value: c}
	c.array, c.object = jsonLuaMark(L, "JSON array"), jsonLuaMark(L, "JSON object")
	closures(L, c.class, handle,
		function{"decode", jsonLuaDecode},
		function{"encode", jsonLuaEncode},
		function{"encode_pretty", jsonLuaEncodePretty},
		function{"new", jsonLuaNew},
		function{"newArray", func(L *vm.LState) int { return jsonLuaMarked(L, jsonLuaOf(L).array) }},
		function{"newObject", func(L *vm.LState) int { return jsonLuaMarked(L, jsonLuaOf(L).object) }},
		function{"onDecodeError", jsonLuaDecodeError},
		function{"onEncodeError", jsonLuaEncodeError},
	)
	c.class.RawSetString("onDecodeOfNilError", c.class.RawGetString("onDecodeError"))
	c.class.RawSetString("onDecodeOfHTMLError", c.class.RawGetString("onDecodeError"))
	c.class.RawSetString("__tostring", jsonLuaText("JSON encode/decode package"))
	c.class.RawSetString("__index", c.class)
	c.class.RawSetString("VERSION", vm.LNumber(20141223.14))
	c.class.RawSetString("AUTHOR_NOTE", vm.LString("-[ JSON.lua package by Jeffrey Friedl (http://regex.info/blog/lua/json) version 20141223.14 ]-"))
	module := L.NewTable()
	module.Metatable = c.class
	L.Push(module)
	return 1
}

func jsonLuaText(text string) *vm.LFunction {
	return &vm.LFunction{IsG: true, GFunction: func(L *vm.LState) int { return returns(L, vm.LString(text)) }}
}

func jsonLuaMark(L *vm.LState, text string) *vm.LTable {
	mark := tableOf(L, "__tostring", jsonLuaText(text))
	mark.RawSetString("__index", mark)
	return mark
}

// jsonLuaOf gives the class of the running function.
func jsonLuaOf(L *vm.LState) *jsonLuaClass { return up(L, 1).(*vm.LUserData).Value.(*jsonLuaClass) }

// jsonLuaNew is new(fields): an object of its own.
func jsonLuaNew(L *vm.LState) int {
	made := L.NewTable()
	if vm.LVAsBool(L.Get(2)) {
		copyInto(made, native.CheckTable(L, 2))
	}
	made.Metatable = jsonLuaOf(L).class
	return returns(L, made)
}

func jsonLuaMarked(L *vm.LState, mark *vm.LTable) int {
	table, ok := L.Get(2).(*vm.LTable)
	if !ok {
		if vm.LVAsBool(L.Get(2)) {
			native.Raise(L, "bad argument #1 to 'setmetatable' (table expected, got %s)", native.TypeName(L, L.Get(2)))
		}
		table = L.NewTable()
	}
	table.Metatable = mark
	return returns(L, table)
}

// isObject tells whether a method was called on an object of the class.
func (c *jsonLuaClass) isObject(L *vm.LState, self vm.LValue) bool {
	table, ok := self.(*vm.LTable)
	return ok && field(L, table, "__index") == vm.LValue(c.class)
}

// tell calls one of the object's handlers. It returns only if the handler does.
func (c *jsonLuaClass) tell(L *vm.LState, self vm.LValue, handler string, arguments ...vm.LValue) {
	native.Call1(L, field(L, self, handler), append([]vm.LValue{self}, arguments...)...)
}

// refuse is the end of the default handlers: the object's assert, or Lua's.
func (c *jsonLuaClass) refuse(L *vm.LState, self vm.LValue, message vm.LValue) {
	if own := field(L, self, "assert"); vm.LVAsBool(own) {
		native.Call1(L, own, vm.LFalse, message)
		return
	}
	native.RaiseValue(L, message)
}

// withEtc adds what the caller of encode or decode gave for messages.
func (c *jsonLuaClass) withEtc(L *vm.LState, message string, etc vm.LValue) vm.LValue {
	if etc != vm.LNil {
		text, err := c.encode(L, c.class, etc, vm.LNil, nil)
		if err == nil {
			message += " (" + text + ")"
		}
	}
	return vm.LString(message)
}

// jsonLuaDecodeError is onDecodeError(self, message, text, location, etc).
func jsonLuaDecodeError(L *vm.LState) int {
	c, message := jsonLuaOf(L), toText(L, L.Get(2))
	if text := L.Get(3); vm.LVAsBool(text) {
		if at, ok := L.Get(4).(vm.LNumber); ok {
			message = fmt.Sprintf("%s at char %d of: %s", message, int64(at), toText(L, text))
		} else {
			message += ": " + toText(L, text)
		}
	}
	c.refuse(L, L.Get(1), c.withEtc(L, message, L.Get(5)))
	return 0
}

// jsonLuaEncodeError is onEncodeError(self, message, etc).
func jsonLuaEncodeError(L *vm.LState) int {
	c := jsonLuaOf(L)
	c.refuse(L, L.Get(1), c.withEtc(L, toText(L, L.Get(2)), L.Get(3)))
	return 0
}

// jsonLuaDecode is decode(self, text, etc). Where a handler of the script returns, so does this: nil, or what json-lua
// goes on to raise.
func jsonLuaDecode(L *vm.LState) int {
	c, self, given, etc := jsonLuaOf(L), L.Get(1), L.Get(2), L.Get(3)
	if !c.isObject(L, self) {
		c.tell(L, c.class, "onDecodeError", vm.LString("JSON:decode must be called in method format"), vm.LNil, vm.LNil, etc)
	}
	text, ok := given.(vm.LString)
	if !ok {
		if given == vm.LNil {
			c.tell(L, self, "onDecodeOfNilError", vm.LString("nil passed to JSON:decode()"), vm.LNil, vm.LNil, etc)
		} else {
			c.tell(L, self, "onDecodeError", vm.LString("expected string argument to JSON:decode(), got "+given.Type().String()), vm.LNil, vm.LNil, etc)
		}
		native.Raise(L, "attempt to index a %s value (local 'text')", native.TypeName(L, given))
	}
	charge(L)(len(text))
	start := strings.TrimLeft(string(text), " \t\n\v\f\r")
	if start == "" {
		return returns(L, vm.LNil)
	}
	if start[0] == '<' {
		c.tell(L, self, "onDecodeOfHTMLError", vm.LString("html passed to JSON:decode()"), text, vm.LNil, etc)
	}
	if text[0] == 0 || len(text) >= 2 && text[1] == 0 {
		c.tell(L, self, "onDecodeError", vm.LString("JSON package groks only UTF-8, sorry"), text, vm.LNil, etc)
	}
	value, err := jsoncore.DecodePlain(string(text), c.decodeOptions(L, self))
	var fault *jsoncore.PlainError
	if !errors.As(err, &fault) {
		return returns(L, value)
	}
	return c.undecodable(L, self, text, fault, etc)
}

func (c *jsonLuaClass) decodeOptions(L *vm.LState, self vm.LValue) *jsoncore.PlainOptions {
	create := newTable(L)
	strict := vm.LVAsBool(field(L, self, "strictTypes"))
	marked := func(mark *vm.LTable, array, fields int) func() *vm.LTable {
		return func() *vm.LTable {
			table := create(array, fields)
			if strict {
				table.Metatable = mark
			}
			return table
		}
	}
	return &jsoncore.PlainOptions{
		NewObject: marked(c.object, 0, 4), NewArray: marked(c.array, 4, 0), ToNumber: native.ToNumber, MaxDepth: maxJSONDepth,
	}
}

// undecodable tells the handler about a mistake. What it raises is raised again by the object's assert.
func (c *jsonLuaClass) undecodable(L *vm.LState, self vm.LValue, text vm.LString, fault *jsoncore.PlainError, etc vm.LValue) int {
	// json-lua hands etc down no further than to the outermost container.
	if fault.Depth > 1 || fault.Depth == 1 && fault.Member {
		etc = vm.LNil
	}
	location := vm.LNil
	if fault.Position > 0 {
		location = vm.LNumber(fault.Position)
	}
	_, raised := native.PCall(L, nil, field(L, self, "onDecodeError"), self, vm.LString(fault.Message), text, location, etc)
	switch {
	case raised != nil && native.Fatal(raised) != nil:
		native.RaiseValue(L, raised)
	case raised == nil && fault.Silent && fault.Depth == 0:
		return returns(L, vm.LNil)
	case raised == nil:
		raised = vm.LString(fault.Message)
	}
	c.refuse(L, self, raised)
	return returns(L, vm.LNil, raised)
}

// jsonLuaEncode is encode(self, value, etc, options).
func jsonLuaEncode(L *vm.LState) int { return jsonLuaOf(L).encodeMethod(L, "encode", nil) }

// jsonLuaEncodePretty is encode_pretty(self, value, etc, options).
func jsonLuaEncodePretty(L *vm.LState) int {
	return jsonLuaOf(L).encodeMethod(L, "encode_pretty", &jsonLuaLayout{indent: "  "})
}

func (c *jsonLuaClass) encodeMethod(L *vm.LState, name string, layout *jsonLuaLayout) int {
	self, value, etc := L.Get(1), L.Get(2), L.Get(3)
	if !c.isObject(L, self) {
		c.tell(L, c.class, "onEncodeError", vm.LString("JSON:"+name+" must be called in method format"), etc)
	}
	if options, ok := L.Get(4).(*vm.LTable); ok {
		layout = nil
		if vm.LVAsBool(field(L, options, "pretty")) {
			layout = &jsonLuaLayout{align: vm.LVAsBool(field(L, options, "align_keys"))}
			if indent := field(L, options, "indent"); vm.LVAsBool(indent) {
				layout.indent = toText(L, indent)
			}
		}
	} else if vm.LVAsBool(L.Get(4)) {
		layout = nil
	}
	text, err := c.encode(L, self, value, etc, layout)
	if err != nil {
		return returns(L, vm.LNil)
	}
	return returns(L, vm.LString(text))
}
