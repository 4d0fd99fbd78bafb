package host

import (
	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/httpclient"
)

// api is Dovecot's API with the clock of the case.
type api struct {
	runtime.API
	stage *Stage
	host  *Host
	// timed are the functions that stand for those of the API, by these.
	timed map[*vm.LFunction]*vm.LFunction
}

// Open implements runtime.API.
func (a *api) Open(s *runtime.Session) error {
	if err := a.API.Open(s); err != nil {
		return err
	}
	l := s.L()
	dovecot, ok := l.G.Global.RawGetString("dovecot").(*vm.LTable)
	if !ok {
		return nil
	}
	if http, ok := dovecot.RawGetString("http").(*vm.LTable); ok {
		a.put(http, "client", a.client)
	}
	if meta, ok := dovecot.Metatable.(*vm.LTable); ok {
		a.put(meta, "gettimeofday", a.gettimeofday)
		a.put(meta, "nanoseconds", func(*vm.LFunction) vm.LGFunction {
			return func(l *vm.LState) int { l.Push(vm.LNumber(a.stage.Clock.Now().UnixNano())); return 1 }
		})
		a.put(meta, "microseconds", func(*vm.LFunction) vm.LGFunction {
			return func(l *vm.LState) int { l.Push(vm.LNumber(a.stage.Clock.Now().UnixMicro())); return 1 }
		})
	}
	return nil
}

// put puts a function in the place of one that the release has. It runs in the
// frame of the one it stands for, so that errors have the same place.
func (a *api) put(t *vm.LTable, name string, with func(own *vm.LFunction) vm.LGFunction) {
	own, ok := t.RawGetString(name).(*vm.LFunction)
	if !ok {
		return
	}
	made := a.timed[own]
	if made == nil {
		made = &vm.LFunction{IsG: true, Env: own.Env, GFunction: with(own), Upvalues: own.Upvalues}
		if a.timed == nil {
			a.timed = make(map[*vm.LFunction]*vm.LFunction)
		}
		a.timed[own] = made
	}
	t.RawSetString(name, made)
}

// client makes a client whose waits are the clock's.
func (a *api) client(own *vm.LFunction) vm.LGFunction {
	return func(l *vm.LState) int {
		n := own.GFunction(l)
		t, ok := l.Get(-1).(*vm.LTable)
		if !ok {
			return n
		}
		if item, ok := t.RawGetString("item").(*vm.LUserData); ok {
			if c := clientOf(item.Value); c != nil {
				c.Clock = httpclient.Clock{Now: a.stage.Clock.Now, Sleep: a.stage.Clock.Sleep}
				c.Transport = &ofClient{carried{a.host}, &c.Settings}
			}
		}
		return n
	}
}

func (a *api) gettimeofday(*vm.LFunction) vm.LGFunction {
	return func(l *vm.LState) int {
		now := a.stage.Clock.Now()
		t := l.CreateTable(0, 2)
		t.RawSetString("tv_sec", vm.LNumber(now.Unix()))
		t.RawSetString("tv_usec", vm.LNumber(now.Nanosecond()/1000))
		l.Push(t)
		return 1
	}
}
