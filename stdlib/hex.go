package stdlib

import (
	libhex "github.com/vadv/gopher-lua-libs/hex"
	vm "github.com/yuin/gopher-lua"
)

var hexFunctions = shared(
	lent("encode_to_string", libhex.EncodeToString, "s", 2),
	lent("decode_string", libhex.DecodeString, "s", 2),
	notLent("new_encoder"), notLent("new_decoder"),
)

// Hex is the loader of "hex": hexadecimal digits, as in gopher-lua-libs.
func Hex(L *vm.LState) int {
	L.Push(fill(L.CreateTable(0, len(hexFunctions)), hexFunctions))
	return 1
}
