package stdlib

import (
	"fmt"
	"math"
	"sort"
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/lua/native/list"
)

// Inspect is the loader of "inspect", kikito's inspect.lua 3.1: a table that can be called.
func Inspect(L *vm.LState) int {
	module := L.CreateTable(0, 7)
	module.RawSetString("inspect", closure(L, inspectInspect, module))
	for _, name := range []string{"KEY", "METATABLE"} {
		mark := L.NewTable()
		mark.Metatable = tableOf(L, "__tostring", jsonLuaText("inspect."+name))
		module.RawSetString(name, mark)
	}
	module.RawSetString("_VERSION", vm.LString("inspect.lua 3.1.0"))
	module.RawSetString("_DESCRIPTION", vm.LString("human-readable representations of tables"))
	module.Metatable = tableOf(L, "__call", closure(L, func(L *vm.LState) int {
		L.Remove(1)
		return inspectInspect(L)
	}, module))
	L.Push(module)
	return 1
}

// inspector is one call of inspect.
type inspector struct {
	L               *vm.LState
	module          *vm.LTable
	out             strings.Builder
	charged         int
	depth           float64
	newline, indent string
	level           int
	seen            map[*vm.LTable]int
	ids             map[vm.LValue]int
	last            map[vm.LValueType]int
}

// inspectInspect is inspect(value, {depth=, newline=, indent=, process=}).
func inspectInspect(L *vm.LState) int {
	i := &inspector{
		L: L, module: up(L, 1).(*vm.LTable), depth: math.Inf(1), newline: "\n", indent: "  ",
		seen: map[*vm.LTable]int{}, ids: map[vm.LValue]int{}, last: map[vm.LValueType]int{},
	}
	root := L.Get(1)
	if options := L.Get(2); vm.LVAsBool(options) {
		if depth, ok := field(L, options, "depth").(vm.LNumber); ok {
			i.depth = float64(depth)
		}
		for name, place := range map[string]*string{"newline": &i.newline, "indent": &i.indent} {
			if text, ok := asText(field(L, options, name)); ok {
				*place = text
			}
		}
		if process := field(L, options, "process"); vm.LVAsBool(process) {
			root = i.process(process, root, nil, map[vm.LValue]vm.LValue{})
		}
	}
	i.count(root, 1)
	i.value(root)
	charge(L)(i.out.Len() - i.charged)
	return returns(L, vm.LString(i.out.String()))
}

// count finds the tables that occur more than once.
func (i *inspector) count(value vm.LValue, depth int) {
	table, ok := value.(*vm.LTable)
	if !ok {
		return
	}
	native.Step(i.L, 1)
	if i.seen[table]++; i.seen[table] > 1 {
		return
	}
	if depth > maxJSONDepth {
		native.Raise(i.L, "stack overflow")
	}
	native.Alloc(i.L, 64)
	for key, element := table.Next(vm.LNil); key != vm.LNil; key, element = table.Next(key) {
		i.count(key, depth+1)
		i.count(element, depth+1)
	}
	i.count(i.metatable(table), depth+1)
}

// metatable is getmetatable.
func (i *inspector) metatable(value vm.LValue) vm.LValue {
	metatable := i.L.GetMetatable(value)
	if table, ok := metatable.(*vm.LTable); ok {
		if shown := table.RawGetString("__metatable"); shown != vm.LNil {
			return shown
		}
	}
	return metatable
}

// process lets a function of the script replace or leave out values. path holds the keys that lead to one.
func (i *inspector) process(fn, item vm.LValue, path []vm.LValue, visited map[vm.LValue]vm.LValue) vm.LValue {
	if item == vm.LNil {
		return vm.LNil
	}
	if known, ok := visited[item]; ok {
		return known
	}
	if len(path) > maxJSONDepth {
		native.Raise(i.L, "stack overflow")
	}
	native.Alloc(i.L, 128+16*len(path))
	steps := i.L.CreateTable(len(path), 0)
	for _, step := range path {
		steps.Append(step)
	}
	answer := native.Call1(i.L, fn, item, steps)
	processed, ok := answer.(*vm.LTable)
	if !ok {
		return answer
	}
	copied := i.L.NewTable()
	visited[item] = copied
	with := func(more ...vm.LValue) []vm.LValue { return append(append([]vm.LValue{}, path...), more...) }
	for key, value := processed.Next(vm.LNil); key != vm.LNil; key, value = processed.Next(key) {
		newKey := i.process(fn, key, with(key, i.module.RawGetString("KEY")), visited)
		if newKey != vm.LNil {
			copied.RawSet(newKey, i.process(fn, value, with(newKey), visited))
		}
	}
	metatable := i.process(fn, i.metatable(processed), with(i.module.RawGetString("METATABLE")), visited)
	return withMetatable(i.L, copied, metatable)
}

func (i *inspector) puts(texts ...string) {
	for _, text := range texts {
		i.out.WriteString(text)
	}
	if more := i.out.Len() - i.charged; more >= 4096 {
		charge(i.L)(more)
		i.charged = i.out.Len()
		if i.out.Len() > maxText {
			native.RaiseValue(i.L, vm.LString("not enough memory"))
		}
	}
}

func (i *inspector) tabify() {
	room(i.L, len(i.indent)*i.level)
	i.puts(i.newline, strings.Repeat(i.indent, i.level))
}

func (i *inspector) id(value vm.LValue) string {
	if _, ok := i.ids[value]; !ok {
		i.last[value.Type()]++
		i.ids[value] = i.last[value.Type()]
	}
	return fmt.Sprint(i.ids[value])
}

