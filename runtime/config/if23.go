package config

import (
	"errors"
	"fmt"
	"strings"
)

// if23 answers %{if;left;operator;right;then;else}. input is the expression with its leading "if"; the caller has put
// back a colon at the place where the name was cut, so a plain colon ends the parameters.
func (x *expansion) if23(input string) (string, bool, error) {
	_, rest, found := strings.Cut(input, ";")
	if !found {
		return "", false, errors.New("if: missing parameter(s)")
	}
	parameters := splitIf23(rest)
	switch len(parameters) {
	case 4:
		parameters = append(parameters, "")
	case 5:
	default:
		return "", false, fmt.Errorf("if: requires four or five parameters, got %d", len(parameters))
	}
	for i, parameter := range parameters {
		value, complete, err := x.expand23(parameter)
		if err != nil || !complete {
			return "", false, err
		}
		parameters[i] = value
	}
	result, err := x.compare(parameters[0], parameters[1], parameters[2])
	if err != nil {
		return "", false, fmt.Errorf("if: %w", err)
	}
	if result {
		return parameters[3], true, nil
	}
	return parameters[4], true, nil
}

// splitIf23 cuts the parameters at semicolons outside %{…}. A backslash takes the next byte literally, and a run of
// backslashes counts as one, so a parameter cannot contain a backslash. An empty last parameter does not count.
func splitIf23(text string) []string {
	var parameters []string
	var current []byte
	depth, escaped, afterPercent := 0, false, false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\\':
			escaped = true
			continue
		case escaped:
			escaped = false
		case c == '%':
			afterPercent = true
		case afterPercent && c == '{':
			depth++
			afterPercent = false
		case depth > 0 && c == '}':
			depth--
		case depth == 0 && c == ';':
			parameters = append(parameters, string(current))
			current = current[:0]
			continue
		case depth == 0 && c == ':':
			i = len(text)
			continue
		}
		current = append(current, c)
	}
	if len(current) > 0 {
		parameters = append(parameters, string(current))
	}
	return parameters
}
