package stdlib

import (
	"errors"
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/stdlib/jsoncore"
)

// rapidKey is where a state keeps the metatables of the module's objects and arrays.
const rapidKey = "luapush.rapidjson"

const rapidDepth = 128

// rapidNull is a function that returns itself; all states share it.
var rapidNull = selfReturning()

var rapidFunctions = shared(
	function{"encode", rapidEncode},
	function{"decode", rapidDecode},
	function{"object", func(L *vm.LState) int { return rapidMark(L, "object") }},
	function{"array", func(L *vm.LState) int { return rapidMark(L, "array") }},
	rapidAbsent("load", "read the file with io.open and decode that"),
	rapidAbsent("dump", "encode, and write the file with io.open"),
	rapidAbsent("Document", "decode gives tables"),
	rapidAbsent("SchemaDocument", "check the fields in Lua"),
	rapidAbsent("SchemaValidator", "check the fields in Lua"),
)

func rapidAbsent(name, instead string) function {
	return function{name, func(L *vm.LState) int {
		native.Raise(L, "rapidjson.%s is not available in luapush: %s", name, instead)
		return 0
	}}
}

// RapidJSON is the loader of "rapidjson", lua-rapidjson 0.7.1 without its documents and schemas.
func RapidJSON(L *vm.LState) int {
	module := fill(L.CreateTable(0, len(rapidFunctions)+3), rapidFunctions)
	module.RawSetString("null", rapidNull)
	module.RawSetString("_NAME", vm.LString("rapidjson"))
	module.RawSetString("_VERSION", vm.LString("0.7.1"))
	L.Push(module)
	return 1
}

// rapidMeta gives the state's metatable that marks a table.
func rapidMeta(L *vm.LState, kind string) *vm.LTable {
	known, ok := L.G.Registry.RawGetString(rapidKey).(*vm.LTable)
	if !ok {
		known = tableOf(L, "object", tableOf(L, "__jsontype", "object"), "array", tableOf(L, "__jsontype", "array"))
		L.G.Registry.RawSetString(rapidKey, known)
	}
	return known.RawGetString(kind).(*vm.LTable)
}

// rapidMark is object(table) and array(table): marks a table, or makes a marked one.
func rapidMark(L *vm.LState, kind string) int {
	table, ok := L.Get(1).(*vm.LTable)
	if !ok {
		if L.Get(1) != vm.LNil {
			native.ArgError(L, 1, "optional table excepted") // the misspelling is the module's
		}
		table = L.NewTable()
	}
	if metatable, ok := table.Metatable.(*vm.LTable); ok {
		metatable.RawSetString("__jsontype", vm.LString(kind))
	} else {
		table.Metatable = rapidMeta(L, kind)
	}
	return returns(L, table)
}

// rapidDecode is decode(text): the value, or nil and what is wrong.
func rapidDecode(L *vm.LState) int {
	text := native.CheckString(L, 1)
	charge(L)(len(text))
	create := newTable(L)
	marked := func(kind string, array, fields int) func() *vm.LTable {
		metatable := rapidMeta(L, kind)
		return func() *vm.LTable {
			table := create(array, fields)
			table.Metatable = metatable
			return table
		}
	}
	value, err := jsoncore.DecodeStrict(text, &jsoncore.StrictOptions{
		Null: rapidNull, NewObject: marked("object", 0, 4), NewArray: marked("array", 4, 0), MaxDepth: maxJSONDepth,
	})
	if err != nil {
		return failure(L, err.Error())
	}
	return returns(L, value)
}

// rapidEncoder is one call of encode; as a layout it writes the text with an indent of four.
type rapidEncoder struct {
	L                 *vm.LState
	sorted, emptyList bool
	level             int
}

// rapidEncode is encode(value, options).
func rapidEncode(L *vm.LState) int {
	e := &rapidEncoder{L: L}
	depth := rapidDepth
	options := &jsoncore.EncodeOptions{
		Escape: &rapidEscapes, Number: rapidNumber, Other: rapidOther, Key: rapidAnyKey, Shape: e.shape, Members: e.members,
		Charge: charge(L),
	}
	if L.Get(2) != vm.LNil {
		given := section{native.CheckTable(L, 2)}
		e.sorted, e.emptyList = given.flag("sort_keys", false), given.flag("empty_table_as_array", false)
		if given.flag("pretty", false) {
			options.Layout = e
		}
		if n, ok := given.get("max_depth").(vm.LNumber); ok {
			depth = min(cInt(n), maxJSONDepth)
		}
	}
	options.Enter = func(_ *vm.LTable, at int) error {
		if at > depth {
			return errors.New("nested too depth")
		}
		return nil
	}
	text, err := jsoncore.Encode(nil, L.Get(1), options)
	if err != nil {
		raise(L, err)
	}
	return returns(L, vm.LString(text))
}

