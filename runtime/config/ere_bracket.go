package config

import (
	"fmt"
	"strings"
)

// bracket translates [...] by working out which bytes it stands for.
func (t *ereTranslator) bracket() error {
	t.at++
	negated := false
	if t.more() && t.text[t.at] == '^' {
		negated = true
		t.at++
	}
	if !t.more() {
		return errEREPattern
	}
	var set [256]bool
	for first := true; ; first = false {
		if !t.more() {
			return errEREBracket
		}
		if t.text[t.at] == ']' && !first {
			t.at++
			break
		}
		if err := t.bracketItem(&set); err != nil {
			return err
		}
	}
	t.out.WriteByte('[')
	empty := true
	for low := 0; low < 256; low++ {
		if set[low] == negated {
			continue
		}
		high := low
		for high < 255 && set[high+1] != negated {
			high++
		}
		fmt.Fprintf(&t.out, `\x{%x}-\x{%x}`, low, high)
		low, empty = high, false
	}
	if empty {
		t.out.WriteString(`^\x{0}-\x{10ffff}`)
	}
	t.out.WriteByte(']')
	return nil
}

// bracketItem reads one class, one element or one range.
func (t *ereTranslator) bracketItem(set *[256]bool) error {
	if strings.HasPrefix(t.text[t.at:], "[:") {
		name, err := t.bracketName(":]")
		if err != nil {
			return err
		}
		class := ereClass(name)
		if class == nil {
			return errEREClass
		}
		for c := range 128 {
			if class(byte(c)) {
				set[c] = true
			}
		}
		return nil
	}
	low, err := t.bracketElement()
	if err != nil {
		return err
	}
	high := low
	if rest := t.text[t.at:]; strings.HasPrefix(rest, "-") && !strings.HasPrefix(rest, "-]") {
		t.at++
		if !t.more() {
			return errEREBracket
		}
		// A dash can end a range only when it is the last thing in the brackets.
		if strings.HasPrefix(t.text[t.at:], "[:") || strings.HasPrefix(t.text[t.at:], "-") && !strings.HasPrefix(t.text[t.at:], "-]") {
			return errERERange
		}
		if high, err = t.bracketElement(); err != nil {
			return err
		}
		if rest := t.text[t.at:]; strings.HasPrefix(rest, "-") && !strings.HasPrefix(rest, "-]") {
			return errERERange
		}
	}
	if high < low {
		return errERERange
	}
	for c := int(low); c <= int(high); c++ {
		set[c] = true
	}
	return nil
}

// bracketElement reads a byte, [.c.] or [=c=].
func (t *ereTranslator) bracketElement() (byte, error) {
	for _, mark := range []string{".", "="} {
		if strings.HasPrefix(t.text[t.at:], "["+mark) {
			name, err := t.bracketName(mark + "]")
			if err == nil && len(name) != 1 {
				err = errERECollation
			}
			if err != nil {
				return 0, err
			}
			return name[0], nil
		}
	}
	t.at++
	return t.text[t.at-1], nil
}

func (t *ereTranslator) bracketName(end string) (string, error) {
	name, _, found := strings.Cut(t.text[t.at+2:], end)
	if !found {
		return "", errEREBracket
	}
	t.at += 2 + len(name) + len(end)
	return name, nil
}

// ereClass returns the test of a named class in the C locale.
func ereClass(name string) func(byte) bool {
	between := func(low, high byte) func(byte) bool {
		return func(c byte) bool { return c >= low && c <= high }
	}
	upper, lower, digit, graph := between('A', 'Z'), between('a', 'z'), between('0', '9'), between('!', '~')
	alnum := func(c byte) bool { return upper(c) || lower(c) || digit(c) }
	switch name {
	case "alpha":
		return func(c byte) bool { return upper(c) || lower(c) }
	case "digit":
		return digit
	case "alnum":
		return alnum
	case "upper":
		return upper
	case "lower":
		return lower
	case "space":
		return isSpace
	case "blank":
		return func(c byte) bool { return c == ' ' || c == '\t' }
	case "punct":
		return func(c byte) bool { return graph(c) && !alnum(c) }
	case "print":
		return between(' ', '~')
	case "graph":
		return graph
	case "cntrl":
		return func(c byte) bool { return c < ' ' || c == 0x7f }
	case "xdigit":
		return func(c byte) bool { return digit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }
	}
	return nil
}
