package library

import (
	"math"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

// The options of string.pack (Lua manual §6.4.2).
type packKind uint8

const (
	packInt packKind = iota
	packUint
	packFloat
	packChar    // fixed-size string
	packString  // with its length in front
	packZero    // zero-terminated
	packPadding // one byte
	packAlign   // X
	packNothing
)

const (
	maxIntSize  = 16
	nativeAlign = 8
)

// layout reads the options of a format.
type layout struct {
	l        *vm.LState
	format   string
	at       int
	little   bool
	maxAlign int
}

func newLayout(l *vm.LState, format string) *layout {
	return &layout{l: l, format: beforeZero(format), little: true, maxAlign: 1}
}

func (p *layout) more() bool { return p.at < len(p.format) }

func (p *layout) digit() bool {
	return p.at < len(p.format) && p.format[p.at] >= '0' && p.format[p.at] <= '9'
}

// number reads a number, or gives the one to take without.
func (p *layout) number(otherwise int) int {
	if !p.digit() {
		return otherwise
	}
	n := 0
	for p.digit() && n <= (math.MaxInt32-9)/10 {
		n = n*10 + int(p.format[p.at]-'0')
		p.at++
	}
	return n
}

func (p *layout) intSize(otherwise int) int {
	n := p.number(otherwise)
	if n > maxIntSize || n <= 0 {
		native.Raise(p.l, "integral size (%d) out of limits [1,%d]", n, maxIntSize)
	}
	return n
}

// option reads one option and its size.
func (p *layout) option() (kind packKind, size int) {
	c := p.format[p.at]
	p.at++
	switch c {
	case 'b':
		return packInt, 1
	case 'B':
		return packUint, 1
	case 'h':
		return packInt, 2
	case 'H':
		return packUint, 2
	case 'i':
		return packInt, p.intSize(4)
	case 'I':
		return packUint, p.intSize(4)
	case 'l', 'j':
		return packInt, 8
	case 'L', 'J', 'T':
		return packUint, 8
	case 'f':
		return packFloat, 4
	case 'd', 'n':
		return packFloat, 8
	case 's':
		return packString, p.intSize(8)
	case 'c':
		n := p.number(-1)
		if n < 0 {
			native.Raise(p.l, "missing size for format option 'c'")
		}
		return packChar, n
	case 'z':
		return packZero, 0
	case 'x':
		return packPadding, 1
	case 'X':
		return packAlign, 0
	case ' ':
	case '<', '=':
		p.little = true
	case '>':
		p.little = false
	case '!':
		p.maxAlign = p.intSize(nativeAlign)
	default:
		native.Raise(p.l, "invalid format option '%s'", string([]byte{c}))
	}
	return packNothing, 0
}

// next reads one option; padding is what alignment puts in front of it, when
// total bytes are there already.
func (p *layout) next(total int) (kind packKind, size, padding int) {
	native.Step(p.l, 1)
	kind, size = p.option()
	align := size
	if kind == packAlign {
		if p.at >= len(p.format) {
			native.ArgError(p.l, 1, "invalid next option for option 'X'")
		}
		var of packKind
		of, align = p.option()
		if of == packChar || align == 0 {
			native.ArgError(p.l, 1, "invalid next option for option 'X'")
		}
	}
	if align <= 1 || kind == packChar || kind == packPadding || kind == packNothing || kind == packZero {
		return kind, size, 0
	}
	align = min(align, p.maxAlign)
	if align&(align-1) != 0 {
		native.ArgError(p.l, 1, "format asks for alignment not power of 2")
	}
	return kind, size, (align - total&(align-1)) & (align - 1)
}

// appendInt appends the low bytes of a number.
func (p *layout) appendInt(b []byte, u uint64, size int, negative bool) []byte {
	from := len(b)
	for i := range size {
		switch {
		case i < 8:
			b = append(b, byte(u>>(8*i)))
		case negative:
			b = append(b, 0xff)
		default:
			b = append(b, 0)
		}
	}
	if !p.little {
		reverse(b[from:])
	}
	return b
}

func reverse(b []byte) {
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
}

func stringPack(l *vm.LState) int {
	p := newLayout(l, native.CheckString(l, 1))
	// The first argument that is missing is nil, as in PUC Lua.
	l.Push(vm.LNil)
	var b []byte
	arg := 1
	for p.more() {
		kind, size, padding := p.next(len(b))
		room(l, len(b)+padding+size)
		b = appendRun(b, 0, padding)
		switch kind {
		case packInt, packUint, packFloat, packChar, packString, packZero:
			arg++
			b = p.appendValue(b, kind, size, arg)
		case packPadding:
			b = append(b, 0)
		}
	}
	room(l, len(b))
	l.Push(vm.LString(byteString(b)))
	return 1
}

// appendValue appends the argument that an option takes.
func (p *layout) appendValue(b []byte, kind packKind, size, arg int) []byte {
	l := p.l
	switch kind {
	case packInt:
		n := native.CheckInteger(l, arg)
		if size < 8 {
			if limit := int64(1) << (size*8 - 1); n < -limit || n >= limit {
				native.ArgError(l, arg, "integer overflow")
			}
		}
		return p.appendInt(b, uint64(n), size, n < 0)
	case packUint:
		n := native.CheckInteger(l, arg)
		if size < 8 && uint64(n) >= uint64(1)<<(size*8) {
			native.ArgError(l, arg, "unsigned overflow")
		}
		return p.appendInt(b, uint64(n), size, false)
	case packFloat:
		f := float64(native.CheckNumber(l, arg))
		if size == 4 {
			return p.appendInt(b, uint64(math.Float32bits(float32(f))), 4, false)
		}
		return p.appendInt(b, math.Float64bits(f), 8, false)
	case packChar:
		s := native.CheckString(l, arg)
		if len(s) > size {
			native.ArgError(l, arg, "string longer than given size")
		}
		return appendRun(append(b, s...), 0, size-len(s))
	case packString:
		s := native.CheckString(l, arg)
		if size < 8 && uint64(len(s)) >= uint64(1)<<(size*8) {
			native.ArgError(l, arg, "string length does not fit in given size")
		}
		room(l, len(b)+len(s))
		return append(p.appendInt(b, uint64(len(s)), size, false), s...)
	}
	s := native.CheckString(l, arg)
	read(l, len(s))
	for i := range len(s) {
		if s[i] == 0 {
			native.ArgError(l, arg, "string contains zeros")
		}
	}
	room(l, len(b)+len(s))
	return append(append(b, s...), 0)
}

func stringPackSize(l *vm.LState) int {
	p := newLayout(l, native.CheckString(l, 1))
	total := 0
	for p.more() {
		kind, size, padding := p.next(total)
		if kind == packString || kind == packZero {
			native.ArgError(l, 1, "variable-length format")
		}
		size += padding
		if total > math.MaxInt32-size {
			native.ArgError(l, 1, "format result too large")
		}
		total += size
	}
	l.Push(vm.LNumber(total))
	return 1
}

func stringUnpack(l *vm.LState) int {
	p := newLayout(l, native.CheckString(l, 1))
	data := native.CheckString(l, 2)
	at := startOffset(native.OptInteger(l, 3, 1), len(data))
	if at > len(data) {
		native.ArgError(l, 3, "initial position out of string")
	}
	n := 0
	for p.more() {
		kind, size, padding := p.next(at)
		if padding+size > len(data)-at || padding+size < 0 {
			native.ArgError(l, 2, "data string too short")
		}
		at += padding
		if n++; n > maxResults {
			native.Raise(l, "too many results")
		}
		switch kind {
		case packInt, packUint:
			l.Push(vm.LNumber(p.integer(data[at:at+size], kind == packInt)))
		case packFloat:
			bits := uint64(p.integer(data[at:at+size], false))
			if size == 4 {
				l.Push(vm.LNumber(math.Float32frombits(uint32(bits))))
			} else {
				l.Push(vm.LNumber(math.Float64frombits(bits)))
			}
		case packChar:
			l.Push(cut(l, data, at, at+size))
		case packString:
			length := uint64(p.integer(data[at:at+size], false))
			if length > uint64(len(data)-at-size) {
				native.ArgError(l, 2, "data string too short")
			}
			l.Push(cut(l, data, at+size, at+size+int(length)))
			at += int(length)
		case packZero:
			end := at
			for end < len(data) && data[end] != 0 {
				end++
			}
			if end == len(data) {
				native.ArgError(l, 2, "unfinished string for format 'z'")
			}
			read(l, end-at)
			l.Push(cut(l, data, at, end))
			at = end + 1
		default:
			n--
		}
		at += size
	}
	l.Push(vm.LNumber(at + 1))
	return n + 1
}

// integer reads a number; bytes beyond the eighth must only repeat the sign.
func (p *layout) integer(s string, signed bool) int64 {
	var u uint64
	size := len(s)
	at := func(i int) byte {
		if p.little {
			return s[i]
		}
		return s[size-1-i]
	}
	for i := min(size, 8) - 1; i >= 0; i-- {
		u = u<<8 | uint64(at(i))
	}
	if size < 8 {
		if signed {
			shift := uint(64 - 8*size)
			return int64(u<<shift) >> shift
		}
		return int64(u)
	}
	for i := 8; i < size; i++ {
		fill := byte(0)
		if signed && int64(u) < 0 {
			fill = 0xff
		}
		if at(i) != fill {
			native.Raise(p.l, "%d-byte integer does not fit into Lua Integer", size)
		}
	}
	return int64(u)
}