func rapidOther(dst []byte, value vm.LValue) ([]byte, error) {
	if value == vm.LValue(rapidNull) {
		return append(dst, "null"...), nil
	}
	return dst, fmt.Errorf("value type : %s", value.Type())
}

// rapidNumber writes whole numbers as such, and others as short as they can be read back.
func rapidNumber(dst []byte, number float64) ([]byte, error) {
	switch {
	case math.IsNaN(number) || math.IsInf(number, 0):
		return dst, errors.New("error while encode double value.")
	case number == math.Trunc(number) && number >= -1<<63 && number < 1<<63:
		return strconv.AppendInt(dst, int64(number), 10), nil
	}
	digits := strconv.AppendFloat(nil, math.Abs(number), 'e', -1, 64)
	mantissa, exponentText, _ := strings.Cut(string(digits), "e")
	exponent, _ := strconv.Atoi(exponentText)
	if number < 0 {
		dst = append(dst, '-')
	}
	switch {
	case exponent >= -6 && exponent < 21:
		plain := strconv.FormatFloat(math.Abs(number), 'f', -1, 64)
		if !strings.Contains(plain, ".") {
			plain += ".0"
		}
		return append(dst, plain...), nil
	}
	return strconv.AppendInt(append(append(dst, mantissa...), 'e'), int64(exponent), 10), nil
}

func rapidAnyKey(dst []byte, key vm.LValue) ([]byte, error) {
	return jsoncore.AppendQuoted(dst, string(key.(vm.LString)), &rapidEscapes), nil
}

// shape goes by the mark; an unmarked table is an array when it has a length.
func (e *rapidEncoder) shape(table *vm.LTable) (jsoncore.Shape, error) {
	array := jsoncore.Shape{Array: true, Length: listLength(table)}
	if kind, ok := asText(e.L.GetMetaField(table, "__jsontype")); ok {
		if kind == "array" {
			return array, nil
		}
		return jsoncore.Shape{}, nil
	}
	if array.Length > 0 {
		return array, nil
	}
	if first, _ := table.Next(vm.LNil); first == vm.LNil && e.emptyList {
		return array, nil
	}
	return jsoncore.Shape{}, nil
}

// members leaves out what has a key that is no string.
func (e *rapidEncoder) members(table *vm.LTable) ([]jsoncore.Member, error) {
	var members []jsoncore.Member
	for key, value := table.Next(vm.LNil); key != vm.LNil; key, value = table.Next(key) {
		if _, ok := key.(vm.LString); ok {
			members = append(members, jsoncore.Member{Key: key, Value: value})
		}
	}
	native.Alloc(e.L, 32*len(members))
	if e.sorted {
		sort.Slice(members, func(i, j int) bool { return members[i].Key.(vm.LString) < members[j].Key.(vm.LString) })
	}
	return members, nil
}

// Open implements jsoncore.Layout.
func (e *rapidEncoder) Open(dst []byte, shape jsoncore.Shape) []byte {
	e.level++
	return append(dst, bracket(shape, "[", "{")...)
}

// Next implements jsoncore.Layout.
func (e *rapidEncoder) Next(dst []byte, _ jsoncore.Shape, first bool) []byte {
	if !first {
		dst = append(dst, ',')
	}
	return append(append(dst, '\n'), indentation(e.L, 2*e.level)...)
}

// Colon implements jsoncore.Layout.
func (e *rapidEncoder) Colon(dst []byte) []byte { return append(dst, ": "...) }

// Close implements jsoncore.Layout.
func (e *rapidEncoder) Close(dst []byte, shape jsoncore.Shape, empty bool) []byte {
	e.level--
	if !empty {
		dst = append(append(dst, '\n'), indentation(e.L, 2*e.level)...)
	}
	return append(dst, bracket(shape, "]", "}")...)
}

var rapidEscapes = jsonEscapes(func(c byte) string {
	if c < 0x20 {
		return fmt.Sprintf(`\u%04X`, c)
	}
	return ""
})
