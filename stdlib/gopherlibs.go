package stdlib

import (
	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

// gopherLibs is whose functions and names the modules crypto, hex, humanize, regexp, strings, time and yaml have.
const gopherLibs = "gopher-lua-libs 0.8.0"

// maxWork is how many steps of Go a native may take in one piece, which no deadline interrupts: about a second.
const maxWork = 1 << 27

// work counts steps of Go, and refuses too many of them.
func work(L *vm.LState, steps int) {
	if steps > maxWork {
		native.Raise(L, "the arguments are too long for this function")
	}
	native.Step(L, steps/16+1)
}

// lent is a function of gopher-lua-libs. The kinds say what its arguments are: s is a string, n a number, o a string that
// may be left out. They are checked here, for Lua's own words and numbers; what the function may make of them is charged,
// factor bytes for each of theirs.
func lent(name string, fn vm.LGFunction, kinds string, factor int) function {
	return function{name, func(L *vm.LState) int {
		size := 0
		for i, kind := range kinds {
			n := i + 1
			switch {
			case kind == 'n':
				native.CheckNumber(L, n)
			case kind == 'o' && L.Get(n) == vm.LNil:
				L.SetTop(i)
				return lend(L, fn, size, factor)
			default:
				text := native.CheckString(L, n)
				L.Replace(n, vm.LString(text))
				size += len(text)
			}
		}
		return lend(L, fn, size, factor)
	}}
}

func lend(L *vm.LState, fn vm.LGFunction, size, factor int) int {
	native.Step(L, size/8+100)
	room(L, size*factor+64)
	return fn(L)
}

// notLent is a function of gopher-lua-libs that is left out.
func notLent(name string) function {
	return function{name, func(L *vm.LState) int {
		native.Raise(L, "%s is not available in luapush: its memory cannot be bounded; use the functions that take and give whole strings", name)
		return 0
	}}
}
