package difftest

import (
	"context"
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
	items "github.com/luapush/luapush/runtime/lua/native/list"
	"github.com/luapush/luapush/runtime/lua/repair"
	"github.com/luapush/luapush/runtime/lua/syntax"
)

// NewState makes a state with just the library functions that generated
// programs use; what is printed goes to out. The caller closes it.
func NewState(out *strings.Builder) *vm.LState {
	l := vm.NewState(vm.Options{
		SkipOpenLibs: true, CallStackSize: 1 << 12, MinimizeStackMemory: true,
		RegistrySize: 512, RegistryMaxSize: 1 << 18, RegistryGrowStep: 512,
	})
	m := machine{out: out, plain: map[*vm.LState]bool{}}
	hooks := repair.Hooks()
	unwind := hooks.Unwind
	hooks.Unwind = func(l, th *vm.LState, raised vm.LValue) vm.LValue {
		if m.plain[th] {
			return raised // what a dead coroutine has open waits for coroutine.close
		}
		return unwind(l, th, raised)
	}
	budget := native.Attach(l, nil)
	budget.SetHooks(hooks)
	budget.Start(context.Background(), native.Limits{Instructions: 1 << 27})
	for name, f := range map[string]vm.LGFunction{
		"print": m.print, "tostring": m.tostring, "type": typeName, "error": raise,
		"select": selectArgs, "next": next, "pairs": pairs, "ipairs": ipairs, "rawlen": rawlen,
		"setmetatable": setmetatable, "getmetatable": getmetatable, "rawget": rawget, "rawset": rawset,
		"rawequal": rawequal, "assert": assert, "tonumber": tonumber,
	} {
		l.SetGlobal(name, l.NewFunction(f))
	}
	module(l, "coroutine", map[string]vm.LGFunction{
		"create": m.create, "resume": resume, "yield": yield, "status": status, "wrap": wrap, "close": closeThread,
	})
	l.SetGlobal("pcall", driven(l))
	str := module(l, "string", map[string]vm.LGFunction{
		"rep": rep, "len": length, "upper": upper, "sub": sub,
	})
	mt := l.NewTable()
	mt.RawSetString("__index", str)
	for _, h := range repair.StringMetamethods() {
		mt.RawSetString(h.Name, h.Function)
	}
	l.SetMetatable(vm.LString(""), mt)
	module(l, "table", map[string]vm.LGFunction{"insert": insert, "remove": remove, "concat": concat, "unpack": unpack})
	module(l, "math", map[string]vm.LGFunction{"floor": floor, "max": maximum})
	return l
}

func module(l *vm.LState, name string, functions map[string]vm.LGFunction) *vm.LTable {
	t := l.NewTable()
	for key, f := range functions {
		t.RawSetString(key, l.NewFunction(f))
	}
	l.SetGlobal(name, t)
	return t
}

// Ours runs a program with this package's compiler and gives what it printed;
// the error that ended it, if any, is printed too.
func Ours(name, text string) string {
	var out strings.Builder
	chunk, err := syntax.Parse(text, name)
	if err != nil {
		return "syntax: " + err.Error() + "\n"
	}
	proto, err := repair.Compile(chunk)
	if err != nil {
		return "syntax: " + err.Error() + "\n"
	}
	l := NewState(&out)
	defer l.Close()
	if _, raised := native.PCall(l, nil, l.NewFunctionFromProto(proto)); raised != nil {
		out.WriteString("error: " + native.ToString(shown(raised)) + "\n")
	}
	return out.String()
}

// shown hides addresses.
func shown(v vm.LValue) vm.LValue {
	switch v.(type) {
	case vm.LString, vm.LNumber, vm.LBool, *vm.LNilType:
		return v
	}
	return vm.LString(v.Type().String())
}

type machine struct {
	out   *strings.Builder
	plain map[*vm.LState]bool // coroutines made by coroutine.create
}

func (m machine) text(l *vm.LState, v vm.LValue) string {
	if mt, ok := l.GetMetatable(v).(*vm.LTable); ok {
		if f := mt.RawGetString("__tostring"); f != vm.LNil {
			return native.ToString(native.Call1(l, f, v))
		}
	}
	return native.ToString(shown(v))
}

