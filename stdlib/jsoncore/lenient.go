package jsoncore

import (
	"strings"

	vm "github.com/yuin/gopher-lua"
)

// LenientOptions are the settings of lua-json's decoder, with its names. Its defaults accept much that is not JSON:
// comments, single quotes, names without quotes, trailing commas, NaN, Infinity, undefined.
type LenientOptions struct {
	UnicodeWhitespace, InitialObject bool

	// Numbers.
	NaN, Inf, Frac, Exp, Hex bool

	// Strings: bytes that may not stand in one as they are, the letters that may follow a backslash ("" for those that
	// mean something, without a check), and whether only double quotes count.
	BadChars, Escapes string
	StrictQuotes      bool
	// DecodeUnicode makes the text of \uXXXX from its two halves; nil is UTF-8, each half of a pair for itself.
	DecodeUnicode func(high, low string) string

	ArrayEmpty, ArrayTrailing      bool
	ObjectEmpty, ObjectTrailing    bool
	ObjectNumber, ObjectIdentifier bool
	AllowUndefined                 bool
	Null, Undefined                vm.LValue
	SetObjectKey                   func(table *vm.LTable, key, value vm.LValue) error
	NewArray, NewObject            func() *vm.LTable
	// MaxDepth is how deep elements may stand inside each other.
	MaxDepth int
}

// DecodeLenient reads text as lua-json does. A mistake in a token counts before any mistake in the structure, even one
// that stands further to the left, because lua-json looks at all tokens first. An empty text gives nil.
func DecodeLenient(text string, options *LenientOptions) (vm.LValue, error) {
	lexer := lenientLexer{LenientOptions: options, text: text}
	state := lenientState{LenientOptions: options, previous: vm.LNil}
	var structural error
	for {
		token, err := lexer.next()
		if err != nil {
			return nil, err
		}
		if token.kind == lenientEnd {
			break
		}
		if structural == nil {
			structural = state.take(token)
		}
	}
	if structural != nil {
		return nil, structural
	}
	return state.finish()
}

// lenientKind is what a token does to the state: a punctuation mark, a key in front of its colon, or a value.
type lenientKind byte

const (
	lenientEnd        lenientKind = 0
	lenientValue      lenientKind = 'v'
	lenientIdentifier lenientKind = 'i' // a value and the colon after it
)

type lenientToken struct {
	kind  lenientKind
	value vm.LValue
}

type lenientLexer struct {
	*LenientOptions
	text string
	at   int
}

func (l *lenientLexer) rest() string { return l.text[l.at:] }

// next reads a token in lua-json's order: marks, names before a colon, strings, numbers, words.
func (l *lenientLexer) next() (lenientToken, error) {
	l.at = l.skipIgnored(l.at)
	rest := l.rest()
	if rest == "" {
		return lenientToken{}, nil
	}
	if strings.IndexByte("[]{}:,", rest[0]) >= 0 {
		l.at++
		return lenientToken{kind: lenientKind(rest[0])}, nil
	}
	if l.ObjectIdentifier {
		if name := identifier(rest); name != "" {
			if colon := l.skipIgnored(l.at + len(name)); colon < len(l.text) && l.text[colon] == ':' {
				l.at = colon + 1
				return lenientToken{lenientIdentifier, vm.LString(name)}, nil
			}
		}
	}
	value, found, err := l.quoted()
	if err == nil && !found {
		value, found, err = l.number()
	}
	if err == nil && !found {
		value, found, err = l.word()
	}
	if err != nil || found {
		return lenientToken{lenientValue, value}, err
	}
	return lenientToken{}, l.report("unexpected character", l.at)
}

// skipIgnored returns the place behind space and comments. A comment that does not end is none.
func (l *lenientLexer) skipIgnored(at int) int {
	for at < len(l.text) {
		rest := l.text[at:]
		if width := l.space(rest); width > 0 {
			at += width
			continue
		}
		end := -1
		if strings.HasPrefix(rest, "//") {
			end = strings.IndexByte(rest, '\n') + 1
		} else if strings.HasPrefix(rest, "/*") {
			end = strings.Index(rest[2:], "*/") + 4
			if end == 3 {
				end = 0
			}
		}
		if end <= 0 {
			return at
		}
		at += end
	}
	return at
}

