package stdlib

import (
	"context"
	"fmt"
	"time"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/lua/native"
)

// socketVersion is what LuaSocket 3.1.0, whose behaviour the modules have, calls itself, and the default User-Agent.
const socketVersion = "LuaSocket 3.0.0"

// socketKey is where a state keeps its instance of LuaSocket: its modules are fields of one another.
const socketKey = "luapush.socket"

var socketFunctions = shared(
	function{"gettime", socketGettime},
	function{"sleep", socketSleep},
	function{"select", socketSelect},
	function{"skip", socketSkip},
	function{"newtry", socketNewtry},
	function{"protect", socketProtect},
	function{"try", socketTry},
	function{"choose", func(L *vm.LState) int { L.Push(closure(L, chooseByName, L.Get(1))); return 1 }},
	socketAbsent("tcp"), socketAbsent("tcp4"), socketAbsent("tcp6"),
	socketAbsent("udp"), socketAbsent("udp4"), socketAbsent("udp6"),
	socketAbsent("connect"), socketAbsent("connect4"), socketAbsent("connect6"), socketAbsent("bind"),
	socketAbsent("source"), socketAbsent("sink"),
)

var socketDNS = shared(
	socketAbsent("dns.toip"), socketAbsent("dns.tohostname"), socketAbsent("dns.gethostname"),
	socketAbsent("dns.getaddrinfo"), socketAbsent("dns.getnameinfo"),
)

// Socket is the loader of "socket": LuaSocket's functions that need no socket. The others raise an error that says
// where requests go instead.
func Socket(L *vm.LState) int {
	L.Push(socketInstance(L))
	return 1
}

// luaSocket are the modules of one state that know each other.
type luaSocket struct{ socket, url, headers, http, https *vm.LTable }

// luaSocketOf gives the state's modules, those that were loaded.
func luaSocketOf(L *vm.LState) *luaSocket {
	if known, ok := L.G.Registry.RawGetString(socketKey).(*vm.LUserData); ok {
		return known.Value.(*luaSocket)
	}
	made := &luaSocket{}
	L.G.Registry.RawSetString(socketKey, &vm.LUserData{Env: L.Env, Metatable: vm.LNil, Value: made})
	return made
}

// loaded keeps a module, and makes it a field of socket as LuaSocket does.
func (s *luaSocket) loaded(name string, place **vm.LTable, module *vm.LTable) *vm.LTable {
	*place = module
	if s.socket != nil {
		s.socket.RawSetString(name, module)
	}
	return module
}

// socketInstance gives the state's table socket, and makes it the first time.
func socketInstance(L *vm.LState) *vm.LTable {
	all := luaSocketOf(L)
	if all.socket != nil {
		return all.socket
	}
	module := fill(L.CreateTable(0, 32), socketFunctions)
	dns := L.CreateTable(0, len(socketDNS))
	for name, fn := range socketDNS {
		dns.RawSetString(name[len("dns."):], fn)
	}
	module.RawSetString("dns", dns)
	module.RawSetString("_VERSION", vm.LString(socketVersion))
	module.RawSetString("_DEBUG", vm.LFalse)
	module.RawSetString("_SETSIZE", vm.LNumber(1024))
	module.RawSetString("BLOCKSIZE", vm.LNumber(ltnBlock))
	module.RawSetString("sourcet", L.NewTable())
	module.RawSetString("sinkt", L.NewTable())
	all.socket = module
	for name, known := range map[string]*vm.LTable{"url": all.url, "headers": all.headers, "http": all.http} {
		if known != nil {
			module.RawSetString(name, known)
		}
	}
	return module
}

// socketAbsent is a function of LuaSocket that is left out, since what goes through a socket of the script's own would
// be in no trace, and would reach the network even where requests must not.
func socketAbsent(name string) function {
	return function{name, func(L *vm.LState) int {
		native.Raise(L, "socket.%s is not available in luapush: send requests with socket.http, ssl.https or dovecot.http.client, which --http and the trace see", name)
		return 0
	}}
}

// socketGettime is gettime(): seconds since 1970 with a fraction.
func socketGettime(L *vm.LState) int {
	now := runtime.From(L).Now()
	return returns(L, vm.LNumber(float64(now.UnixMicro())/1e6))
}

// socketSleep is sleep(seconds). It ends with the call's deadline.
func socketSleep(L *vm.LState) int {
	sleep(L, float64(native.CheckNumber(L, 1)))
	return 0
}

