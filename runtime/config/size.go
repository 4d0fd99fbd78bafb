package config

import (
	"math"
	"strings"
)

// ParseSize reads a size in bytes: a number, optional blanks, and one of B, K, M, G, T in any case, the last four
// optionally followed by "i", "B" or "iB". Without a unit it is bytes; the factor is always 1024 (dovecot.md §9).
func ParseSize(text string) (uint64, error) {
	invalid := refuse(text, "Invalid size: "+text, ErrInvalidValue)
	number, rest, ok := leadingNumber(text)
	if !ok {
		return 0, invalid
	}
	unit := lowerASCII(strings.TrimLeft(rest, " "))
	if unit == "" || unit == "b" {
		return number, nil
	}
	shift := strings.IndexByte("kmgt", unit[0])
	if shift < 0 {
		return 0, invalid
	}
	switch unit[1:] {
	case "", "i", "b", "ib":
	default:
		return 0, invalid
	}
	factor := uint64(1) << (10 * (shift + 1))
	if number > math.MaxUint64/factor {
		return 0, refuse(text, "Size is too large: "+text, ErrValueTooLarge)
	}
	return number * factor, nil
}
