package jsoncore

import (
	"bytes"
	"math"
	"strconv"
)

// AppendG appends number as C's printf does for "%.<precision>g"; precision is at least 1.
func AppendG(dst []byte, number float64, precision int) []byte {
	switch {
	case math.IsInf(number, 1):
		return append(dst, "inf"...)
	case math.IsInf(number, -1):
		return append(dst, "-inf"...)
	case math.IsNaN(number):
		return append(dst, "nan"...)
	}
	// A small whole number is the usual case, and its digits are the result.
	if i := int64(number); float64(i) == number && i > -100000 && i < 100000 && precision >= 5 && (i != 0 || !math.Signbit(number)) {
		return strconv.AppendInt(dst, i, 10)
	}
	var buffer [400]byte
	scientific := strconv.AppendFloat(buffer[:0], number, 'e', precision-1, 64)
	mantissa, exponentText, _ := bytes.Cut(scientific, []byte{'e'})
	exponent, err := strconv.Atoi(string(exponentText))
	if err != nil || exponent < -4 || exponent >= precision {
		dst = append(dst, trimFraction(mantissa)...)
		return append(append(dst, 'e'), exponentText...)
	}
	plain := strconv.AppendFloat(buffer[:0], number, 'f', precision-1-exponent, 64)
	return append(dst, trimFraction(plain)...)
}

// trimFraction cuts the zeros at the end of a fraction, and the dot when nothing is left behind it.
func trimFraction(digits []byte) []byte {
	if bytes.IndexByte(digits, '.') < 0 {
		return digits
	}
	return bytes.TrimSuffix(bytes.TrimRight(digits, "0"), []byte{'.'})
}

// scanNumber reads the longest number at the start of text as C's strtod does in the C locale, without leading space:
// decimal and hexadecimal numbers, inf, infinity, nan and nan(…). length is 0 when there is none.
func scanNumber(text string) (number float64, length int) {
	i := 0
	if i < len(text) && (text[i] == '-' || text[i] == '+') {
		i++
	}
	negative := i == 1 && text[0] == '-'
	rest := text[i:]
	if word := specialNumber(rest); word > 0 {
		number = math.Inf(1)
		if rest[0]|0x20 == 'n' {
			number = math.NaN()
		}
		if negative {
			number = -number
		}
		return number, i + word
	}
	if end := hexNumber(rest); end > 0 {
		number, length = parseHex(rest[:end]), i+end
	} else {
		end = decimalNumber(rest)
		if end == 0 {
			return 0, 0
		}
		// Out of range is no error: it is infinity or zero, as in C.
		number, _ = strconv.ParseFloat(rest[:end], 64)
		length = i + end
	}
	if negative {
		number = -number
	}
	return number, length
}

func specialNumber(text string) int {
	switch {
	case hasFoldedPrefix(text, "infinity"):
		return 8
	case hasFoldedPrefix(text, "inf"):
		return 3
	case !hasFoldedPrefix(text, "nan"):
		return 0
	}
	if len(text) > 3 && text[3] == '(' {
		i := 4
		for i < len(text) && (isDigit(text[i]) || text[i] == '_' || isLetter(text[i])) {
			i++
		}
		if i < len(text) && text[i] == ')' {
			return i + 1
		}
	}
	return 3
}

// hasFoldedPrefix reports whether text begins with prefix, which is in lower case.
func hasFoldedPrefix(text, prefix string) bool {
	if len(text) < len(prefix) {
		return false
	}
	for i := range len(prefix) {
		if text[i]|0x20 != prefix[i] {
			return false
		}
	}
	return true
}

// hexNumber returns the length of 0x digits [. digits] [p exponent], 0 when there is none.
func hexNumber(text string) int {
	if len(text) < 3 || text[0] != '0' || text[1]|0x20 != 'x' {
		return 0
	}
	return mantissa(text, 2, isHexDigit, 'p')
}

func decimalNumber(text string) int { return mantissa(text, 0, isDigit, 'e') }

func mantissa(text string, i int, digit func(byte) bool, exponent byte) int {
	digits := 0
	for ; i < len(text) && digit(text[i]); i++ {
		digits++
	}
	if i < len(text) && text[i] == '.' {
		fraction := i + 1
		for fraction < len(text) && digit(text[fraction]) {
			fraction++
			digits++
		}
		if digits > 0 {
			i = fraction
		}
	}
	if digits == 0 {
		return 0
	}
	if i < len(text) && text[i]|0x20 == exponent {
		end := i + 1
		if end < len(text) && (text[end] == '+' || text[end] == '-') {
			end++
		}
		if end < len(text) && isDigit(text[end]) {
			for end < len(text) && isDigit(text[end]) {
				end++
			}
			i = end
		}
	}
	return i
}

func parseHex(text string) float64 {
	// Go insists on an exponent.
	if !bytes.ContainsAny([]byte(text), "pP") {
		text += "p0"
	}
	number, _ := strconv.ParseFloat(text, 64)
	return number
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isHexDigit(c byte) bool { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }
