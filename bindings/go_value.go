package bindings

import (
	vm "github.com/yuin/gopher-lua"
	luar "layeh.com/gopher-luar"

	"github.com/luapush/luapush/runtime"
)

// GoValue gives scripts a value of the Go program that embeds luapush: a struct
// with its fields and methods, a map, a slice, a function. They get it by
// require(name). The value is shared by all sessions, so its methods must be
// safe for concurrent use where sessions run at the same time. A method's
// panic, or an error it returns as its last result, does not end the host.
//
// Events are not made this way: Dovecot hands plain tables to scripts.
func GoValue(name string, value any) runtime.Module {
	return runtime.Module{Name: name, Open: func(l *vm.LState) int {
		l.Push(luar.New(l, value))
		return 1
	}}
}
