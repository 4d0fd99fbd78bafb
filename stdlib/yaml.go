package stdlib

import (
	"errors"
	"fmt"
	"math"
	"time"

	vm "github.com/yuin/gopher-lua"
	"gopkg.in/yaml.v2"

	"github.com/luapush/luapush/runtime/lua/native"
)

// Bounds of documents: reading and writing cannot be interrupted, and an alias may stand for much text.
const (
	maxYAML      = 256 << 10
	maxYAMLDepth = 100
	// yamlSize is what a byte of a document may take while it is read.
	yamlSize = 64
)

var (
	errYAMLSize  = fmt.Errorf("the document is longer than %d bytes", maxYAML)
	errYAMLDepth = fmt.Errorf("more than %d levels", maxYAMLDepth)
	errYAMLLoop  = errors.New("a table is within itself")
)

var yamlFunctions = shared(
	function{"decode", yamlDecode}, function{"encode", yamlEncode},
	notLent("new_encoder"), notLent("new_decoder"),
)

// YAML is the loader of "yaml", with the functions of gopher-lua-libs. Those themselves are not used: they lose the
// elements of mappings whose keys are 1, 2, 3, and refuse a table that stands in two places.
func YAML(L *vm.LState) int {
	L.Push(fill(L.CreateTable(0, len(yamlFunctions)), yamlFunctions))
	return 1
}

// yamlDecode is decode(text): a value, or nil and a message.
func yamlDecode(L *vm.LState) int {
	text := native.CheckString(L, 1)
	if len(text) > maxYAML {
		return failure(L, errYAMLSize.Error())
	}
	native.Step(L, 8*len(text)+100)
	room(L, yamlSize*len(text))
	var value any
	if err := yaml.Unmarshal([]byte(text), &value); err != nil {
		return failure(L, err.Error())
	}
	made, err := fromYAML(L, value, 0)
	if err != nil {
		return failure(L, err.Error())
	}
	return returns(L, made)
}

// fromYAML makes a Lua value. What Lua has no type for becomes text, and what cannot be a key is left out.
func fromYAML(L *vm.LState, value any, depth int) (vm.LValue, error) {
	native.Step(L, 2)
	if depth > maxYAMLDepth {
		return nil, errYAMLDepth
	}
	switch v := value.(type) {
	case nil:
		return vm.LNil, nil
	case bool:
		return vm.LBool(v), nil
	case int:
		return vm.LNumber(v), nil
	case int64:
		return vm.LNumber(v), nil
	case uint64:
		return vm.LNumber(v), nil
	case float64:
		return vm.LNumber(v), nil
	case string:
		native.Alloc(L, 16)
		return vm.LString(v), nil
	case time.Time:
		return vm.LString(v.Format(time.RFC3339Nano)), nil
	case []any:
		native.Alloc(L, 64+16*len(v))
		list := L.CreateTable(len(v), 0)
		for i, item := range v {
			made, err := fromYAML(L, item, depth+1)
			if err != nil {
				return nil, err
			}
			list.RawSetInt(i+1, made)
		}
		return list, nil
	case map[any]any:
		native.Alloc(L, 64+96*len(v))
		table := L.CreateTable(0, len(v))
		for name, item := range v {
			key, err := fromYAML(L, name, depth+1)
			if err != nil {
				return nil, err
			}
			made, err := fromYAML(L, item, depth+1)
			if err != nil {
				return nil, err
			}
			if number, ok := key.(vm.LNumber); key != vm.LNil && !(ok && math.IsNaN(float64(number))) {
				table.RawSet(key, made)
			}
		}
		return table, nil
	}
	return vm.LString(fmt.Sprint(value)), nil
}

// yamlEncode is encode(value): text, or nil and a message.
func yamlEncode(L *vm.LState) int {
	w := &yamlWriter{L: L, open: map[*vm.LTable]bool{}}
	value, err := w.value(native.CheckAny(L, 1))
	if err != nil {
		return failure(L, err.Error())
	}
	text, err := yaml.Marshal(value)
	if err != nil {
		return failure(L, err.Error())
	}
	room(L, len(text))
	return returns(L, vm.LString(text))
}

// yamlWriter makes Go values of Lua's.
type yamlWriter struct {
	L *vm.LState
	// open are the tables around the value; size is how much was made.
	open map[*vm.LTable]bool
	size int
}

func (w *yamlWriter) value(value vm.LValue) (any, error) {
	if w.size += 8; w.size > maxYAML {
		return nil, errYAMLSize
	}
	native.Step(w.L, 10)
	switch v := value.(type) {
	case *vm.LNilType:
		return nil, nil
	case vm.LBool:
		return bool(v), nil
	case vm.LNumber:
		if whole, ok := native.ToInteger(v); ok {
			return whole, nil
		}
		return float64(v), nil
	case vm.LString:
		native.Step(w.L, len(v))
		if w.size += len(v); w.size > maxYAML {
			return nil, errYAMLSize
		}
		room(w.L, yamlSize*len(v))
		return string(v), nil
	case *vm.LTable:
		return w.table(v)
	}
	return nil, fmt.Errorf("cannot encode values with %s in them", native.TypeName(w.L, value))
}

// table makes a list where the keys are 1 to n, else a mapping. An empty table is a list, as in gopher-lua-libs.
func (w *yamlWriter) table(table *vm.LTable) (any, error) {
	switch {
	case w.open[table]:
		return nil, errYAMLLoop
	case len(w.open) >= maxYAMLDepth:
		return nil, errYAMLDepth
	}
	w.open[table] = true
	defer delete(w.open, table)
	room(w.L, yamlSize)
	list, mapping := []any{}, yaml.MapSlice{}
	isList := true
	for key, item := table.Next(vm.LNil); key != vm.LNil; key, item = table.Next(key) {
		made, err := w.value(item)
		if err != nil {
			return nil, err
		}
		name, err := w.value(key)
		if err != nil {
			return nil, err
		}
		room(w.L, yamlSize)
		isList = isList && key == vm.LNumber(len(list)+1)
		list, mapping = append(list, made), append(mapping, yaml.MapItem{Key: name, Value: made})
	}
	if isList {
		return list, nil
	}
	return sortedYAML(mapping), nil
}
