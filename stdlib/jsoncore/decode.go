package jsoncore

import (
	"fmt"
	"strings"
	"unicode/utf8"

	vm "github.com/yuin/gopher-lua"
)

// DecodeOptions are the decisions of a module with lua-cjson's grammar.
type DecodeOptions struct {
	// MaxDepth is how deep arrays and objects may stand inside each other.
	MaxDepth int
	// InvalidNumbers accepts what strtod reads and JSON does not: hexadecimal, infinity, nan, leading zeros.
	InvalidNumbers bool
	// Null is what null becomes.
	Null vm.LValue
	// NewTable makes the tables, with room for so many array elements and fields.
	NewTable func(array, fields int) *vm.LTable
}

// Decode reads one JSON value. The words of its errors, and what they count as a character, are lua-cjson's.
func Decode(text string, options *DecodeOptions) (vm.LValue, error) {
	// Two bytes with a zero among them can only be the start of another encoding.
	if len(text) >= 2 && (text[0] == 0 || text[1] == 0) {
		return nil, fmt.Errorf("JSON parser does not support UTF-16 or UTF-32")
	}
	d := decoder{DecodeOptions: options, text: text}
	d.advance()
	value, err := d.value()
	if err != nil {
		return nil, err
	}
	d.advance()
	if d.kind != tokenEnd {
		return nil, d.expected("the end")
	}
	return value, nil
}

// tokenKind is the name of a token in lua-cjson's messages, or the reason why there is none.
type tokenKind string

const (
	tokenObject    tokenKind = "T_OBJ_BEGIN"
	tokenObjectEnd tokenKind = "T_OBJ_END"
	tokenArray     tokenKind = "T_ARR_BEGIN"
	tokenArrayEnd  tokenKind = "T_ARR_END"
	tokenString    tokenKind = "T_STRING"
	tokenNumber    tokenKind = "T_NUMBER"
	tokenBoolean   tokenKind = "T_BOOLEAN"
	tokenNull      tokenKind = "T_NULL"
	tokenColon     tokenKind = "T_COLON"
	tokenComma     tokenKind = "T_COMMA"
	tokenEnd       tokenKind = "T_END"

	badToken   tokenKind = "invalid token"
	badNumber  tokenKind = "invalid number"
	badString  tokenKind = "unexpected end of string"
	badEscape  tokenKind = "invalid escape code"
	badUnicode tokenKind = "invalid unicode escape code"
)

type decoder struct {
	*DecodeOptions
	text  string
	at    int
	depth int

	// The current token: its kind, where it is, and its value.
	kind   tokenKind
	index  int
	number float64
	str    string
	truth  bool
}

func (d *decoder) expected(what string) error {
	return fmt.Errorf("Expected %s but found %s at character %d", what, d.kind, d.index+1)
}

// peek returns a byte, and 0 behind the end, where lua-cjson relies on the zero that ends a C string. A zero inside
// the text ends it as well.
func (d *decoder) peek(offset int) byte {
	if d.at+offset < len(d.text) {
		return d.text[d.at+offset]
	}
	return 0
}

// advance reads the next token. A mistake in it becomes its kind, since the message depends on what was expected.
func (d *decoder) advance() {
	for strings.IndexByte(" \t\n\r", d.peek(0)) >= 0 && d.at < len(d.text) {
		d.at++
	}
	d.index = d.at
	c := d.peek(0)
	if kind := punctuation(c); kind != "" {
		d.kind = kind
		d.at++
		return
	}
	switch {
	case c == 0:
		d.kind = tokenEnd
	case c == '"':
		d.quoted()
	case c == '-' || isDigit(c):
		if !d.InvalidNumbers && d.isInvalidNumber() {
			d.kind = badNumber
		} else {
			d.numeral()
		}
	case d.word("true"):
		d.kind, d.truth = tokenBoolean, true
	case d.word("false"):
		d.kind, d.truth = tokenBoolean, false
	case d.word("null"):
		d.kind = tokenNull
	case d.InvalidNumbers && strings.IndexByte("+iInN", c) >= 0 && d.isInvalidNumber():
		d.numeral()
	default:
		d.kind = badToken
	}
}

func punctuation(c byte) tokenKind {
	switch c {
	case '{':
		return tokenObject
	case '}':
		return tokenObjectEnd
	case '[':
		return tokenArray
	case ']':
		return tokenArrayEnd
	case ':':
		return tokenColon
	case ',':
		return tokenComma
	}
	return ""
}

func (d *decoder) word(word string) bool {
	if strings.HasPrefix(d.text[d.at:], word) {
		d.at += len(word)
		return true
	}
	return false
}

// isInvalidNumber reports what strtod reads and JSON forbids.
func (d *decoder) isInvalidNumber() bool {
	rest := d.text[d.at:]
	if rest[0] == '+' {
		return true
	}
	rest = strings.TrimPrefix(rest, "-")
	if strings.HasPrefix(rest, "0") {
		return len(rest) > 1 && (rest[1]|0x20 == 'x' || isDigit(rest[1]))
	}
	return hasFoldedPrefix(rest, "inf") || hasFoldedPrefix(rest, "nan")
}

