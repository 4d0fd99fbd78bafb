package host

import (
	"slices"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/cmd/luapush/testkit/clock"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/lua/native"
)

// modules are the modules of the options, with the clock of the case in those
// that tell the time or wait.
func (s *Stage) modules(list []runtime.Module) []runtime.Module {
	list = slices.Clone(list)
	for i := range list {
		if functions := s.clocked(list[i].Name); functions != nil {
			list[i].Open = with(list[i].Open, functions)
		}
	}
	return list
}

// clocked are the functions of a module that the clock answers.
func (s *Stage) clocked(module string) map[string]*vm.LFunction {
	sleep := func(l *vm.LState) int {
		native.Step(l, 1)
		s.Clock.Advance(clock.Seconds(float64(native.CheckNumber(l, 1))))
		return 0
	}
	switch module {
	case "socket":
		return functions(map[string]vm.LGFunction{
			"sleep": sleep,
			"gettime": func(l *vm.LState) int {
				l.Push(vm.LNumber(float64(s.Clock.Now().UnixMicro()) / 1e6))
				return 1
			},
		})
	case "time":
		return functions(map[string]vm.LGFunction{
			"sleep":     sleep,
			"unix":      func(l *vm.LState) int { l.Push(vm.LNumber(float64(s.Clock.Now().UnixNano()) / 1e9)); return 1 },
			"unix_nano": func(l *vm.LState) int { l.Push(vm.LNumber(s.Clock.Now().UnixNano())); return 1 },
		})
	}
	return nil
}

func functions(list map[string]vm.LGFunction) map[string]*vm.LFunction {
	made := make(map[string]*vm.LFunction, len(list))
	for name, f := range list {
		made[name] = &vm.LFunction{IsG: true, GFunction: f}
	}
	return made
}

// with is a loader that puts functions in the places of the module's own.
func with(open vm.LGFunction, functions map[string]*vm.LFunction) vm.LGFunction {
	return func(l *vm.LState) int {
		n := open(l)
		if t, ok := l.Get(-1).(*vm.LTable); ok {
			for name, f := range functions {
				t.RawSetString(name, f)
			}
		}
		return n
	}
}

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
