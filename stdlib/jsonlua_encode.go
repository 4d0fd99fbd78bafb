package stdlib

import (
	"errors"
	"fmt"
	"math"
	"sort"
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/stdlib/jsoncore"
)

// errGivenUp ends an encoding whose handler of errors returned.
var errGivenUp = errors.New("given up")

// encode encodes a value; layout is nil for a compact text. The error is errGivenUp.
func (c *jsonLuaClass) encode(L *vm.LState, self, value, etc vm.LValue, layout *jsonLuaLayout) (string, error) {
	e := &jsonLuaEncoder{jsonLuaClass: c, L: L, self: self, etc: etc, open: map[*vm.LTable]bool{}, layout: layout}
	text, err := jsoncore.Encode(nil, value, e.options())
	if err != nil && !errors.Is(err, errGivenUp) {
		raise(L, err)
	}
	return string(text), err
}

type jsonLuaEncoder struct {
	*jsonLuaClass
	L         *vm.LState
	self, etc vm.LValue
	open      map[*vm.LTable]bool
	layout    *jsonLuaLayout
	// keep tells whether numbers that are keys must stay numbers.
	keep bool
}

func (e *jsonLuaEncoder) options() *jsoncore.EncodeOptions {
	e.keep = vm.LVAsBool(field(e.L, e.self, "noKeyConversion"))
	options := &jsoncore.EncodeOptions{
		Escape: &jsonLuaEscapes,
		Number: jsonLuaNumber,
		Other: func(dst []byte, value vm.LValue) ([]byte, error) {
			return dst, e.fail("can't convert " + value.Type().String() + " to JSON")
		},
		Key:     e.key,
		Shape:   e.shape,
		Members: e.members,
		Enter:   e.enter,
		Leave:   func(table *vm.LTable) { delete(e.open, table) },
		Charge:  charge(e.L),
	}
	if e.layout != nil {
		e.layout.L = e.L
		options.Layout = e.layout
	}
	return options
}

// fail tells the handler, and gives up where that returns.
func (e *jsonLuaEncoder) fail(message string) error {
	e.tell(e.L, e.self, "onEncodeError", vm.LString(message), e.etc)
	return errGivenUp
}

func (e *jsonLuaEncoder) enter(table *vm.LTable, depth int) error {
	if e.open[table] {
		return e.fail("table " + toText(e.L, table) + " is a child of itself")
	}
	if depth > maxJSONDepth {
		return errors.New("stack overflow")
	}
	e.open[table] = true
	return nil
}

func jsonLuaNumber(dst []byte, number float64) ([]byte, error) {
	switch {
	case math.IsNaN(number):
		return append(dst, "null"...), nil
	case math.IsInf(number, 1):
		return append(dst, "1e+9999"...), nil
	case math.IsInf(number, -1):
		return append(dst, "-1e+9999"...), nil
	}
	return append(dst, native.FormatNumber(vm.LNumber(number))...), nil
}

var jsonLuaEscapes = jsonEscapes(func(c byte) string {
	if c < 0x20 {
		return fmt.Sprintf(`\u%04x`, c)
	}
	return ""
})

// shape makes an array of a table with positive numbers as its only keys, whatever its holes, and of an empty one,
// unless that says that it is an object.
func (e *jsonLuaEncoder) shape(table *vm.LTable) (jsoncore.Shape, error) {
	longest, empty, array := 0.0, true, true
	for key, _ := table.Next(vm.LNil); key != vm.LNil; key, _ = table.Next(key) {
		empty = false
		switch k := key.(type) {
		case vm.LString:
			array = false
		case vm.LNumber:
			if k <= 0 || math.IsInf(float64(k), 1) {
				array = false
			}
			longest = max(longest, float64(k))
		default:
			return jsoncore.Shape{}, e.fail("can't encode table with a key of type " + key.Type().String())
		}
	}
	if empty && e.L.GetMetaField(table, "__tostring") != vm.LNil && toText(e.L, table) == "JSON object" {
		array = false
	}
	return jsoncore.Shape{Array: array, Length: int(min(longest, jsoncore.MaxBytes+1))}, nil
}

