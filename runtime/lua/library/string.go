package library

import (
	"math"
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

var stringFunctions = []function{
	{"byte", stringByte},
	{"char", stringChar},
	{"dump", stringDump},
	{"find", stringFind},
	{"format", stringFormat},
	{"gmatch", stringGMatch},
	{"gsub", stringGSub},
	{"len", stringLen},
	{"lower", stringLower},
	{"match", stringMatch},
	{"pack", stringPack},
	{"packsize", stringPackSize},
	{"rep", stringRep},
	{"reverse", stringReverse},
	{"sub", stringSub},
	{"unpack", stringUnpack},
	{"upper", stringUpper},
}

// between gives the offsets of the substring from i to j, which count from 1
// or from the end.
func between(n int, i, j int64) (from, to int) {
	from = startOffset(i, n)
	switch {
	case j > int64(n):
		to = n
	case j >= 0:
		to = int(j)
	case j < -int64(n):
		to = 0
	default:
		to = n + int(j) + 1
	}
	if from > to {
		return 0, 0
	}
	return from, to
}

func stringSub(l *vm.LState) int {
	s := native.CheckString(l, 1)
	from, to := between(len(s), native.CheckInteger(l, 2), native.OptInteger(l, 3, -1))
	l.Push(cut(l, s, from, to))
	return 1
}

func stringByte(l *vm.LState) int {
	s := native.CheckString(l, 1)
	i := native.OptInteger(l, 2, 1)
	from, to := between(len(s), i, native.OptInteger(l, 3, i))
	if to-from >= maxResults {
		native.Raise(l, "string slice too long")
	}
	for _, c := range []byte(s[from:to]) {
		l.Push(vm.LNumber(c))
	}
	return to - from
}

func stringChar(l *vm.LState) int {
	b := make([]byte, l.GetTop())
	for i := range b {
		c := native.CheckInteger(l, i+1)
		if c < 0 || c > 255 {
			native.ArgError(l, i+1, "value out of range")
		}
		b[i] = byte(c)
	}
	l.Push(vm.LString(b))
	return 1
}

func stringDump(l *vm.LState) int {
	native.CheckFunction(l, 1)
	native.Raise(l, "unable to dump given function")
	return 0
}

func stringLen(l *vm.LState) int {
	l.Push(vm.LNumber(len(native.CheckString(l, 1))))
	return 1
}

func stringLower(l *vm.LState) int {
	return mapBytes(l, func(c byte) byte {
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		return c
	})
}

func stringUpper(l *vm.LState) int {
	return mapBytes(l, func(c byte) byte {
		if c >= 'a' && c <= 'z' {
			c &^= 0x20
		}
		return c
	})
}

func mapBytes(l *vm.LState, f func(byte) byte) int {
	s := native.CheckString(l, 1)
	room(l, len(s))
	read(l, len(s))
	b := make([]byte, len(s))
	for i := range b {
		b[i] = f(s[i])
	}
	l.Push(vm.LString(byteString(b)))
	return 1
}

func stringReverse(l *vm.LState) int {
	s := native.CheckString(l, 1)
	room(l, len(s))
	read(l, len(s))
	b := make([]byte, len(s))
	for i := range b {
		b[i] = s[len(s)-1-i]
	}
	l.Push(vm.LString(byteString(b)))
	return 1
}

func stringRep(l *vm.LState) int {
	s, n := native.CheckString(l, 1), native.CheckInteger(l, 2)
	separator := native.OptString(l, 3, "")
	if n <= 0 {
		l.Push(vm.LString(""))
		return 1
	}
	each := int64(len(s) + len(separator))
	if each == 0 {
		l.Push(vm.LString(""))
		return 1
	}
	if each > math.MaxInt32/n {
		native.Raise(l, "resulting string too large")
	}
	total := each*n - int64(len(separator))
	room(l, int(total))
	read(l, int(total))
	if separator == "" {
		l.Push(vm.LString(strings.Repeat(s, int(n))))
		return 1
	}
	l.Push(vm.LString(strings.Repeat(s+separator, int(n))[:total]))
	return 1
}

// number gives the value of a number or a numeric string.
func number(v vm.LValue) (vm.LNumber, bool) {
	switch v := v.(type) {
	case vm.LNumber:
		return v, true
	case vm.LString:
		return native.ToNumber(string(v))
	}
	return 0, false
}