// space returns the length of a space character, among them those of Unicode and the byte order mark.
func (l *lenientLexer) space(text string) int {
	if c := text[0]; c == ' ' || c >= '\t' && c <= '\r' {
		return 1
	} else if c < 0x80 || !l.UnicodeWhitespace {
		return 0
	}
	for _, space := range []string{"\u0085", "\u00a0", "\u1680", "\u180e", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000", "\ufeff"} {
		if strings.HasPrefix(text, space) {
			return len(space)
		}
	}
	if len(text) >= 3 && text[:2] == "\xe2\x80" && text[2] >= 0x80 && text[2] <= 0x8b {
		return 3
	}
	return 0
}

func identifier(text string) string {
	end := 0
	for end < len(text) && (isLetter(text[end]) || text[end] == '_' || end > 0 && isDigit(text[end])) {
		end++
	}
	return text[:end]
}

// number reads a numeral, NaN or an infinity.
func (l *lenientLexer) number() (vm.LValue, bool, error) {
	rest := l.rest()
	if strings.HasPrefix(rest, "0x") || strings.HasPrefix(rest, "0X") {
		end := 2
		for end < len(rest) && isHexDigit(rest[end]) {
			end++
		}
		if end > 2 {
			if !l.Hex {
				return nil, false, l.denied("Hexadecimal", "number.hex", l.at)
			}
			l.at += end
			return vm.LNumber(parseHex(rest[:end])), true, nil
		}
	}
	end, err := l.decimal(rest)
	if err != nil {
		return nil, false, err
	}
	if end > 0 {
		number, _ := scanNumber(rest[:end])
		if number == 0 && !strings.ContainsAny(rest[:end], ".eE") {
			number = 0 // an integer has no negative zero
		}
		l.at += end
		return vm.LNumber(number), true, nil
	}
	if len(rest) >= 3 && hasFoldedPrefix(rest, "nan") {
		if !l.NaN {
			return nil, false, l.denied("NaN", "number.nan", l.at)
		}
		number, _ := scanNumber("nan")
		l.at += 3
		return vm.LNumber(number), true, nil
	}
	unsigned := strings.TrimPrefix(rest, "-")
	if strings.HasPrefix(unsigned, "Infinity") || strings.HasPrefix(unsigned, "infinity") {
		if !l.Inf {
			return nil, false, l.denied("+/-Inf", "number.inf", l.at)
		}
		length := len(rest) - len(unsigned) + len("infinity")
		number, _ := scanNumber(rest[:length])
		l.at += length
		return vm.LNumber(number), true, nil
	}
	return nil, false, nil
}

// decimal returns the length of a decimal numeral at the start of text.
func (l *lenientLexer) decimal(text string) (int, error) {
	end := 0
	if strings.HasPrefix(text, "-") {
		end = 1
	}
	digits := func(from int) int {
		for from < len(text) && isDigit(text[from]) {
			from++
		}
		return from
	}
	first := end
	if end = digits(end); end == first {
		return 0, nil
	}
	if text[first] == '0' && end > first+1 {
		return 0, l.denied("Octal numbers", "", l.at+first)
	}
	if end+1 < len(text) && text[end] == '.' && isDigit(text[end+1]) {
		if !l.Frac {
			return 0, l.denied("Fractions", "number.frac", l.at+end)
		}
		end = digits(end + 1)
	}
	if end < len(text) && text[end]|0x20 == 'e' {
		exponent := end + 1
		if exponent < len(text) && (text[exponent] == '+' || text[exponent] == '-') {
			exponent++
		}
		if last := digits(exponent); last > exponent {
			if !l.Exp {
				return 0, l.denied("Exponents", "number.exp", l.at+end)
			}
			end = last
		}
	}
	return end, nil
}

// word reads true, false, null and undefined, whatever follows them.
func (l *lenientLexer) word() (vm.LValue, bool, error) {
	rest := l.rest()
	var word string
	var value vm.LValue
	switch {
	case strings.HasPrefix(rest, "true"):
		word, value = "true", vm.LTrue
	case strings.HasPrefix(rest, "false"):
		word, value = "false", vm.LFalse
	case strings.HasPrefix(rest, "null"):
		word, value = "null", l.Null
	case strings.HasPrefix(rest, "undefined"):
		if !l.AllowUndefined {
			return nil, false, l.denied("undefined", "others.allowUndefined", l.at)
		}
		word, value = "undefined", l.Undefined
	default:
		return nil, false, nil
	}
	l.at += len(word)
	return value, true, nil
}
