package syntax_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/luapush/luapush/runtime/lua/difftest"
	"github.com/luapush/luapush/runtime/lua/syntax"
)

// message is what Parse says, "" where it accepts.
func message(s difftest.Source) string {
	_, err := syntax.Parse(s.Text, s.Name)
	if err == nil {
		return ""
	}
	var e *syntax.Error
	if !errors.As(err, &e) {
		return "not a syntax.Error: " + err.Error()
	}
	return e.Error()
}

// differs tells whether the two answers differ. The one text that may: where
// nesting is too deep, PUC Lua gives no position.
func differs(ours, theirs string) bool {
	const deep = "C stack overflow"
	if strings.Contains(theirs, deep) && strings.Contains(ours, deep) {
		return false
	}
	if strings.Contains(theirs, "too many registers") {
		return false // found by the compiler, not by the parser
	}
	return ours != theirs
}

func compare(t *testing.T, sources []difftest.Source) {
	t.Helper()
	difftest.Need(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	theirs, err := difftest.LoadErrors(ctx, sources)
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	for i, s := range sources {
		if ours := message(s); differs(ours, theirs[i]) {
			t.Errorf("chunk %.300q named %.80q\n ours:   %q\n theirs: %q", s.Text, s.Name, ours, theirs[i])
			if shown++; shown > 20 {
				t.Fatal("and so on")
			}
		}
	}
}

var pieces = strings.Fields(`and break do else elseif end false for function goto if in local nil not or
	repeat return then true until while + - * / % ^ # & ~ | << >> // == ~= <= >= < > = ( ) { } [ ] :: ; : , .
	.. ... a b c x _ENV self 1 2.5 0x10 'str' "q" [[l]] [==[m]==] -- --[[c]] <const> <close> ::a:: goto_a
	0x 1e 3.. '\x41' '\u{41}' '\q' '\300' "\z  a" @ $ \ ! ? 9223372036854775808 0x1p4 0xffffffffffffffff .5 5. 08`)

var corpus = []string{
	"local a, b <const> = 1, 2 for i = 1, 10, 2 do if i > a then break elseif i == b then goto c else a = a + i end ::c:: end return a",
	"local t = {1, 2; x = 3, ['y'] = 4, f(), ...} function t.a.b:c(d, ...) return self, d, ... end t.a.b:c 'x' {1} (2) [[y]]",
	"while x do local y = function() return x end repeat local z = y() until z and not z or #z == -z end",
	"for k, v in pairs(t) do t[k], t[v] = v, k; local function f() return f(k) end end do local _ENV = {} x = 1 end",
	"goto done do goto done end local x ::done:: ; ::e:: return",
	"local s = 'a\\n\\t\\065\\x41\\u{20AC}\\z  \n b' .. \"c\\\nd\" .. [[\nx\r\ny]] .. [==[ ]] ]==] -- comment\n--[[ long\n comment ]] x = s",
	"a.b.c[1]['x'].d = f(1)(2)(3):m().n, (g()), -2 ^ -3 ^ 2 // 1 % 5 & 3 | 4 ~ ~5 << 1 >> 2 .. 'x' < 3 == true",
	"local a <close>, b <const> = nil, 5 return function(...) local c = {...} return select('#', ...), c, a, b end",
}

// mutate changes a program at a few random places.
func mutate(r *rand.Rand, s string) string {
	for range 1 + r.IntN(3) {
		at := r.IntN(len(s) + 1)
		switch r.IntN(6) {
		case 0: // insert a token
			s = s[:at] + " " + pieces[r.IntN(len(pieces))] + " " + s[at:]
		case 1: // cut bytes out
			end := min(len(s), at+1+r.IntN(4))
			s = s[:at] + s[end:]
		case 2: // cut off
			s = s[:at]
		case 3: // put in a byte
			s = s[:at] + string([]byte{byte(r.IntN(256))}) + s[at:]
		case 4: // repeat a part
			end := min(len(s), at+r.IntN(20))
			s = s[:end] + s[at:]
		case 5: // replace a word
			words := strings.Split(s, " ")
			words[r.IntN(len(words))] = pieces[r.IntN(len(pieces))]
			s = strings.Join(words, " ")
		}
		if s == "" || s[0] == 0x1B { // which load takes for a compiled chunk
			s = "x"
		}
	}
	return s
}

// TestRandomAgainstLua54 compares random texts; the seed is printed when it fails.
func TestRandomAgainstLua54(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 1))
	sources := make([]difftest.Source, 20000)
	for i := range sources {
		var text string
		if r.IntN(4) == 0 {
			words := make([]string, 1+r.IntN(12))
			for j := range words {
				words[j] = pieces[r.IntN(len(pieces))]
			}
			text = strings.Join(words, " ")
		} else {
			text = mutate(r, corpus[r.IntN(len(corpus))])
		}
		sources[i] = difftest.Source{Name: "=x", Text: text}
	}
	compare(t, sources)
	if t.Failed() {
		t.Logf("seed %d", seed)
	}
}

