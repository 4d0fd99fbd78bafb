package stdlib

import (
	"errors"
	"math"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/stdlib/jsoncore"
)

const (
	jsonBadStrict    = "\b\f\n\r\t\v"
	jsonEscapesAll   = `bfnrtv/\"xu'z`
	jsonEscapeStrict = `bfnrtv/\"u`
)

// newJSONDecode makes json.decode: a table that can be called.
func newJSONDecode(L *vm.LState, handle *vm.LUserData) *vm.LTable {
	decode := closures(L, L.CreateTable(0, 5), handle, function{"decode", jsonDecode}, function{"getDecoder", jsonGetDecoder})
	mode := func(strict, simple bool) *vm.LTable {
		null, undefined := vm.LValue(jsonNull), vm.LValue(jsonUndefined)
		if simple {
			null, undefined = vm.LFalse, vm.LFalse
		}
		object := tableOf(L, "allowEmptyElement", false, "trailingComma", !strict, "number", !strict, "identifier", !strict)
		return tableOf(L,
			"array", tableOf(L, "allowEmptyElement", false, "trailingComma", !strict),
			"object", object,
			"calls", tableOf(L, "allowEmptyElement", false, "allowUndefined", false, "trailingComma", true),
			"strings", tableOf(L, "badChars", map[bool]string{true: jsonBadStrict}[strict], "strict_quotes", strict),
			"number", tableOf(L, "nan", !strict, "inf", !strict, "frac", true, "exp", true, "hex", false),
			"others", tableOf(L, "allowUndefined", !strict, "null", null, "undefined", undefined),
		)
	}
	parts := handle.Value.(*jsonParts)
	parts.decodeStrict, parts.decodeSimple = mode(true, false), mode(false, true)
	for name, value := range map[string]bool{"unicodeWhitespace": true, "initialObject": true, "nothrow": false} {
		parts.decodeStrict.RawSetString(name, vm.LBool(value))
	}
	parts.decodeStrictReady = newJSONDecodeOptions(L, parts.decodeStrict)
	parts.decodeStrictReady.Escapes = jsonEscapeStrict
	parts.otherwise = newJSONDecodeOptions(L, nil)
	decode.RawSetString("strict", parts.decodeStrict)
	decode.RawSetString("simple", parts.decodeSimple)
	decode.RawSetString("util", closures(L, L.CreateTable(0, 1), handle, function{"setObjectKeyForceNumber", jsonForceNumber}))
	callable(L, decode, handle, jsonDecode)
	return decode
}

// jsonForceNumber is setObjectKeyForceNumber(table, key, value), for the option object.setObjectKey.
func jsonForceNumber(L *vm.LState) int {
	table, key := native.CheckTable(L, 1), L.Get(2)
	if text, ok := key.(vm.LString); ok {
		if number, ok := native.ToNumber(string(text)); ok {
			key = number
		}
	}
	table.RawSet(key, L.Get(3))
	L.Push(table)
	return 1
}

// jsonDecode is decode(text, mode).
func jsonDecode(L *vm.LState) int {
	return jsonModeOf(L, L.Get(2)).decode(L, parts(L))
}

// jsonGetDecoder is getDecoder(mode): a function that decodes its argument.
func jsonGetDecoder(L *vm.LState) int {
	options, parts := jsonModeOf(L, L.Get(1)), parts(L)
	L.Push(L.NewFunction(func(L *vm.LState) int { return options.decode(L, parts) }))
	return 1
}

// jsonModeOf returns the options of a mode: nothing, true for strict, or a table of options.
func jsonModeOf(L *vm.LState, mode vm.LValue) *jsonDecodeOptions {
	parts := parts(L)
	switch {
	case !vm.LVAsBool(mode):
		return parts.otherwise
	case mode == vm.LTrue || mode == vm.LValue(parts.decodeStrict):
		return parts.decodeStrictReady
	}
	table, ok := mode.(*vm.LTable)
	if !ok {
		native.Raise(L, "bad argument #1 to 'for iterator' (table expected, got %s)", native.TypeName(L, mode))
	}
	return newJSONDecodeOptions(L, table)
}

// jsonDecodeOptions are the options of one decoder; functions of the script are kept apart, as they need a state.
type jsonDecodeOptions struct {
	jsoncore.LenientOptions
	nothrow                     bool
	decodeUnicode, setObjectKey vm.LValue
}

