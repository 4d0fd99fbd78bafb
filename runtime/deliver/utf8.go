package deliver

import (
	"bytes"
	"unicode/utf8"
)

// appendValid appends src to dst with every run of bytes that are no UTF-8 as one
// U+FFFD, which is also left out where dst ends in one already.
func appendValid(dst []byte, src []byte) []byte {
	for len(src) > 0 {
		n := 0
		for n < len(src) && src[n] < utf8.RuneSelf {
			n++
		}
		dst, src = append(dst, src[:n]...), src[n:]
		if len(src) == 0 {
			break
		}
		if r, size := utf8.DecodeRune(src); r != utf8.RuneError || size > 1 {
			dst, src = append(dst, src[:size]...), src[size:]
			continue
		}
		dst, src = appendReplacement(dst), src[1:]
	}
	return dst
}

func appendReplacement(dst []byte) []byte {
	if bytes.HasSuffix(dst, []byte(replacement)) {
		return dst
	}
	return append(dst, replacement...)
}

// sequenceLength is how many bytes a character has that begins with c, going by
// its high bits only.
func sequenceLength(c byte) int {
	switch {
	case c < 0xc0:
		return 1
	case c < 0xe0:
		return 2
	case c < 0xf0:
		return 3
	case c < 0xf8:
		return 4
	case c < 0xfc:
		return 5
	case c < 0xfe:
		return 6
	}
	return 1
}

// whole returns how much of data is there to the end of a character, going by
// first bytes only.
func whole(data []byte) int {
	for i := 0; i < len(data); {
		n := 1
		if data[i] >= utf8.RuneSelf {
			n = sequenceLength(data[i])
		}
		if i+n > len(data) {
			return i
		}
		i += n
	}
	return len(data)
}

// wholeAsIconv is whole as iconv sees it: bytes that do not go on as they should
// are not waited for.
func wholeAsIconv(data []byte) int {
	for n := 1; n < 6 && n <= len(data); n++ {
		switch c := data[len(data)-n]; {
		case !utf8.RuneStart(c):
			continue
		case c >= 0xc2 && c < 0xfe && sequenceLength(c) > n:
			return len(data) - n
		}
		break
	}
	return len(data)
}
