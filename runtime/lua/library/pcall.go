package library

import (
	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

// driver is the Lua half of protected calls: it passes on what the called
// function yields. See native.Protect for what start and continue return.
const driver = `
local start, xstart, continue, pass = ...
local function loop(th, ...)
  if th then return loop(continue(th, pass(...))) end
  return ...
end
return function(...) return loop(start(...)) end, function(...) return loop(xstart(...)) end
`

// protectedCalls makes pcall and xpcall.
func protectedCalls() ([]entry, error) {
	results, err := scratch(driver, native1(start), native1(startWithHandler), native1(native.Continue), native1(native.Yield))
	if err != nil {
		return nil, err
	}
	return []entry{{"pcall", results[0]}, {"xpcall", results[1]}}, nil
}

func start(l *vm.LState) int {
	native.CheckAny(l, 1)
	return native.Protect(l, nil)
}

func startWithHandler(l *vm.LState) int {
	handler := native.CheckFunction(l, 2)
	l.Remove(2)
	return native.Protect(l, native.HandlerOf(handler))
}