func sleep(L *vm.LState, seconds float64) {
	native.Step(L, 1)
	if !(seconds > 0) {
		return
	}
	const forever = time.Duration(1<<63 - 1)
	pause := forever
	if seconds < forever.Seconds() {
		pause = time.Duration(seconds * float64(time.Second))
	}
	session := runtime.From(L)
	ctx := session.Context()
	if session.Sleep(ctx, pause) != nil {
		overdue(L, ctx)
	}
}

// overdue stops the script at once when its time is over, instead of at the next look at the clock.
func overdue(L *vm.LState, ctx context.Context) {
	if ctx.Err() != nil {
		native.Stop(L, &native.Limit{Kind: limitKind(ctx), Where: native.Where(L, 1), Cause: context.Cause(ctx)})
	}
}

func limitKind(ctx context.Context) native.Kind {
	if ctx.Err() == context.DeadlineExceeded {
		return native.Deadline
	}
	return native.Canceled
}

// socketSelect is select(nil, nil, seconds), by which many scripts sleep. There are no sockets to wait for.
func socketSelect(L *vm.LState) int {
	for n := 1; n <= 2; n++ {
		if list, ok := L.Get(n).(*vm.LTable); L.Get(n) != vm.LNil && (!ok || list.Len() > 0) {
			return socketAbsent("select with sockets").fn(L)
		}
	}
	seconds := native.OptNumber(L, 3, -1)
	if seconds < 0 {
		native.Raise(L, "socket.select without sockets and without a time would never end")
	}
	sleep(L, float64(seconds))
	return returns(L, L.NewTable(), L.NewTable(), vm.LString("timeout"))
}

// socketSkip is skip(n, …): the arguments from the n-th on.
func socketSkip(L *vm.LState) int {
	return max(L.GetTop()-1-max(cInt(native.CheckNumber(L, 1)), 0), 0)
}

// exceptionMark is the type of a raised value that protect turns into nil and a message.
type exceptionMark struct{}

// exception makes what try raises.
func exception(L *vm.LState, value vm.LValue) vm.LValue {
	raised := L.CreateTable(1, 0)
	raised.RawSetInt(1, value)
	metatable := L.CreateTable(0, 2)
	metatable.RawSetString("__tostring", exceptionText)
	metatable.RawSetString("mark", &vm.LUserData{Value: exceptionMark{}, Metatable: vm.LNil})
	raised.Metatable = metatable
	return raised
}

var exceptionText = &vm.LFunction{IsG: true, GFunction: func(L *vm.LState) int {
	return returns(L, vm.LString(fmt.Sprint(toText(L, native.CheckTable(L, 1).RawGetInt(1)))))
}}

// exceptionValue gives what an exception holds.
func exceptionValue(raised vm.LValue) (vm.LValue, bool) {
	table, ok := raised.(*vm.LTable)
	if !ok {
		return nil, false
	}
	metatable, ok := table.Metatable.(*vm.LTable)
	if !ok {
		return nil, false
	}
	mark, ok := metatable.RawGetString("mark").(*vm.LUserData)
	if !ok {
		return nil, false
	}
	_, ok = mark.Value.(exceptionMark)
	return table.RawGetInt(1), ok
}

// socketTry is try(…): its arguments, or an exception of the second where the first is nil or false.
func socketTry(L *vm.LState) int {
	if !vm.LVAsBool(L.Get(1)) {
		native.RaiseValue(L, exception(L, L.Get(2)))
	}
	return L.GetTop()
}

// socketNewtry is newtry(finalizer): a try that calls the finalizer first.
func socketNewtry(L *vm.LState) int {
	L.Push(closure(L, func(L *vm.LState) int {
		if vm.LVAsBool(L.Get(1)) {
			return L.GetTop()
		}
		if finalizer := up(L, 1); finalizer != vm.LNil {
			native.Call1(L, finalizer)
		}
		native.RaiseValue(L, exception(L, L.Get(2)))
		return 0
	}, L.Get(1)))
	return 1
}

// socketProtect is protect(f): a function that turns the exceptions of f into nil and the message, and lets other
// errors pass.
func socketProtect(L *vm.LState) int {
	L.Push(closure(L, func(L *vm.LState) int {
		results, raised := native.PCall(L, nil, up(L, 1), given(L)...)
		if raised == nil {
			return returns(L, results...)
		}
		if value, ok := exceptionValue(raised); ok {
			return returns(L, vm.LNil, value)
		}
		native.RaiseValue(L, raised)
		return 0
	}, L.Get(1)))
	return 1
}
