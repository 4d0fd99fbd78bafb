package value

import vm "github.com/yuin/gopher-lua"

// maker makes tables; a table belongs to no state. Its fields are not used.
var maker = &vm.LState{}

// NewTable makes a table for about so many items and fields.
func NewTable(items, fields int) *vm.LTable { return maker.CreateTable(items, fields) }
