package library

import (
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

// maxCaptures and maxNesting are PUC's LUA_MAXCAPTURES and MAXCCALLS.
const (
	maxCaptures = 32
	maxNesting  = 200
)

// The lengths of captures that are not plain ones.
const (
	captureOpen     = -1
	capturePosition = -2
)

type capture struct{ start, length int }

// matcher matches one pattern against one subject (Lua manual §6.4.1). Its
// work is charged to the state's budget as it goes.
type matcher struct {
	l        *vm.LState
	src, pat string
	level    int
	nesting  int
	steps    int
	captures [maxCaptures]capture
}

// chargeEvery is how many steps a matcher takes between two charges.
const chargeEvery = 512

func (m *matcher) charge() {
	native.Step(m.l, m.steps/4+1)
	m.steps = 0
}

// reset makes the matcher ready for another attempt.
func (m *matcher) reset() {
	m.level, m.nesting = 0, 0
}

func (m *matcher) fail(message string, args ...any) {
	native.Raise(m.l, message, args...)
}

// match matches the pattern from p on at position s, and gives the end of the
// match or -1.
func (m *matcher) match(s, p int) int {
	if m.nesting++; m.nesting > maxNesting {
		m.fail("pattern too complex")
	}
	s = m.sequence(s, p)
	if m.nesting--; m.nesting == 0 && m.steps > chargeEvery {
		m.charge()
	}
	return s
}

func (m *matcher) sequence(s, p int) int {
	for p < len(m.pat) {
		if m.steps++; m.steps > chargeEvery {
			m.charge()
		}
		switch m.pat[p] {
		case '(':
			if p+1 < len(m.pat) && m.pat[p+1] == ')' {
				return m.open(s, p+2, capturePosition)
			}
			return m.open(s, p+1, captureOpen)
		case ')':
			return m.close(s, p+1)
		case '$':
			if p+1 == len(m.pat) {
				if s == len(m.src) {
					return s
				}
				return -1
			}
		case '%':
			if p+1 < len(m.pat) {
				switch c := m.pat[p+1]; {
				case c == 'b':
					if s = m.balance(s, p+2); s < 0 {
						return -1
					}
					p += 4
					continue
				case c == 'f':
					next, ok := m.frontier(s, p+2)
					if !ok {
						return -1
					}
					p = next
					continue
				case c >= '0' && c <= '9':
					if s = m.back(s, c); s < 0 {
						return -1
					}
					p += 2
					continue
				}
			}
		}
		end := m.itemEnd(p)
		suffix := byte(0)
		if end < len(m.pat) {
			suffix = m.pat[end]
		}
		switch suffix {
		case '*':
			return m.greedy(s, p, end, 0)
		case '+':
			return m.greedy(s, p, end, 1)
		case '-':
			return m.lazy(s, p, end)
		case '?':
			if s < len(m.src) && m.item(m.src[s], p, end) {
				if e := m.match(s+1, end+1); e >= 0 {
					return e
				}
			}
			p = end + 1
		default:
			if s >= len(m.src) || !m.item(m.src[s], p, end) {
				return -1
			}
			s++
			p = end
		}
	}
	return s
}

// itemEnd gives where the single item at p ends.
func (m *matcher) itemEnd(p int) int {
	from, c := p, m.pat[p]
	p++
	switch c {
	case '%':
		if p >= len(m.pat) {
			m.fail("malformed pattern (ends with '%%')")
		}
		return p + 1
	case '[':
		if p < len(m.pat) && m.pat[p] == '^' {
			p++
		}
		for first := true; first || p >= len(m.pat) || m.pat[p] != ']'; first = false {
			if p >= len(m.pat) {
				m.fail("malformed pattern (missing ']')")
			}
			if m.pat[p] == '%' {
				p++
			}
			p++
		}
		m.steps += (p - from) / 16
		return p + 1
	}
	return p
}

// item tells whether a character matches the single item from p to end.
func (m *matcher) item(c byte, p, end int) bool {
	switch m.pat[p] {
	case '.':
		return true
	case '%':
		return inClass(c, m.pat[p+1])
	case '[':
		return m.set(c, p, end-1)
	}
	return m.pat[p] == c
}

// set tells whether a character is in the set that opens at p and whose closing
// bracket is at end.
func (m *matcher) set(c byte, p, end int) bool {
	if n := end - p; n >= 16 {
		if m.steps += n / 16; m.steps > chargeEvery {
			m.charge()
		}
	}
	found := true
	p++
	if m.pat[p] == '^' {
		found = false
		p++
	}
	for ; p < end; p++ {
		switch x := m.pat[p]; {
		case x == '%':
			p++
			if inClass(c, m.pat[p]) {
				return found
			}
		case p+2 < end && m.pat[p+1] == '-':
			if x <= c && c <= m.pat[p+2] {
				return found
			}
			p += 2
		case x == c:
			return found
		}
	}
	return !found
}

// longRun is after how many characters a run looks at the limits.
const longRun = 1 << 16

// run gives how many characters from s on match the item.
func (m *matcher) run(s, p, end int) int {
	src := m.src
	i := s
	switch c := m.pat[p]; c {
	case '.':
		i = len(src)
	case '%':
		letter := m.pat[p+1]
		if bits := classOf(letter); bits != 0 && letter >= 'A' {
			want := letter >= 'a'
			for i < len(src) && (classes[src[i]]&bits != 0) == want {
				i++
			}
		} else {
			for i < len(src) && src[i] == letter {
				i++
			}
		}
	case '[':
		for i < len(src) && m.set(src[i], p, end-1) {
			if i++; (i-s)%longRun == 0 {
				native.Look(m.l)
			}
		}
	default:
		for i < len(src) && src[i] == c {
			i++
		}
	}
	m.steps += (i - s) / 4
	return i - s
}

// greedy matches as many items as it can, and at least so many.
func (m *matcher) greedy(s, p, end, least int) int {
	n := m.run(s, p, end)
	if end+1 == len(m.pat) {
		if n < least {
			return -1
		}
		return s + n
	}
	for ; n >= least; n-- {
		if m.steps++; m.steps > chargeEvery {
			m.charge()
		}
		if e := m.match(s+n, end+1); e >= 0 {
			return e
		}
	}
	return -1
}

// lazy matches as few items as it can.
func (m *matcher) lazy(s, p, end int) int {
	for {
		if m.steps++; m.steps > chargeEvery {
			m.charge()
		}
		if e := m.match(s, end+1); e >= 0 {
			return e
		}
		if s >= len(m.src) || !m.item(m.src[s], p, end) {
			return -1
		}
		s++
	}
}

func (m *matcher) open(s, p, length int) int {
	if m.level >= maxCaptures {
		m.fail("too many captures")
	}
	m.captures[m.level] = capture{s, length}
	m.level++
	e := m.match(s, p)
	if e < 0 {
		m.level--
	}
	return e
}

func (m *matcher) close(s, p int) int {
	for i := m.level - 1; i >= 0; i-- {
		if m.captures[i].length == captureOpen {
			m.captures[i].length = s - m.captures[i].start
			e := m.match(s, p)
			if e < 0 {
				m.captures[i].length = captureOpen
			}
			return e
		}
	}
	m.fail("invalid pattern capture")
	return -1
}

// balance matches %bxy; p is where x is.
func (m *matcher) balance(s, p int) int {
	if p+1 >= len(m.pat) {
		m.fail("malformed pattern (missing arguments to '%%b')")
	}
	opening, closing := m.pat[p], m.pat[p+1]
	if s >= len(m.src) || m.src[s] != opening {
		return -1
	}
	depth := 1
	for i := s + 1; i < len(m.src); i++ {
		switch m.src[i] {
		case closing:
			if depth--; depth == 0 {
				m.steps += (i - s) / 4
				return i + 1
			}
		case opening:
			depth++
		}
	}
	m.steps += (len(m.src) - s) / 4
	return -1
}

// frontier matches %f[set]; p is where the set is to begin. next is where the
// pattern goes on.
func (m *matcher) frontier(s, p int) (next int, ok bool) {
	if p >= len(m.pat) || m.pat[p] != '[' {
		m.fail("missing '[' after '%%f' in pattern")
	}
	end := m.itemEnd(p)
	var before, after byte
	if s > 0 {
		before = m.src[s-1]
	}
	if s < len(m.src) {
		after = m.src[s]
	}
	return end, !m.set(before, p, end-1) && m.set(after, p, end-1)
}

// back matches what an earlier capture did.
func (m *matcher) back(s int, digit byte) int {
	i := int(digit) - '1'
	if i < 0 || i >= m.level || m.captures[i].length == captureOpen {
		m.fail("invalid capture index %%%d", i+1)
	}
	c := m.captures[i]
	n := c.length
	if n < 0 || len(m.src)-s < n || m.src[c.start:c.start+n] != m.src[s:s+n] {
		return -1
	}
	m.steps += n / 4
	return s + n
}

// value gives a capture; number 0 of a pattern without captures is the whole
// match.
func (m *matcher) value(i, s, e int) vm.LValue {
	if i >= m.level {
		if i != 0 {
			m.fail("invalid capture index %%%d", i+1)
		}
		return cut(m.l, m.src, s, e)
	}
	c := m.captures[i]
	switch c.length {
	case captureOpen:
		m.fail("unfinished capture")
	case capturePosition:
		return vm.LNumber(c.start + 1)
	}
	return cut(m.l, m.src, c.start, c.start+c.length)
}

// push pushes all captures, or the whole match where there are none and it is
// wanted.
func (m *matcher) push(s, e int, whole bool) int {
	n := m.level
	if n == 0 && whole {
		n = 1
	}
	for i := range n {
		m.l.Push(m.value(i, s, e))
	}
	return n
}

// isPlain tells a pattern without any magic.
func isPlain(pattern string) bool { return !strings.ContainsAny(pattern, "^$*+?.([%-") }
