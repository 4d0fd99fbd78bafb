package stdlib

import (
	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

// jsonKey is where a state keeps its instance of lua-json: its parts can be required one by one and are the same.
const jsonKey = "luapush.json"

// JSON is the loader of "json", lua-json 1.3.4: encode and decode can be called, or asked for their functions. Like
// the original it also sets the global json.
func JSON(L *vm.LState) int { return pushJSON(L, "") }

// JSONEncode is the loader of "json.encode".
func JSONEncode(L *vm.LState) int { return pushJSON(L, "encode") }

// JSONDecode is the loader of "json.decode".
func JSONDecode(L *vm.LState) int { return pushJSON(L, "decode") }

// JSONUtil is the loader of "json.util".
func JSONUtil(L *vm.LState) int { return pushJSON(L, "util") }

func pushJSON(L *vm.LState, part string) int {
	module := jsonInstance(L)
	if part == "" {
		L.G.Global.RawSetString("json", module)
		L.Push(module)
	} else {
		L.Push(module.RawGetString(part))
	}
	return 1
}

// jsonParts are the tables of one state's lua-json that its own functions need, whatever a script does to the module.
type jsonParts struct {
	array, call                  *vm.LTable // metatables
	encodeDefault                *vm.LTable
	ownIsArray                   *vm.LFunction
	decodeStrict, decodeSimple   *vm.LTable
	decodeStrictReady, otherwise *jsonDecodeOptions
}

// jsonInstance returns the state's module, and makes it the first time.
func jsonInstance(L *vm.LState) *vm.LTable {
	if known, ok := L.G.Registry.RawGetString(jsonKey).(*vm.LUserData); ok {
		return known.Value.(*vm.LTable)
	}
	parts := &jsonParts{array: L.CreateTable(0, 0), call: L.CreateTable(0, 0)}
	handle := &vm.LUserData{Env: L.Env, Metatable: vm.LNil, Value: parts}
	module := L.CreateTable(0, 6)
	module.RawSetString("util", newJSONUtil(L, handle))
	module.RawSetString("encode", newJSONEncode(L, handle))
	module.RawSetString("decode", newJSONDecode(L, handle))
	module.RawSetString("_VERSION", vm.LString("1.3.4"))
	module.RawSetString("_DESCRIPTION", vm.LString("LuaJSON : customizable JSON decoder/encoder"))
	module.RawSetString("_COPYRIGHT", vm.LString("Copyright (c) 2007-2017 Thomas Harning Jr. <harningt@gmail.com>"))
	L.G.Registry.RawSetString(jsonKey, &vm.LUserData{Env: L.Env, Metatable: vm.LNil, Value: module})
	return module
}

// closures puts functions with the state's parts as their up-value into a table.
func closures(L *vm.LState, table *vm.LTable, handle *vm.LUserData, functions ...function) *vm.LTable {
	for _, f := range functions {
		table.RawSetString(f.name, L.NewClosure(f.fn, handle))
	}
	return table
}

// parts returns the up-value of the running function.
func parts(L *vm.LState) *jsonParts {
	return L.Get(vm.UpvalueIndex(1)).(*vm.LUserData).Value.(*jsonParts)
}

// callable gives a table a __call that drops the table itself.
func callable(L *vm.LState, table *vm.LTable, handle *vm.LUserData, fn vm.LGFunction) {
	metatable := L.CreateTable(0, 1)
	metatable.RawSetString("__call", L.NewClosure(func(L *vm.LState) int {
		L.Remove(1)
		return fn(L)
	}, handle))
	table.Metatable = metatable
}

// jsonNull and jsonUndefined are lua-json's markers: functions that return themselves. All states share them.
var (
	jsonNull      = selfReturning()
	jsonUndefined = selfReturning()
)

func selfReturning() *vm.LFunction {
	marker := &vm.LFunction{IsG: true}
	marker.GFunction = func(L *vm.LState) int {
		L.Push(marker)
		return 1
	}
	return marker
}

// section is a table of options; a missing one has only defaults.
type section struct{ table *vm.LTable }

// sectionOf returns options[name], or the same of the fallback table.
func sectionOf(options, fallback *vm.LTable, name string) section {
	for _, table := range []*vm.LTable{options, fallback} {
		if table != nil {
			if found, ok := table.RawGetString(name).(*vm.LTable); ok {
				return section{found}
			}
		}
	}
	return section{}
}

func (s section) get(name string) vm.LValue {
	if s.table == nil {
		return vm.LNil
	}
	return s.table.RawGetString(name)
}

// flag is an option that is true or false.
func (s section) flag(name string, otherwise bool) bool {
	if value := s.get(name); value != vm.LNil {
		return vm.LVAsBool(value)
	}
	return otherwise
}

// unsupported refuses an option that only makes sense with LPeg patterns.
func (s section) unsupported(L *vm.LState, path, name string) {
	if vm.LVAsBool(s.get(name)) {
		native.Raise(L, "json: option '%s%s' is not supported by luapush", path, name)
	}
}

// tableOf makes a Lua table of names and values.
func tableOf(L *vm.LState, entries ...any) *vm.LTable {
	made := L.CreateTable(0, len(entries)/2)
	for i := 0; i < len(entries); i += 2 {
		var value vm.LValue
		switch v := entries[i+1].(type) {
		case bool:
			value = vm.LBool(v)
		case string:
			value = vm.LString(v)
		case vm.LValue:
			value = v
		}
		made.RawSetString(entries[i].(string), value)
	}
	return made
}
