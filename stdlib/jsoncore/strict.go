package jsoncore

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	vm "github.com/yuin/gopher-lua"
)

// StrictOptions are the decisions of a module with RapidJSON's grammar, that of the standard.
type StrictOptions struct {
	Null                vm.LValue
	NewObject, NewArray func() *vm.LTable
	MaxDepth            int
}

// The mistakes, in RapidJSON's words.
const (
	strictEmpty      = "The document is empty."
	strictNotSingle  = "The document root must not be followed by other values."
	strictValue      = "Invalid value."
	strictName       = "Missing a name for object member."
	strictColon      = "Missing a colon after a name of object member."
	strictObjectEnd  = "Missing a comma or } after an object member."
	strictArrayEnd   = "Missing a comma or ] after an array element."
	strictHex        = "Incorrect hex digit after \\u escape in string."
	strictSurrogate  = "The surrogate pair in string is invalid."
	strictEscape     = "Invalid escape character in string."
	strictQuote      = "Missing a closing quotation mark in string."
	strictEncoding   = "Invalid encoding in string."
	strictTooBig     = "Number too big to be stored in double."
	strictFraction   = "Miss fraction part in number."
	strictExponent   = "Miss exponent in number."
	strictTerminated = "Parsing was terminated."
)

// DecodeStrict reads a text that is one value. A zero byte ends it. Errors name the mistake and its offset from 0.
func DecodeStrict(text string, options *StrictOptions) (vm.LValue, error) {
	if end := strings.IndexByte(text, 0); end >= 0 {
		text = text[:end]
	}
	d := strictDecoder{StrictOptions: options, plainDecoder: plainDecoder{text: text}}
	d.skip()
	if d.at == len(text) {
		return nil, d.fail(strictEmpty, d.at)
	}
	value, err := d.value()
	if err != nil {
		return nil, err
	}
	if d.skip(); d.at < len(text) {
		return nil, d.fail(strictNotSingle, d.at)
	}
	return value, nil
}

type strictDecoder struct {
	*StrictOptions
	plainDecoder
}

func (d *strictDecoder) fail(message string, at int) error { return fmt.Errorf("%s (%d)", message, at) }

func (d *strictDecoder) value() (vm.LValue, error) {
	switch d.at0() {
	case 'n':
		return d.word("null", d.Null)
	case 't':
		return d.word("true", vm.LTrue)
	case 'f':
		return d.word("false", vm.LFalse)
	case '"':
		text, err := d.quoted()
		return vm.LString(text), err
	case '{':
		return d.object()
	case '[':
		return d.array()
	}
	return d.number()
}

// word reads a word letter by letter, since the mistake is at the first wrong one.
func (d *strictDecoder) word(word string, value vm.LValue) (vm.LValue, error) {
	for i := range len(word) {
		if d.at0() != word[i] {
			return nil, d.fail(strictValue, d.at)
		}
		d.at++
	}
	return value, nil
}

func (d *strictDecoder) digits() bool {
	from := d.at
	for isDigit(d.at0()) {
		d.at++
	}
	return d.at > from
}

func (d *strictDecoder) number() (vm.LValue, error) {
	start := d.at
	if d.at0() == '-' {
		d.at++
	}
	if d.at0() == '0' {
		d.at++
	} else if !d.digits() {
		return nil, d.fail(strictValue, d.at)
	}
	whole := true
	if d.at0() == '.' {
		d.at++
		if whole = false; !d.digits() {
			return nil, d.fail(strictFraction, d.at)
		}
	}
	if d.at0()|0x20 == 'e' {
		d.at++
		if c := d.at0(); c == '+' || c == '-' {
			d.at++
		}
		if whole = false; !d.digits() {
			return nil, d.fail(strictExponent, d.at)
		}
	}
	number, _ := scanNumber(d.text[start:d.at])
	if math.IsInf(number, 0) {
		return nil, d.fail(strictTooBig, start)
	}
	if number == 0 && whole {
		number = 0 // an integer has no negative zero
	}
	return vm.LNumber(number), nil
}