// members sorts the members; those whose keys are numbers come after the others.
func (e *jsonLuaEncoder) members(table *vm.LTable) ([]jsoncore.Member, error) {
	var texts, numbers []jsoncore.Member
	for key, value := table.Next(vm.LNil); key != vm.LNil; key, value = table.Next(key) {
		if _, ok := key.(vm.LNumber); ok {
			numbers = append(numbers, jsoncore.Member{Key: key, Value: value})
		} else {
			texts = append(texts, jsoncore.Member{Key: key, Value: value})
		}
	}
	native.Alloc(e.L, 64*(len(texts)+len(numbers)))
	sort.Slice(texts, func(i, j int) bool { return texts[i].Key.(vm.LString) < texts[j].Key.(vm.LString) })
	sort.Slice(numbers, func(i, j int) bool { return numbers[i].Key.(vm.LNumber) < numbers[j].Key.(vm.LNumber) })
	if len(numbers) > 0 && e.keep {
		return nil, e.fail("a table with both numeric and string keys could be an object or array; aborting")
	}
	for _, m := range numbers {
		key := native.FormatNumber(m.Key.(vm.LNumber))
		if table.RawGetString(key) != vm.LNil {
			return nil, e.fail("conflict converting table with mixed-type keys into a JSON object: key " + key + " exists both as a string and a number.")
		}
	}
	texts = append(texts, numbers...)
	if e.layout != nil {
		e.layout.measure(texts)
	}
	return texts, nil
}

func jsonLuaKey(key vm.LValue) []byte {
	text, _ := asText(key)
	return jsoncore.AppendQuoted(nil, text, &jsonLuaEscapes)
}

func (e *jsonLuaEncoder) key(dst []byte, key vm.LValue) ([]byte, error) {
	quoted := jsonLuaKey(key)
	if e.layout != nil {
		dst = e.layout.pad(dst, len(quoted))
	}
	return append(dst, quoted...), nil
}

// jsonLuaLayout is json-lua's pretty text: the members of objects in lines of their own, arrays in one line.
type jsonLuaLayout struct {
	L      *vm.LState
	indent string
	align  bool
	frames []jsonLuaFrame
}

// jsonLuaFrame is an array or object under way: what its lines begin with, what those of values inside begin with, and
// the length of its longest key.
type jsonLuaFrame struct {
	own, inner string
	longest    int
}

func (l *jsonLuaLayout) current() *jsonLuaFrame { return &l.frames[len(l.frames)-1] }

// Open implements jsoncore.Layout.
func (l *jsonLuaLayout) Open(dst []byte, shape jsoncore.Shape) []byte {
	frame := jsonLuaFrame{}
	if len(l.frames) > 0 {
		frame.own = l.current().inner
	}
	frame.inner = frame.own
	l.frames = append(l.frames, frame)
	if !shape.Array {
		return append(dst, "{\n"...)
	}
	if shape.Length < 1 {
		return append(dst, '[')
	}
	return append(dst, "[ "...)
}

// measure looks at the keys of the object that was opened last.
func (l *jsonLuaLayout) measure(members []jsoncore.Member) {
	frame := l.current()
	frame.inner = frame.own + l.indent
	if !l.align {
		return
	}
	for _, m := range members {
		frame.longest = max(frame.longest, len(jsonLuaKey(m.Key)))
	}
	room(l.L, len(frame.inner)+frame.longest)
	frame.inner += strings.Repeat(" ", frame.longest+2)
}

func (l *jsonLuaLayout) pad(dst []byte, length int) []byte {
	return append(dst, strings.Repeat(" ", max(l.current().longest-length, 0))...)
}

// Next implements jsoncore.Layout.
func (l *jsonLuaLayout) Next(dst []byte, shape jsoncore.Shape, first bool) []byte {
	if shape.Array {
		if !first {
			dst = append(dst, ", "...)
		}
		return dst
	}
	if !first {
		dst = append(dst, ",\n"...)
	}
	return append(append(dst, l.current().own...), l.indent...)
}

// Colon implements jsoncore.Layout.
func (l *jsonLuaLayout) Colon(dst []byte) []byte { return append(dst, ": "...) }

// Close implements jsoncore.Layout.
func (l *jsonLuaLayout) Close(dst []byte, shape jsoncore.Shape, empty bool) []byte {
	own := l.current().own
	l.frames = l.frames[:len(l.frames)-1]
	switch {
	case !shape.Array:
		return append(append(append(dst, '\n'), own...), '}')
	case empty:
		return append(dst, ']')
	}
	return append(dst, " ]"...)
}
