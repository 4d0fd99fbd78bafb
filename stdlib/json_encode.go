package stdlib

import (
	"errors"
	"fmt"
	"math"
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/lua/native/list"
	"github.com/luapush/luapush/stdlib/jsoncore"
)

// jsonEncodeSet are the bytes lua-json escapes by default, in the notation of a Lua pattern's set.
const jsonEncodeSet = "\\\"/%z\x01-\x1f"

// newJSONEncode makes json.encode: a table that can be called.
func newJSONEncode(L *vm.LState, handle *vm.LUserData) *vm.LTable {
	encode := closures(L, L.CreateTable(0, 4), handle, function{"encode", jsonEncode}, function{"getEncoder", jsonGetEncoder})
	isArray := L.NewClosure(jsonIsArray, handle)
	mode := func(strict bool) *vm.LTable {
		return tableOf(L,
			"strings", tableOf(L, "xEncode", false, "encodeSet", jsonEncodeSet),
			"number", tableOf(L, "nan", !strict, "inf", !strict),
			"calls", L.NewTable(),
			"others", tableOf(L, "allowUndefined", !strict, "null", jsonNull, "undefined", jsonUndefined),
			"array", tableOf(L, "isArray", isArray),
			"object", L.NewTable(),
		)
	}
	parts := handle.Value.(*jsonParts)
	parts.ownIsArray = isArray
	parts.encodeDefault = mode(false)
	encode.RawSetString("default", parts.encodeDefault)
	strict := mode(true)
	strict.RawSetString("initialObject", vm.LTrue)
	encode.RawSetString("strict", strict)
	callable(L, encode, handle, jsonEncode)
	return encode
}

// jsonEncode is encode(value, options).
func jsonEncode(L *vm.LState) int {
	return newJSONEncoder(L, parts(L), L.Get(2)).encode(L, L.Get(1))
}

// jsonGetEncoder is getEncoder(options): a function that encodes its argument.
func jsonGetEncoder(L *vm.LState) int {
	encoder := newJSONEncoder(L, parts(L), L.Get(1))
	L.Push(L.NewFunction(func(L *vm.LState) int { return encoder.encode(L, L.Get(1)) }))
	return 1
}

// jsonEncoder are the options of one encoder.
type jsonEncoder struct {
	*jsonParts
	initialObject, nan, inf bool
	allowUndefined          bool
	null, undefined         vm.LValue
	escapes                 *[256]string
	// Functions of the script, or nil.
	isArrayFn, preProcess, processor vm.LValue
}

func newJSONEncoder(L *vm.LState, parts *jsonParts, given vm.LValue) *jsonEncoder {
	var options *vm.LTable
	if vm.LVAsBool(given) {
		table, ok := given.(*vm.LTable)
		if !ok {
			native.Raise(L, "bad argument #1 to 'for iterator' (table expected, got %s)", native.TypeName(L, given))
		}
		options = table
	}
	top := section{parts.encodeDefault}
	if options != nil {
		top = section{options}
	}
	top.unsupported(L, "", "output")
	from := func(name string) section { return sectionOf(options, parts.encodeDefault, name) }
	texts, numbers, others := from("strings"), from("number"), from("others")
	e := &jsonEncoder{
		jsonParts: parts, initialObject: top.flag("initialObject", false),
		nan: numbers.flag("nan", true), inf: numbers.flag("inf", true),
		allowUndefined: others.flag("allowUndefined", true),
		null:           optionOr(others.get("null"), jsonNull), undefined: optionOr(others.get("undefined"), jsonUndefined),
		escapes:   jsonEscapesOf(texts),
		isArrayFn: from("array").get("isArray"), preProcess: top.get("preProcess"), processor: texts.get("processor"),
	}
	return e
}

func optionOr(value, otherwise vm.LValue) vm.LValue {
	if value == vm.LNil {
		return otherwise
	}
	return value
}

func (e *jsonEncoder) encode(L *vm.LState, value vm.LValue) int {
	if _, isTable := value.(*vm.LTable); e.initialObject && (!isTable || e.callOf(value) != nil) {
		native.Raise(L, "Invalid arguments: expects a JSON Object or Array at the root")
	}
	text, err := jsoncore.Encode(nil, value, e.coreOptions(L))
	if err != nil {
		raise(L, err)
	}
	L.Push(vm.LString(text))
	return 1
}

