package stdlib

import (
	"math"

	libtime "github.com/vadv/gopher-lua-libs/time"
	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/lua/native"
)

var timeFunctions = shared(
	function{"unix", func(L *vm.LState) int {
		return returns(L, vm.LNumber(float64(runtime.From(L).Now().UnixNano())/1e9))
	}},
	function{"unix_nano", func(L *vm.LState) int { return returns(L, vm.LNumber(runtime.From(L).Now().UnixNano())) }},
	function{"sleep", socketSleep},
	lent("parse", libtime.Parse, "sso", 1),
	lent("format", timeFormat, "noo", 8),
)

// Time is the loader of "time", as in gopher-lua-libs: the session's clock, and texts of times in Go's layouts. Its sleep
// ends with the call's deadline.
func Time(L *vm.LState) int {
	L.Push(fill(L.CreateTable(0, len(timeFunctions)), timeFunctions))
	return 1
}

// timeFormat is format(seconds, layout, zone).
func timeFormat(L *vm.LState) int {
	if seconds := float64(native.CheckNumber(L, 1)); !(math.Abs(seconds) < 1<<53) {
		native.ArgError(L, 1, "not a time")
	}
	return libtime.Format(L)
}
