package value

import (
	"errors"
	"fmt"

	vm "github.com/yuin/gopher-lua"
)

// The bounds of a copy.
const (
	maxDepth  = 200
	maxValues = 1 << 20
)

// The errors of Copy.
var (
	ErrDeep = fmt.Errorf("a table goes deeper than %d levels", maxDepth)
	ErrMany = fmt.Errorf("a table holds more than %d values", maxValues)
)

// Copy makes a copy of a value that shares nothing with it, for another state.
// Tables lose their metatables; a table that stands in two places does so in the
// copy. Other returns what stands for a function, a userdata or a coroutine, or
// an error; charge is told how many bytes are about to be taken.
func Copy(v vm.LValue, other func(vm.LValue) (vm.LValue, error), charge func(bytes int)) (vm.LValue, error) {
	c := copier{other: other, charge: charge, left: maxValues}
	return c.value(v, 0)
}

// Describe stands for what cannot be copied by its text, such as "function:
// handler.lua:12".
func Describe(v vm.LValue) (vm.LValue, error) {
	if fn, ok := v.(*vm.LFunction); ok && fn.Proto != nil {
		return vm.LString(fmt.Sprintf("function: %s:%d", fn.Proto.SourceName, fn.Proto.LineDefined)), nil
	}
	return vm.LString(v.Type().String()), nil
}

// Refuse is an error for what cannot be copied.
func Refuse(v vm.LValue) (vm.LValue, error) {
	return nil, errors.New("a " + v.Type().String() + " cannot be handed to a handler, whose Lua state is another one: give strings, numbers, booleans and tables of them")
}

type copier struct {
	other  func(vm.LValue) (vm.LValue, error)
	charge func(int)
	seen   map[*vm.LTable]*vm.LTable
	left   int
}

func (c *copier) value(v vm.LValue, depth int) (vm.LValue, error) {
	switch v := v.(type) {
	case *vm.LTable:
		return c.table(v, depth+1)
	case *vm.LFunction, *vm.LState:
		return c.other(v)
	case *vm.LUserData:
		if v == Null {
			return v, nil
		}
		return c.other(v)
	}
	return v, nil
}

func (c *copier) table(t *vm.LTable, depth int) (vm.LValue, error) {
	if depth > maxDepth {
		return nil, ErrDeep
	}
	if made, ok := c.seen[t]; ok {
		return made, nil
	}
	if c.seen == nil {
		c.seen = make(map[*vm.LTable]*vm.LTable)
	}
	c.charge(112)
	made := NewTable(0, 4)
	c.seen[t] = made
	for k, x := t.Next(vm.LNil); k != vm.LNil; k, x = t.Next(k) {
		if c.left--; c.left < 0 {
			return nil, ErrMany
		}
		c.charge(64)
		key, err := c.value(k, depth)
		if err != nil {
			return nil, err
		}
		item, err := c.value(x, depth)
		if err != nil {
			return nil, err
		}
		made.RawSet(key, item)
	}
	return made, nil
}