func (i *inspector) value(value vm.LValue) {
	switch v := value.(type) {
	case vm.LString:
		i.puts(smartQuote(escapeControls(string(v))))
	case vm.LNumber, vm.LBool, *vm.LNilType:
		i.puts(native.ToString(value))
	case *vm.LTable:
		i.table(v)
	default:
		i.puts("<", value.Type().String(), " ", i.id(value), ">")
	}
}

func (i *inspector) table(t *vm.LTable) {
	_, visited := i.ids[t]
	switch {
	case t == i.module.RawGetString("KEY"), t == i.module.RawGetString("METATABLE"):
		i.puts(toText(i.L, t))
		return
	case visited:
		i.puts("<table ", i.id(t), ">")
		return
	case float64(i.level) >= i.depth:
		i.puts("{...}")
		return
	}
	if i.seen[t] > 1 {
		i.puts("<", i.id(t), ">")
	}
	length, keys := i.keys(t)
	metatable := i.metatable(t)
	if metatable == vm.LFalse {
		metatable = vm.LNil
	}
	i.puts("{")
	i.level++
	if text := i.tostring(t, metatable); text != "" {
		i.puts(" -- ", escapeControls(text))
		if length > 0 {
			i.tabify()
		}
	}
	separate := separator(func() { i.puts(",") })
	for n := 1; n <= length; n++ {
		separate()
		i.puts(" ")
		i.value(list.Get(t, n))
	}
	for _, key := range keys {
		separate()
		i.tabify()
		i.key(key)
		i.puts(" = ")
		i.value(t.RawGet(key))
	}
	if metatable != vm.LNil {
		separate()
		i.tabify()
		i.puts("<metatable> = ")
		i.value(metatable)
	}
	i.level--
	if len(keys) > 0 || metatable != vm.LNil {
		i.tabify()
	} else if length > 0 {
		i.puts(" ")
	}
	i.puts("}")
}

// separator gives a function that does something between two calls.
func separator(between func()) func() {
	first := true
	return func() {
		if !first {
			between()
		}
		first = false
	}
}

// keys gives the length of the list that a table begins with, and its other keys in order.
func (i *inspector) keys(t *vm.LTable) (length int, keys []vm.LValue) {
	for list.Get(t, length+1) != vm.LNil {
		length++
	}
	native.Step(i.L, length+1)
	for key, _ := t.Next(vm.LNil); key != vm.LNil; key, _ = t.Next(key) {
		n, ok := key.(vm.LNumber)
		if !ok || n < 1 || float64(n) > float64(length) || math.Floor(float64(n)) != float64(n) {
			keys = append(keys, key)
		}
	}
	native.Alloc(i.L, 16*len(keys))
	sort.SliceStable(keys, func(a, b int) bool { return keyBefore(keys[a], keys[b]) })
	return length, keys
}

var inspectOrder = map[vm.LValueType]int{
	vm.LTNumber: 1, vm.LTBool: 2, vm.LTString: 3, vm.LTTable: 4, vm.LTFunction: 5, vm.LTUserData: 6, vm.LTThread: 7,
}

func keyBefore(a, b vm.LValue) bool {
	switch x := a.(type) {
	case vm.LNumber:
		if y, ok := b.(vm.LNumber); ok {
			return x < y
		}
	case vm.LString:
		if y, ok := b.(vm.LString); ok {
			return x < y
		}
	}
	return inspectOrder[a.Type()] < inspectOrder[b.Type()]
}

func (i *inspector) key(key vm.LValue) {
	if text, ok := key.(vm.LString); ok && isIdentifier(string(text)) {
		i.puts(string(text))
		return
	}
	i.puts("[")
	i.value(key)
	i.puts("]")
}

func isIdentifier(text string) bool {
	for n := range len(text) {
		if !isURLPlain(text[n]) || n == 0 && text[n] >= '0' && text[n] <= '9' {
			return false
		}
	}
	return text != ""
}

// tostring is what the metatable's __tostring says of a table, or "".
func (i *inspector) tostring(t *vm.LTable, metatable vm.LValue) string {
	table, ok := metatable.(*vm.LTable)
	if !ok {
		return ""
	}
	fn, ok := table.RawGetString("__tostring").(*vm.LFunction)
	if !ok {
		return ""
	}
	results, raised := native.PCall(i.L, nil, fn, t)
	switch {
	case raised != nil && native.Fatal(raised) != nil:
		native.RaiseValue(i.L, raised)
	case raised != nil:
		return "error: " + toText(i.L, raised)
	case len(results) > 0:
		text, _ := results[0].(vm.LString)
		return string(text)
	}
	return ""
}

// smartQuote puts a text with double quotes but without single ones into single ones.
func smartQuote(text string) string {
	if strings.Contains(text, `"`) && !strings.Contains(text, "'") {
		return "'" + text + "'"
	}
	return `"` + strings.ReplaceAll(text, `"`, `\"`) + `"`
}

// escapeControls escapes backslashes and control characters, with three digits where another digit follows.
func escapeControls(text string) string {
	var out strings.Builder
	for n := range len(text) {
		c := text[n]
		switch letter := strings.IndexByte("\a\b\f\n\r\t\v", c); {
		case c == '\\':
			out.WriteString(`\\`)
		case letter >= 0:
			out.WriteString(`\` + "abfnrtv"[letter:letter+1])
		case c < ' ' && n+1 < len(text) && text[n+1] >= '0' && text[n+1] <= '9':
			fmt.Fprintf(&out, `\%03d`, c)
		case c < ' ':
			fmt.Fprintf(&out, `\%d`, c)
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}
