package library

import (
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

// start turns an argument that counts from 1, or from the end when negative,
// into an offset; it may lie behind the end.
func startOffset(i int64, n int) int {
	switch {
	case i > 0:
		return int(min(i-1, int64(n)+1))
	case i == 0 || i < -int64(n):
		return 0
	}
	return n + int(i)
}

func stringFind(l *vm.LState) int  { return find(l, true) }
func stringMatch(l *vm.LState) int { return find(l, false) }

// find is string.find and string.match.
func find(l *vm.LState, positions bool) int {
	src, pat := native.CheckString(l, 1), native.CheckString(l, 2)
	from := startOffset(native.OptInteger(l, 3, 1), len(src))
	if from > len(src) {
		l.Push(vm.LNil)
		return 1
	}
	if positions && (vm.LVAsBool(l.Get(4)) || isPlain(pat)) {
		read(l, len(src)-from)
		i := strings.Index(src[from:], pat)
		if i < 0 {
			l.Push(vm.LNil)
			return 1
		}
		l.Push(vm.LNumber(from + i + 1))
		l.Push(vm.LNumber(from + i + len(pat)))
		return 2
	}
	m := matcher{l: l, src: src, pat: pat}
	anchored := strings.HasPrefix(pat, "^")
	if anchored {
		m.pat = pat[1:]
	}
	for s := from; ; s++ {
		m.reset()
		if e := m.match(s, 0); e >= 0 {
			if positions {
				l.Push(vm.LNumber(s + 1))
				l.Push(vm.LNumber(e))
				return m.push(s, e, false) + 2
			}
			return m.push(s, e, true)
		}
		if anchored || s >= len(src) {
			l.Push(vm.LNil)
			return 1
		}
	}
}

// iteration is where a gmatch loop is.
type iteration struct {
	src, pat string
	at, last int
}

func stringGMatch(l *vm.LState) int {
	src, pat := native.CheckString(l, 1), native.CheckString(l, 2)
	from := startOffset(native.OptInteger(l, 3, 1), len(src))
	if from > len(src) {
		from = len(src) + 1
	}
	it := &iteration{src: src, pat: pat, at: from, last: -1}
	// As up-values the strings are seen to take memory.
	l.Push(l.NewClosure(it.next, vm.LString(src), vm.LString(pat)))
	return 1
}

func (it *iteration) next(l *vm.LState) int {
	m := matcher{l: l, src: it.src, pat: it.pat}
	for s := it.at; s <= len(it.src); s++ {
		m.reset()
		if e := m.match(s, 0); e >= 0 && e != it.last {
			it.at, it.last = e, e
			return m.push(s, e, true)
		}
	}
	it.at = len(it.src) + 1
	return 0
}

func stringGSub(l *vm.LState) int {
	src, pat := native.CheckString(l, 1), native.CheckString(l, 2)
	replacement := l.Get(3)
	limit := native.OptInteger(l, 4, int64(len(src))+1)
	switch replacement.(type) {
	case vm.LNumber, vm.LString, *vm.LTable, *vm.LFunction:
	default:
		native.TypeError(l, 3, "string/function/table")
	}
	m := matcher{l: l, src: src, pat: pat}
	anchored := strings.HasPrefix(pat, "^")
	if anchored {
		m.pat = pat[1:]
	}
	g := substitution{matcher: &m, with: replacement}
	if text, ok := replacement.(vm.LString); ok {
		g.text, g.simple = string(text), strings.IndexByte(string(text), '%') < 0
	} else if n, ok := replacement.(vm.LNumber); ok {
		g.text, g.simple = native.FormatNumber(n), true
	}
	s, last := 0, -1
	count := int64(0)
	for count < limit {
		m.reset()
		if e := m.match(s, 0); e >= 0 && e != last {
			count++
			g.replace(s, e)
			s, last = e, e
		} else if s < len(src) {
			s++
		} else {
			break
		}
		if anchored {
			break
		}
	}
	if !g.changed {
		l.Push(l.Get(1))
		if _, ok := l.Get(1).(vm.LString); !ok {
			l.Pop(1)
			l.Push(vm.LString(src))
		}
	} else {
		g.room(len(src) - g.copied)
		g.out = append(g.out, src[g.copied:]...)
		l.Push(vm.LString(byteString(g.out)))
	}
	l.Push(vm.LNumber(count))
	return 2
}

// substitution gathers the result of a gsub.
type substitution struct {
	*matcher
	with   vm.LValue
	text   string
	simple bool
	out    []byte
	// copied is how much of the subject is in out.
	copied  int
	charged int
	changed bool
}

// room charges for n more bytes of the result.
func (g *substitution) room(n int) {
	read(g.l, n)
	if total := len(g.out) + n; total > g.charged {
		// The slice grows by doubling.
		room(g.l, total)
		g.charged = 2 * total
	}
}

// replace puts the replacement of a match into the result.
func (g *substitution) replace(s, e int) {
	var v vm.LValue
	switch with := g.with.(type) {
	case *vm.LTable:
		key := g.value(0, s, e)
		if with.Metatable == vm.LNil {
			v = with.RawGet(key)
		} else {
			v = index(g.l, with, key)
		}
	case *vm.LFunction:
		g.l.Push(with)
		n := g.push(s, e, true)
		native.Call(g.l, n, 1)
		v = g.l.Get(-1)
		g.l.Pop(1)
	default:
		g.keep(s)
		g.copied = e
		if g.simple {
			g.room(len(g.text))
			g.out = append(g.out, g.text...)
		} else {
			g.expand(s, e)
		}
		return
	}
	switch v := v.(type) {
	case vm.LString:
		g.keep(s)
		g.copied = e
		g.room(len(v))
		g.out = append(g.out, v...)
	case vm.LNumber:
		g.keep(s)
		g.copied = e
		g.room(32)
		g.out = native.AppendNumber(g.out, v)
	default:
		if vm.LVAsBool(v) {
			g.fail("invalid replacement value (a %s)", native.TypeName(g.l, v))
		}
		// nil and false keep the match; it is copied with what follows.
	}
}

// keep copies the subject up to s.
func (g *substitution) keep(s int) {
	g.changed = true
	g.room(s - g.copied)
	g.out = append(g.out, g.src[g.copied:s]...)
}

// expand appends a replacement string with its captures.
func (g *substitution) expand(s, e int) {
	text := g.text
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c != '%' {
			g.out = append(g.out, c)
			continue
		}
		i++
		if i >= len(text) {
			g.fail("invalid use of '%%' in replacement string")
		}
		switch c = text[i]; {
		case c == '%':
			g.out = append(g.out, '%')
		case c == '0':
			g.room(e - s)
			g.out = append(g.out, g.src[s:e]...)
		case c >= '1' && c <= '9':
			switch v := g.value(int(c-'1'), s, e).(type) {
			case vm.LString:
				g.room(len(v))
				g.out = append(g.out, v...)
			case vm.LNumber:
				g.out = native.AppendNumber(g.out, v)
			}
		default:
			g.fail("invalid use of '%%' in replacement string")
		}
	}
	g.room(0)
}
