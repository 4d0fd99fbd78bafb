package stdlib

import (
	"errors"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

// function is a native as modules list it: name and Go function.
type function struct {
	name string
	fn   vm.LGFunction
}

// shared makes the function values of a module once for all states: nothing ever writes to one.
func shared(functions ...function) map[string]*vm.LFunction {
	made := make(map[string]*vm.LFunction, len(functions))
	for _, f := range functions {
		made[f.name] = &vm.LFunction{IsG: true, GFunction: f.fn}
	}
	return made
}

// fill puts prepared functions into a state's table.
func fill(table *vm.LTable, functions map[string]*vm.LFunction) *vm.LTable {
	for name, fn := range functions {
		table.RawSetString(name, fn)
	}
	return table
}

// raise raises a Go error with the position of the native's caller.
func raise(L *vm.LState, err error) {
	native.RaiseValue(L, vm.LString(native.Position(L, 1)+err.Error()))
}

// charge returns a function that counts work and memory against the state's budget.
func charge(L *vm.LState) func(bytes int) {
	return func(bytes int) {
		native.Step(L, bytes/16+1)
		native.Alloc(L, bytes)
	}
}

// asText gives the text of a string or a number, as Lua's own coercion does.
func asText(value vm.LValue) (string, bool) {
	switch v := value.(type) {
	case vm.LString:
		return string(v), true
	case vm.LNumber:
		return native.FormatNumber(v), true
	}
	return "", false
}

// maxIndexChain is how many __index tables follow each other before Lua calls it a loop.
const maxIndexChain = 2000

var errIndexLoop = errors.New("'__index' chain too long; possibly a loop")

// index reads table[key] with its metamethods, as Lua code would.
func index(L *vm.LState, value vm.LValue, key vm.LValue) vm.LValue {
	for range maxIndexChain {
		table, isTable := value.(*vm.LTable)
		if isTable {
			if field := table.RawGet(key); field != vm.LNil {
				return field
			}
		}
		handler := L.GetMetaField(value, "__index")
		switch h := handler.(type) {
		case *vm.LNilType:
			if !isTable {
				native.Raise(L, "attempt to index a %s value", native.TypeName(L, value))
			}
			return vm.LNil
		case *vm.LFunction:
			return native.Call1(L, h, value, key)
		}
		value = handler
	}
	raise(L, errIndexLoop)
	return vm.LNil
}

// field is index with a name.
func field(L *vm.LState, value vm.LValue, name string) vm.LValue {
	return index(L, value, vm.LString(name))
}
