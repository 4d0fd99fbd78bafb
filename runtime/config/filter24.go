package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

type filter24 func(*pipe24, arguments24) error

// filters24 returns a filter by its name, or nil.
func filters24(name string) filter24 {
	switch name {
	case "lookup":
		return filterLookup24
	case "literal":
		return filterLiteral24
	case "default":
		return filterDefault24
	case "concat":
		return filterConcat24
	case "calculate":
		return filterCalculate24
	case "if":
		return filterIf24
	case "switch":
		return filterSwitch24
	case "lower":
		return plain24("lower", lowerASCII)
	case "upper":
		return plain24("upper", upperASCII)
	case "reverse":
		return plain24("reverse", func(value string) string {
			bytes := []byte(value)
			slices.Reverse(bytes)
			return string(bytes)
		})
	case "ldap_dn":
		return plain24("convert to ldap_dn", func(value string) string { return strings.ReplaceAll(value, ".", ",dc=") })
	case "username":
		return textual24("get username from", localPart)
	case "domain":
		return textual24("get domain from", domainOf)
	case "text":
		return textual24("text", sanitize24)
	case "list":
		return filterList24
	case "index":
		return filterIndex24
	case "substr":
		return filterSubstr24
	case "truncate":
		return filterTruncate24
	case "lfill":
		return func(p *pipe24, a arguments24) error { return filterFill24(p, a, true) }
	case "rfill":
		return func(p *pipe24, a arguments24) error { return filterFill24(p, a, false) }
	case "regexp":
		return filterRegexp24
	}
	return encodings24(name)
}

// plain24 is a filter without arguments that keeps binary values binary.
func plain24(action string, change func(string) string) filter24 {
	return func(p *pipe24, a arguments24) error {
		if err := a.none(); err != nil {
			return err
		}
		if err := p.need(action); err != nil {
			return err
		}
		p.setSame(change(p.value))
		return nil
	}
}

// textual24 is a filter without arguments whose result is text.
func textual24(action string, change func(string) string) filter24 {
	plain := plain24(action, change)
	return func(p *pipe24, a arguments24) error {
		err := plain(p, a)
		if err == nil {
			p.binary = false
		}
		return err
	}
}

// sanitize24 replaces what is no UTF-8 and control characters by U+FFFD.
func sanitize24(value string) string {
	var out strings.Builder
	for i := 0; i < len(value); {
		r, size := utf8.DecodeRuneInString(value[i:])
		if r == utf8.RuneError || unicode.IsControl(r) {
			r = utf8.RuneError
		}
		out.WriteRune(r)
		i += size
	}
	return out.String()
}

// one evaluates the single positional argument of lookup, literal and default.
func (p *pipe24) one(a arguments24, evaluate func(parameter24) (string, error)) (string, error) {
	first := a.ordered()[0]
	if first.key != "" {
		return "", unsupportedKey24(first.key)
	}
	return evaluate(first)
}

func filterLookup24(p *pipe24, a arguments24) error {
	if len(a) == 0 {
		return errors.New("Missing name to lookup")
	}
	name, err := p.one(a, p.text)
	if err != nil {
		return err
	}
	value, err := p.lookup24(name)
	if err == nil {
		p.setText(value)
	}
	return err
}

func filterLiteral24(p *pipe24, a arguments24) error {
	if len(a) == 0 {
		return errNoParameters24
	}
	value, err := p.one(a, p.any)
	if err == nil {
		p.setText(value)
	}
	return err
}

// filterDefault24 replaces an empty or missing value; without an argument, by the empty text.
func filterDefault24(p *pipe24, a arguments24) error {
	if p.set && p.value != "" {
		return nil
	}
	value := ""
	if len(a) > 0 {
		var err error
		if value, err = p.one(a, p.any); err != nil {
			return err
		}
		if len(a) > 1 {
			return errTooMany24
		}
	}
	p.setText(value)
	return nil
}

func filterConcat24(p *pipe24, a arguments24) error {
	if len(a) == 0 {
		return errNoParameters24
	}
	var out strings.Builder
	out.WriteString(p.value)
	err := a.each(func(parameter parameter24) error {
		value, err := p.any(parameter)
		out.WriteString(value)
		return err
	}, nil)
	if err == nil {
		p.setSame(out.String())
	}
	return err
}

// filterList24 joins a tab-escaped list.
func filterList24(p *pipe24, a arguments24) error {
	separator := ","
	err := a.each(func(parameter parameter24) (err error) {
		if parameter.index > 0 {
			return errTooMany24
		}
		separator, err = p.text(parameter)
		return err
	}, nil)
	if err != nil {
		return err
	}
	if err := p.need("generate list from"); err != nil {
		return err
	}
	values := strings.Split(p.value, "\t")
	if p.value == "" {
		values = nil
	}
	if err := p.spend(len(values) * len(separator)); err != nil {
		return err
	}
	unescape := strings.NewReplacer("\x010", "\x00", "\x011", "\x01", "\x01t", "\t", "\x01r", "\r", "\x01n", "\n", "\x01", "")
	for i := range values {
		values[i] = unescape.Replace(values[i])
	}
	p.setText(strings.Join(values, separator))
	return nil
}

