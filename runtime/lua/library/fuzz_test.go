package library

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

func protected(l *vm.LState, fn vm.LValue, args ...vm.LValue) ([]vm.LValue, vm.LValue) {
	return native.PCall(l, nil, fn, args...)
}

func FuzzPattern(f *testing.F) {
	for _, seed := range [][2]string{
		{"hello world", "(%w+) (%w+)"}, {"a(b(c)d)e", "%b()"}, {"THE (quick) fox", "%f[%a]%a+"},
		{"abc", "[^a-b%]]"}, {"aaa", "a-b?"}, {"x=1", "()=()"}, {"abab", "(ab)%1"}, {"%", "%"}, {"a", "[a"},
		{"\x00\xff", "[%z\xff]"}, {"key = value", "^(%S*)%s*=%s*(.-)%s*$"},
	} {
		f.Add(seed[0], seed[1])
	}
	p := newPair(f)
	f.Fuzz(func(t *testing.T, subject, pattern string) {
		if len(subject) > 24 || len(pattern) > 12 {
			return
		}
		s, q := quoted(subject), quoted(pattern)
		p.compare(t, fmt.Sprintf("string.find(%s, %s)", s, q))
		p.compare(t, fmt.Sprintf("string.match(%s, %s, 2)", s, q))
		p.compare(t, fmt.Sprintf("string.gsub(%s, %s, '<%%0>')", s, q))
		p.compare(t, fmt.Sprintf("local r = {} for a, b in string.gmatch(%s, %s) do r[#r+1] = tostring(a) .. '|' .. tostring(b) if #r > 30 then break end end return table.concat(r, ' ')", s, q))
	})
}

func FuzzFormat(f *testing.F) {
	for _, seed := range []string{"%d", "%5.2f", "%-10s|", "%q", "%x", "%+08.3e", "%#o", "%c", "%a", "%%", "%i%s", "% d", "%.0f", "%u", "%5q", "%99d", "%.20g"} {
		f.Add(seed, 1.5, "text")
		f.Add(seed, 42.0, "1e3")
	}
	p := newPair(f)
	f.Fuzz(func(t *testing.T, format string, n float64, s string) {
		// 2^63 and zero with a sign are divergences of their own.
		if len(format) > 24 || len(s) > 40 || strings.Contains(format, "p") || n == 1<<63 || n == 0 && math.Signbit(n) {
			return
		}
		number := fmt.Sprintf("%g", n)
		switch {
		case math.IsNaN(n):
			return
		case math.IsInf(n, 0):
			number = fmt.Sprint(map[bool]string{true: "1/0", false: "-1/0"}[n > 0])
		case n == math.Trunc(n) && math.Abs(n) < 1e15:
			number = fmt.Sprintf("%d", int64(n))
		case n == math.Trunc(n) && math.Abs(n) < 1<<63:
			// A whole float prints as an integer.
			return
		}
		if math.Abs(n) >= 1<<63 && !math.IsInf(n, 0) && strings.Contains(format, "q") {
			return
		}
		p.compare(t, fmt.Sprintf("string.format(%s, %s)", quoted(format), number))
		p.compare(t, fmt.Sprintf("string.format(%s, %s, %s)", quoted(format), quoted(s), number))
	})
}

func FuzzPack(f *testing.F) {
	for _, seed := range []string{"i4", ">I2", "!8 b j", "z", "s1", "c5", "Xi4", "<d>f", "i16", "b x B", "!4 i3", "=h l T"} {
		f.Add(seed, "\x01\x02\x03\x04\x05\x06\x07\x08abcdefgh\x00", int64(7))
	}
	p := newPair(f)
	f.Fuzz(func(t *testing.T, format, data string, n int64) {
		if len(format) > 16 || len(data) > 64 || n > 1<<53 || n < -1<<53 || longNumber(format) {
			return
		}
		q := quoted(format)
		p.compare(t, fmt.Sprintf("string.pack(%s, %d, %d, %s)", q, n, n&0xff, quoted(data)))
		p.compare(t, fmt.Sprintf("string.packsize(%s)", q))
		// Integers that need more than 53 bits are a divergence of their own.
		if !strings.ContainsAny(format, "ijlIJLTdnf") {
			p.compare(t, fmt.Sprintf("string.unpack(%s, %s)", q, quoted(data)))
		}
	})
}

