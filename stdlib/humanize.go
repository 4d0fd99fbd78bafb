package stdlib

import (
	"math"
	"time"

	"github.com/dustin/go-humanize"
	libhumanize "github.com/vadv/gopher-lua-libs/humanize"
	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/lua/native"
)

var humanizeFunctions = shared(
	function{"time", humanizeTime},
	function{"ibytes", humanizeIBytes},
	lent("parse_bytes", libhumanize.ParseBytes, "s", 1),
	lent("si", libhumanize.SI, "ns", 2),
)

// Humanize is the loader of "humanize": sizes and times in words, as in gopher-lua-libs.
func Humanize(L *vm.LState) int {
	L.Push(fill(L.CreateTable(0, len(humanizeFunctions)), humanizeFunctions))
	return 1
}

// humanizeTime is time(seconds): how long ago that is by the session's clock.
func humanizeTime(L *vm.LState) int {
	then := time.Unix(native.CheckInteger(L, 1), 0)
	return returns(L, vm.LString(humanize.RelTime(then, runtime.From(L).Now(), "ago", "from now")))
}

// humanizeIBytes is ibytes(size).
func humanizeIBytes(L *vm.LState) int {
	size := native.CheckNumber(L, 1)
	if !(size >= 0 && size < math.MaxInt64) {
		native.ArgError(L, 1, "must be positive")
	}
	return libhumanize.IBytes(L)
}
