package stdlib

import (
	libstrings "github.com/vadv/gopher-lua-libs/strings"
	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

// partSize is what a part of a string takes in a table, where every byte is a part.
const partSize = 48

var stringsFunctions = shared(
	lent("split", libstrings.Split, "so", partSize),
	lent("fields", libstrings.Fields, "s", partSize),
	lent("has_prefix", libstrings.HasPrefix, "ss", 0),
	lent("has_suffix", libstrings.HasSuffix, "ss", 0),
	lent("contains", libstrings.Contains, "ss", 0),
	lent("trim", stringsTrim, "ss", 0),
	lent("trim_space", libstrings.TrimSpace, "s", 0),
	lent("trim_prefix", libstrings.TrimPrefix, "ss", 0),
	lent("trim_suffix", libstrings.TrimSuffix, "ss", 0),
	notLent("new_reader"), notLent("new_builder"),
)

// Strings is the loader of "strings": the functions of Go's package of that name, as in gopher-lua-libs.
func Strings(L *vm.LState) int {
	L.Push(fill(L.CreateTable(0, len(stringsFunctions)), stringsFunctions))
	return 1
}

// stringsTrim is trim(text, set), which may look at the whole set for each character.
func stringsTrim(L *vm.LState) int {
	work(L, len(native.CheckString(L, 1))*len(native.CheckString(L, 2)))
	return libstrings.Trim(L)
}