// filterIndex24 takes the part of the given number between separators, counted from the end when negative.
func filterIndex24(p *pipe24, a arguments24) error {
	if len(a) == 0 {
		return errNoParameters24
	}
	var separator string
	var index int64
	positional := 0
	err := a.each(func(parameter parameter24) (err error) {
		positional++
		switch parameter.index {
		case 0:
			separator, err = p.text(parameter)
		case 1:
			index, err = p.integer(parameter)
			if err == nil && index != int64(int32(index)) {
				err = errors.New("Position out of bounds")
			}
		default:
			err = errTooMany24
		}
		return err
	}, nil)
	if err != nil {
		return err
	}
	if positional < 2 {
		return errors.New("Missing index parameter")
	}
	if err := p.need("index"); err != nil {
		return err
	}
	if separator == "" {
		return errors.New("Empty separator")
	}
	parts := strings.Split(p.value, separator)
	if index < 0 {
		index += int64(len(parts))
	}
	if index < 0 || index >= int64(len(parts)) {
		return errors.New("Position out of bounds")
	}
	p.setText(parts[index])
	return nil
}

// filterSubstr24 is substr(offset[, length]); negative numbers count from the end.
func filterSubstr24(p *pipe24, a arguments24) error {
	if len(a) == 0 {
		return errNoParameters24
	}
	used := int64(len(p.value))
	offset, length, given := int64(0), used, 0
	err := a.each(func(parameter parameter24) (err error) {
		given++
		switch parameter.index {
		case 0:
			offset, err = p.integer(parameter)
		case 1:
			length, err = p.integer(parameter)
		default:
			_, err = p.integer(parameter)
			err = errors.Join(err, errTooMany24)
		}
		return err
	}, nil)
	if err != nil {
		return err
	}
	if err := p.need("substring"); err != nil {
		return err
	}
	offsetError, lengthError := errors.New("Offset out of bounds"), errors.New("Length out of bounds")
	switch {
	case offset < -used || offset > used:
		return offsetError
	case length < -used || length > used:
		return lengthError
	case length == 0:
		p.setSame("")
		return nil
	}
	if offset < 0 {
		offset += used
	}
	if given < 2 {
		length = used - offset
	} else if length < 0 {
		length += used - offset
	}
	if length < 0 || offset+length > used {
		return lengthError
	}
	p.setSame(p.value[offset : offset+length])
	return nil
}

// filterTruncate24 is truncate(bytes) or truncate(bits=n).
func filterTruncate24(p *pipe24, a arguments24) error {
	if len(a) == 0 {
		return errNoParameters24
	}
	var length int64
	bits := false
	set := func(parameter parameter24) (err error) {
		length, err = p.integer(parameter)
		if err == nil && length < 0 {
			err = errors.New("Value of out of bounds")
		}
		return err
	}
	err := a.each(func(parameter parameter24) error {
		if parameter.index > 0 {
			return errTooMany24
		}
		return set(parameter)
	}, func(parameter parameter24) (bool, error) {
		if parameter.key != "bits" {
			return false, nil
		}
		bits = true
		return true, set(parameter)
	})
	if err != nil {
		return err
	}
	if err := p.need("truncate"); err != nil {
		return err
	}
	if bits {
		if length < int64(len(p.value))*8 {
			p.setSame(string(truncateBits([]byte(p.value), int(length))))
		}
		return nil
	}
	p.setSame(p.value[:min(length, int64(len(p.value)))])
	return nil
}

// filterFill24 is lfill(length[, filler]) and rfill: whole fillers are added until the value is long enough.
func filterFill24(p *pipe24, a arguments24, left bool) error {
	if len(a) == 0 {
		return errNoParameters24
	}
	amount, filler := int64(0), "0"
	err := a.each(func(parameter parameter24) (err error) {
		switch parameter.index {
		case 0:
			amount, err = p.integer(parameter)
			if err == nil && (amount < 1 || amount > 0x7fffffff) {
				err = errors.New("Fill length out of bounds")
			}
		case 1:
			filler, err = p.text(parameter)
		default:
			err = errTooMany24
		}
		return err
	}, nil)
	if err != nil {
		return err
	}
	if err := p.need("fill"); err != nil {
		return err
	}
	missing := amount - int64(len(p.value))
	if missing <= 0 {
		return nil
	}
	if filler == "" || amount+int64(len(filler)) > maxExpansion {
		return fmt.Errorf("%w: %d bytes", ErrExpansionLimit, amount)
	}
	fill := strings.Repeat(filler, int((missing+int64(len(filler))-1)/int64(len(filler))))
	if left {
		p.setSame(fill + p.value)
	} else {
		p.setSame(p.value + fill)
	}
	return nil
}
