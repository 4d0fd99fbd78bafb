package library

import (
	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

// charPattern matches one character of a valid string.
const charPattern = "[\x00-\x7F\xC2-\xFD][\x80-\xBF]*"

const maxCode = 0x7fffffff

var utf8Functions = []function{
	{"char", utf8Char},
	{"codepoint", utf8Codepoint},
	{"codes", utf8Codes},
	{"len", utf8Len},
	{"offset", utf8Offset},
}

func continues(s string, i int) bool { return i < len(s) && s[i]&0xc0 == 0x80 }

// appendCode appends a code, up to 2^31, in the original form of UTF-8.
func appendCode(b []byte, code uint64) []byte {
	if code < 0x80 {
		return append(b, byte(code))
	}
	var rest [6]byte
	n := len(rest)
	first := uint64(0x3f)
	for code > first {
		n--
		rest[n] = byte(0x80 | code&0x3f)
		code >>= 6
		first >>= 1
	}
	b = append(b, byte(^first<<1|code))
	return append(b, rest[n:]...)
}

// decode reads the character at i, and gives its code and length; length 0 for
// bytes that are not one.
func decode(s string, i int, strict bool) (code uint32, length int) {
	limits := [...]uint32{^uint32(0), 0x80, 0x800, 0x10000, 0x200000, 0x4000000}
	c := uint32(s[i])
	if c < 0x80 {
		return c, 1
	}
	n := 0
	for ; c&0x40 != 0; c <<= 1 {
		n++
		if !continues(s, i+n) {
			return 0, 0
		}
		code = code<<6 | uint32(s[i+n]&0x3f)
	}
	code |= (c & 0x7f) << (n * 5)
	if n > 5 || n == 0 || code > maxCode || code < limits[n] {
		return 0, 0
	}
	if strict && (code > 0x10ffff || code >= 0xd800 && code <= 0xdfff) {
		return 0, 0
	}
	return code, n + 1
}

func utf8Char(l *vm.LState) int {
	var b []byte
	for i := 1; i <= l.GetTop(); i++ {
		code := uint64(native.CheckInteger(l, i))
		if code > maxCode {
			native.ArgError(l, i, "value out of range")
		}
		b = appendCode(b, code)
	}
	l.Push(vm.LString(b))
	return 1
}

// relative turns a position that may count from the end into one from the
// start; 0 is before it.
func relative(i int64, n int) int64 {
	switch {
	case i >= 0:
		return i
	case -i > int64(n):
		return 0
	}
	return int64(n) + i + 1
}

func utf8Len(l *vm.LState) int {
	s := native.CheckString(l, 1)
	i := relative(native.OptInteger(l, 2, 1), len(s))
	j := relative(native.OptInteger(l, 3, -1), len(s))
	strict := !vm.LVAsBool(l.Get(4))
	if i < 1 || i-1 > int64(len(s)) {
		native.ArgError(l, 2, "initial position out of bounds")
	}
	if j > int64(len(s)) {
		native.ArgError(l, 3, "final position out of bounds")
	}
	read(l, 2*int(max(0, j-i)))
	n := 0
	for at := int(i - 1); at < int(j); {
		_, length := decode(s, at, strict)
		if length == 0 {
			l.Push(vm.LNil)
			l.Push(vm.LNumber(at + 1))
			return 2
		}
		at += length
		n++
	}
	l.Push(vm.LNumber(n))
	return 1
}

func utf8Codepoint(l *vm.LState) int {
	s := native.CheckString(l, 1)
	i := relative(native.OptInteger(l, 2, 1), len(s))
	j := relative(native.OptInteger(l, 3, i), len(s))
	strict := !vm.LVAsBool(l.Get(4))
	if i < 1 {
		native.ArgError(l, 2, "out of bounds")
	}
	if j > int64(len(s)) {
		native.ArgError(l, 3, "out of bounds")
	}
	if i > j {
		return 0
	}
	if j-i >= maxResults {
		native.Raise(l, "string slice too long")
	}
	n := 0
	for at := int(i - 1); at < int(j); {
		code, length := decode(s, at, strict)
		if length == 0 {
			native.Raise(l, "invalid UTF-8 code")
		}
		l.Push(vm.LNumber(code))
		at += length
		n++
	}
	return n
}

func utf8Offset(l *vm.LState) int {
	s := native.CheckString(l, 1)
	n := native.CheckInteger(l, 2)
	start := int64(1)
	if n < 0 {
		start = int64(len(s)) + 1
	}
	i := relative(native.OptInteger(l, 3, start), len(s)) - 1
	if i < 0 || i > int64(len(s)) {
		native.ArgError(l, 3, "position out of bounds")
	}
	at := int(i)
	defer func() { read(l, max(at, int(i))-min(at, int(i))) }()
	if n == 0 {
		for at > 0 && continues(s, at) {
			at--
		}
		l.Push(vm.LNumber(at + 1))
		return 1
	}
	if continues(s, at) {
		native.Raise(l, "initial position is a continuation byte")
	}
	for ; n < 0 && at > 0; n++ {
		for at--; at > 0 && continues(s, at); at-- {
		}
	}
	if n > 0 {
		for n--; n > 0 && at < len(s); n-- {
			for at++; continues(s, at); at++ {
			}
		}
	}
	if n != 0 {
		l.Push(vm.LNil)
		return 1
	}
	l.Push(vm.LNumber(at + 1))
	return 1
}

func utf8Codes(l *vm.LState) int {
	native.CheckString(l, 1)
	step := utf8Strict
	if vm.LVAsBool(l.Get(2)) {
		step = utf8Lax
	}
	l.Push(step)
	l.Push(l.Get(1))
	l.Push(vm.LNumber(0))
	return 3
}

var (
	utf8Strict = native1(func(l *vm.LState) int { return nextCode(l, true) })
	utf8Lax    = native1(func(l *vm.LState) int { return nextCode(l, false) })
)

func nextCode(l *vm.LState, strict bool) int {
	s := native.CheckString(l, 1)
	at := uint64(native.CheckInteger(l, 2))
	if at < uint64(len(s)) {
		for continues(s, int(at)) {
			at++
		}
	}
	if at >= uint64(len(s)) {
		return 0
	}
	code, length := decode(s, int(at), strict)
	if length == 0 {
		native.Raise(l, "invalid UTF-8 code")
	}
	l.Push(vm.LNumber(at + 1))
	l.Push(vm.LNumber(code))
	return 2
}
