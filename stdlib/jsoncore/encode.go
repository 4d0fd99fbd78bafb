package jsoncore

import (
	"errors"

	vm "github.com/yuin/gopher-lua"
)

// MaxBytes is the longest text [Encode] makes. A hostile table could otherwise ask for gigabytes of nulls.
const MaxBytes = 64 << 20

// ErrTooLong is returned when a text would be longer than MaxBytes.
var ErrTooLong = errors.New("JSON text is too long")

// Shape is what a table becomes.
type Shape struct {
	// Array says that it becomes an array of Length elements, 1 to Length; else it becomes an object.
	Array  bool
	Length int
	// Elements is where an array's elements come from; nil is the table itself. Open and Close replace its brackets.
	Elements    *vm.LTable
	Open, Close string
}

// EncodeOptions are a module's decisions. All functions but Charge, Enter, Leave and Before must be set. They append to
// dst and return it, or an error that ends the encoding.
type EncodeOptions struct {
	// Escape has, for every byte, what stands for it inside quotes; "" is the byte itself.
	Escape *[256]string
	// String replaces the quoting by Escape when it is set.
	String func(dst []byte, text string) ([]byte, error)
	Number func(dst []byte, number float64) ([]byte, error)
	// Other encodes what is neither nil, boolean, number, string nor table.
	Other func(dst []byte, value vm.LValue) ([]byte, error)
	// Key encodes an object's key with its quotes.
	Key func(dst []byte, key vm.LValue) ([]byte, error)
	// Shape decides between array and object.
	Shape func(table *vm.LTable) (Shape, error)
	// Enter is called with a table and its depth (1 outermost) before anything is read from it, Leave after it.
	Enter func(table *vm.LTable, depth int) error
	Leave func(table *vm.LTable)
	// Before may replace a value before it is encoded.
	Before func(value vm.LValue) vm.LValue
	// Custom may encode a value itself; done is false for those it leaves to the others.
	Custom func(dst []byte, value vm.LValue) (out []byte, done bool, err error)
	// Members gives an object's members in the order in which they are to stand; nil is the table's own.
	Members func(table *vm.LTable) ([]Member, error)
	// Layout writes brackets, commas and what is around them; nil writes nothing that is not needed.
	Layout Layout
	// Charge is told about bytes of text as they come, so that a host may count them.
	Charge func(bytes int)
}

// Member is a member of an object.
type Member struct{ Key, Value vm.LValue }

// Layout decides on the space between the parts of a text. Open and Close come in pairs, Open before the first part;
// Next comes before each element or key; Colon stands behind a key.
type Layout interface {
	Open(dst []byte, shape Shape) []byte
	Next(dst []byte, shape Shape, first bool) []byte
	Colon(dst []byte) []byte
	Close(dst []byte, shape Shape, empty bool) []byte
}

// compact is the layout without any space.
type compact struct{}

func (compact) Open(dst []byte, shape Shape) []byte {
	switch {
	case shape.Open != "":
		return append(dst, shape.Open...)
	case shape.Array:
		return append(dst, '[')
	}
	return append(dst, '{')
}

func (compact) Next(dst []byte, _ Shape, first bool) []byte {
	if first {
		return dst
	}
	return append(dst, ',')
}

func (compact) Colon(dst []byte) []byte { return append(dst, ':') }

func (compact) Close(dst []byte, shape Shape, _ bool) []byte {
	switch {
	case shape.Open != "":
		return append(dst, shape.Close...)
	case shape.Array:
		return append(dst, ']')
	}
	return append(dst, '}')
}

// Encode appends value as JSON text to dst.
func Encode(dst []byte, value vm.LValue, options *EncodeOptions) ([]byte, error) {
	e := encoder{EncodeOptions: options, start: len(dst), charged: len(dst), layout: options.Layout}
	if e.layout == nil {
		e.layout = compact{}
	}
	dst, err := e.value(dst, value, 0)
	if err != nil {
		return dst, err
	}
	return dst, e.grow(dst, true)
}

type encoder struct {
	*EncodeOptions
	start, charged int
	layout         Layout
}

