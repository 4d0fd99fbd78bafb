package library

import (
	vm "github.com/yuin/gopher-lua"
)

// Lazy is a kind of table that gets its contents when a script first looks at
// it, in whatever way; no script can tell. It is made once and shared by all
// states, which is the point of it: a state that never looks does not pay.
type Lazy struct {
	fill func(l *vm.LState, t *vm.LTable)
	meta *vm.LTable
}

// lazyMark is where the metatable of an untouched table keeps its Lazy. No
// script sees that metatable.
const lazyMark = "\x00lazy"

// NewLazy makes a kind of table. fill puts the contents, and the metatable if
// there is to be one, into a table whose metatable has been taken away.
func NewLazy(fill func(l *vm.LState, t *vm.LTable)) *Lazy {
	z := &Lazy{fill: fill, meta: &vm.LTable{Metatable: vm.LNil}}
	z.meta.RawSetString(lazyMark, &vm.LUserData{Value: z, Metatable: vm.LNil})
	z.meta.RawSetString("__index", native1(func(l *vm.LState) int {
		t := l.Get(1).(*vm.LTable)
		z.open(l, t)
		l.Push(index(l, t, l.Get(2)))
		return 1
	}))
	z.meta.RawSetString("__newindex", native1(func(l *vm.LState) int {
		t := l.Get(1).(*vm.LTable)
		z.open(l, t)
		setIndex(l, t, l.Get(2), l.Get(3))
		return 0
	}))
	return z
}

// Table makes a table of the kind.
func (z *Lazy) Table() *vm.LTable { return &vm.LTable{Metatable: z.meta} }

func (z *Lazy) open(l *vm.LState, t *vm.LTable) {
	t.Metatable = vm.LNil
	z.fill(l, t)
}

// openLazy gives a table its contents if it is an untouched one.
func openLazy(l *vm.LState, t, meta *vm.LTable) {
	if mark, ok := meta.RawGetString(lazyMark).(*vm.LUserData); ok {
		if z, ok := mark.Value.(*Lazy); ok {
			z.open(l, t)
		}
	}
}
