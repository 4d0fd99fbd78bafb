package value

import (
	"strconv"
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

// Matcher is an expectation that is not a value: t.like("^http"), t.any.
type Matcher interface {
	// Match tells whether a value is as expected; nil stands for a field that is
	// not there. The comparer has the functions of the state.
	Match(got vm.LValue, c *Comparer) bool
	// String says what is expected, as Lua would write it.
	String() string
}

// Mismatch is a place where two values differ.
type Mismatch struct {
	// Path leads there from the value: "headers.X-Token", "[2].name"; "" is the
	// value itself.
	Path string
	// Want and Got are what stands there, on one line.
	Want, Got string
	// From says where long texts begin to differ; "" for all else.
	From string
}

// Mode says what the tables of an expectation stand for.
type Mode int

const (
	// Subset stands for the fields that are expected; there may be more.
	Subset Mode = iota
	// Exact stands for all of them.
	Exact
)

// The bounds of a comparison.
const (
	// maxMismatches is how many differences are looked for.
	maxMismatches = 20
	// maxCompared is how deep tables are compared; what is deeper counts as a
	// difference.
	maxCompared = 2000
	// pathLength is how much of a path is told.
	pathLength = 200
)

// Comparer compares what was expected with what there is.
type Comparer struct {
	// Call asks a function of the test whether a value is as expected; nil
	// means that functions are only equal to themselves.
	Call func(fn *vm.LFunction, got vm.LValue) bool
	// Find looks for a Lua pattern.
	Find func(text, pattern string) bool
	Mode Mode
	// FoldKeys compares keys without regard to case, for headers.
	FoldKeys bool
	// Paths lets a key that begins with "$" be the path of a value: "$.a[1].b".
	Paths bool

	list []Mismatch
	seen map[visit]bool
}

// visit is a pair of tables that was compared already, and how.
type visit struct {
	want, got *vm.LTable
	mode      Mode
}

// Compare gives the differences, none if there is what was expected. Tables are
// compared by contents, numbers by value.
func (c *Comparer) Compare(want, got vm.LValue) []Mismatch {
	c.list, c.seen = nil, nil
	c.value("", want, got, 0)
	return c.list
}

func (c *Comparer) differ(path string, want, got vm.LValue) {
	if len(c.list) >= maxMismatches {
		return
	}
	if len(path) > pathLength {
		path = path[:pathLength] + "…"
	}
	c.list = append(c.list, Mismatch{path, Line(want), Line(got), Apart(want, got)})
}

func (c *Comparer) value(path string, want, got vm.LValue, depth int) {
	if len(c.list) >= maxMismatches {
		return
	}
	switch w := want.(type) {
	case *vm.LUserData:
		if e, ok := w.Value.(Exactly); ok {
			c.exactly(path, e.Table, got, depth)
			return
		}
		m, ok := w.Value.(Matcher)
		if ok && m.Match(got, c) || !ok && want == got {
			return
		}
	case *vm.LFunction:
		if want == got || c.Call != nil && c.Call(w, got) {
			return
		}
	case *vm.LTable:
		if g, ok := got.(*vm.LTable); ok {
			c.table(path, w, g, depth)
			return
		}
	default:
		if Equal(want, got) {
			return
		}
	}
	c.differ(path, want, got)
}

// exactly compares with the table of t.exactly, which may stand in itself: so
// this is no comparison of its own.
func (c *Comparer) exactly(path string, want *vm.LTable, got vm.LValue, depth int) {
	mode, fold, paths := c.Mode, c.FoldKeys, c.Paths
	c.Mode, c.FoldKeys, c.Paths = Exact, false, false
	c.value(path, want, got, depth+1)
	c.Mode, c.FoldKeys, c.Paths = mode, fold, paths
}

func (c *Comparer) table(path string, want, got *vm.LTable, depth int) {
	pair := visit{want, got, c.Mode}
	if want == got || c.seen[pair] {
		return
	}
	if depth > maxCompared {
		c.differ(path, want, got)
		return
	}
	if c.seen == nil {
		c.seen = make(map[visit]bool)
	}
	c.seen[pair] = true
	for _, k := range keys(want) {
		w := want.RawGet(k)
		if s, ok := k.(vm.LString); ok && c.Paths && strings.HasPrefix(string(s), "$") {
			c.value(string(s), w, At(got, string(s)), depth+1)
			continue
		}
		c.value(join(path, k), w, c.get(got, k), depth+1)
	}
	// A list is as long as it is.
	exact := c.Mode == Exact || want.Len() > 0
	if !exact {
		return
	}
	for _, k := range keys(got) {
		_, number := k.(vm.LNumber)
		if (c.Mode == Exact || number) && c.get(want, k) == vm.LNil {
			c.value(join(path, k), vm.LNil, got.RawGet(k), depth+1)
		}
	}
}

func (c *Comparer) get(t *vm.LTable, k vm.LValue) vm.LValue {
	v := t.RawGet(k)
	name, ok := k.(vm.LString)
	if v != vm.LNil || !c.FoldKeys || !ok {
		return v
	}
	for other, v := t.Next(vm.LNil); other != vm.LNil; other, v = t.Next(other) {
		if s, ok := other.(vm.LString); ok && strings.EqualFold(string(s), string(name)) {
			return v
		}
	}
	return vm.LNil
}

// keys are the keys of a table, those of its list first and the others sorted.
func keys(t *vm.LTable) []vm.LValue {
	var list []vm.LValue
	n := t.Len()
	for i := 1; i <= n; i++ {
		list = append(list, vm.LNumber(i))
	}
	type other struct {
		text string
		key  vm.LValue
	}
	var rest []other
	for k, _ := t.Next(vm.LNil); k != vm.LNil; k, _ = t.Next(k) {
		if i, ok := k.(vm.LNumber); ok && i >= 1 && int(i) <= n && vm.LNumber(int(i)) == i {
			continue
		}
		rest = append(rest, other{keyText(k), k})
	}
	sortBy(rest, func(o other) string { return o.text })
	for _, o := range rest {
		list = append(list, o.key)
	}
	return list
}

// Equal is Lua's == without metamethods.
func Equal(a, b vm.LValue) bool {
	switch a := a.(type) {
	case vm.LNumber:
		n, ok := b.(vm.LNumber)
		return ok && n == a
	case vm.LString:
		s, ok := b.(vm.LString)
		return ok && s == a
	}
	return a == b
}

func join(path string, key vm.LValue) string {
	switch k := key.(type) {
	case vm.LString:
		if identifier(strings.ReplaceAll(string(k), "-", "_")) {
			if path == "" {
				return string(k)
			}
			return path + "." + string(k)
		}
		return path + "[" + Quote(string(k)) + "]"
	case vm.LNumber:
		return path + "[" + native.ToString(k) + "]"
	}
	return path + "[" + Line(key) + "]"
}

// At follows a path such as $.items[1].name; lists count from 1. It gives nil
// where the path leads nowhere.
func At(v vm.LValue, path string) vm.LValue {
	rest := strings.TrimPrefix(path, "$")
	for rest != "" {
		t, ok := v.(*vm.LTable)
		if !ok {
			return vm.LNil
		}
		var key string
		switch rest[0] {
		case '[':
			inside, after, found := strings.Cut(rest[1:], "]")
			if !found {
				return vm.LNil
			}
			rest = after
			if n, err := strconv.Atoi(inside); err == nil {
				v = t.RawGetInt(n)
				continue
			}
			key = strings.Trim(inside, `"'`)
		case '.':
			rest = rest[1:]
			fallthrough
		default:
			end := strings.IndexAny(rest, ".[")
			if end < 0 {
				end = len(rest)
			}
			key, rest = rest[:end], rest[end:]
			if key == "" {
				return vm.LNil
			}
		}
		v = t.RawGetString(key)
	}
	return v
}
