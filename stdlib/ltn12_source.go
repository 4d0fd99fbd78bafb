package stdlib

import (
	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/lua/native/list"
)

// ltnSource are the functions of ltn12.source but string and file, which belong to a state's own module.
var ltnSource = shared(
	function{"empty", func(L *vm.LState) int { return returns(L, ltnEmpty) }},
	function{"error", func(L *vm.LState) int { return returns(L, ltnFailing(L, L.Get(1))) }},
	function{"simplify", ltnSourceSimplify},
	function{"table", ltnSourceTable},
	function{"rewind", ltnSourceRewind},
	function{"chain", ltnSourceChain},
	function{"cat", ltnSourceCat},
)

var ltnEmpty = &vm.LFunction{IsG: true, GFunction: func(L *vm.LState) int { return returns(L, vm.LNil) }}

// ltnFailing makes a source or a sink that only gives an error.
func ltnFailing(L *vm.LState, problem vm.LValue) vm.LValue {
	return closure(L, func(L *vm.LState) int { return returns(L, vm.LNil, up(L, 1)) }, problem)
}

// ltnSourceString is source.string(s): the text in blocks.
func ltnSourceString(L *vm.LState) int {
	if !vm.LVAsBool(L.Get(1)) {
		return returns(L, ltnEmpty)
	}
	L.Push(closure(L, ltnNextBlock, up(L, 1), L.Get(1), vm.LNumber(0)))
	return 1
}

func ltnNextBlock(L *vm.LState) int {
	text, ok := asText(up(L, 2))
	if !ok {
		native.Raise(L, "bad argument #1 to 'sub' (string expected, got %s)", native.TypeName(L, up(L, 2)))
	}
	from, size := int(up(L, 3).(vm.LNumber)), ltnBlockSize(L)
	setUp(L, 3, vm.LNumber(from+size))
	if from >= len(text) || size <= 0 {
		return returns(L, vm.LNil)
	}
	charge(L)(min(size, len(text)-from))
	return returns(L, vm.LString(text[from:min(from+size, len(text))]))
}

// ltnBlockSize is the module's BLOCKSIZE, the first up-value being the module.
func ltnBlockSize(L *vm.LState) int {
	size := field(L, up(L, 1), "BLOCKSIZE")
	number, ok := size.(vm.LNumber)
	if !ok {
		native.Raise(L, "attempt to perform arithmetic on a %s value (field 'BLOCKSIZE')", native.TypeName(L, size))
	}
	return int(min(number, 1<<30))
}

// ltnSourceFile is source.file(handle, message): a file in blocks, which it closes at the end.
func ltnSourceFile(L *vm.LState) int {
	if !vm.LVAsBool(L.Get(1)) {
		return returns(L, ltnFailing(L, ltnFileProblem(L.Get(2))))
	}
	L.Push(closure(L, func(L *vm.LState) int {
		handle := up(L, 2)
		chunk := native.Call1(L, field(L, handle, "read"), handle, vm.LNumber(ltnBlockSize(L)))
		if !vm.LVAsBool(chunk) {
			native.Call1(L, field(L, handle, "close"), handle)
		}
		return returns(L, chunk)
	}, up(L, 1), L.Get(1)))
	return 1
}

func ltnFileProblem(message vm.LValue) vm.LValue {
	if vm.LVAsBool(message) {
		return message
	}
	return vm.LString("unable to open file")
}

// ltnSourceSimplify is source.simplify(source): for sources that name the one to go on with.
func ltnSourceSimplify(L *vm.LState) int {
	assertAll(L, L.Get(1))
	L.Push(closure(L, func(L *vm.LState) int {
		chunk, next := call2(L, up(L, 1))
		if vm.LVAsBool(next) {
			setUp(L, 1, next)
		}
		if !vm.LVAsBool(chunk) {
			return returns(L, vm.LNil, next)
		}
		return returns(L, chunk)
	}, L.Get(1)))
	return 1
}

// ltnSourceTable is source.table(t): the elements of a list.
func ltnSourceTable(L *vm.LState) int {
	_, ok := L.Get(1).(*vm.LTable)
	assertAll(L, vm.LBool(ok))
	L.Push(closure(L, func(L *vm.LState) int {
		next := up(L, 2).(vm.LNumber) + 1
		setUp(L, 2, next)
		return returns(L, index(L, up(L, 1), next))
	}, L.Get(1), vm.LNumber(0)))
	return 1
}

