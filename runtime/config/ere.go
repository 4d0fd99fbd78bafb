package config

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Extended regular expressions as the C library of Debian reads them: bytes, not characters, and its error texts.
// They are translated to Go's, whose time is linear in the text.
var (
	errEREPreceding = errors.New("regex failed: Invalid preceding regular expression")
	errEREPattern   = errors.New("regex failed: Invalid regular expression")
	errEREBracket   = errors.New("regex failed: Unmatched [, [^, [:, [., or [=")
	errEREParen     = errors.New(`regex failed: Unmatched ( or \(`)
	errEREBrace     = errors.New(`regex failed: Unmatched \{`)
	errEREContent   = errors.New(`regex failed: Invalid content of \{\}`)
	errERERange     = errors.New("regex failed: Invalid range end")
	errEREClass     = errors.New("regex failed: Invalid character class name")
	errERECollation = errors.New("regex failed: Invalid collation character")
	errEREBackslash = errors.New("regex failed: Trailing backslash")
	errEREBig       = errors.New("regex failed: Regular expression too big")
	// Go's engine has no back-references, because they cannot be matched in linear time.
	errEREReference = errors.New("regex failed: back-references are not supported by luapush")
)

// maxERE bounds the pattern, because compiling is quadratic in the worst case.
const maxERE = 4096

// matchERE reports whether pattern matches anywhere in text.
func (x *expansion) matchERE(pattern, text string) (bool, error) {
	if len(pattern) > maxERE {
		return false, errEREBig
	}
	if err := x.spend(len(pattern)*64 + len(text)*(1+len(pattern)/16)); err != nil {
		return false, err
	}
	translator := ereTranslator{text: pattern}
	if err := translator.alternatives(0); err != nil {
		return false, err
	}
	expression, err := regexp.Compile(translator.out.String())
	if err != nil {
		// Everything the C library refuses was refused above: what is left is a repetition over Go's limit of 1000.
		return false, errEREBig
	}
	return expression.MatchString(latin1(text)), nil
}

// latin1 gives every byte a character of its own, so that Go's engine sees bytes.
func latin1(text string) string {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		out.WriteRune(rune(text[i]))
	}
	return out.String()
}

type ereTranslator struct {
	text string
	at   int
	out  strings.Builder
}

func (t *ereTranslator) more() bool { return t.at < len(t.text) }

// alternatives reads branches up to the end or, inside a group, up to its closing parenthesis.
func (t *ereTranslator) alternatives(depth int) error {
	if depth > maxNesting {
		return errEREBig
	}
	for {
		if err := t.branch(depth); err != nil {
			return err
		}
		if !t.more() || t.text[t.at] != '|' {
			return nil
		}
		t.at++
		t.out.WriteByte('|')
	}
}

func (t *ereTranslator) branch(depth int) error {
	for t.more() {
		start := t.out.Len()
		anchor := false
		switch c := t.text[t.at]; c {
		case '|':
			return nil
		case ')':
			if depth > 0 {
				return nil
			}
			t.literal(c) // a parenthesis that closes nothing stands for itself
		case '*', '+', '?', '{':
			return errEREPreceding
		case '^':
			t.at++
			t.out.WriteString(`(?:\A)`)
			anchor = true
		case '$':
			t.at++
			t.out.WriteString(`(?:\z)`)
			anchor = true
		case '.':
			t.at++
			t.out.WriteString(`(?s:.)`)
		case '(':
			if err := t.group(depth); err != nil {
				return err
			}
		case '[':
			if err := t.bracket(); err != nil {
				return err
			}
		case '\\':
			if err := t.escape(); err != nil {
				return err
			}
		default:
			t.literal(c)
		}
		if anchor && t.more() && strings.IndexByte("*+?{", t.text[t.at]) >= 0 {
			return errEREPreceding
		}
		if err := t.repetitions(start); err != nil {
			return err
		}
	}
	return nil
}

func (t *ereTranslator) literal(c byte) {
	t.at++
	fmt.Fprintf(&t.out, `\x{%x}`, c)
}

func (t *ereTranslator) group(depth int) error {
	t.at++
	t.out.WriteString("(?:")
	if err := t.alternatives(depth + 1); err != nil {
		return err
	}
	if !t.more() {
		return errEREParen
	}
	t.at++
	t.out.WriteByte(')')
	return nil
}

func (t *ereTranslator) escape() error {
	if t.at++; !t.more() {
		return errEREBackslash
	}
	switch c := t.text[t.at]; c {
	case 'w', 'W', 's', 'S', 'b', 'B':
		t.at++
		t.out.WriteString(`\` + string(rune(c)))
	case '<', '>':
		t.at++
		t.out.WriteString(`\b`)
	case '`':
		t.at++
		t.out.WriteString(`\A`)
	case '\'':
		t.at++
		t.out.WriteString(`\z`)
	case '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return errEREReference
	default:
		t.literal(c)
	}
	return nil
}

// repetitions reads any number of * + ? {m,n} and wraps what was written since start once for each.
func (t *ereTranslator) repetitions(start int) error {
	for t.more() {
		suffix := ""
		switch c := t.text[t.at]; c {
		case '*', '+', '?':
			t.at++
			suffix = string(rune(c))
		case '{':
			var err error
			if suffix, err = t.bounds(); err != nil {
				return err
			}
		default:
			return nil
		}
		if t.out.Len() > 16*maxERE {
			return errEREBig
		}
		whole := t.out.String()
		t.out.Reset()
		t.out.WriteString(whole[:start] + "(?:" + whole[start:] + ")" + suffix)
	}
	return nil
}

// bounds reads {m}, {m,}, {,n} and {m,n}.
func (t *ereTranslator) bounds() (string, error) {
	const none, bad = -1, -2
	t.at++
	first, comma, ended := t.boundNumber()
	last := first
	if first == none && !ended && !comma {
		return "", errEREContent
	}
	if first == none {
		first = 0
	}
	if comma {
		last, comma, ended = t.boundNumber()
	}
	switch {
	case ended:
		return "", errEREBrace
	case first == bad || last == bad || comma || last != none && first > last:
		return "", errEREContent
	case max(first, last) > 0x7fff:
		return "", errEREBig
	case last == none:
		return fmt.Sprintf("{%d,}", first), nil
	}
	return fmt.Sprintf("{%d,%d}", first, last), nil
}

// boundNumber reads up to the closing brace or a comma. It returns -1 for nothing and -2 for something else than a
// number.
func (t *ereTranslator) boundNumber() (number int, comma, ended bool) {
	number = -1
	for t.more() {
		c := t.text[t.at]
		t.at++
		switch {
		case c == '}' || c == ',':
			return number, c == ',', false
		case !isDigit(c) || number == -2:
			number = -2
		default:
			number = min(max(number, 0)*10+int(c-'0'), 0x8000)
		}
	}
	return number, false, true
}