// grow checks the size and reports it in steps.
func (e *encoder) grow(dst []byte, last bool) error {
	if len(dst)-e.start > MaxBytes {
		return ErrTooLong
	}
	if more := len(dst) - e.charged; e.Charge != nil && (more >= 4096 || last) {
		e.Charge(more)
		e.charged = len(dst)
	}
	return nil
}

func (e *encoder) value(dst []byte, value vm.LValue, depth int) ([]byte, error) {
	if e.Before != nil {
		value = e.Before(value)
	}
	if e.Custom != nil {
		out, done, err := e.Custom(dst, value)
		if done || err != nil {
			return out, err
		}
		dst = out
	}
	switch v := value.(type) {
	case *vm.LNilType:
		return append(dst, "null"...), nil
	case vm.LBool:
		if v {
			return append(dst, "true"...), nil
		}
		return append(dst, "false"...), nil
	case vm.LNumber:
		return e.Number(dst, float64(v))
	case vm.LString:
		return e.text(dst, string(v))
	case *vm.LTable:
		return e.table(dst, v, depth+1)
	}
	return e.Other(dst, value)
}

func (e *encoder) text(dst []byte, text string) ([]byte, error) {
	if err := e.grow(dst, false); err != nil {
		return dst, err
	}
	if e.String != nil {
		return e.String(dst, text)
	}
	return AppendQuoted(dst, text, e.Escape), nil
}

func (e *encoder) table(dst []byte, table *vm.LTable, depth int) ([]byte, error) {
	if e.Enter != nil {
		if err := e.Enter(table, depth); err != nil {
			return dst, err
		}
	}
	shape, err := e.Shape(table)
	if err != nil {
		return dst, err
	}
	dst = e.layout.Open(dst, shape)
	empty := false
	if shape.Array {
		empty = shape.Length < 1
		dst, err = e.array(dst, table, shape, depth)
	} else {
		dst, empty, err = e.object(dst, table, shape, depth)
	}
	if err != nil {
		return dst, err
	}
	if e.Leave != nil {
		e.Leave(table)
	}
	return e.layout.Close(dst, shape, empty), nil
}

func (e *encoder) array(dst []byte, table *vm.LTable, shape Shape, depth int) ([]byte, error) {
	if shape.Elements != nil {
		table = shape.Elements
	}
	for i := 1; i <= shape.Length; i++ {
		dst = e.layout.Next(dst, shape, i == 1)
		if err := e.grow(dst, false); err != nil {
			return dst, err
		}
		var err error
		if dst, err = e.value(dst, table.RawGet(vm.LNumber(i)), depth); err != nil {
			return dst, err
		}
	}
	return dst, nil
}

func (e *encoder) object(dst []byte, table *vm.LTable, shape Shape, depth int) (out []byte, empty bool, err error) {
	if e.Members == nil {
		empty = true
		for key, value := table.Next(vm.LNil); key != vm.LNil; key, value = table.Next(key) {
			if dst, err = e.member(dst, Member{key, value}, shape, empty, depth); err != nil {
				return dst, false, err
			}
			empty = false
		}
		return dst, empty, nil
	}
	members, err := e.Members(table)
	for i, m := range members {
		if dst, err = e.member(dst, m, shape, i == 0, depth); err != nil {
			break
		}
	}
	return dst, len(members) == 0, err
}

func (e *encoder) member(dst []byte, m Member, shape Shape, first bool, depth int) ([]byte, error) {
	dst = e.layout.Next(dst, shape, first)
	if err := e.grow(dst, false); err != nil {
		return dst, err
	}
	dst, err := e.Key(dst, m.Key)
	if err != nil {
		return dst, err
	}
	return e.value(e.layout.Colon(dst), m.Value, depth)
}

// AppendQuoted appends text in double quotes, each byte as escape says.
func AppendQuoted(dst []byte, text string, escape *[256]string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(text); i++ {
		if replacement := escape[text[i]]; replacement != "" {
			dst = append(append(dst, text[start:i]...), replacement...)
			start = i + 1
		}
	}
	return append(append(dst, text[start:]...), '"')
}
