package stdlib

import (
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

// The low-level functions work on a text in pieces: each takes the bytes left over from the piece before and gives
// those that it cannot decide on yet; a second nil is the end of all.
var mimeLow = shared(
	function{"b64", mimeIncremental(mimeB64, false)},
	function{"unb64", mimeIncremental(mimeUnB64, false)},
	function{"qp", mimeIncremental(mimeQP, true)},
	function{"unqp", mimeIncremental(mimeUnQP, false)},
	function{"wrp", mimeWrap},
	function{"qpwrp", mimeQPWrap},
	function{"eol", mimeEOL},
	function{"dot", mimeDot},
)

// mimeFilters makes the tables of filters by name: encodet, decodet, wrapt. Each function makes a filter anew.
var mimeFilters = []struct {
	name, choose string
	functions    map[string]*vm.LFunction
}{
	{"encodet", "encode", shared(
		function{"base64", mimeFilter("b64", func(*vm.LState) (vm.LValue, vm.LValue) { return vm.LString(""), vm.LNil })},
		function{"quoted-printable", mimeFilter("qp", func(L *vm.LState) (vm.LValue, vm.LValue) {
			if L.Get(1) == vm.LString("binary") {
				return vm.LString(""), vm.LString("=0D=0A")
			}
			return vm.LString(""), vm.LString("\r\n")
		})},
	)},
	{"decodet", "decode", shared(
		function{"base64", mimeFilter("unb64", func(*vm.LState) (vm.LValue, vm.LValue) { return vm.LString(""), vm.LNil })},
		function{"quoted-printable", mimeFilter("unqp", func(*vm.LState) (vm.LValue, vm.LValue) { return vm.LString(""), vm.LNil })},
	)},
	{"wrapt", "wrap", shared(
		function{"text", mimeFilter("wrp", mimeLineLength)},
		function{"base64", mimeFilter("wrp", mimeLineLength)},
		function{"default", mimeFilter("wrp", mimeLineLength)},
		function{"quoted-printable", mimeFilter("qpwrp", func(*vm.LState) (vm.LValue, vm.LValue) { return vm.LNumber(76), vm.LNumber(76) })},
	)},
}

var mimeHigh = shared(
	function{"normalize", mimeFilter("eol", func(L *vm.LState) (vm.LValue, vm.LValue) { return vm.LNumber(0), L.Get(1) })},
	function{"stuff", mimeFilter("dot", func(*vm.LState) (vm.LValue, vm.LValue) { return vm.LNumber(2), vm.LNil })},
)

// MIME is the loader of "mime", LuaSocket's MIME 1.0.3.
func MIME(L *vm.LState) int {
	module := fill(fill(L.CreateTable(0, 18), mimeLow), mimeHigh)
	module.RawSetString("_VERSION", vm.LString("MIME 1.0.3"))
	for _, group := range mimeFilters {
		table := fill(L.CreateTable(0, len(group.functions)), group.functions)
		module.RawSetString(group.name, table)
		module.RawSetString(group.choose, closure(L, chooseByName, table))
	}
	L.Push(module)
	return 1
}

func mimeLineLength(L *vm.LState) (context, extra vm.LValue) {
	length := L.Get(1)
	if !vm.LVAsBool(length) {
		length = vm.LNumber(76)
	}
	return length, length
}

// mimeFilter makes filters of a low-level function, which start with a context and an extra argument.
func mimeFilter(low string, start func(L *vm.LState) (context, extra vm.LValue)) vm.LGFunction {
	return func(L *vm.LState) int {
		context, extra := start(L)
		L.Push(ltnFilter["cycle"])
		L.Push(mimeLow[low])
		L.Push(context)
		L.Push(extra)
		native.Call(L, 3, 1)
		return 1
	}
}

// chooseByName calls the function of the table in the up-value that the first argument names; where that is no string
// it is the first option of "default".
func chooseByName(L *vm.LState) int {
	key, first, second := L.Get(1), L.Get(2), L.Get(3)
	if _, ok := key.(vm.LString); !ok {
		key, first, second = vm.LString("default"), key, first
	}
	fn := index(L, up(L, 1), key)
	if !vm.LVAsBool(fn) {
		native.RaiseValue(L, vm.LString(native.Position(L, 1)+"unknown key ("+string(key.(vm.LString))+")"))
	}
	top := L.GetTop()
	L.Push(fn)
	L.Push(first)
	L.Push(second)
	native.Call(L, 2, vm.MultRet)
	return L.GetTop() - top
}

// optionalText gives an argument that may be nil.
func optionalText(L *vm.LState, n int) (text string, ok bool) {
	if L.Get(n) == vm.LNil {
		return "", false
	}
	return native.CheckString(L, n), true
}

// mimeCoder works through text. It returns the output, and the bytes at the end it has not decided on; final says that
// nothing follows and all must be decided.
type mimeCoder func(dst []byte, text string, marker string, final bool) (out []byte, left string)

// mimeIncremental is the frame of the functions (left, text), some of which take a marker for line breaks.
func mimeIncremental(coder mimeCoder, marked bool) vm.LGFunction {
	return func(L *vm.LState) int {
		first, ok := optionalText(L, 1)
		marker := "\r\n"
		if marked {
			marker = native.OptString(L, 3, marker)
		}
		if !ok {
			return returns(L, vm.LNil, vm.LNil)
		}
		second, more := optionalText(L, 2)
		charge(L)(len(first) + len(second))
		// In the worst case each byte becomes three, or two become a marker.
		room(L, 3*(len(first)+len(second))+len(marker)*(strings.Count(first, "\n")+strings.Count(second, "\n")))
		text := first
		if first == "" {
			text = second
		} else if second != "" {
			text = first + second
		}
		out, left := coder(nil, text, marker, !more)
		if more {
			return returns(L, vm.LString(out), vm.LString(left))
		}
		// The pair is pushed behind the empty result, so that the result itself is lost.
		if len(out) == 0 {
			return returns(L, vm.LNil, vm.LNil)
		}
		return returns(L, vm.LString(out), vm.LNil)
	}
}
