package stdlib

import (
	vm "github.com/yuin/gopher-lua"
)

// nullKey is where a state keeps its NULL pointer: all modules of a state must have the same one, so that a null that
// one of them decoded is a null to the others.
const nullKey = "luapush.null"

// null is the light userdata NULL of C modules: equal to itself, unequal to nil, true as a condition.
func null(L *vm.LState) *vm.LUserData {
	registry := L.G.Registry
	if known, ok := registry.RawGetString(nullKey).(*vm.LUserData); ok {
		return known
	}
	metatable := L.CreateTable(0, 2)
	metatable.RawSetString("__tostring", nullText)
	// Light userdata has no metatable of its own that a script could see or change.
	metatable.RawSetString("__metatable", vm.LFalse)
	made := &vm.LUserData{Env: L.Env, Metatable: metatable}
	registry.RawSetString(nullKey, made)
	return made
}

var nullText = &vm.LFunction{IsG: true, GFunction: func(L *vm.LState) int {
	L.Push(vm.LString("userdata: (nil)"))
	return 1
}}
