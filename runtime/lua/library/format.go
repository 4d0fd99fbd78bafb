package library

import (
	"math"
	"strconv"
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

// conversion is one % item of a format.
type conversion struct {
	verb                            byte
	minus, plus, space, sharp, zero bool
	width, precision                int // precision -1 is none
	text                            string
}

// bare tells an item without any modifier.
func (c *conversion) bare() bool { return len(c.text) == 2 }

// maxConversion is how long PUC lets an item be.
const maxConversion = 22

func stringFormat(l *vm.LState) int {
	format := native.CheckString(l, 1)
	read(l, len(format))
	out := make([]byte, 0, len(format)+32)
	arg := 1
	for i := 0; i < len(format); {
		if format[i] != '%' {
			n := strings.IndexByte(format[i:], '%')
			if n < 0 {
				n = len(format) - i
			}
			out = append(out, format[i:i+n]...)
			i += n
			continue
		}
		if i+1 < len(format) && format[i+1] == '%' {
			out = append(out, '%')
			i += 2
			continue
		}
		arg++
		if arg > l.GetTop() {
			native.ArgError(l, arg, "no value")
		}
		var c conversion
		i = c.scan(l, format, i)
		out = c.append(l, out, arg)
	}
	room(l, len(out))
	l.Push(vm.LString(byteString(out)))
	return 1
}

// scan reads the item at i and gives where the format goes on.
func (c *conversion) scan(l *vm.LState, format string, i int) int {
	end := i + 1
	for end < len(format) && strings.IndexByte("-+ #0123456789.", format[end]) >= 0 {
		end++
	}
	if end-i >= maxConversion {
		native.Raise(l, "invalid format (too long)")
	}
	c.precision = -1
	if end < len(format) {
		c.verb = format[end]
		end++
	}
	c.text = format[i:end]
	switch c.verb {
	case 'c', 'd', 'i', 'u', 'o', 'x', 'X', 'a', 'A', 'f', 'e', 'E', 'g', 'G', 'p', 's':
	case 'q':
		if !c.bare() {
			native.Raise(l, "specifier '%%q' cannot have modifiers")
		}
	default:
		c.invalid(l)
	}
	return end
}

func (c *conversion) invalid(l *vm.LState) {
	native.Raise(l, "invalid conversion '%s' to 'format'", beforeZero(c.text))
}

// beforeZero is what C prints of a string.
func beforeZero(s string) string {
	s, _, _ = strings.Cut(s, "\x00")
	return s
}

// modifiers reads what stands between the % and the letter.
func (c *conversion) modifiers(l *vm.LState, flags string, precision bool) {
	s := c.text[1 : len(c.text)-1]
	for s != "" && strings.IndexByte(flags, s[0]) >= 0 {
		switch s[0] {
		case '-':
			c.minus = true
		case '+':
			c.plus = true
		case ' ':
			c.space = true
		case '#':
			c.sharp = true
		case '0':
			c.zero = true
		}
		s = s[1:]
	}
	if s == "" || s[0] != '0' {
		c.width, s = twoDigits(s)
		if s != "" && s[0] == '.' && precision {
			c.precision, s = twoDigits(s[1:])
		}
	}
	if s != "" {
		native.Raise(l, "invalid conversion specification: '%s'", beforeZero(c.text))
	}
}

func twoDigits(s string) (n int, rest string) {
	for range 2 {
		if s == "" || s[0] < '0' || s[0] > '9' {
			break
		}
		n = n*10 + int(s[0]-'0')
		s = s[1:]
	}
	return n, s
}

// append appends the argument in the item's form. Argument and modifiers are
// checked in PUC's order.
func (c *conversion) append(l *vm.LState, out []byte, arg int) []byte {
	switch c.verb {
	case 'd', 'i':
		i := native.CheckInteger(l, arg)
		if c.bare() {
			return strconv.AppendInt(out, i, 10)
		}
		c.modifiers(l, "-+0 ", true)
		var digits []byte
		if i < 0 {
			digits = strconv.AppendUint(nil, -uint64(i), 10)
		} else {
			digits = strconv.AppendInt(nil, i, 10)
		}
		return c.pad(out, c.sign(i < 0), c.atLeast(digits, i == 0))
	case 'u', 'o', 'x', 'X':
		i := native.CheckInteger(l, arg)
		if c.verb == 'u' {
			c.modifiers(l, "-0", true)
		} else {
			c.modifiers(l, "-#0", true)
		}
		return c.unsigned(out, uint64(i))
	case 'c':
		c.modifiers(l, "-", false)
		return c.padText(out, string([]byte{byte(native.CheckInteger(l, arg))}))
	case 'a', 'A':
		c.modifiers(l, "-+#0 ", true)
		return c.float(out, float64(native.CheckNumber(l, arg)))
	case 'e', 'E', 'f', 'g', 'G':
		f := native.CheckNumber(l, arg)
		c.modifiers(l, "-+#0 ", true)
		return c.float(out, float64(f))
	case 'p':
		v := native.CheckAny(l, arg)
		c.modifiers(l, "-", false)
		return c.padText(out, pointer(v))
	case 'q':
		return appendLiteral(l, out, arg)
	}
	s := toString(l, l.Get(arg))
	if len(s) > 256 {
		room(l, len(out)+len(s))
		read(l, len(s))
	}
	if c.bare() {
		return append(out, s...)
	}
	if strings.IndexByte(s, 0) >= 0 {
		native.ArgError(l, arg, "string contains zeros")
	}
	c.modifiers(l, "-", true)
	if c.precision >= 0 && len(s) > c.precision {
		s = s[:c.precision]
	}
	return c.padText(out, s)
}

func (c *conversion) sign(negative bool) string {
	switch {
	case negative:
		return "-"
	case c.plus:
		return "+"
	case c.space:
		return " "
	}
	return ""
}

// atLeast gives the digits of a whole number its precision, which also takes
// the zero flag away.
func (c *conversion) atLeast(digits []byte, isZero bool) []byte {
	if c.precision < 0 {
		return digits
	}
	c.zero = false
	if isZero && c.precision == 0 {
		return nil
	}
	if n := c.precision - len(digits); n > 0 {
		return append([]byte(strings.Repeat("0", n)), digits...)
	}
	return digits
}

func (c *conversion) unsigned(out []byte, u uint64) []byte {
	base, prefix := 10, ""
	switch c.verb {
	case 'o':
		base = 8
	case 'x':
		base, prefix = 16, "0x"
	case 'X':
		base, prefix = 16, "0X"
	}
	digits := strconv.AppendUint(nil, u, base)
	if c.verb == 'X' {
		digits = []byte(strings.ToUpper(string(digits)))
	}
	digits = c.atLeast(digits, u == 0)
	if !c.sharp || u == 0 && base == 16 {
		prefix = ""
	}
	if c.sharp && base == 8 && (len(digits) == 0 || digits[0] != '0') {
		digits = append([]byte{'0'}, digits...)
	}
	return c.pad(out, prefix, digits)
}

// pad puts sign or prefix, and body, into the item's width.
func (c *conversion) pad(out []byte, sign string, body []byte) []byte {
	n := c.width - len(sign) - len(body)
	if n > 0 && !c.minus && !c.zero {
		out = appendRun(out, ' ', n)
	}
	out = append(out, sign...)
	if n > 0 && !c.minus && c.zero {
		out = appendRun(out, '0', n)
	}
	out = append(out, body...)
	if n > 0 && c.minus {
		out = appendRun(out, ' ', n)
	}
	return out
}

func (c *conversion) padText(out []byte, s string) []byte {
	n := c.width - len(s)
	if n > 0 && !c.minus {
		out = appendRun(out, ' ', n)
	}
	out = append(out, s...)
	if n > 0 && c.minus {
		out = appendRun(out, ' ', n)
	}
	return out
}

func appendRun(out []byte, c byte, n int) []byte {
	for range n {
		out = append(out, c)
	}
	return out
}

func (c *conversion) float(out []byte, f float64) []byte {
	var buffer [64]byte
	body := buffer[:0]
	sign := c.sign(math.Signbit(f))
	upper := c.verb < 'a'
	switch {
	case math.IsInf(f, 0):
		body, c.zero = append(body, "inf"...), false
	case math.IsNaN(f):
		body, c.zero = append(body, "nan"...), false
	default:
		f = math.Abs(f)
		precision := c.precision
		if precision < 0 && c.verb|0x20 != 'a' {
			precision = 6
		}
		switch c.verb | 0x20 {
		case 'e':
			body = strconv.AppendFloat(body, f, 'e', precision, 64)
			if c.sharp && precision == 0 {
				body = append(body[:1], append([]byte{'.'}, body[1:]...)...)
			}
		case 'f':
			body = strconv.AppendFloat(body, f, 'f', precision, 64)
			if c.sharp && precision == 0 {
				body = append(body, '.')
			}
		case 'g':
			body = native.AppendG(body, f, max(precision, 1), c.sharp)
		case 'a':
			sign += "0x"
			body = appendHexFloat(body, f, precision, c.sharp)
		}
	}
	if upper {
		sign = strings.ToUpper(sign)
		for i, b := range body {
			if b >= 'a' && b <= 'z' {
				body[i] = b &^ 0x20
			}
		}
	}
	return c.pad(out, sign, body)
}
