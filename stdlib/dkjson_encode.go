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

// dkjsonEncoder is one call of encode. Text is gathered in Go and given to the state's buffer, as fewer and longer
// pieces than dkjson's, when a function of the script is about to see that.
type dkjsonEncoder struct {
	L      *vm.LState
	state  *vm.LTable
	buffer *vm.LTable
	// pieces is how many pieces of the buffer are in use.
	pieces int
	order  *vm.LTable
	// open are the tables inside of which the encoder is; tables is what the script wants them kept in, or nil.
	open   map[vm.LValue]bool
	tables *vm.LTable
	indent bool
	level  int
}

// dkjsonEncode is encode(value, state): the text, or true where the state has a buffer of the script's.
func dkjsonEncode(L *vm.LState) int {
	state, ok := L.Get(2).(*vm.LTable)
	if !ok {
		if vm.LVAsBool(L.Get(2)) {
			native.Raise(L, "attempt to index a %s value (local 'state')", native.TypeName(L, L.Get(2)))
		}
		state = L.NewTable()
	}
	e := &dkjsonEncoder{L: L, state: state, open: map[vm.LValue]bool{}, indent: vm.LVAsBool(field(L, state, "indent"))}
	e.order, _ = field(L, state, "keyorder").(*vm.LTable)
	e.tables, _ = field(L, state, "tables").(*vm.LTable)
	level, _ := field(L, state, "level").(vm.LNumber)
	e.level = int(min(max(level, 0), maxText))
	old, given := field(L, state, "buffer").(*vm.LTable)
	e.buffer = old
	if !given {
		e.buffer = L.NewTable()
		state.RawSetString("buffer", e.buffer)
	}
	length, _ := field(L, state, "bufferlen").(vm.LNumber)
	e.pieces = int(length)
	text, err := jsoncore.Encode(nil, L.Get(1), e.options())
	if err != nil {
		raise(L, err)
	}
	if given {
		e.flush(text)
		state.RawSetString("bufferlen", vm.LNumber(e.pieces))
		return returns(L, vm.LTrue)
	}
	state.RawSetString("bufferlen", vm.LNil)
	state.RawSetString("buffer", vm.LNil)
	if e.pieces == 0 {
		return returns(L, vm.LString(text))
	}
	e.flush(text)
	return returns(L, joined(L, e.buffer))
}

func (e *dkjsonEncoder) options() *jsoncore.EncodeOptions {
	return &jsoncore.EncodeOptions{
		String:  func(dst []byte, text string) ([]byte, error) { return appendDKString(dst, text), nil },
		Number:  dkjsonNumber,
		Custom:  e.custom,
		Key:     e.key,
		Shape:   e.shape,
		Members: e.members,
		Layout:  e,
		Enter: func(_ *vm.LTable, depth int) error {
			if depth > maxJSONDepth {
				return errors.New("stack overflow")
			}
			return nil
		},
		Leave:  func(table *vm.LTable) { e.mark(table, false) },
		Charge: charge(e.L),
	}
}

// flush gives the text so far to the buffer.
func (e *dkjsonEncoder) flush(text []byte) []byte {
	if len(text) > 0 {
		charge(e.L)(len(text))
		e.pieces++
		e.buffer.RawSetInt(e.pieces, vm.LString(text))
	}
	return text[:0]
}

// ask calls a function of the script that may write to the buffer itself, or give the text to write.
func (e *dkjsonEncoder) ask(dst []byte, fn vm.LValue, arguments ...vm.LValue) (out []byte, ok bool, message vm.LValue) {
	dst = e.flush(dst)
	e.state.RawSetString("bufferlen", vm.LNumber(e.pieces))
	result, message := call2(e.L, fn, arguments...)
	if !vm.LVAsBool(result) {
		return dst, false, message
	}
	length, isNumber := field(e.L, e.state, "bufferlen").(vm.LNumber)
	if !isNumber {
		native.Raise(e.L, "attempt to perform arithmetic on a nil value (local 'buflen')")
	}
	e.pieces = int(length)
	if text, isText := result.(vm.LString); isText {
		dst = append(dst, text...)
	}
	return dst, true, message
}

