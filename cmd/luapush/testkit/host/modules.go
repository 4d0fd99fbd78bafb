package host

import (
	"slices"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/lua/native"
)

// forSessions are the modules that need a network or a mail session.
var forSessions = []string{"socket", "socket.http", "socket.headers", "ssl.https", "http", "humanize", "regexp", "time"}

// TestModules are the modules of a test file out of those of a host.
func TestModules(list []runtime.Module) []runtime.Module {
	list = slices.Clone(list)
	for i := range list {
		if name := list[i].Name; slices.Contains(forSessions, name) {
			list[i].Open = func(l *vm.LState) int {
				native.Raise(l, "module '%s' is for handlers: a test has no network and no mail session of its own; answer the handler's requests with t.http, and move the clock with t.advance", name)
				return 0
			}
		}
	}
	return list
}