func (m machine) print(l *vm.LState) int {
	for i := 1; i <= l.GetTop(); i++ {
		if i > 1 {
			m.out.WriteByte('\t')
		}
		m.out.WriteString(m.text(l, l.Get(i)))
	}
	m.out.WriteByte('\n')
	return 0
}

func (m machine) tostring(l *vm.LState) int { return push(l, vm.LString(m.text(l, l.Get(1)))) }

func push(l *vm.LState, values ...vm.LValue) int {
	for _, v := range values {
		l.Push(v)
	}
	return len(values)
}

func arguments(l *vm.LState, from int) []vm.LValue {
	var list []vm.LValue
	for i := from; i <= l.GetTop(); i++ {
		list = append(list, l.Get(i))
	}
	return list
}

func typeName(l *vm.LState) int { return push(l, vm.LString(l.Get(1).Type().String())) }

// driver passes on what a protected call yields; see native.Protect.
const driver = `local start, continue, pass = ...
local function loop(th, ...)
  if th then return loop(continue(th, pass(...))) end
  return ...
end
return function(...) return loop(start(...)) end`

func driven(l *vm.LState) vm.LValue {
	chunk, err := syntax.Parse(driver, "="+native.DriverSource)
	if err != nil {
		panic(err)
	}
	proto, err := repair.Compile(chunk)
	if err != nil {
		panic(err)
	}
	start := func(l *vm.LState) int { return native.Protect(l, nil) }
	results, _ := native.PCall(l, nil, l.NewFunctionFromProto(proto),
		l.NewFunction(start), l.NewFunction(native.Continue), l.NewFunction(native.Yield))
	return results[0]
}

func yield(l *vm.LState) int {
	if problem := native.Yieldable(l); problem != "" {
		native.RaiseValue(l, vm.LString(problem))
	}
	return native.Yield(l)
}

func raise(l *vm.LState) int {
	v := l.Get(1)
	level := 1
	if n, ok := l.Get(2).(vm.LNumber); ok {
		level = int(n)
	}
	if s, ok := v.(vm.LString); ok && level > 0 {
		v = vm.LString(native.Position(l, level)) + s
	}
	native.RaiseValue(l, v)
	return 0
}

func assert(l *vm.LState) int {
	if vm.LVAsBool(l.Get(1)) {
		return l.GetTop()
	}
	if l.GetTop() > 1 {
		native.RaiseValue(l, l.Get(2))
	}
	native.RaiseValue(l, vm.LString("assertion failed!"))
	return 0
}

func selectArgs(l *vm.LState) int {
	if l.Get(1) == vm.LString("#") {
		return push(l, vm.LNumber(l.GetTop()-1))
	}
	n := int(l.Get(1).(vm.LNumber))
	if n < 0 {
		n = l.GetTop() + n
	}
	return max(l.GetTop()-n, 0)
}

func next(l *vm.LState) int {
	k, v := items.Next(l.Get(1).(*vm.LTable), l.Get(2))
	if k == vm.LNil {
		return push(l, vm.LNil)
	}
	return push(l, k, v)
}

func pairs(l *vm.LState) int {
	if _, ok := l.Get(1).(*vm.LTable); !ok {
		native.TypeError(l, 1, "table")
	}
	return push(l, l.GetGlobal("next"), l.Get(1), vm.LNil)
}

func ipairs(l *vm.LState) int {
	return push(l, l.NewFunction(func(l *vm.LState) int {
		i := l.Get(2).(vm.LNumber) + 1
		v := l.GetTable(l.Get(1), i)
		if v == vm.LNil {
			return push(l, vm.LNil)
		}
		return push(l, i, v)
	}), l.Get(1), vm.LNumber(0))
}

func rawlen(l *vm.LState) int { return push(l, vm.LNumber(items.Length(l.Get(1).(*vm.LTable)))) }

func setmetatable(l *vm.LState) int {
	l.SetMetatable(l.Get(1), l.Get(2))
	return push(l, l.Get(1))
}

func getmetatable(l *vm.LState) int { return push(l, l.GetMetatable(l.Get(1))) }

func rawget(l *vm.LState) int { return push(l, l.Get(1).(*vm.LTable).RawGet(l.Get(2))) }

func rawset(l *vm.LState) int {
	l.Get(1).(*vm.LTable).RawSet(l.Get(2), l.Get(3))
	return push(l, l.Get(1))
}