func (e *dkjsonEncoder) mark(value vm.LValue, open bool) {
	switch {
	case e.tables != nil && open:
		e.tables.RawSet(value, vm.LTrue)
	case e.tables != nil:
		e.tables.RawSet(value, vm.LNil)
	case open:
		e.open[value] = true
	default:
		delete(e.open, value)
	}
}

func (e *dkjsonEncoder) isOpen(value vm.LValue) bool {
	if e.tables != nil {
		return vm.LVAsBool(e.tables.RawGet(value))
	}
	return e.open[value]
}

// custom takes values with a __tojson, those inside of themselves, and those of a type that JSON has not.
func (e *dkjsonEncoder) custom(dst []byte, value vm.LValue) ([]byte, bool, error) {
	tojson := e.L.GetMetaField(value, "__tojson")
	_, isTable := value.(*vm.LTable)
	switch {
	case !isTable && !vm.LVAsBool(tojson):
		switch value.(type) {
		case *vm.LNilType, vm.LBool, vm.LNumber, vm.LString:
			return dst, false, nil
		}
		return e.exception(dst, "unsupported type", value, "type '"+value.Type().String()+"' is not supported by JSON.")
	case e.isOpen(value):
		return e.exception(dst, "reference cycle", value, "reference cycle")
	}
	e.mark(value, true)
	if !vm.LVAsBool(tojson) {
		return dst, false, nil
	}
	dst, ok, message := e.ask(dst, tojson, value, e.state)
	if !ok {
		text, isText := asText(message)
		if !isText {
			text = "custom encoder failed"
		}
		return e.exception(dst, "custom encoder failed", value, text)
	}
	e.mark(value, false)
	return dst, true, nil
}

// exception asks the state's handler what to write for a value that cannot be encoded.
func (e *dkjsonEncoder) exception(dst []byte, reason string, value vm.LValue, message string) ([]byte, bool, error) {
	handler := field(e.L, e.state, "exception")
	if !vm.LVAsBool(handler) {
		return dst, true, errors.New(message)
	}
	dst, ok, said := e.ask(dst, handler, vm.LString(reason), value, e.state, vm.LString(message))
	if !ok {
		if text, isText := asText(said); isText {
			message = text
		}
		return dst, true, errors.New(message)
	}
	return dst, true, nil
}

func dkjsonNumber(dst []byte, number float64) ([]byte, error) {
	if math.IsNaN(number) || math.IsInf(number, 0) {
		return append(dst, "null"...), nil
	}
	return append(dst, native.FormatNumber(vm.LNumber(number))...), nil
}

func (e *dkjsonEncoder) key(dst []byte, key vm.LValue) ([]byte, error) {
	text, ok := asText(key)
	if !ok {
		return dst, fmt.Errorf("type '%s' is not supported as a key by JSON.", key.Type())
	}
	return appendDKString(dst, text), nil
}

// shape makes an array of a table whose keys are whole numbers from 1, perhaps with a field n for their count, unless
// it has too many holes; an empty table is an array, too.
func (e *dkjsonEncoder) shape(table *vm.LTable) (jsoncore.Shape, error) {
	longest, items, declared := 0.0, 0.0, 0.0
	for key, value := table.Next(vm.LNil); key != vm.LNil; key, value = table.Next(key) {
		if n, ok := value.(vm.LNumber); ok && key == vm.LString("n") {
			declared = float64(n)
			longest = max(longest, declared)
			continue
		}
		k, ok := key.(vm.LNumber)
		if !ok || k < 1 || math.Floor(float64(k)) != float64(k) {
			return jsoncore.Shape{}, nil
		}
		longest = max(longest, float64(k))
		items++
	}
	if longest > 10 && longest > declared && longest > items*2 {
		return jsoncore.Shape{}, nil
	}
	if longest == 0 && e.L.GetMetaField(table, "__jsontype") == vm.LString("object") {
		return jsoncore.Shape{}, nil
	}
	return jsoncore.Shape{Array: true, Length: int(min(longest, jsoncore.MaxBytes+1))}, nil
}

