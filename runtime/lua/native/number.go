package native

import (
	"math"
	"strconv"

	vm "github.com/yuin/gopher-lua"
)

// FormatNumber prints a number as Lua does: a whole one up to 2^63 as an
// integer, any other with "%.14g".
func FormatNumber(n vm.LNumber) string {
	if i, ok := ToInteger(n); ok {
		if i >= 0 && i < 100 {
			return small[i]
		}
		return strconv.FormatInt(i, 10)
	}
	return string(AppendNumber(make([]byte, 0, 24), n))
}

var small = func() (s [100]string) {
	for i := range s {
		s[i] = strconv.Itoa(i)
	}
	return
}()

// AppendNumber appends what [FormatNumber] gives.
func AppendNumber(b []byte, n vm.LNumber) []byte {
	if i, ok := ToInteger(n); ok {
		return strconv.AppendInt(b, i, 10)
	}
	f := float64(n)
	switch {
	case math.IsInf(f, 1):
		return append(b, "inf"...)
	case math.IsInf(f, -1):
		return append(b, "-inf"...)
	case math.IsNaN(f):
		if math.Signbit(f) {
			b = append(b, '-')
		}
		return append(b, "nan"...)
	}
	return AppendG(b, f, 14, false)
}

// AppendG is C's "%.{precision}g"; keep is the # flag, that keeps the zeros of
// the fraction.
func AppendG(b []byte, f float64, precision int, keep bool) []byte {
	from := len(b)
	b = strconv.AppendFloat(b, f, 'e', precision-1, 64)
	// d.ddde±xx: the exponent decides the form.
	e := len(b) - 1
	for b[e] != 'e' {
		e--
	}
	exponent, _ := strconv.Atoi(string(b[e+1:]))
	if exponent < -4 || exponent >= precision {
		if keep {
			if precision == 1 {
				b = append(b[:e], append([]byte{'.'}, b[e:]...)...)
			}
			return b
		}
		end := trimZeros(b, from, e)
		return append(b[:end], b[e:]...)
	}
	b = strconv.AppendFloat(b[:from], f, 'f', precision-1-exponent, 64)
	if keep {
		if precision-1-exponent == 0 {
			b = append(b, '.')
		}
		return b
	}
	return b[:trimZeros(b, from, len(b))]
}

// trimZeros gives where the digits from..end stop without trailing zeros of a
// fraction.
func trimZeros(b []byte, from, end int) int {
	dot := false
	for _, c := range b[from:end] {
		if c == '.' {
			dot = true
			break
		}
	}
	if !dot {
		return end
	}
	for b[end-1] == '0' {
		end--
	}
	if b[end-1] == '.' {
		end--
	}
	return end
}

// ToString gives the text of a value without asking its metatable.
func ToString(v vm.LValue) string {
	switch v := v.(type) {
	case vm.LString:
		return string(v)
	case vm.LNumber:
		return FormatNumber(v)
	case *vm.LFunction:
		if v.IsG || v.Proto.SourceName == DriverSource {
			return "function: builtin: " + v.String()[len("function: "):]
		}
	}
	return v.String()
}

// ToInteger gives a number's value as an integer where it is one. 2^63 counts as
// math.maxinteger: that is what a number can be nearest to it.
func ToInteger(n vm.LNumber) (int64, bool) {
	f := float64(n)
	if f >= -1<<63 && f < 1<<63 {
		i := int64(f)
		return i, float64(i) == f
	}
	return math.MaxInt64, f == 1<<63
}

// ToNumber reads a numeral as Lua's tonumber does: space around it, decimal or
// hexadecimal, whole or not. Hexadecimal integers wrap around at 2^64.
func ToNumber(s string) (vm.LNumber, bool) {
	s = trimSpace(s)
	if s == "" {
		return 0, false
	}
	body, negative := s, false
	switch s[0] {
	case '-':
		body, negative = s[1:], true
	case '+':
		body = s[1:]
	}
	if len(body) > 2 && body[0] == '0' && body[1]|0x20 == 'x' {
		n, ok := hexadecimal(body[2:])
		if negative {
			n = -n
		}
		return n, ok
	}
	if !decimal(body) {
		return 0, false
	}
	if len(body) <= 15 {
		if i, err := strconv.ParseInt(body, 10, 64); err == nil {
			if negative {
				i = -i
			}
			return vm.LNumber(i), true
		}
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil && !math.IsInf(f, 0) {
		return 0, false
	}
	return vm.LNumber(f), true
}

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

func trimSpace(s string) string {
	for s != "" && isSpace(s[0]) {
		s = s[1:]
	}
	for s != "" && isSpace(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

// decimal tells a well-formed decimal numeral without sign; Go's parser takes
// more than Lua's.
func decimal(s string) bool {
	i, digits := 0, 0
	for ; i < len(s) && isDigit(s[i]); i++ {
		digits++
	}
	if i < len(s) && s[i] == '.' {
		for i++; i < len(s) && isDigit(s[i]); i++ {
			digits++
		}
	}
	if digits == 0 {
		return false
	}
	if i < len(s) && s[i]|0x20 == 'e' {
		i++
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		from := i
		for ; i < len(s) && isDigit(s[i]); i++ {
		}
		if i == from {
			return false
		}
	}
	return i == len(s)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// hexadecimal reads what follows "0x".
func hexadecimal(s string) (vm.LNumber, bool) {
	var whole uint64
	var mantissa float64
	exponent, digits, significant := 0, 0, 0
	i, dot, float := 0, false, false
	for ; i < len(s); i++ {
		if s[i] == '.' {
			if dot {
				return 0, false
			}
			dot, float = true, true
			continue
		}
		d, ok := hexDigit(s[i])
		if !ok {
			break
		}
		digits++
		whole = whole<<4 | uint64(d)
		switch {
		case significant == 0 && d == 0:
			if dot {
				exponent -= 4
			}
		case significant < 30:
			significant++
			mantissa = mantissa*16 + float64(d)
			if dot {
				exponent -= 4
			}
		case !dot:
			exponent += 4
		}
	}
	if digits == 0 {
		return 0, false
	}
	if i < len(s) && s[i]|0x20 == 'p' {
		float = true
		power, ok := binaryExponent(s[i+1:])
		if !ok {
			return 0, false
		}
		exponent += power
		i = len(s)
	}
	if i != len(s) {
		return 0, false
	}
	if !float {
		return vm.LNumber(int64(whole)), true
	}
	return vm.LNumber(math.Ldexp(mantissa, exponent)), true
}

func hexDigit(c byte) (int, bool) {
	switch {
	case isDigit(c):
		return int(c - '0'), true
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10, true
	}
	return 0, false
}

func binaryExponent(s string) (int, bool) {
	negative := false
	if s != "" && (s[0] == '+' || s[0] == '-') {
		negative = s[0] == '-'
		s = s[1:]
	}
	if s == "" {
		return 0, false
	}
	n := 0
	for i := 0; i < len(s); i++ {
		if !isDigit(s[i]) {
			return 0, false
		}
		n = min(n*10+int(s[i]-'0'), 1<<20)
	}
	if negative {
		n = -n
	}
	return n, true
}
