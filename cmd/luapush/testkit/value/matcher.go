package value

import (
	"strings"

	vm "github.com/yuin/gopher-lua"
)

// Any matches everything but a field that is not there.
type Any struct{}

// Match implements Matcher.
func (Any) Match(got vm.LValue, _ *Comparer) bool { return got != vm.LNil }

// String implements Matcher.
func (Any) String() string { return "t.any" }

// Absent matches a field that is not there.
type Absent struct{}

// Match implements Matcher.
func (Absent) Match(got vm.LValue, _ *Comparer) bool { return got == vm.LNil }

// String implements Matcher.
func (Absent) String() string { return "t.absent" }

// Kind matches the values of a type.
type Kind string

// Match implements Matcher.
func (k Kind) Match(got vm.LValue, _ *Comparer) bool { return got.Type().String() == string(k) }

// String implements Matcher.
func (k Kind) String() string { return "t.a(" + Quote(string(k)) + ")" }

// Containing matches strings that have a text somewhere.
type Containing string

// Match implements Matcher.
func (c Containing) Match(got vm.LValue, _ *Comparer) bool {
	s, ok := got.(vm.LString)
	return ok && strings.Contains(string(s), string(c))
}

// String implements Matcher.
func (c Containing) String() string { return "t.containing(" + Quote(string(c)) + ")" }

// Like matches strings, and numbers as Lua writes them, by a Lua pattern.
type Like string

// Match implements Matcher.
func (p Like) Match(got vm.LValue, c *Comparer) bool {
	switch got.(type) {
	case vm.LString, vm.LNumber:
		return c.Find != nil && c.Find(vm.LVAsString(got), string(p))
	}
	return false
}

// String implements Matcher.
func (p Like) String() string { return "t.like(" + Quote(string(p)) + ")" }

// Exactly matches a table with these fields and no others.
type Exactly struct{ Table *vm.LTable }

// Match implements Matcher, for one that does not stand inside of a table: those
// the Comparer knows itself.
func (m Exactly) Match(got vm.LValue, c *Comparer) bool {
	exact := Comparer{Call: c.Call, Find: c.Find, Mode: Exact}
	return len(exact.Compare(m.Table, got)) == 0
}

// String implements Matcher.
func (m Exactly) String() string { return Line(&vm.LUserData{Value: m}) }