func (d *strictDecoder) quoted() (string, error) {
	d.at++
	var out []byte
	start := d.at
	for {
		switch c := d.at0(); {
		case d.at >= len(d.text):
			return "", d.fail(strictQuote, d.at)
		case c == '"':
			piece := d.text[start:d.at]
			d.at++
			if out == nil {
				return piece, nil
			}
			return string(append(out, piece...)), nil
		case c < 0x20:
			return "", d.fail(strictEncoding, d.at)
		case c == '\\':
			var err error
			if out, err = d.escape(append(out, d.text[start:d.at]...)); err != nil {
				return "", err
			}
			start = d.at
		default:
			d.at++
		}
	}
}

func (d *strictDecoder) escape(out []byte) ([]byte, error) {
	at, rest := d.at, d.text[d.at:]
	if len(rest) < 2 {
		return nil, d.fail(strictEscape, at)
	}
	if rest[1] != 'u' {
		i := strings.IndexByte(`"\/bfnrt`, rest[1])
		if i < 0 {
			return nil, d.fail(strictEscape, at)
		}
		d.at += 2
		return append(out, "\"\\/\b\f\n\r\t"[i]), nil
	}
	code, ok := fourHex(rest)
	if !ok {
		return nil, d.fail(strictHex, at)
	}
	d.at += 6
	if code&0xf800 != 0xd800 {
		return utf8.AppendRune(out, code), nil
	}
	if code&0xfc00 == 0xdc00 || !strings.HasPrefix(rest[6:], `\u`) {
		return nil, d.fail(strictSurrogate, at)
	}
	low, ok := fourHex(rest[6:])
	if !ok {
		return nil, d.fail(strictHex, at)
	}
	if low&0xfc00 != 0xdc00 {
		return nil, d.fail(strictSurrogate, at)
	}
	d.at += 6
	return utf8.AppendRune(out, (code&0x3ff<<10|low&0x3ff)+0x10000), nil
}

func (d *strictDecoder) enter() error {
	if d.depth++; d.depth > d.StrictOptions.MaxDepth {
		return d.fail(strictTerminated, d.at)
	}
	d.at++
	d.skip()
	return nil
}

func (d *strictDecoder) object() (vm.LValue, error) {
	if err := d.enter(); err != nil {
		return nil, err
	}
	table := d.StrictOptions.NewObject()
	if d.at0() == '}' {
		d.at++
		d.depth--
		return table, nil
	}
	for {
		if d.at0() != '"' {
			return nil, d.fail(strictName, d.at)
		}
		key, err := d.quoted()
		if err != nil {
			return nil, err
		}
		if d.skip(); d.at0() != ':' {
			return nil, d.fail(strictColon, d.at)
		}
		d.at++
		d.skip()
		value, err := d.value()
		if err != nil {
			return nil, err
		}
		table.RawSetString(key, value)
		d.skip()
		switch d.at0() {
		case ',':
			d.at++
			d.skip()
		case '}':
			d.at++
			d.depth--
			return table, nil
		default:
			return nil, d.fail(strictObjectEnd, d.at)
		}
	}
}

func (d *strictDecoder) array() (vm.LValue, error) {
	if err := d.enter(); err != nil {
		return nil, err
	}
	table := d.StrictOptions.NewArray()
	if d.at0() == ']' {
		d.at++
		d.depth--
		return table, nil
	}
	for i := 1; ; i++ {
		value, err := d.value()
		if err != nil {
			return nil, err
		}
		table.RawSetInt(i, value)
		d.skip()
		switch d.at0() {
		case ',':
			d.at++
			d.skip()
		case ']':
			d.at++
			d.depth--
			return table, nil
		default:
			return nil, d.fail(strictArrayEnd, d.at)
		}
	}
}
