package stdlib

import (
	"fmt"
	"math"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

// The functions of cjson that read and change its settings: each returns the setting, after changing it when it was
// given an argument other than nil.

// cjsonArguments refuses more arguments than a function takes.
func cjsonArguments(L *vm.LState, most int) *cjsonConfig {
	if L.GetTop() > most {
		native.ArgError(L, most+1, "found too many arguments")
	}
	return cjsonSettings(L)
}

// cjsonInteger reads the n-th argument into setting and pushes it.
func cjsonInteger(L *vm.LState, n int, setting *int32, low, high int32) {
	if L.Get(n) != vm.LNil {
		// C keeps the low 32 bits.
		value := int32(native.CheckInteger(L, n))
		if value < low || value > high {
			native.ArgError(L, 1, fmt.Sprintf("expected integer between %d and %d", low, high))
		}
		*setting = value
	}
	L.Push(vm.LNumber(*setting))
}

// cjsonOption reads a boolean or the name of an option; the first two options are pushed as false and true.
func cjsonOption(L *vm.LState, n int, setting *int, options []string) {
	switch value := L.Get(n).(type) {
	case *vm.LNilType:
	case vm.LBool:
		*setting = 0
		if value {
			*setting = 1
		}
	default:
		*setting = native.CheckOption(L, n, "", options...)
	}
	if *setting < 2 {
		L.Push(vm.LBool(*setting == 1))
	} else {
		L.Push(vm.LString(options[*setting]))
	}
}

func cjsonBool(L *vm.LState, n int, setting *bool) {
	value := 0
	if *setting {
		value = 1
	}
	cjsonOption(L, n, &value, cjsonInvalid[:2])
	*setting = value == 1
}

// cjsonEncodeSparseArray is encode_sparse_array(convert, ratio, safe).
func cjsonEncodeSparseArray(L *vm.LState) int {
	config := cjsonArguments(L, 3)
	cjsonBool(L, 1, &config.sparseConvert)
	// What was pushed must not be taken for an argument that was not given.
	convert := L.Get(-1)
	L.Pop(1)
	cjsonInteger(L, 2, &config.sparseRatio, 0, math.MaxInt32)
	ratio := L.Get(-1)
	L.Pop(1)
	cjsonInteger(L, 3, &config.sparseSafe, 0, math.MaxInt32)
	safe := L.Get(-1)
	L.Pop(1)
	L.Push(convert)
	L.Push(ratio)
	L.Push(safe)
	return 3
}

func cjsonEncodeMaxDepth(L *vm.LState) int {
	cjsonInteger(L, 1, &cjsonArguments(L, 1).encodeDepth, 1, math.MaxInt32)
	return 1
}

func cjsonDecodeMaxDepth(L *vm.LState) int {
	cjsonInteger(L, 1, &cjsonArguments(L, 1).decodeDepth, 1, math.MaxInt32)
	return 1
}

func cjsonEncodeNumberPrecision(L *vm.LState) int {
	cjsonInteger(L, 1, &cjsonArguments(L, 1).precision, 1, 14)
	return 1
}

// cjsonEncodeKeepBuffer only remembers the setting: there is no buffer to keep.
func cjsonEncodeKeepBuffer(L *vm.LState) int {
	cjsonBool(L, 1, &cjsonArguments(L, 1).keepBuffer)
	return 1
}

func cjsonEncodeInvalidNumbers(L *vm.LState) int {
	cjsonOption(L, 1, &cjsonArguments(L, 1).encodeInvalid, cjsonInvalid)
	return 1
}

func cjsonDecodeInvalidNumbers(L *vm.LState) int {
	cjsonOption(L, 1, &cjsonArguments(L, 1).decodeInvalid, cjsonInvalid[:2])
	return 1
}