// members puts those that the order names first.
func (e *dkjsonEncoder) members(table *vm.LTable) ([]jsoncore.Member, error) {
	order, ok := e.L.GetMetaField(table, "__jsonorder").(*vm.LTable)
	if !ok {
		order = e.order
	}
	var members []jsoncore.Member
	var used map[vm.LValue]bool
	if order != nil {
		used = make(map[vm.LValue]bool, list.Length(order))
		for i := 1; i <= list.Length(order); i++ {
			key := list.Get(order, i)
			if value := index(e.L, table, key); value != vm.LNil {
				used[key] = true
				members = append(members, jsoncore.Member{Key: key, Value: value})
			}
		}
	}
	for key, value := table.Next(vm.LNil); key != vm.LNil; key, value = table.Next(key) {
		if !used[key] {
			members = append(members, jsoncore.Member{Key: key, Value: value})
		}
	}
	native.Alloc(e.L, 32*len(members))
	return members, nil
}

// Open implements jsoncore.Layout.
func (e *dkjsonEncoder) Open(dst []byte, shape jsoncore.Shape) []byte {
	e.level++
	return append(dst, bracket(shape, "[", "{")...)
}

// Next implements jsoncore.Layout: only the members of objects stand in lines of their own.
func (e *dkjsonEncoder) Next(dst []byte, shape jsoncore.Shape, first bool) []byte {
	if !first {
		dst = append(dst, ',')
	}
	if e.indent && !shape.Array {
		dst = append(append(dst, '\n'), indentation(e.L, e.level)...)
	}
	return dst
}

// Colon implements jsoncore.Layout.
func (e *dkjsonEncoder) Colon(dst []byte) []byte { return append(dst, ':') }

// Close implements jsoncore.Layout.
func (e *dkjsonEncoder) Close(dst []byte, shape jsoncore.Shape, _ bool) []byte {
	e.level--
	if e.indent && !shape.Array {
		dst = append(append(dst, '\n'), indentation(e.L, e.level)...)
	}
	return append(dst, bracket(shape, "]", "}")...)
}

func bracket(shape jsoncore.Shape, array, object string) string {
	if shape.Array {
		return array
	}
	return object
}

func indentation(L *vm.LState, level int) string {
	room(L, 2*level)
	return strings.Repeat("  ", level)
}

// appendDKString quotes a text: besides what JSON demands, dkjson escapes DEL and the invisible characters that
// JavaScript stumbles over.
func appendDKString(dst []byte, text string) []byte {
	dst = append(dst, '"')
	for i := 0; i < len(text); {
		if code, length := dkjsonInvisible(text[i:]); length > 0 {
			dst = fmt.Appendf(dst, `\u%04x`, code)
			i += length
			continue
		}
		if escape := dkjsonEscapes[text[i]]; escape != "" {
			dst = append(dst, escape...)
		} else {
			dst = append(dst, text[i])
		}
		i++
	}
	return append(dst, '"')
}

var dkjsonEscapes = jsonEscapes(func(c byte) string {
	if c < 0x20 || c == 0x7f {
		return fmt.Sprintf(`\u%04x`, c)
	}
	return ""
})

// dkjsonInvisible recognises such a character at the start of a text.
func dkjsonInvisible(text string) (code rune, length int) {
	if text[0] < 0xc2 || len(text) < 2 {
		return 0, 0
	}
	second := text[1]
	switch text[0] {
	case 0xc2:
		if second >= 0x80 && second <= 0x9f || second == 0xad {
			return rune(second), 2
		}
	case 0xd8:
		if second >= 0x80 && second <= 0x84 {
			return 0x600 + rune(second&0x3f), 2
		}
	case 0xdc:
		if second == 0x8f {
			return 0x70f, 2
		}
	case 0xe1, 0xe2, 0xef:
		if len(text) < 3 {
			return 0, 0
		}
		third := text[2]
		code = rune(text[0]&0xf)<<12 | rune(second&0x3f)<<6 | rune(third&0x3f)
		if third < 0x80 || third > 0xbf || second < 0x80 || second > 0xbf {
			return 0, 0
		}
		switch {
		case code == 0x17b4 || code == 0x17b5, code >= 0x200c && code <= 0x200f, code >= 0x2028 && code <= 0x202f,
			code >= 0x2060 && code <= 0x206f, code == 0xfeff, code >= 0xfff0 && code <= 0xffff:
			return code, 3
		}
	}
	return 0, 0
}