func (d *decoder) numeral() {
	number, length := scanNumber(d.text[d.at:])
	if length == 0 {
		d.kind = badNumber
		return
	}
	d.kind, d.number = tokenNumber, number
	d.at += length
}

// quoted reads a string. On a mistake the token stands where the mistake is.
func (d *decoder) quoted() {
	d.at++
	start := d.at
	for c := d.peek(0); c != '"' && c != '\\' && c != 0; c = d.peek(0) {
		d.at++
	}
	if d.peek(0) == '"' {
		d.kind, d.str = tokenString, d.text[start:d.at]
		d.at++
		return
	}
	out := append(make([]byte, 0, 2*(d.at-start)+16), d.text[start:d.at]...)
	for {
		switch c := d.peek(0); c {
		case '"':
			d.kind, d.str = tokenString, string(out)
			d.at++
			return
		case 0:
			d.kind, d.index = badString, d.at
			return
		case '\\':
			escape := d.peek(1)
			if escape == 'u' {
				code, length := unicodeEscape(d.text[d.at:])
				if length == 0 {
					d.kind, d.index = badUnicode, d.at
					return
				}
				out = utf8.AppendRune(out, code)
				d.at += length
				continue
			}
			i := strings.IndexByte(`"\/btnfr`, escape)
			if i < 0 || escape == 0 {
				d.kind, d.index = badEscape, d.at
				return
			}
			out = append(out, "\"\\/\b\t\n\f\r"[i])
			d.at += 2
		default:
			out = append(out, c)
			d.at++
		}
	}
}

// unicodeEscape reads \uXXXX, or two of them that are a surrogate pair.
func unicodeEscape(text string) (code rune, length int) {
	high, ok := fourHex(text)
	if !ok || high&0xfc00 == 0xdc00 {
		return 0, 0
	}
	if high&0xfc00 != 0xd800 {
		return high, 6
	}
	low, ok := fourHex(text[6:])
	if !ok || low&0xfc00 != 0xdc00 {
		return 0, 0
	}
	return (high&0x3ff<<10 | low&0x3ff) + 0x10000, 12
}

func fourHex(text string) (code rune, ok bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	for i := 2; i < 6; i++ {
		if !isHexDigit(text[i]) {
			return 0, false
		}
		code = code<<4 | rune(hexValue(text[i]))
	}
	return code, true
}

func hexValue(c byte) byte {
	if isDigit(c) {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}

// value makes a value of the current token and what belongs to it.
func (d *decoder) value() (vm.LValue, error) {
	switch d.kind {
	case tokenString:
		return vm.LString(d.str), nil
	case tokenNumber:
		return vm.LNumber(d.number), nil
	case tokenBoolean:
		return vm.LBool(d.truth), nil
	case tokenNull:
		return d.Null, nil
	case tokenObject:
		return d.object()
	case tokenArray:
		return d.array()
	}
	return nil, d.expected("value")
}

func (d *decoder) descend() error {
	if d.depth++; d.depth > d.MaxDepth {
		return fmt.Errorf("Found too many nested data structures (%d) at character %d", d.depth, d.at)
	}
	return nil
}

func (d *decoder) object() (vm.LValue, error) {
	if err := d.descend(); err != nil {
		return nil, err
	}
	table := d.NewTable(0, 4)
	d.advance()
	for d.kind != tokenObjectEnd {
		if d.kind != tokenString {
			return nil, d.expected("object key string")
		}
		key := d.str
		d.advance()
		if d.kind != tokenColon {
			return nil, d.expected("colon")
		}
		d.advance()
		value, err := d.value()
		if err != nil {
			return nil, err
		}
		table.RawSetString(key, value)
		d.advance()
		switch d.kind {
		case tokenObjectEnd:
			continue
		case tokenComma:
			// What follows a comma must be a key, so the end of the object is none here.
			if d.advance(); d.kind != tokenString {
				return nil, d.expected("object key string")
			}
		default:
			return nil, d.expected("comma or object end")
		}
	}
	d.depth--
	return table, nil
}

func (d *decoder) array() (vm.LValue, error) {
	if err := d.descend(); err != nil {
		return nil, err
	}
	table := d.NewTable(4, 0)
	d.advance()
	if d.kind == tokenArrayEnd {
		d.depth--
		return table, nil
	}
	for i := 1; ; i++ {
		value, err := d.value()
		if err != nil {
			return nil, err
		}
		table.RawSetInt(i, value)
		d.advance()
		if d.kind == tokenArrayEnd {
			d.depth--
			return table, nil
		}
		if d.kind != tokenComma {
			return nil, d.expected("comma or array end")
		}
		d.advance()
	}
}