func (e *jsonEncoder) coreOptions(L *vm.LState) *jsoncore.EncodeOptions {
	open := map[*vm.LTable]bool{}
	options := &jsoncore.EncodeOptions{
		Escape: e.escapes,
		Number: e.number,
		Other:  e.other,
		Key:    func(dst []byte, key vm.LValue) ([]byte, error) { return e.key(L, dst, key) },
		Shape:  func(table *vm.LTable) (jsoncore.Shape, error) { return e.shape(L, table) },
		Enter: func(table *vm.LTable, depth int) error {
			if open[table] {
				return errors.New("Recursive encoding of value")
			}
			if depth > maxJSONDepth {
				return errors.New("stack overflow")
			}
			// A call may contain itself, and lua-json does not look.
			if e.callOf(table) == nil {
				open[table] = true
			}
			return nil
		},
		Leave:  func(table *vm.LTable) { delete(open, table) },
		Charge: charge(L),
	}
	if e.processor != vm.LNil && vm.LVAsBool(e.processor) {
		options.String = func(dst []byte, text string) ([]byte, error) { return e.processed(L, dst, text) }
	}
	if vm.LVAsBool(e.preProcess) {
		options.Before = func(value vm.LValue) vm.LValue {
			return optionOr(native.Call1(L, e.preProcess, value, vm.LFalse), value)
		}
	}
	return options
}

// processed hands the escaped text and the number of escapes to the script's processor, and quotes what it returns.
func (e *jsonEncoder) processed(L *vm.LState, dst []byte, text string) ([]byte, error) {
	escaped := jsoncore.AppendQuoted(nil, text, e.escapes)
	count := 0
	for i := range len(text) {
		if e.escapes[text[i]] != "" {
			count++
		}
	}
	result, ok := asText(native.Call1(L, e.processor, vm.LString(escaped[1:len(escaped)-1]), vm.LNumber(count)))
	if !ok {
		return dst, errors.New("attempt to concatenate a value that is no string")
	}
	return append(append(append(dst, '"'), result...), '"'), nil
}

func (e *jsonEncoder) number(dst []byte, number float64) ([]byte, error) {
	switch {
	case math.IsNaN(number) && !e.nan:
		return dst, errors.New("Invalid number: NaN not enabled")
	case math.IsNaN(number):
		return append(dst, "NaN"...), nil
	case math.IsInf(number, 0) && !e.inf:
		return dst, errors.New("Invalid number: Infinity not enabled")
	case math.IsInf(number, 1):
		return append(dst, "Infinity"...), nil
	case math.IsInf(number, -1):
		return append(dst, "-Infinity"...), nil
	}
	return append(dst, native.FormatNumber(vm.LNumber(number))...), nil
}

func (e *jsonEncoder) other(dst []byte, value vm.LValue) ([]byte, error) {
	switch {
	case value == e.null:
		return append(dst, "null"...), nil
	case value == e.undefined && !e.allowUndefined:
		return dst, errors.New("Invalid value: Unsupported 'Undefined' parameter")
	case value == e.undefined:
		return append(dst, "undefined"...), nil
	case value.Type() == vm.LTFunction:
		return dst, errors.New("Failed to encode value, encoders for function deny encoding")
	}
	return dst, fmt.Errorf("Failed to encode value, unhandled type: %s", value.Type())
}

func (e *jsonEncoder) key(L *vm.LState, dst []byte, key vm.LValue) ([]byte, error) {
	var text string
	switch k := key.(type) {
	case vm.LString:
		text = string(k)
	case vm.LNumber:
		text = native.FormatNumber(k)
	case vm.LBool:
		text = k.String()
	default:
		return dst, fmt.Errorf("Invalid object index type: %s", key.Type())
	}
	if vm.LVAsBool(e.processor) {
		return e.processed(L, dst, text)
	}
	return jsoncore.AppendQuoted(dst, text, e.escapes), nil
}

// shape follows lua-json: a marked table is an array, an unmarked empty one is not; a field n counts as the length; else
// the keys decide.
func (e *jsonEncoder) shape(L *vm.LState, table *vm.LTable) (jsoncore.Shape, error) {
	if call := e.callOf(table); call != nil {
		return callShape(call)
	}
	array := jsoncore.Shape{Array: true, Length: listLength(table)}
	border := array.Length
	length, isNumber := table.RawGetString("n").(vm.LNumber)
	if isNumber {
		array.Length = int(max(min(length, jsoncore.MaxBytes+1), 0))
	} else if n := table.RawGetString("n"); vm.LVAsBool(n) && n.Type() != vm.LTString {
		array.Length = 0
	}
	if vm.LVAsBool(e.isArrayFn) {
		var answer vm.LValue
		if e.isArrayFn == vm.LValue(e.ownIsArray) {
			answer = e.isArray(table)
		} else {
			answer = native.Call1(L, e.isArrayFn, table)
		}
		if known, ok := answer.(vm.LBool); ok {
			if !known {
				return jsoncore.Shape{}, nil
			}
			return array, e.checkLength(table)
		}
	}
	if isNumber && math.Floor(float64(length)) == float64(length) && length >= 1 {
		return array, nil
	}
	for key, _ := table.Next(vm.LNil); key != vm.LNil; key, _ = table.Next(key) {
		k, ok := key.(vm.LNumber)
		if !ok || math.Floor(float64(k)) != float64(k) || k < 1 || int(k) > border {
			return jsoncore.Shape{}, nil
		}
	}
	return array, nil
}

