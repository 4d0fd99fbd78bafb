package jsoncore

import (
	"strings"

	vm "github.com/yuin/gopher-lua"
)

// PlainOptions are the decisions of a module with json-lua's grammar, which is that of JSON with any escape allowed and
// anything behind the value.
type PlainOptions struct {
	NewObject, NewArray func() *vm.LTable
	ToNumber            func(text string) (vm.LNumber, bool)
	MaxDepth            int
}

// PlainError is a mistake at a position counted from 1, 0 for none. Depth is how many arrays and objects it stands in;
// Member is set for a mistake in an element rather than in the container itself.
type PlainError struct {
	Message  string
	Position int
	Depth    int
	Member   bool
	// Silent is set where json-lua, if its handler returns, comes to an end without a value.
	Silent bool
}

// Error gives the message without the place.
func (e *PlainError) Error() string { return e.Message }

// DecodePlain reads the value at the beginning of text. The error is a *PlainError.
func DecodePlain(text string, options *PlainOptions) (vm.LValue, error) {
	d := plainDecoder{PlainOptions: options, text: text}
	value, fault := d.value()
	if fault != nil {
		return nil, fault
	}
	return value, nil
}

type plainDecoder struct {
	*PlainOptions
	text  string
	at    int
	depth int
}

func (d *plainDecoder) fail(message string, at int, silent bool) *PlainError {
	return &PlainError{Message: message, Position: at + 1, Depth: d.depth, Silent: silent}
}

func (d *plainDecoder) skip() {
	for d.at < len(d.text) && strings.IndexByte(" \n\r\t", d.text[d.at]) >= 0 {
		d.at++
	}
}

// at0 is the byte at the position, 0 behind the end.
func (d *plainDecoder) at0() byte {
	if d.at < len(d.text) {
		return d.text[d.at]
	}
	return 0
}

func (d *plainDecoder) value() (vm.LValue, *PlainError) {
	value, fault := d.element()
	if fault != nil && fault.Depth == d.depth {
		fault.Member = true
	}
	return value, fault
}

func (d *plainDecoder) element() (vm.LValue, *PlainError) {
	d.skip()
	rest := d.text[d.at:]
	switch {
	case rest == "":
		return nil, &PlainError{Message: "unexpected end of string", Depth: d.depth}
	case rest[0] == '"':
		text, fault := d.quoted()
		return vm.LString(text), fault
	case rest[0] == '-' || isDigit(rest[0]):
		return d.number()
	case rest[0] == '{':
		return d.object()
	case rest[0] == '[':
		return d.array()
	}
	for word, value := range map[string]vm.LValue{"true": vm.LTrue, "false": vm.LFalse, "null": vm.LNil} {
		if strings.HasPrefix(rest, word) {
			d.at += len(word)
			return value, nil
		}
	}
	return nil, d.fail("can't parse JSON", d.at, true)
}

func (d *plainDecoder) number() (vm.LValue, *PlainError) {
	rest := d.text[d.at:]
	end := 0
	if rest[0] == '-' {
		end++
	}
	digits := func(from int) int {
		for from < len(rest) && isDigit(rest[from]) {
			from++
		}
		return from
	}
	switch {
	case end < len(rest) && rest[end] == '0':
		end++
	case digits(end) > end:
		end = digits(end)
	default:
		return nil, d.fail("expected number", d.at, false)
	}
	whole := true
	if end+1 < len(rest) && rest[end] == '.' && isDigit(rest[end+1]) {
		end, whole = digits(end+1), false
	}
	if end < len(rest) && rest[end]|0x20 == 'e' {
		exponent := end + 1
		if exponent < len(rest) && (rest[exponent] == '+' || rest[exponent] == '-') {
			exponent++
		}
		if last := digits(exponent); last > exponent {
			end, whole = last, false
		}
	}
	number, ok := d.ToNumber(rest[:end])
	if !ok {
		return nil, d.fail("bad number", d.at, false)
	}
	if number == 0 && whole {
		number = 0 // an integer has no negative zero
	}
	d.at += end
	return number, nil
}

func (d *plainDecoder) quoted() (string, *PlainError) {
	if d.at0() != '"' {
		return "", d.fail("expected string's opening quote", d.at, false)
	}
	start := d.at
	d.at++
	var out []byte
	for {
		length := strings.IndexAny(d.text[d.at:], `"\`)
		if length < 0 {
			return "", d.fail("unclosed string", start, true)
		}
		piece := d.text[d.at : d.at+length]
		d.at += length
		if d.text[d.at] == '"' {
			d.at++
			if out == nil {
				return piece, nil
			}
			return string(append(out, piece...)), nil
		}
		out = append(out, piece...)
		rest := d.text[d.at:]
		if len(rest) < 2 {
			return "", d.fail("bad argument #1 to 'insert'", d.at, false)
		}
		if i := strings.IndexByte("bfnrt", rest[1]); i >= 0 {
			out = append(out, "\b\f\n\r\t"[i])
			d.at += 2
		} else if code, ok := fourHex(rest); ok {
			out = d.unicode(out, code, rest[6:])
		} else {
			out = append(out, rest[1])
			d.at += 2
		}
	}
}

// unicode appends a character, which may be a pair of two escapes. A lone half becomes a question mark.
func (d *plainDecoder) unicode(out []byte, code rune, rest string) []byte {
	d.at += 6
	if code&0xfc00 == 0xd800 {
		if low, ok := fourHex(rest); ok && low&0xfc00 == 0xdc00 {
			d.at += 6
			return append(out, string((code&0x3ff<<10|low&0x3ff)+0x10000)...)
		}
	}
	if code&0xf800 == 0xd800 {
		return append(out, '?')
	}
	return append(out, string(code)...)
}

func (d *plainDecoder) enter() *PlainError {
	if d.depth++; d.depth > d.MaxDepth {
		return d.fail("too many nested tables", d.at, false)
	}
	d.at++
	d.skip()
	return nil
}

func (d *plainDecoder) object() (vm.LValue, *PlainError) {
	start := d.at
	if fault := d.enter(); fault != nil {
		return nil, fault
	}
	table := d.NewObject()
	if d.at0() == '}' {
		d.at++
		d.depth--
		return table, nil
	}
	for d.at < len(d.text) {
		key, fault := d.quoted()
		if fault != nil {
			return nil, fault
		}
		if d.skip(); d.at0() != ':' {
			return nil, d.fail("expected colon", d.at, false)
		}
		d.at++
		value, fault := d.value()
		if fault != nil {
			return nil, fault
		}
		table.RawSetString(key, value)
		d.skip()
		switch d.at0() {
		case '}':
			d.at++
			d.depth--
			return table, nil
		case ',':
			d.at++
			d.skip()
		default:
			return nil, d.fail("expected comma or '}'", d.at, false)
		}
	}
	return nil, d.fail("unclosed '{'", start, true)
}

func (d *plainDecoder) array() (vm.LValue, *PlainError) {
	start := d.at
	if fault := d.enter(); fault != nil {
		return nil, fault
	}
	table := d.NewArray()
	if d.at0() == ']' {
		d.at++
		d.depth--
		return table, nil
	}
	for i := 1; d.at < len(d.text); i++ {
		value, fault := d.value()
		if fault != nil {
			return nil, fault
		}
		table.RawSetInt(i, value)
		d.skip()
		switch d.at0() {
		case ']':
			d.at++
			d.depth--
			return table, nil
		case ',':
			d.at++
			d.skip()
		default:
			// The bracket in the message is json-lua's.
			return nil, d.fail("expected comma or '['", d.at, false)
		}
	}
	return nil, d.fail("unclosed '['", start, true)
}
