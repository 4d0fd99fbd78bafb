package syntax

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// ParseNumber reads a numeral without sign and without space around it
// (manual §3.1). A decimal integer too large for 64 bits is a float; a
// hexadecimal one wraps around.
func ParseNumber(s string) (Number, bool) {
	if len(s) > 2 && s[0] == '0' && s[1]|0x20 == 'x' {
		return parseHex(s)
	}
	if n, ok := decimalInteger(s); ok {
		return Number{Value: float64(n), IsInt: true, Int: n}, true
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; class[c]&isDigit == 0 && c != '.' && c|0x20 != 'e' && c != '+' && c != '-' {
			return Number{}, false
		}
	}
	return parseFloat(s)
}

func decimalInteger(s string) (int64, bool) {
	if s == "" {
		return 0, false
	}
	var n uint64
	for i := 0; i < len(s); i++ {
		if class[s[i]]&isDigit == 0 {
			return 0, false
		}
		d := uint64(s[i] - '0')
		if n > (math.MaxInt64-d)/10 {
			return 0, false
		}
		n = n*10 + d
	}
	return int64(n), true
}

func parseHex(s string) (Number, bool) {
	digits := s[2:]
	if !strings.ContainsAny(digits, ".pP") {
		var n uint64
		for i := 0; i < len(digits); i++ {
			d := hexValue(digits[i])
			if d < 0 {
				return Number{}, false
			}
			n = n<<4 | uint64(d)
		}
		return Number{Value: float64(int64(n)), IsInt: true, Int: int64(n)}, true
	}
	if strings.IndexByte(s, '_') >= 0 {
		return Number{}, false
	}
	if !strings.ContainsAny(digits, "pP") {
		s += "p0"
	}
	return parseFloat(s)
}

func parseFloat(s string) (Number, bool) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil && !isRange(err) {
		return Number{}, false
	}
	return Number{Value: f}, true
}

func isRange(err error) bool {
	return errors.Is(err, strconv.ErrRange)
}

// hexValue gives the value of a hexadecimal digit, or -1.
func hexValue(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}