// checkLength refuses a field n that Lua's for could not count to.
func (e *jsonEncoder) checkLength(table *vm.LTable) error {
	n := table.RawGetString("n")
	if _, ok := n.(vm.LNumber); !ok && vm.LVAsBool(n) {
		return errors.New("'for' limit must be a number")
	}
	return nil
}

func callShape(call *vm.LTable) (jsoncore.Shape, error) {
	name, ok := asText(call.RawGetString("name"))
	parameters, isTable := call.RawGetString("parameters").(*vm.LTable)
	if !ok || !isTable {
		return jsoncore.Shape{}, errors.New("attempt to encode a call without a name or parameters")
	}
	length := list.Length(parameters)
	if n, ok := parameters.RawGetString("n").(vm.LNumber); ok {
		length = int(max(min(n, jsoncore.MaxBytes+1), 0))
	}
	return jsoncore.Shape{Array: true, Length: length, Elements: parameters, Open: name + "(", Close: ")"}, nil
}

// jsonEscapesOf returns the escapes for the options encodeSet, encodeSetAppend and xEncode.
func jsonEscapesOf(texts section) *[256]string {
	set, appended := jsonEncodeSet, ""
	if given, ok := texts.get("encodeSet").(vm.LString); ok {
		set = string(given)
	}
	if given, ok := texts.get("encodeSetAppend").(vm.LString); ok {
		appended = string(given)
	}
	xEncode := texts.flag("xEncode", false)
	if set+appended == jsonEncodeSet && !xEncode {
		return &jsonDefaultEscapes
	}
	escapes := jsonAllEscapes(xEncode)
	members := patternSet(set + appended)
	for c := range escapes {
		if !members[c] {
			escapes[c] = ""
		}
	}
	return &escapes
}

var jsonDefaultEscapes = func() [256]string {
	escapes := jsonAllEscapes(false)
	for c := 0x7f; c < 256; c++ {
		escapes[c] = ""
	}
	return escapes
}()

// jsonAllEscapes are the escapes lua-json knows: letters for some, numbers for other control characters and for what
// is above ASCII.
func jsonAllEscapes(xEncode bool) [256]string {
	escapes := jsonEscapes(func(c byte) string {
		switch {
		case c == '/':
			return `\/`
		case c == '\v':
			return `\v`
		case c >= 0x20 && c < 0x80:
			return ""
		case xEncode:
			return fmt.Sprintf(`\x%02X`, c)
		}
		return fmt.Sprintf(`\u%04X`, c)
	})
	return escapes
}

// patternSet works out which bytes the inside of [] in a Lua pattern stands for.
func patternSet(set string) (members [256]bool) {
	negated := strings.HasPrefix(set, "^")
	set = strings.TrimPrefix(set, "^")
	for i := 0; i < len(set); i++ {
		c := set[i]
		switch {
		case c == '%' && i+1 < len(set):
			i++
			class := patternClass(set[i])
			for b := range members {
				members[b] = members[b] || class(byte(b))
			}
		case i+2 < len(set) && set[i+1] == '-':
			for b := int(c); b <= int(set[i+2]); b++ {
				members[b] = true
			}
			i += 2
		default:
			members[c] = true
		}
	}
	for b := range members {
		members[b] = members[b] != negated
	}
	return members
}

// patternClass is the test of %c in a Lua pattern.
func patternClass(letter byte) func(byte) bool {
	graph := func(c byte) bool { return c > ' ' && c < 0x7f }
	alnum := func(c byte) bool { return isURLPlain(c) && c != '_' }
	classes := map[byte]func(byte) bool{
		'a': func(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' },
		'c': func(c byte) bool { return c < ' ' || c == 0x7f },
		'd': func(c byte) bool { return c >= '0' && c <= '9' },
		'g': graph,
		'l': func(c byte) bool { return c >= 'a' && c <= 'z' },
		'p': func(c byte) bool { return graph(c) && !alnum(c) },
		's': func(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' },
		'u': func(c byte) bool { return c >= 'A' && c <= 'Z' },
		'w': alnum,
		'x': func(c byte) bool { _, ok := hexDigit(c); return ok },
		'z': func(c byte) bool { return c == 0 },
	}
	if class, ok := classes[letter|0x20]; ok {
		complement := letter&0x20 == 0
		return func(c byte) bool { return class(c) != complement }
	}
	return func(c byte) bool { return c == letter }
}
