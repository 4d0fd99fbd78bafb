package stdlib

import (
	"fmt"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/lua/native/list"
)

// newJSONUtil makes json.util.
func newJSONUtil(L *vm.LState, handle *vm.LUserData) *vm.LTable {
	util := closures(L, L.CreateTable(0, 12), handle,
		function{"printValue", jsonPrintValue},
		function{"clone", jsonClone},
		function{"merge", jsonMerge},
		function{"IsArray", jsonIsArray},
		function{"InitArray", jsonInitArray},
		function{"isCall", jsonIsCall},
		function{"buildCall", jsonBuildCall},
		function{"decodeCall", jsonDecodeCall},
		function{"doOptionMerge", jsonDoOptionMerge},
	)
	util.RawSetString("null", jsonNull)
	util.RawSetString("undefined", jsonUndefined)
	return util
}

func copyInto(target, source *vm.LTable) {
	for key, value := source.Next(vm.LNil); key != vm.LNil; key, value = source.Next(key) {
		target.RawSet(key, value)
	}
}

// jsonClone is clone(table): a shallow copy.
func jsonClone(L *vm.LState) int {
	source := native.CheckTable(L, 1)
	copied := L.NewTable()
	copyInto(copied, source)
	L.Push(copied)
	return 1
}

// jsonMerge is merge(target, …): the entries of all tables put into the first one.
func jsonMerge(L *vm.LState) int {
	target := native.CheckTable(L, 1)
	for n := 2; n <= L.GetTop(); n++ {
		if vm.LVAsBool(L.Get(n)) {
			copyInto(target, native.CheckTable(L, n))
		}
	}
	L.Push(target)
	return 1
}

// jsonDoOptionMerge is doOptionMerge(options, nested, name, defaults, modes).
func jsonDoOptionMerge(L *vm.LState) int {
	options, key := native.CheckTable(L, 1), L.Get(3)
	merged := L.NewTable()
	for _, n := range []int{4, 5} {
		from := L.Get(n)
		if table, ok := from.(*vm.LTable); ok && vm.LVAsBool(L.Get(2)) {
			from = table.RawGet(key)
		}
		if table, ok := from.(*vm.LTable); ok {
			copyInto(merged, table)
		}
	}
	if own, ok := options.RawGet(key).(*vm.LTable); ok {
		copyInto(merged, own)
	}
	options.RawSet(key, merged)
	return 0
}

// arrayMark is what marks a table as an array: lua-json's own metatable, or a field of any metatable.
func (p *jsonParts) arrayMark(table *vm.LTable) vm.LValue {
	metatable, ok := table.Metatable.(*vm.LTable)
	if !ok {
		return vm.LFalse
	}
	if metatable == p.array {
		return vm.LTrue
	}
	return metatable.RawGetString("__is_luajson_array")
}

// isArray is IsArray(value): true or false where that is sure, else nil.
func (p *jsonParts) isArray(value vm.LValue) vm.LValue {
	table, ok := value.(*vm.LTable)
	if !ok {
		return vm.LFalse
	}
	if mark := p.arrayMark(table); vm.LVAsBool(mark) {
		return mark
	}
	if listLength(table) == 0 {
		return vm.LFalse
	}
	return vm.LNil
}

// listLength is Lua's # for what is likely a list: gopher-lua counts up to the last element whatever the holes, so a
// table with one message number as its key would be a list of that many elements. PUC Lua keeps such tables apart: here
// a list has more elements than holes, and any other table counts up to its first hole.
func listLength(table *vm.LTable) int {
	length, used, leading := list.Length(table), 0, 0
	for i := 1; i <= length; i++ {
		if list.Get(table, i) == vm.LNil {
			continue
		}
		if used == i-1 {
			leading = i
		}
		used++
	}
	if 2*used > length {
		return length
	}
	return leading
}

func jsonIsArray(L *vm.LState) int {
	answer := parts(L).isArray(L.Get(1))
	if answer == vm.LNil {
		return 0
	}
	L.Push(answer)
	return 1
}

// jsonInitArray is InitArray(table): marks it as an array, so that it encodes as [] when empty.
func jsonInitArray(L *vm.LState) int {
	table := native.CheckTable(L, 1)
	table.Metatable = parts(L).array
	L.Push(table)
	return 1
}

// callOf returns the table of a call made by buildCall, or nil.
func (p *jsonParts) callOf(value vm.LValue) *vm.LTable {
	if table, ok := value.(*vm.LTable); ok && table.Metatable == vm.LValue(p.call) {
		return table
	}
	return nil
}

func jsonIsCall(L *vm.LState) int {
	L.Push(vm.LBool(parts(L).callOf(L.Get(1)) != nil))
	return 1
}

// jsonBuildCall is buildCall(name, …): what encodes as name(…).
func jsonBuildCall(L *vm.LState) int {
	parameters := L.NewTable()
	for n := 2; n <= L.GetTop(); n++ {
		parameters.RawSetInt(n-1, L.Get(n))
	}
	parameters.RawSetString("n", vm.LNumber(max(L.GetTop()-1, 0)))
	call := tableOf(L, "name", L.Get(1), "parameters", parameters)
	call.Metatable = parts(L).call
	L.Push(call)
	return 1
}

// jsonDecodeCall is decodeCall(call): its name and its parameters.
func jsonDecodeCall(L *vm.LState) int {
	call := parts(L).callOf(L.Get(1))
	if call == nil {
		L.Push(vm.LNil)
		return 1
	}
	L.Push(call.RawGetString("name"))
	L.Push(call.RawGetString("parameters"))
	return 2
}

// jsonPrintValue is printValue(value, name): the value as a tree, by the global print.
func jsonPrintValue(L *vm.LState) int {
	seen := map[*vm.LTable]string{}
	var show func(key string, value vm.LValue, indent string, depth int)
	show = func(key string, value vm.LValue, indent string, depth int) {
		line := func(text string) { native.Call1(L, L.G.Global.RawGetString("print"), vm.LString(indent+key+text)) }
		table, ok := value.(*vm.LTable)
		if !ok {
			text := toText(L, value)
			if _, isString := value.(vm.LString); isString {
				text = "[[" + text + "]]"
			}
			line("=" + text)
			return
		}
		if first, known := seen[table]; known {
			line("= <" + first + ">")
			return
		}
		if depth > maxJSONDepth {
			native.Raise(L, "stack overflow")
		}
		seen[table] = key
		line("= {")
		for k, v := table.Next(vm.LNil); k != vm.LNil; k, v = table.Next(k) {
			show(toText(L, k), v, indent+" ", depth+1)
		}
		native.Call1(L, L.G.Global.RawGetString("print"), vm.LString(fmt.Sprint(indent, " }")))
	}
	show(toText(L, L.Get(2)), L.Get(1), "", 0)
	return 0
}
