package config

import (
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
)

// maxModifiers23 is how many modifier letters one expression takes; the next one is taken for the name.
const maxModifiers23 = 10

func isModifier23(c byte) bool { return strings.IndexByte("LUEXRHNMDT", c) >= 0 }

// apply runs the modifiers over value, then cuts or pads it.
func (e *expression23) apply(x *expansion, value string) (string, error) {
	for _, modifier := range e.modifiers {
		if err := x.spend(len(value)); err != nil {
			return "", err
		}
		var err error
		if value, err = e.modify(modifier, value); err != nil {
			return "", err
		}
	}
	if skip := int(e.offset); skip < 0 {
		if -skip < len(value) {
			value = value[len(value)+skip:]
		}
	} else {
		value = value[min(skip, len(value)):]
	}
	return e.fit(value)
}

// fit applies the width: zero padding never cuts, a negative width leaves that many bytes off the end.
func (e *expression23) fit(value string) (string, error) {
	width := int(e.width)
	switch {
	case width == 0:
		return value, nil
	case e.zeroPadding:
		return padZeros(value, width)
	case width < 0:
		if width = len(value) + width; width < 0 {
			width = len(value)
		}
	}
	return value[:min(width, len(value))], nil
}

func padZeros(value string, width int) (string, error) {
	if width <= len(value) {
		return value, nil
	}
	if width > maxExpansion {
		return "", ErrExpansionLimit
	}
	return strings.Repeat("0", width-len(value)) + value, nil
}

func (e *expression23) modify(modifier byte, value string) (string, error) {
	switch modifier {
	case 'L':
		return lowerASCII(value), nil
	case 'U':
		return upperASCII(value), nil
	case 'E':
		return escapeQuotes(value), nil
	case 'X':
		// Not a number counts as 0.
		number, err := strconv.ParseUint(value, 10, 64)
		if err != nil {
			number = 0
		}
		return strconv.FormatUint(number, 16), nil
	case 'R':
		reversed := []byte(value)
		slices.Reverse(reversed)
		return string(reversed), nil
	case 'H':
		hash := hashPJW(value)
		if e.width != 0 {
			hash %= uint32(e.width)
		}
		return e.hashText(hash)
	case 'N':
		digest := md5.Sum([]byte(value))
		hash := binary.BigEndian.Uint64(digest[:])
		if e.width != 0 {
			// A negative width becomes a huge divisor, which is why the conversion extends its sign.
			hash %= uint64(int64(e.width))
		}
		return e.hashText(uint32(hash))
	case 'M':
		digest := md5.Sum([]byte(value))
		return hex.EncodeToString(digest[:]), nil
	case 'D':
		return strings.ReplaceAll(value, ".", ",dc="), nil
	default: // 'T'
		end := len(value)
		for end > 0 && isSpace(value[end-1]) {
			end--
		}
		return value[:end], nil
	}
}

// hashText prints a hash. For H and N the width is the number of buckets and the offset the number of digits, and
// both are used up by them.
func (e *expression23) hashText(hash uint32) (string, error) {
	digits := int(e.offset)
	e.width, e.offset = 0, 0
	return padZeros(strconv.FormatUint(uint64(hash), 16), digits)
}

func escapeQuotes(value string) string {
	if !strings.ContainsAny(value, `"\'`) {
		return value
	}
	var out strings.Builder
	for i := 0; i < len(value); i++ {
		if c := value[i]; c == '"' || c == '\\' || c == '\'' {
			out.WriteByte('\\')
		}
		out.WriteByte(value[i])
	}
	return out.String()
}

// hashPJW is P. J. Weinberger's string hash with 32 bits.
func hashPJW(value string) uint32 {
	var hash uint32
	for i := 0; i < len(value); i++ {
		hash = hash<<4 + uint32(value[i])
		if high := hash & 0xf0000000; high != 0 {
			hash ^= high>>24 ^ high
		}
	}
	return hash
}
