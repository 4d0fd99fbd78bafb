package kit

import (
	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/cmd/luapush/testkit/value"
	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/spelling"
)

// ModuleName is what a test file requires.
const ModuleName = "luapush.test"

// moduleFunctions are the functions of the module.
var moduleFunctions = map[string]vm.LGFunction{
	"case": addCase, "describe": describe, "before": before, "after": after, "tags": tags,
	"todo": addTodo, "bench": addBench, "skip": skip,

	"load": load, "http": setHTTP, "event": event, "transaction": transaction, "from_eml": fromEml,

	"equal": equal, "not_equal": notEqual, "same": same, "has": has, "match": match, "contains": contains, "near": near,
	"truthy": truthy, "falsy": falsy, "raises": raises, "fail": fail,

	"like": like, "containing": containing, "a": ofKind, "exactly": exactly,

	"advance": advance, "now": now, "clock": setClock, "json": readJSON,
}

// sharedFunctions are the same as values, which all states share.
var sharedFunctions = func() map[string]*vm.LFunction {
	made := map[string]*vm.LFunction{}
	for name, fn := range moduleFunctions {
		made[name] = &vm.LFunction{IsG: true, GFunction: fn}
	}
	for _, name := range mail.EventNames() {
		function := shortName(name.HandlerFunction())
		made[function] = &vm.LFunction{IsG: true, GFunction: constructor(name, function)}
	}
	return made
}()

// Names are the names of the module's functions and values.
func Names() []string {
	list := []string{"any", "absent", "null", "seed", "dovecot"}
	for name := range sharedFunctions {
		list = append(list, name)
	}
	return list
}

// openModule is the module's loader.
func openModule(l *vm.LState) int {
	f := fileOf(l)
	t := l.CreateTable(0, len(sharedFunctions)+8)
	for name, fn := range sharedFunctions {
		t.RawSetString(name, fn)
	}
	t.RawSetString("any", matcher(value.Any{}))
	t.RawSetString("absent", matcher(value.Absent{}))
	t.RawSetString("null", value.Null)
	t.RawSetString("seed", vm.LNumber(f.loader.options.Seed))
	t.RawSetString("dovecot", vm.LString(f.loader.options.Release.String()))
	meta := table()
	meta.RawSetString("__index", &vm.LFunction{IsG: true, GFunction: func(l *vm.LState) int {
		name := vm.LVAsString(l.Get(2))
		native.Raise(l, "luapush.test has nothing called %s; %s", value.Quote(name), value.Meant(name, suggestions(name)))
		return 0
	}})
	t.Metatable = meta
	l.Push(t)
	return 1
}

// suggestions keeps a message from listing the whole module.
func suggestions(name string) []string {
	if n := spelling.Nearest(name, Names()); n != "" {
		return []string{n}
	}
	return []string{"case", "load", "http", "equal", "same", "message_new", "and more: see spec/testing.md"}
}

func matcher(m value.Matcher) *vm.LUserData { return &vm.LUserData{Value: m, Metatable: vm.LNil} }

// like is like(pattern): what matches a Lua pattern.
func like(l *vm.LState) int {
	l.Push(matcher(value.Like(native.CheckString(l, 1))))
	return 1
}

// containing is containing(text): texts that have it somewhere.
func containing(l *vm.LState) int {
	l.Push(matcher(value.Containing(native.CheckString(l, 1))))
	return 1
}

// ofKind is a(type): the values of a Lua type.
func ofKind(l *vm.LState) int {
	names := []string{"string", "number", "boolean", "table", "nil"}
	l.Push(matcher(value.Kind(names[native.CheckOption(l, 1, "", names...)])))
	return 1
}

// exactly is exactly(table): a table with these fields and no others.
func exactly(l *vm.LState) int {
	l.Push(matcher(value.Exactly{Table: native.CheckTable(l, 1)}))
	return 1
}

// readJSON is json(text): a JSON text as a value, with t.null for null.
func readJSON(l *vm.LState) int {
	text := native.CheckString(l, 1)
	native.Alloc(l, 8*len(text))
	v, err := value.FromJSON(text)
	if err != nil {
		native.Raise(l, "t.json: %s", err)
	}
	l.Push(v)
	return 1
}

// Methods are the names of the methods of a handler.
func Methods() []string {
	var list []string
	for name := range handlerMethods {
		list = append(list, name)
	}
	return list
}
