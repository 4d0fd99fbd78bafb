package stdlib

import (
	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/lua/native/list"
)

var ltnSink = shared(
	function{"table", ltnSinkTable},
	function{"simplify", ltnSinkSimplify},
	function{"file", ltnSinkFile},
	function{"null", func(L *vm.LState) int { return returns(L, ltnNull) }},
	function{"error", func(L *vm.LState) int { return returns(L, ltnFailing(L, L.Get(1))) }},
	function{"chain", ltnSinkChain},
)

var ltnNull = &vm.LFunction{IsG: true, GFunction: func(L *vm.LState) int { return returns(L, vm.LNumber(1)) }}

// ltnSinkTable is sink.table(t): appends the chunks to a list; it gives the list as well.
func ltnSinkTable(L *vm.LState) int {
	target := L.Get(1)
	if !vm.LVAsBool(target) {
		target = L.NewTable()
	}
	return returns(L, tableSink(L, target), target)
}

func tableSink(L *vm.LState, target vm.LValue) *vm.LFunction {
	return closure(L, func(L *vm.LState) int {
		if chunk := L.Get(1); vm.LVAsBool(chunk) {
			table, ok := up(L, 1).(*vm.LTable)
			if !ok {
				native.Raise(L, "bad argument #1 to 'insert' (table expected, got %s)", native.TypeName(L, up(L, 1)))
			}
			native.Alloc(L, 32)
			list.Append(table, chunk)
		}
		return returns(L, vm.LNumber(1))
	}, target)
}

// ltnSinkSimplify is sink.simplify(sink): for sinks that name the one to go on with.
func ltnSinkSimplify(L *vm.LState) int {
	assertAll(L, L.Get(1))
	L.Push(closure(L, func(L *vm.LState) int {
		result, next := call2(L, up(L, 1), L.Get(1), L.Get(2))
		if !vm.LVAsBool(result) {
			return returns(L, vm.LNil, next)
		}
		if vm.LVAsBool(next) {
			setUp(L, 1, next)
		}
		return returns(L, vm.LNumber(1))
	}, L.Get(1)))
	return 1
}

// ltnSinkFile is sink.file(handle, message): writes to a file, which it closes at the end.
func ltnSinkFile(L *vm.LState) int {
	if !vm.LVAsBool(L.Get(1)) {
		return returns(L, ltnFailing(L, ltnFileProblem(L.Get(2))))
	}
	L.Push(closure(L, func(L *vm.LState) int {
		handle, chunk := up(L, 1), L.Get(1)
		if !vm.LVAsBool(chunk) {
			native.Call1(L, field(L, handle, "close"), handle)
			return returns(L, vm.LNumber(1))
		}
		return returns2(L, field(L, handle, "write"), handle, chunk)
	}, L.Get(1)))
	return 1
}

// ltnSinkChain is sink.chain(filter, …, sink).
func ltnSinkChain(L *vm.LState) int {
	values := given(L)
	filter, sink := L.Get(1), L.Get(2)
	if len(values) > 2 && vm.LVAsBool(values[2]) {
		sink = values[len(values)-1]
		filter = ltnOneFilter(L, values, 0, len(values)-1)
	}
	assertAll(L, filter, sink)
	L.Push(closure(L, ltnFilteredSink, filter, sink))
	return 1
}

func ltnFilteredSink(L *vm.LState) int {
	chunk, problem := L.Get(1), L.Get(2)
	if chunk == vm.LString("") {
		return returns(L, vm.LNumber(1))
	}
	// The filter has no more to give when it gives "", and at the end of all when it gives nil.
	exhausted := vm.LNil
	if vm.LVAsBool(chunk) {
		exhausted = vm.LString("")
	}
	filtered := native.Call1(L, up(L, 1), chunk)
	for {
		native.Step(L, 4)
		callableAs(L, up(L, 2), "upvalue 'snk'")
		result, failed := call2(L, up(L, 2), filtered, problem)
		if !vm.LVAsBool(result) {
			return returns(L, vm.LNil, failed)
		}
		if filtered == exhausted {
			return returns(L, vm.LNumber(1))
		}
		filtered = native.Call1(L, up(L, 1), exhausted)
	}
}
