package library

import (
	"math"
	"strconv"
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

// appendHexFloat appends a positive number as C's %a does, without the 0x.
func appendHexFloat(b []byte, f float64, precision int, sharp bool) []byte {
	bits := math.Float64bits(f)
	exponent := int(bits>>52) - 1023
	mantissa := bits & (1<<52 - 1)
	lead := uint64(1)
	if exponent == -1023 {
		lead = 0
		exponent = -1022
		if mantissa == 0 {
			exponent = 0
		}
	}
	if precision >= 0 && precision < 13 {
		drop := uint(52 - 4*precision)
		whole := lead<<52 | mantissa
		half := uint64(1) << (drop - 1)
		rest := whole & (1<<drop - 1)
		whole >>= drop
		if rest > half || rest == half && whole&1 == 1 {
			whole++
		}
		whole <<= drop
		lead, mantissa = whole>>52, whole&(1<<52-1)
	}
	b = append(b, '0'+byte(lead))
	digits := strconv.FormatUint(mantissa|1<<52, 16)[1:]
	if precision < 0 {
		digits = strings.TrimRight(digits, "0")
	} else if precision < len(digits) {
		digits = digits[:precision]
	} else {
		digits += strings.Repeat("0", precision-len(digits))
	}
	if digits != "" || sharp {
		b = append(b, '.')
	}
	b = append(b, digits...)
	b = append(b, 'p')
	if exponent >= 0 {
		b = append(b, '+')
	}
	return strconv.AppendInt(b, int64(exponent), 10)
}

// pointer is the %p form of a value: its address, or "(null)".
func pointer(v vm.LValue) string {
	switch v := v.(type) {
	case *vm.LTable, *vm.LFunction, *vm.LUserData, *vm.LState:
		text := v.String()
		return text[strings.LastIndexByte(text, ' ')+1:]
	case vm.LString:
		return stringPointer(v)
	}
	return "(null)"
}

// appendLiteral appends a value in a form that Lua reads back.
func appendLiteral(l *vm.LState, out []byte, arg int) []byte {
	switch v := l.Get(arg).(type) {
	case vm.LString:
		if len(v) > 256 {
			room(l, len(out)+len(v))
			read(l, 2*len(v))
		}
		return appendQuoted(out, string(v))
	case vm.LNumber:
		return appendNumeral(out, v)
	case *vm.LNilType, vm.LBool:
		return append(out, v.String()...)
	}
	native.ArgError(l, arg, "value has no literal form")
	return nil
}

func appendQuoted(out []byte, s string) []byte {
	out = append(out, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\' || c == '\n':
			out = append(out, '\\', c)
		case c < 32 || c == 127:
			out = append(out, '\\')
			if i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '9' {
				out = append(out, '0'+c/100, '0'+c/10%10, '0'+c%10)
			} else {
				out = strconv.AppendUint(out, uint64(c), 10)
			}
		default:
			out = append(out, c)
		}
	}
	return append(out, '"')
}

func appendNumeral(out []byte, n vm.LNumber) []byte {
	f := float64(n)
	if i, ok := native.ToInteger(n); ok {
		if i == math.MinInt64 {
			return append(out, "0x8000000000000000"...)
		}
		return strconv.AppendInt(out, i, 10)
	}
	switch {
	case math.IsInf(f, 1):
		return append(out, "1e9999"...)
	case math.IsInf(f, -1):
		return append(out, "-1e9999"...)
	case math.IsNaN(f):
		return append(out, "(0/0)"...)
	}
	if f < 0 {
		out = append(out, '-')
	}
	return appendHexFloat(append(out, "0x"...), math.Abs(f), -1, false)
}
