package stdlib

import (
	"errors"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/lua/native/list"
	"github.com/luapush/luapush/stdlib/jsoncore"
)

var dkjsonFunctions = shared(
	function{"encode", dkjsonEncode},
	function{"decode", dkjsonDecode},
	function{"quotestring", dkjsonQuotestring},
	function{"addnewline", dkjsonAddnewline},
	function{"encodeexception", dkjsonEncodeexception},
	function{"use_lpeg", func(L *vm.LState) int {
		native.Raise(L, "dkjson.use_lpeg: luapush has no lpeg; decode works without it and is as fast")
		return 0
	}},
)

var dkjsonNullText = &vm.LFunction{IsG: true, GFunction: func(L *vm.LState) int { return returns(L, vm.LString("null")) }}

// DKJSON is the loader of "dkjson", David Kolf's module, version 2.6.
func DKJSON(L *vm.LState) int {
	module := fill(L.CreateTable(0, len(dkjsonFunctions)+2), dkjsonFunctions)
	null := L.NewTable()
	null.Metatable = tableOf(L, "__tojson", dkjsonNullText)
	module.RawSetString("null", null)
	module.RawSetString("version", vm.LString("dkjson 2.6"))
	L.Push(module)
	return 1
}

// dkjsonDecode is decode(text, position, null, objectmeta, arraymeta): the value and the position behind it, or nil,
// the position of a mistake and a message.
func dkjsonDecode(L *vm.LState) int {
	if L.GetTop() == 0 {
		L.Push(vm.LNil) // what is missing is nil to a function written in Lua
	}
	text := native.CheckString(L, 1)
	position := int(max(min(native.OptNumber(L, 2, 1), 1<<52), -1<<52))
	if position < 0 {
		position = max(len(text)+position+1, 1)
	}
	charge(L)(len(text))
	object, array := L.Get(4), L.Get(5)
	if L.GetTop() < 4 {
		object, array = tableOf(L, "__jsontype", "object"), tableOf(L, "__jsontype", "array")
	}
	create := newTable(L)
	value, next, err := jsoncore.DecodeLoose(text, min(max(position, 1), len(text)+1), &jsoncore.LooseOptions{
		Null:      L.Get(3),
		NewObject: func() *vm.LTable { return withMetatable(L, create(0, 4), object) },
		NewArray:  func() *vm.LTable { return withMetatable(L, create(4, 0), array) },
		ToNumber:  native.ToNumber,
		MaxDepth:  maxJSONDepth,
	})
	var fault *jsoncore.LooseError
	if errors.As(err, &fault) {
		return returns(L, vm.LNil, vm.LNumber(fault.Position), vm.LString(fault.Message))
	}
	return returns(L, value, vm.LNumber(next))
}

// withMetatable is setmetatable.
func withMetatable(L *vm.LState, table *vm.LTable, metatable vm.LValue) *vm.LTable {
	switch metatable.(type) {
	case *vm.LTable, *vm.LNilType:
		table.Metatable = metatable
	default:
		native.Raise(L, "bad argument #2 to 'setmetatable' (nil or table expected)")
	}
	return table
}

// dkjsonQuotestring is quotestring(text).
func dkjsonQuotestring(L *vm.LState) int {
	text := native.CheckString(L, 1)
	charge(L)(6*len(text) + 2)
	return returns(L, vm.LString(appendDKString(nil, text)))
}

// dkjsonEncodeexception is encodeexception(reason, value, state, message), to be used as state.exception.
func dkjsonEncodeexception(L *vm.LState) int {
	message, ok := asText(L.Get(4))
	if !ok {
		native.Raise(L, "attempt to concatenate a %s value (local 'defaultmessage')", native.TypeName(L, L.Get(4)))
	}
	return returns(L, vm.LString(appendDKString(nil, "<"+message+">")))
}

// dkjsonAddnewline is addnewline(state), for encoders of the script's own.
func dkjsonAddnewline(L *vm.LState) int {
	state := native.CheckTable(L, 1)
	if !vm.LVAsBool(field(L, state, "indent")) {
		return 0
	}
	buffer, ok := field(L, state, "buffer").(*vm.LTable)
	if !ok {
		native.Raise(L, "attempt to get length of a %s value (field 'buffer')", native.TypeName(L, field(L, state, "buffer")))
	}
	length, ok := field(L, state, "bufferlen").(vm.LNumber)
	if !ok {
		length = vm.LNumber(list.Length(buffer))
	}
	level, _ := field(L, state, "level").(vm.LNumber)
	buffer.RawSet(length+1, vm.LString("\n"))
	buffer.RawSet(length+2, vm.LString(indentation(L, int(min(max(level, 0), maxText)))))
	state.RawSetString("bufferlen", length+2)
	return 0
}