// longNumber tells a format that asks for a great deal of memory.
func longNumber(format string) bool {
	digits := 0
	for _, c := range []byte(format) {
		if c < '0' || c > '9' {
			digits = 0
		} else if digits++; digits > 4 {
			return true
		}
	}
	return false
}

func FuzzToNumber(f *testing.F) {
	for _, seed := range []string{"10", "0x1p4", " 1e5 ", "1.", ".5", "0x.8", "1e", "inf", "nan", "-0x10", "1 2", "0x", "1e400", "00012", "+5"} {
		f.Add(seed, 10)
	}
	p := newPair(f)
	f.Fuzz(func(t *testing.T, s string, base int) {
		if len(s) > 30 {
			return
		}
		q := quoted(s)
		p.compare(t, fmt.Sprintf("local n = tonumber(%s) return n and string.format('%%.14g', n)", q))
		// A result beyond 53 bits is a divergence of its own.
		if len(s) <= 10 {
			p.compare(t, fmt.Sprintf("tonumber(%s, %d)", q, base%40))
		}
	})
}

// TestRandomProbes is a short run of what the fuzz targets do, with inputs made
// of what patterns and formats are made of.
func TestRandomProbes(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	pick := func(list []string, n int) string {
		var b strings.Builder
		for range r.IntN(n) + 1 {
			b.WriteString(list[r.IntN(len(list))])
		}
		return b.String()
	}
	patterns := strings.Split("a b c . % %a %d %w %s %p %x %W [ab] [^a] [a-c] [%w_] [] [^ ( ) () * + - ? ^ $ %b() %f[%w] %1 %2 x 1", " ")
	subjects := strings.Split("a b c aa ab ( ) 1 2 _ % . x", " ")
	formats := strings.Split("% %d %5 .2 f e g s q x c a - + # 0 10 .0 i X E G o u %% text", " ")
	packs := strings.Split("b B h H i i3 I I7 l j J s1 s2 z c3 x X ! !4 !8 < > = f d n 4 0", " ")
	p := newPair(t)
	for range 1500 {
		pattern, subject := quoted(pick(patterns, 5)), quoted(pick(subjects, 8))
		p.compare(t, fmt.Sprintf("string.find(%s, %s)", subject, pattern))
		p.compare(t, fmt.Sprintf("string.gsub(%s, %s, '<%%0>')", subject, pattern))
		number := []string{"1", "-7", "255", "0.5", "-1.25e-7", "123456.789", "1e300", "1/0"}[r.IntN(8)]
		p.compare(t, fmt.Sprintf("string.format(%s, %s)", quoted("%"+pick(formats, 5)), number))
		p.compare(t, fmt.Sprintf("string.pack(%s, %d, 'ab', 3, 'c')", quoted(pick(packs, 4)), r.IntN(600)-300))
		p.compare(t, fmt.Sprintf("string.packsize(%s)", quoted(pick(packs, 4))))
	}
}

// TestSortOrder compares what becomes of equal values, and of order functions
// that contradict themselves.
func TestSortOrder(t *testing.T) {
	p := newPair(t)
	for _, compare := range []string{"a // 10 < b // 10", "a // 10 <= b // 10", "a % 7 > b % 7", "true", "false", "(a * 31 + b * 17) % 3 == 0", "a < b"} {
		for _, n := range []int{2, 3, 5, 10, 50, 100, 101, 150, 400} {
			p.compare(t, fmt.Sprintf("local t = {} for i = 1, %d do t[i] = (i * 7919) %% 211 end table.sort(t, function(a, b) return %s end) return table.concat(t, ' ')", n, compare))
		}
	}
}
