package stdlib

import (
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

const base64Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// mimeB64 encodes groups of three bytes.
func mimeB64(dst []byte, text, _ string, final bool) ([]byte, string) {
	for len(text) >= 3 {
		dst = appendGroup(dst, text[0], text[1], text[2], 4)
		text = text[3:]
	}
	if !final {
		return dst, text
	}
	switch len(text) {
	case 1:
		dst = append(appendGroup(dst, text[0], 0, 0, 2), "=="...)
	case 2:
		dst = append(appendGroup(dst, text[0], text[1], 0, 3), '=')
	}
	return dst, ""
}

// appendGroup writes the first letters of a group of three bytes.
func appendGroup(dst []byte, a, b, c byte, letters int) []byte {
	value := uint32(a)<<16 | uint32(b)<<8 | uint32(c)
	for shift := 18; letters > 0; letters-- {
		dst = append(dst, base64Letters[value>>shift&0x3f])
		shift -= 6
	}
	return dst
}

// mimeUnB64 decodes groups of four letters and passes over everything else; = counts as a letter worth 0. A group that
// is not full at the end of all is lost.
func mimeUnB64(dst []byte, text, _ string, _ bool) ([]byte, string) {
	var group [4]byte
	size := 0
	for i := range len(text) {
		c := text[i]
		if c != '=' && strings.IndexByte(base64Letters, c) < 0 {
			continue
		}
		group[size] = c
		if size++; size < 4 {
			continue
		}
		size = 0
		value := uint32(0)
		for _, letter := range group {
			value = value<<6 | uint32(max(strings.IndexByte(base64Letters, letter), 0))
		}
		decoded := [3]byte{byte(value >> 16), byte(value >> 8), byte(value)}
		switch {
		case group[2] == '=':
			dst = append(dst, decoded[0])
		case group[3] == '=':
			dst = append(dst, decoded[:2]...)
		default:
			dst = append(dst, decoded[:]...)
		}
	}
	return dst, string(group[:size])
}

const upperHex = "0123456789ABCDEF"

func appendQuotedByte(dst []byte, c byte) []byte {
	return append(dst, '=', upperHex[c>>4], upperHex[c&15])
}

// isQPPlain reports the bytes that stand for themselves anywhere in quoted-printable text.
func isQPPlain(c byte) bool { return c > ' ' && c < 0x7f && c != '=' }

// mimeQP encodes as quoted-printable: a line break becomes the marker, and a blank before it is quoted.
func mimeQP(dst []byte, text, marker string, final bool) ([]byte, string) {
	for len(text) > 0 {
		c := text[0]
		need := 1
		switch c {
		case '\r':
			need = 2
		case ' ', '\t':
			need = 3
		}
		if len(text) < need {
			if !final {
				return dst, text
			}
			break
		}
		switch {
		case c == '\r' && text[1] == '\n':
			dst = append(dst, marker...)
			text = text[2:]
			continue
		case (c == ' ' || c == '\t') && text[1:3] == "\r\n":
			dst = append(appendQuotedByte(dst, c), marker...)
			text = text[3:]
			continue
		case isQPPlain(c) || c == ' ' || c == '\t':
			dst = append(dst, c)
		default:
			dst = appendQuotedByte(dst, c)
		}
		text = text[1:]
	}
	// What could not be decided on at the end: blanks and a lone CR, quoted, in a line without a break.
	if final && len(text) > 0 {
		for i := range len(text) {
			if isQPPlain(text[i]) {
				dst = append(dst, text[i])
			} else {
				dst = appendQuotedByte(dst, text[i])
			}
		}
		dst = append(dst, "=\r\n"...)
	}
	return dst, ""
}

// mimeUnQP decodes quoted-printable text and drops what may not stand in it.
func mimeUnQP(dst []byte, text, _ string, _ bool) ([]byte, string) {
	for len(text) > 0 {
		switch c := text[0]; c {
		case '=':
			if len(text) < 3 {
				return dst, text
			}
			high, highOK := hexDigit(text[1])
			low, lowOK := hexDigit(text[2])
			switch {
			case text[1:3] == "\r\n":
			case highOK && lowOK:
				dst = append(dst, high<<4|low)
			default:
				dst = append(dst, text[:3]...)
			}
			text = text[3:]
		case '\r':
			if len(text) < 2 {
				return dst, text
			}
			if text[1] == '\n' {
				dst = append(dst, "\r\n"...)
			}
			text = text[2:]
		default:
			if c == '\t' || c > 31 && c < 127 {
				dst = append(dst, c)
			}
			text = text[1:]
		}
	}
	return dst, ""
}

// mimeWrap is wrp(left, text, length): breaks text into lines; left is what still fits into the first one.
func mimeWrap(L *vm.LState) int {
	return mimeLines(L, "\r\n", func(c byte, left int) bool { return left <= 0 })
}

// mimeQPWrap is qpwrp(left, text, length): the same with soft line breaks, which do not part =XX.
func mimeQPWrap(L *vm.LState) int {
	return mimeLines(L, "=\r\n", func(c byte, left int) bool { return left <= 1 || c == '=' && left <= 3 })
}

func mimeLines(L *vm.LState, breaks string, full func(c byte, left int) bool) int {
	left := cInt(native.CheckNumber(L, 1))
	text, ok := optionalText(L, 2)
	length := cInt(native.OptNumber(L, 3, 76))
	if !ok {
		if left < length {
			return returns(L, vm.LString(breaks), vm.LNumber(length))
		}
		return returns(L, vm.LNil, vm.LNumber(length))
	}
	charge(L)(len(text))
	var out []byte
	for i := range len(text) {
		switch c := text[i]; c {
		case '\r':
		case '\n':
			out = append(out, "\r\n"...)
			left = length
		default:
			if full(c, left) {
				left = length
				out = append(out, breaks...)
			}
			out = append(out, c)
			left--
		}
	}
	native.Alloc(L, len(out))
	return returns(L, vm.LString(out), vm.LNumber(left))
}

// cInt is C's cast of a double to an int, which on the usual machines gives the least int for what does not fit.
func cInt(number vm.LNumber) int {
	if number > -1<<31-1 && number < 1<<31 {
		return int(number)
	}
	return -1 << 31
}

// mimeEOL is eol(context, text, marker): makes all line breaks the marker, be they CR, LF or a pair of both.
func mimeEOL(L *vm.LState) int {
	context := byte(native.CheckInteger(L, 1))
	text, ok := optionalText(L, 2)
	marker := native.OptString(L, 3, "\r\n")
	if i := strings.IndexByte(marker, 0); i >= 0 {
		marker = marker[:i] // a C string
	}
	if !ok {
		return returns(L, vm.LNil, vm.LNumber(0))
	}
	charge(L)(len(text))
	isBreak := func(c byte) bool { return c == '\r' || c == '\n' }
	breaks := 0
	for i := range len(text) {
		if isBreak(text[i]) {
			breaks++
		}
	}
	room(L, len(text)+breaks*len(marker))
	out := make([]byte, 0, len(text)+breaks*len(marker))
	for i := range len(text) {
		c := text[i]
		switch {
		case !isBreak(c):
			out = append(out, c)
			context = 0
		case !isBreak(context):
			out = append(out, marker...)
			context = c
		default:
			if c == context {
				out = append(out, marker...)
			}
			context = 0
		}
	}
	return returns(L, vm.LString(out), vm.LNumber(context))
}

// mimeDot is dot(state, text): doubles a dot at the start of a line, for SMTP.
func mimeDot(L *vm.LState) int {
	state := native.CheckNumber(L, 1)
	text, ok := optionalText(L, 2)
	if !ok {
		return returns(L, vm.LNil, vm.LNumber(2))
	}
	charge(L)(2 * len(text))
	var out []byte
	for i := range len(text) {
		c := text[i]
		out = append(out, c)
		switch {
		case c == '\r':
			state = 1
		case c == '\n' && state == 1:
			state = 2
		case c == '.' && state == 2:
			out = append(out, '.')
			state = 0
		default:
			state = 0
		}
	}
	return returns(L, vm.LString(out), state)
}
