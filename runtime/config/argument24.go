package config

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// arguments24 are the arguments of one filter, positional ones first, then named ones by name, which is the order in
// which Dovecot evaluates and so complains about them.
type arguments24 []parameter24

var (
	errNoParameters24 = errors.New("Missing parameters")
	errTooMany24      = errors.New("Too many positional parameters")
)

func unsupportedKey24(key string) error { return fmt.Errorf("Unsupported key '%s'", key) }

func (a arguments24) ordered() arguments24 {
	sorted := slices.Clone(a)
	slices.SortStableFunc(sorted, func(x, y parameter24) int {
		return strings.Compare(x.key, y.key) // positional ones have no key, and are in order already
	})
	return sorted
}

// none refuses all arguments.
func (a arguments24) none() error {
	ordered := a.ordered()
	switch {
	case len(ordered) == 0:
		return nil
	case ordered[0].key != "":
		return unsupportedKey24(ordered[0].key)
	}
	return errTooMany24
}

// each calls positional for the positional arguments and named for the others. A nil function refuses them.
func (a arguments24) each(positional func(parameter24) error, named func(parameter24) (known bool, err error)) error {
	for _, parameter := range a.ordered() {
		if parameter.key == "" {
			if positional == nil {
				return errTooMany24
			}
			if err := positional(parameter); err != nil {
				return err
			}
			continue
		}
		known := false
		if named != nil {
			var err error
			if known, err = named(parameter); err != nil {
				return err
			}
		}
		if !known {
			return unsupportedKey24(parameter.key)
		}
	}
	return nil
}

// need refuses a pipe without a value.
func (p *pipe24) need(action string) error {
	if !p.set {
		return errors.New("No value to " + action)
	}
	return nil
}

// integer evaluates a parameter that must be a number or a variable that holds one.
func (p *pipe24) integer(parameter parameter24) (int64, error) {
	switch parameter.kind {
	case parameterNumber:
		return parameter.number, nil
	case parameterString:
		return 0, fmt.Errorf("'%s' is not a number", parameter.text)
	}
	value, err := p.lookup24(parameter.text)
	if err != nil {
		return 0, err
	}
	number, err := parseInt24(value)
	if err != nil {
		return 0, fmt.Errorf("'%s' (in %s) is not a number", value, parameter.text)
	}
	return number, nil
}

// flag evaluates a parameter that must be 0 or 1.
func (p *pipe24) flag(parameter parameter24) (bool, error) {
	number, err := p.integer(parameter)
	if err == nil && number != 0 && number != 1 {
		err = fmt.Errorf("'%d' is not 0 or 1", number)
	}
	return number == 1, err
}

// text evaluates a parameter that must be a string or a variable.
func (p *pipe24) text(parameter parameter24) (string, error) {
	if parameter.kind == parameterNumber {
		return "", fmt.Errorf("%d is not a string", parameter.number)
	}
	return p.any(parameter)
}

// any evaluates a parameter of any kind to a string.
func (p *pipe24) any(parameter parameter24) (string, error) {
	switch parameter.kind {
	case parameterNumber:
		return strconv.FormatInt(parameter.number, 10), nil
	case parameterString:
		return parameter.text, nil
	}
	return p.lookup24(parameter.text)
}

// parseInt24 reads a decimal integer as Dovecot does: a minus sign is allowed, a plus sign is not.
func parseInt24(text string) (int64, error) {
	return strconv.ParseInt(withoutPlus(text), 10, 64)
}