func newJSONDecodeOptions(L *vm.LState, options *vm.LTable) *jsonDecodeOptions {
	from := func(name string) section { return sectionOf(options, nil, name) }
	top, numbers, texts := section{options}, from("number"), from("strings")
	array, object, others, calls := from("array"), from("object"), from("others"), from("calls")
	texts.unsupported(L, "strings.", "additionalEscapes")
	calls.unsupported(L, "calls.", "defs")
	calls.unsupported(L, "calls.", "allowUndefined")
	o := &jsonDecodeOptions{
		nothrow: top.flag("nothrow", false), decodeUnicode: texts.get("decodeUnicode"), setObjectKey: object.get("setObjectKey"),
		LenientOptions: jsoncore.LenientOptions{
			UnicodeWhitespace: top.flag("unicodeWhitespace", true), InitialObject: top.flag("initialObject", false),
			NaN: numbers.flag("nan", true), Inf: numbers.flag("inf", true), Frac: numbers.flag("frac", true),
			Exp: numbers.flag("exp", true), Hex: numbers.flag("hex", false),
			Escapes: jsonEscapesAll, StrictQuotes: texts.flag("strict_quotes", false),
			ArrayEmpty: array.flag("allowEmptyElement", false), ArrayTrailing: array.flag("trailingComma", true),
			ObjectEmpty: object.flag("allowEmptyElement", false), ObjectTrailing: object.flag("trailingComma", true),
			ObjectNumber: object.flag("number", true), ObjectIdentifier: object.flag("identifier", true),
			AllowUndefined: others.flag("allowUndefined", true),
			Null:           nullOption(others.get("null"), jsonNull), Undefined: nullOption(others.get("undefined"), jsonUndefined),
			MaxDepth: maxJSONDepth,
		},
	}
	if bad, ok := texts.get("badChars").(vm.LString); ok {
		o.BadChars = string(bad)
	}
	if check := texts.get("escapeCheck"); check == vm.LFalse {
		o.Escapes = ""
	} else {
		texts.unsupported(L, "strings.", "escapeCheck")
	}
	return o
}

// nullOption is what null decodes to: false in the options stands for nil.
func nullOption(value, otherwise vm.LValue) vm.LValue {
	if value == vm.LFalse {
		return vm.LNil
	}
	return optionOr(value, otherwise)
}

// decode decodes the first argument.
func (o *jsonDecodeOptions) decode(L *vm.LState, parts *jsonParts) int {
	text, ok := asText(L.Get(1))
	value := vm.LNil
	err := error(nil)
	if ok {
		options := o.LenientOptions
		o.bind(L, parts, &options)
		charge(L)(len(text))
		value, err = jsoncore.DecodeLenient(text, &options)
	} else {
		err = errors.New("bad argument #1 to 'decode' (string expected, got " + native.TypeName(L, L.Get(1)) + ")")
	}
	if err != nil && o.nothrow {
		L.Push(vm.LNil)
		L.Push(vm.LString(err.Error()))
		return 2
	}
	if err != nil {
		raise(L, err)
	}
	L.Push(value)
	return 1
}

// bind gives the options what needs the running state.
func (o *jsonDecodeOptions) bind(L *vm.LState, parts *jsonParts, options *jsoncore.LenientOptions) {
	create := newTable(L)
	options.NewObject = func() *vm.LTable { return create(0, 4) }
	options.NewArray = func() *vm.LTable {
		table := create(4, 0)
		table.Metatable = parts.array
		return table
	}
	options.SetObjectKey = func(table *vm.LTable, key, value vm.LValue) error {
		if vm.LVAsBool(o.setObjectKey) {
			native.Call1(L, o.setObjectKey, table, key, value)
			return nil
		}
		if number, ok := key.(vm.LNumber); ok && math.IsNaN(float64(number)) {
			return errors.New("table index is NaN")
		}
		table.RawSet(key, value)
		return nil
	}
	if vm.LVAsBool(o.decodeUnicode) {
		options.DecodeUnicode = func(high, low string) string {
			text, ok := asText(native.Call1(L, o.decodeUnicode, vm.LString(high), vm.LString(low)))
			if !ok {
				native.Raise(L, "invalid replacement value")
			}
			return text
		}
	}
}