func TestChunkNamesAgainstLua54(t *testing.T) {
	var sources []difftest.Source
	for _, n := range []int{0, 1, 2, 40, 43, 44, 45, 46, 47, 55, 56, 57, 58, 59, 60, 61, 100} {
		x := strings.Repeat("x", n)
		for _, name := range []string{"@" + x, "=" + x, x, x + "\n", x + "\ny", "\n" + x, "a\n" + x} {
			sources = append(sources, difftest.Source{Name: name, Text: "x ="})
		}
	}
	compare(t, sources)
}

func TestDepthAgainstLua54(t *testing.T) {
	var sources []difftest.Source
	for n := 190; n < 202; n++ {
		rep := func(s string) string { return strings.Repeat(s, n) }
		for _, text := range []string{
			"return " + rep("(") + "1" + rep(")"),
			"return 1" + rep(" .. 1"),
			"return 1" + rep(" ^ 1"),
			rep("do ") + rep("end "),
			"return " + rep("{") + rep("}"),
			"return " + strings.Repeat("function() return ", n/2) + strings.Repeat(" end", n/2),
			rep("if x then ") + rep(" end"),
			rep("while x do ") + rep(" end"),
			rep("repeat ") + rep(" until x"),
			"return " + rep("- ") + "x",
			"return " + rep("not ") + "x",
			rep("a,") + "b = 1",
			rep("f(") + rep(")"),
			"a" + rep(".b") + " = 1",
			"a" + rep("()"),
			"return 1" + rep(" + 1"),
			"return a" + rep(" and a"),
			"x = a" + rep("[b") + rep("]"),
			rep("::l" + fmt.Sprint(n) + "::"),
			strings.Repeat("do ", n/2) + "return " + strings.Repeat("{", n/2) + strings.Repeat("}", n/2) + strings.Repeat(" end", n/2),
			"local " + strings.Repeat("a,", n) + "b",
			"local " + strings.Repeat("a <const>, ", n) + "b",
			"for i = 1, 2 do local " + strings.Repeat("a,", n) + "b end",
			"for k in x do local " + strings.Repeat("a,", n) + "b end",
			"function f(" + strings.Repeat("a,", n) + "b) end",
		} {
			sources = append(sources, difftest.Source{Name: "=x", Text: text})
		}
		var labels strings.Builder
		for i := range n {
			fmt.Fprintf(&labels, "::l%d::", i)
		}
		sources = append(sources, difftest.Source{Name: "=x", Text: labels.String()})
	}
	for n := 253; n < 258; n++ {
		var up strings.Builder
		for b := range 2 {
			fmt.Fprintf(&up, "local function f%d()\n", b)
			for i := range n / 2 {
				fmt.Fprintf(&up, "local v%d_%d\n", b, i)
			}
		}
		up.WriteString("return function() ")
		for b := range 2 {
			for i := range n / 2 {
				fmt.Fprintf(&up, "v%d_%d = x ", b, i)
			}
		}
		up.WriteString("end end end")
		sources = append(sources, difftest.Source{Name: "=x", Text: up.String()})
	}
	compare(t, sources)
}
