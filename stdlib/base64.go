package stdlib

import (
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

var base64Functions = shared(
	function{"encode", base64Encode},
	function{"decode", base64Decode},
	function{"makeencoder", base64MakeEncoder},
	function{"makedecoder", base64MakeDecoder},
)

// Base64 is the loader of "base64", iskolbin's lbase64 1.5.
func Base64(L *vm.LState) int {
	L.Push(fill(L.CreateTable(0, len(base64Functions)), base64Functions))
	return 1
}

// base64Marks gives the bytes for 62, 63 and the padding.
func base64Marks(L *vm.LState) (marks [3]byte) {
	for i, otherwise := range "+/=" {
		marks[i] = byte(otherwise)
		if text := native.OptString(L, i+1, ""); text != "" {
			marks[i] = text[0]
		}
	}
	return marks
}

// base64MakeEncoder is makeencoder(s62, s63, padding): the bytes by their numbers.
func base64MakeEncoder(L *vm.LState) int {
	marks := base64Marks(L)
	encoder := L.CreateTable(64, 1)
	for i, c := range []byte(base64Letters[:62] + string(marks[:])) {
		encoder.RawSet(vm.LNumber(i), vm.LNumber(c))
	}
	return returns(L, encoder)
}

// base64MakeDecoder is makedecoder(s62, s63, padding): the numbers by their bytes.
func base64MakeDecoder(L *vm.LState) int {
	marks := base64Marks(L)
	decoder := L.CreateTable(0, 65)
	for i, c := range []byte(base64Letters[:62] + string(marks[:2])) {
		decoder.RawSet(vm.LNumber(c), vm.LNumber(i))
	}
	decoder.RawSet(vm.LNumber(marks[2]), vm.LNumber(0))
	return returns(L, decoder)
}

// base64Encode is encode(text, encoder, caching).
func base64Encode(L *vm.LState) int {
	text := native.CheckString(L, 1)
	letters := []byte(base64Letters + "=")
	if given := L.Get(2); vm.LVAsBool(given) {
		encoder := native.CheckTable(L, 2)
		for i := range letters {
			switch c := encoder.RawGet(vm.LNumber(i)).(type) {
			case vm.LNumber:
				letters[i] = byte(c)
			default:
				native.Raise(L, "bad argument #1 to 'char' (number expected, got %s)", native.TypeName(L, c))
			}
		}
	}
	room(L, len(text)+len(text)/3+4)
	native.Step(L, len(text)/8+1)
	encoded, _ := mimeB64(make([]byte, 0, len(text)+len(text)/3+4), text, "", true)
	if vm.LVAsBool(L.Get(2)) {
		for i, c := range encoded {
			if c == '=' {
				encoded[i] = letters[64]
			} else {
				encoded[i] = letters[strings.IndexByte(base64Letters, c)]
			}
		}
	}
	return returns(L, vm.LString(encoded))
}

// base64Decode is decode(text, decoder, caching): other characters are passed over.
func base64Decode(L *vm.LState) int {
	text := native.CheckString(L, 1)
	var values [256]int
	for i := range values {
		values[i] = strings.IndexByte(base64Letters, byte(i))
	}
	values['='] = 0
	plus, slash := byte('+'), byte('/')
	if vm.LVAsBool(L.Get(2)) {
		decoder := native.CheckTable(L, 2)
		for i := range values {
			values[i] = -1
			if n, ok := decoder.RawGet(vm.LNumber(i)).(vm.LNumber); ok {
				switch values[i] = int(n) & 63; values[i] {
				case 62:
					plus = byte(i)
				case 63:
					slash = byte(i)
				}
			}
		}
	}
	room(L, 2*len(text))
	native.Step(L, len(text)/8+1)
	clean := make([]byte, 0, len(text))
	for i := range len(text) {
		if c := text[i]; isURLPlain(c) && c != '_' || c == plus || c == slash || c == '=' {
			clean = append(clean, c)
		}
	}
	padding := 0
	if strings.HasSuffix(string(clean), "==") {
		padding = 2
	} else if strings.HasSuffix(string(clean), "=") {
		padding = 1
	}
	var out []byte
	for len(clean) > 0 {
		group := clean[:min(4, len(clean))]
		clean = clean[len(group):]
		value, last := 0, len(clean) == 0 && padding > 0
		for i := range 4 {
			value <<= 6
			switch {
			case last && i >= 4-padding:
			case i >= len(group) || values[group[i]] < 0:
				native.Raise(L, "attempt to perform arithmetic on a nil value (field '?')")
			default:
				value |= values[group[i]]
			}
		}
		bytes := []byte{byte(value >> 16), byte(value >> 8), byte(value)}
		if last {
			bytes = bytes[:3-padding]
		}
		out = append(out, bytes...)
	}
	return returns(L, vm.LString(out))
}
