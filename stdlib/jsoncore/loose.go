package jsoncore

import (
	"fmt"
	"strings"
	"unicode/utf8"

	vm "github.com/yuin/gopher-lua"
)

// LooseOptions are the decisions of a module with dkjson's grammar, in which commas are optional, comments count as
// space, and any value may be a key.
type LooseOptions struct {
	Null                vm.LValue
	NewObject, NewArray func() *vm.LTable
	// ToNumber reads a numeral as Lua does.
	ToNumber func(text string) (vm.LNumber, bool)
	MaxDepth int
}

// LooseError is a mistake: where reading stopped, counted from 1, and what is wrong.
type LooseError struct {
	Position int
	Message  string
}

// Error gives the message, which has the place in it.
func (e *LooseError) Error() string { return e.Message }

// DecodeLoose reads one value that begins at the position, counted from 1, or behind space there. It gives the position
// behind the value; what follows is not looked at. The error is a *LooseError.
func DecodeLoose(text string, position int, options *LooseOptions) (value vm.LValue, next int, err error) {
	d := looseDecoder{LooseOptions: options, text: text, at: position - 1}
	value, fault := d.value()
	if fault != nil {
		return nil, 0, fault
	}
	return value, d.at + 1, nil
}

type looseDecoder struct {
	*LooseOptions
	text  string
	at    int // counted from 0
	depth int
}

// place names a position by line and column.
func (d *looseDecoder) place(at int) string {
	line, start := 1, 0
	for i := 0; i < at; i++ {
		if d.text[i] == '\n' {
			line++
			start = i + 1
		}
	}
	return fmt.Sprintf("line %d, column %d", line, at-start+1)
}

func (d *looseDecoder) unterminated(what string, from int) *LooseError {
	return &LooseError{len(d.text) + 1, "unterminated " + what + " at " + d.place(from)}
}

// skip moves to what is neither space nor comment, and reports whether there is anything.
func (d *looseDecoder) skip() bool {
	for d.at < len(d.text) {
		rest := d.text[d.at:]
		switch c := rest[0]; {
		case c == ' ' || c >= '\t' && c <= '\r':
			d.at++
		case strings.HasPrefix(rest, "\xef\xbb\xbf"):
			d.at += 3
		case strings.HasPrefix(rest, "//"):
			end := strings.IndexAny(rest[2:], "\n\r")
			if end < 0 {
				return false
			}
			d.at += 2 + end
		case strings.HasPrefix(rest, "/*"):
			end := strings.Index(rest[2:], "*/")
			if end < 0 {
				return false
			}
			d.at += 4 + end
		default:
			return true
		}
	}
	return false
}

func (d *looseDecoder) value() (vm.LValue, *LooseError) {
	if !d.skip() {
		return nil, &LooseError{len(d.text) + 1, "no valid JSON value (reached the end)"}
	}
	switch d.text[d.at] {
	case '{':
		return d.table("object", '}', d.NewObject)
	case '[':
		return d.table("array", ']', d.NewArray)
	case '"':
		return d.quoted()
	}
	rest := d.text[d.at:]
	if length := looseNumeral(rest); length > 0 {
		if number, ok := d.ToNumber(rest[:length]); ok {
			if number == 0 && !strings.ContainsAny(rest[:length], ".eE") {
				number = 0 // an integer has no negative zero
			}
			d.at += length
			return number, nil
		}
	}
	if isLetter(rest[0]) {
		end := 1
		for end < len(rest) && (isLetter(rest[end]) || isDigit(rest[end])) {
			end++
		}
		for word, value := range map[string]vm.LValue{"true": vm.LTrue, "false": vm.LFalse, "null": d.Null} {
			if rest[:end] == word {
				d.at += end
				return value, nil
			}
		}
	}
	return nil, &LooseError{d.at + 1, "no valid JSON value at " + d.place(d.at)}
}