func rawequal(l *vm.LState) int { return push(l, vm.LBool(l.RawEqual(l.Get(1), l.Get(2)))) }

func tonumber(l *vm.LState) int {
	switch v := l.Get(1).(type) {
	case vm.LNumber:
		return push(l, v)
	case vm.LString:
		if n, ok := native.ToNumber(string(v)); ok {
			return push(l, n)
		}
	}
	return push(l, vm.LNil)
}

func (m machine) create(l *vm.LState) int {
	co := native.NewCoroutine(l, l.Get(1).(*vm.LFunction))
	m.plain[co] = true
	return push(l, co)
}

func resume(l *vm.LState) int {
	co := l.Get(1).(*vm.LState)
	ok, n := native.Resume(l, co, 2)
	if !ok {
		return push(l, vm.LFalse, l.Get(-1))
	}
	values := arguments(l, l.GetTop()-n+1)
	return push(l, append([]vm.LValue{vm.LTrue}, values...)...)
}

func status(l *vm.LState) int {
	return push(l, vm.LString(native.Status(l, l.Get(1).(*vm.LState))))
}

func wrap(l *vm.LState) int {
	co := native.NewCoroutine(l, l.Get(1).(*vm.LFunction))
	return push(l, l.NewFunction(func(l *vm.LState) int {
		ok, n := native.Resume(l, co, 1)
		if !ok {
			v := l.Get(-1)
			if s, ok := v.(vm.LString); ok {
				v = vm.LString(native.Position(l, 1)) + s
			}
			native.RaiseValue(l, v)
		}
		return n
	}))
}

func closeThread(l *vm.LState) int {
	co := l.Get(1).(*vm.LState)
	v := repair.CloseAll(l, co, 0, native.Close(l, co))
	if v != nil {
		return push(l, vm.LFalse, v)
	}
	return push(l, vm.LTrue)
}

func rep(l *vm.LState) int {
	return push(l, vm.LString(strings.Repeat(native.CheckString(l, 1), int(l.Get(2).(vm.LNumber)))))
}

func length(l *vm.LState) int { return push(l, vm.LNumber(len(native.CheckString(l, 1)))) }

func upper(l *vm.LState) int { return push(l, vm.LString(strings.ToUpper(native.CheckString(l, 1)))) }

// sub takes positions within the string only.
func sub(l *vm.LState) int {
	s := native.CheckString(l, 1)
	from, to := int(l.Get(2).(vm.LNumber)), len(s)
	if n, ok := l.Get(3).(vm.LNumber); ok {
		to = min(int(n), len(s))
	}
	if from > to {
		return push(l, vm.LString(""))
	}
	return push(l, vm.LString(s[from-1:to]))
}

func insert(l *vm.LState) int {
	t := l.Get(1).(*vm.LTable)
	t.RawSetInt(items.Length(t)+1, l.Get(2))
	return 0
}

func remove(l *vm.LState) int {
	t := l.Get(1).(*vm.LTable)
	n := items.Length(t)
	if n == 0 {
		return push(l, vm.LNil)
	}
	v := items.Get(t, n)
	t.RawSetInt(n, vm.LNil)
	return push(l, v)
}

func concat(l *vm.LState) int {
	t := l.Get(1).(*vm.LTable)
	parts := make([]string, items.Length(t))
	for i := range parts {
		parts[i] = native.ToString(items.Get(t, i+1))
	}
	separator := ""
	if s, ok := l.Get(2).(vm.LString); ok {
		separator = string(s)
	}
	return push(l, vm.LString(strings.Join(parts, separator)))
}

func unpack(l *vm.LState) int {
	t := l.Get(1).(*vm.LTable)
	n := items.Length(t)
	if m, ok := l.Get(3).(vm.LNumber); ok {
		n = int(m)
	}
	for i := 1; i <= n; i++ {
		l.Push(items.Get(t, i))
	}
	return n
}

func floor(l *vm.LState) int { return push(l, repair.FloorDivide(l.Get(1).(vm.LNumber), 1)) }

func maximum(l *vm.LState) int {
	m := l.Get(1).(vm.LNumber)
	for i := 2; i <= l.GetTop(); i++ {
		m = max(m, l.Get(i).(vm.LNumber))
	}
	return push(l, m)
}
