package stdlib

import (
	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

// Closures of these modules keep their state in up-values, where the budget of the state sees it, and not in Go
// variables. up and setUp read and write the n-th one of the running native, counted from 1.
func up(L *vm.LState, n int) vm.LValue { return L.Get(vm.UpvalueIndex(n)) }

func setUp(L *vm.LState, n int, value vm.LValue) { L.Replace(vm.UpvalueIndex(n), value) }

// closure makes a function with up-values, and counts its memory.
func closure(L *vm.LState, fn vm.LGFunction, values ...vm.LValue) *vm.LFunction {
	native.Alloc(L, 128+64*len(values))
	return L.NewClosure(fn, values...)
}

// call2 calls a function and gives its first two results.
func call2(L *vm.LState, fn vm.LValue, arguments ...vm.LValue) (first, second vm.LValue) {
	L.Push(fn)
	for _, argument := range arguments {
		L.Push(argument)
	}
	native.Call(L, len(arguments), 2)
	first, second = L.Get(-2), L.Get(-1)
	L.Pop(2)
	return first, second
}

// callableAs refuses what cannot be called, in Lua's words for a variable.
func callableAs(L *vm.LState, value vm.LValue, variable string) {
	if !native.Callable(L, value) {
		native.Raise(L, "attempt to call a %s value (%s)", native.TypeName(L, value), variable)
	}
}

// returns pushes values and gives their number, as natives end.
func returns(L *vm.LState, values ...vm.LValue) int {
	for _, value := range values {
		L.Push(value)
	}
	return len(values)
}

// failure is the usual pair nil, message.
func failure(L *vm.LState, message string) int { return returns(L, vm.LNil, vm.LString(message)) }

// given are the arguments of the running native, before it has pushed anything.
func given(L *vm.LState) []vm.LValue {
	values := make([]vm.LValue, L.GetTop())
	for i := range values {
		values[i] = L.Get(i + 1)
	}
	return values
}

// assertAll is Lua's assert of some values at once.
func assertAll(L *vm.LState, values ...vm.LValue) {
	for _, value := range values {
		if !vm.LVAsBool(value) {
			native.RaiseValue(L, vm.LString("assertion failed!"))
		}
	}
}

// maxText is the longest text a native here makes where no limit of the state is lower.
const maxText = 1 << 28

// room charges for a text of that many bytes, and raises where there is no room for it.
func room(L *vm.LState, bytes int) {
	if bytes > maxText {
		native.RaiseValue(L, vm.LString("not enough memory"))
	}
	native.Alloc(L, bytes)
}