// looseNumeral is the length of what could be a number: digits and dots, and an exponent of which all is optional.
func looseNumeral(text string) int {
	end := len(text) - len(strings.TrimPrefix(text, "-"))
	first := end
	for end < len(text) && (isDigit(text[end]) || text[end] == '.') {
		end++
	}
	if end == first {
		return 0
	}
	if end < len(text) && text[end]|0x20 == 'e' {
		end++
	}
	if end < len(text) && (text[end] == '+' || text[end] == '-') {
		end++
	}
	for end < len(text) && isDigit(text[end]) {
		end++
	}
	return end
}

func (d *looseDecoder) table(what string, closing byte, create func() *vm.LTable) (vm.LValue, *LooseError) {
	if d.depth++; d.depth > d.MaxDepth {
		return nil, &LooseError{d.at + 1, "too many nested tables at " + d.place(d.at)}
	}
	start, count := d.at, 0
	table := create()
	d.at++
	for {
		if !d.skip() {
			return nil, d.unterminated(what, start)
		}
		if d.text[d.at] == closing {
			d.at++
			d.depth--
			return table, nil
		}
		value, fault := d.value()
		if fault != nil {
			return nil, fault
		}
		if !d.skip() {
			return nil, d.unterminated(what, start)
		}
		if d.text[d.at] == ':' {
			if value == vm.LNil {
				return nil, &LooseError{d.at + 1, "cannot use nil as table index (at " + d.place(d.at) + ")"}
			}
			d.at++
			if !d.skip() {
				return nil, d.unterminated(what, start)
			}
			element, fault := d.value()
			if fault != nil {
				return nil, fault
			}
			table.RawSet(value, element)
			if !d.skip() {
				return nil, d.unterminated(what, start)
			}
		} else {
			count++
			table.RawSetInt(count, value)
		}
		if d.text[d.at] == ',' {
			d.at++
		}
	}
}

// quoted reads a string. An escape that means nothing stands for its letter.
func (d *looseDecoder) quoted() (vm.LValue, *LooseError) {
	start := d.at
	d.at++
	var out []byte
	for {
		length := strings.IndexAny(d.text[d.at:], `"\`)
		if length < 0 {
			return nil, d.unterminated("string", start)
		}
		piece := d.text[d.at : d.at+length]
		d.at += length + 1
		if d.text[d.at-1] == '"' {
			if out == nil {
				return vm.LString(piece), nil
			}
			return vm.LString(append(out, piece...)), nil
		}
		out = append(out, piece...)
		out = d.escape(out)
	}
}

// escape reads what follows a backslash.
func (d *looseDecoder) escape(out []byte) []byte {
	rest := d.text[d.at:]
	if rest == "" {
		return out // the next search finds the end
	}
	if i := strings.IndexByte("bfnrt", rest[0]); i >= 0 {
		d.at++
		return append(out, "\b\f\n\r\t"[i])
	}
	high, ok := looseHex(rest)
	if !ok {
		d.at++
		return append(out, rest[0])
	}
	d.at += min(5, len(rest))
	if high&0xfc00 == 0xd800 && strings.HasPrefix(rest[min(5, len(rest)):], `\u`) {
		if low, ok := looseHex(rest[6:]); ok && low&0xfc00 == 0xdc00 {
			d.at += min(6, len(rest)-5)
			return utf8.AppendRune(out, (high&0x3ff<<10|low&0x3ff)+0x10000)
		}
	}
	return append(out, twoBytes(byte(high>>8), byte(high))...)
}

// looseHex reads u and four characters as Lua's tonumber to the base 16 does: with space around the digits.
func looseHex(text string) (code rune, ok bool) {
	if text[0] != 'u' {
		return 0, false
	}
	digits := strings.Trim(text[1:min(5, len(text))], " \t\n\v\f\r")
	for i := range len(digits) {
		if !isHexDigit(digits[i]) {
			return 0, false
		}
		code = code<<4 | rune(hexValue(digits[i]))
	}
	return code, digits != ""
}