// ltnSourceRewind is source.rewind(source): called with a chunk, it takes that back.
func ltnSourceRewind(L *vm.LState) int {
	assertAll(L, L.Get(1))
	L.Push(closure(L, func(L *vm.LState) int {
		kept := up(L, 2).(*vm.LTable)
		if chunk := L.Get(1); vm.LVAsBool(chunk) {
			native.Alloc(L, 32)
			list.Append(kept, chunk)
			return 0
		}
		if n := list.Length(kept); n > 0 {
			return returns(L, list.Remove(kept, n, n))
		}
		return returns2(L, up(L, 1))
	}, L.Get(1), L.CreateTable(1, 0)))
	return 1
}

// returns2 gives on the first two results of a source or sink. Trailing nils are left out, as a tail call would.
func returns2(L *vm.LState, fn vm.LValue, arguments ...vm.LValue) int {
	first, second := call2(L, fn, arguments...)
	if second == vm.LNil {
		return returns(L, first)
	}
	return returns(L, first, second)
}

// ltnSourceCat is source.cat(…): one source after the other.
func ltnSourceCat(L *vm.LState) int {
	sources := L.CreateTable(L.GetTop(), 0)
	for i, source := range given(L) {
		sources.RawSetInt(i+1, source)
	}
	L.Push(closure(L, func(L *vm.LState) int {
		sources, at := up(L, 1).(*vm.LTable), up(L, 2).(vm.LNumber)
		for ; ; at++ {
			native.Step(L, 4)
			source := list.Get(sources, int(at))
			if !vm.LVAsBool(source) {
				return 0
			}
			chunk, problem := call2(L, source)
			setUp(L, 2, at)
			if vm.LVAsBool(chunk) {
				return returns(L, chunk)
			}
			if vm.LVAsBool(problem) {
				return returns(L, vm.LNil, problem)
			}
		}
	}, sources, vm.LNumber(1)))
	return 1
}

// ltnSourceChain is source.chain(source, filter, …): what the filters make of a source.
func ltnSourceChain(L *vm.LState) int {
	source, filter := L.Get(1), ltnOneFilter(L, given(L), 1, L.GetTop())
	assertAll(L, source, filter)
	// The up-values are: source, filter, what the filter was given last, whether it may have more to give, and whether
	// it has given the end.
	L.Push(closure(L, ltnFiltered, source, filter, vm.LString(""), vm.LFalse, vm.LFalse))
	return 1
}

// ltnOneFilter makes one filter of the values from..to, or nil of none. LTN12 looks at the second for whether there
// are several.
func ltnOneFilter(L *vm.LState, values []vm.LValue, from, to int) vm.LValue {
	if from >= to {
		return vm.LNil
	}
	if from+1 >= to || !vm.LVAsBool(values[from+1]) {
		return values[from]
	}
	L.Push(&vm.LFunction{IsG: true, GFunction: ltnFilterChain})
	for _, value := range values[from:to] {
		L.Push(value)
	}
	native.Call(L, to-from, 1)
	made := L.Get(-1)
	L.Pop(1)
	return made
}

func ltnFiltered(L *vm.LState) int {
	if up(L, 5) == vm.LTrue {
		// The caller of the source is at fault.
		native.RaiseValue(L, vm.LString(native.Position(L, 2)+"source is empty!"))
	}
	filter := up(L, 2)
	for {
		native.Step(L, 4)
		if up(L, 4) == vm.LFalse {
			chunk, problem := call2(L, up(L, 1))
			setUp(L, 3, chunk)
			if vm.LVAsBool(problem) {
				return returns(L, vm.LNil, problem)
			}
			output := native.Call1(L, filter, chunk)
			switch {
			case !vm.LVAsBool(output):
				return ltnEnd(L, chunk)
			case output != vm.LString(""):
				setUp(L, 4, vm.LTrue)
				if vm.LVAsBool(chunk) {
					setUp(L, 3, vm.LString(""))
				}
				return returns(L, output)
			}
			continue
		}
		chunk := up(L, 3)
		output := native.Call1(L, filter, chunk)
		switch {
		case !vm.LVAsBool(output):
			return ltnEnd(L, chunk)
		case output != vm.LString(""):
			return returns(L, output)
		case chunk != vm.LString(""):
			native.Raise(L, "filter returned \"\"")
		}
		setUp(L, 4, vm.LFalse)
	}
}

// ltnEnd is a filter's end, which must be that of its input.
func ltnEnd(L *vm.LState, input vm.LValue) int {
	setUp(L, 5, vm.LTrue)
	if vm.LVAsBool(input) {
		native.Raise(L, "filter returned inappropriate nil")
	}
	return returns(L, vm.LNil)
}
