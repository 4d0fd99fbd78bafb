package stdlib

import (
	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

// ltnBlock is how many bytes the sources of ltn12 and socket give at a time unless a script changes BLOCKSIZE.
const ltnBlock = 2048

var (
	ltnFilter = shared(function{"cycle", ltnFilterCycle}, function{"chain", ltnFilterChain})
	ltnPump   = shared(function{"step", ltnPumpStep}, function{"all", ltnPumpAll})
)

// LTN12 is the loader of "ltn12", LuaSocket's sources, sinks, filters and pumps (LTN12 1.0.3). What it makes are
// natives, so a source or sink of the script cannot yield out of a pump.
func LTN12(L *vm.LState) int {
	module := L.CreateTable(0, 6)
	module.RawSetString("filter", fill(L.CreateTable(0, len(ltnFilter)), ltnFilter))
	module.RawSetString("pump", fill(L.CreateTable(0, len(ltnPump)), ltnPump))
	// These look at the module's BLOCKSIZE when they read.
	source := fill(L.CreateTable(0, len(ltnSource)+2), ltnSource)
	source.RawSetString("string", L.NewClosure(ltnSourceString, module))
	source.RawSetString("file", L.NewClosure(ltnSourceFile, module))
	module.RawSetString("source", source)
	module.RawSetString("sink", fill(L.CreateTable(0, len(ltnSink)), ltnSink))
	module.RawSetString("BLOCKSIZE", vm.LNumber(ltnBlock))
	module.RawSetString("_VERSION", vm.LString("LTN12 1.0.3"))
	L.Push(module)
	return 1
}

// ltnFilterCycle is filter.cycle(low, context, extra): a filter that hands a low-level one its context back.
func ltnFilterCycle(L *vm.LState) int {
	assertAll(L, L.Get(1))
	L.Push(closure(L, func(L *vm.LState) int {
		result, context := call2(L, up(L, 1), up(L, 2), L.Get(1), up(L, 3))
		setUp(L, 2, context)
		return returns(L, result)
	}, L.Get(1), L.Get(2), L.Get(3)))
	return 1
}

// ltnFilterChain is filter.chain(…): one filter made of several.
func ltnFilterChain(L *vm.LState) int {
	filters := given(L)
	// The up-values are: the filter whose turn it is, the first that has not yet seen the end, what to feed a filter
	// again that has more to give, and the filters.
	values := append([]vm.LValue{vm.LNumber(1), vm.LNumber(1), vm.LString("")}, filters...)
	L.Push(closure(L, ltnChained, values...))
	return 1
}

func ltnChained(L *vm.LState) int {
	const before = 3
	turn, first := int(up(L, 1).(vm.LNumber)), int(up(L, 2).(vm.LNumber))
	count := len(native.At(L, 0).Fn.Upvalues) - before
	chunk := L.Get(1)
	again := up(L, 3)
	if chunk == vm.LNil {
		again = vm.LNil
	}
	done := func(chunk vm.LValue) int {
		setUp(L, 1, vm.LNumber(turn))
		setUp(L, 2, vm.LNumber(first))
		setUp(L, 3, again)
		return returns(L, chunk)
	}
	for {
		native.Step(L, 4)
		input := chunk
		if turn != first && input == vm.LNil {
			input = vm.LString("")
		}
		output := native.Call1(L, up(L, before+turn), input)
		switch {
		case turn == first && (output == vm.LString("") || first == count):
			return done(output)
		case turn == first && !vm.LVAsBool(output):
			first++
			turn = first
			chunk = output
		case turn == first:
			chunk = output
			turn++
		case output == vm.LString(""):
			turn--
			chunk = again
		case !vm.LVAsBool(output):
			done(output)
			native.Raise(L, "filter returned inappropriate nil")
		case turn == count:
			return done(output)
		default:
			chunk = output
			turn++
		}
	}
}

// ltnPumpStep is pump.step(source, sink): one chunk.
func ltnPumpStep(L *vm.LState) int { return returns(L, pumpStep(L, L.Get(1), L.Get(2))...) }

func pumpStep(L *vm.LState, source, sink vm.LValue) []vm.LValue {
	callableAs(L, source, "local 'src'")
	callableAs(L, sink, "local 'snk'")
	chunk, sourceError := call2(L, source)
	result, sinkError := call2(L, sink, chunk, sourceError)
	if vm.LVAsBool(chunk) && vm.LVAsBool(result) {
		return []vm.LValue{vm.LNumber(1)}
	}
	if vm.LVAsBool(sourceError) {
		sinkError = sourceError
	}
	return []vm.LValue{vm.LNil, sinkError}
}

// ltnPumpAll is pump.all(source, sink, step): everything, or nil and what stopped it.
func ltnPumpAll(L *vm.LState) int {
	assertAll(L, L.Get(1), L.Get(2))
	if problem := pumpAll(L, L.Get(1), L.Get(2), L.Get(3)); problem != vm.LNil {
		return returns(L, vm.LNil, problem)
	}
	return returns(L, vm.LNumber(1))
}

// pumpAll pumps until the end and gives what stopped it before, or nil.
func pumpAll(L *vm.LState, source, sink, step vm.LValue) vm.LValue {
	for {
		native.Step(L, 4)
		var result, problem vm.LValue
		if vm.LVAsBool(step) {
			callableAs(L, step, "local 'step'")
			result, problem = call2(L, step, source, sink)
		} else {
			results := append(pumpStep(L, source, sink), vm.LNil)
			result, problem = results[0], results[1]
		}
		if vm.LVAsBool(result) {
			continue
		}
		if vm.LVAsBool(problem) {
			return problem
		}
		return vm.LNil
	}
}
