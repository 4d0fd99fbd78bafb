package config

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// operator24 evaluates the name of a comparison.
func (p *pipe24) operator24(parameter parameter24) (string, error) {
	operator, err := p.text(parameter)
	if err != nil {
		return "", fmt.Errorf("Comparator: %w", err)
	}
	return operator, nil
}

func isNumeric24(operator string) bool {
	return strings.IndexByte("=<>!", operator[0]) >= 0 && operator != "!*" && operator != "!~"
}

func checkOperator24(operator string) error {
	switch operator {
	case "==", "<", "<=", ">", ">=", "!=", "eq", "lt", "le", "gt", "ge", "ne", "*", "!*", "~", "!~":
		return nil
	}
	return fmt.Errorf("Unsupported comparator '%s'", operator)
}

// left24 makes the value in the pipe the left side of a comparison.
func (p *pipe24) left24(operator string) (parameter24, error) {
	if !isNumeric24(operator) {
		return parameter24{kind: parameterString, text: p.value}, nil
	}
	number, err := parseInt24(p.value)
	if err != nil {
		return parameter24{}, errors.New("Input is not a number")
	}
	return parameter24{kind: parameterNumber, number: number}, nil
}

func (p *pipe24) compare24(left parameter24, operator string, right parameter24) (bool, error) {
	if isNumeric24(operator) {
		a, err := p.integer(left)
		if err != nil {
			return false, fmt.Errorf("Left-hand side: %w", err)
		}
		b, err := p.integer(right)
		if err != nil {
			return false, fmt.Errorf("Right-hand side: %w", err)
		}
		return compareNumbers(a, operator, b), nil
	}
	a, err := p.text(left)
	if err != nil {
		return false, fmt.Errorf("Left-hand side %w", err)
	}
	b, err := p.text(right)
	if err != nil {
		return false, fmt.Errorf("Right-hand side %w", err)
	}
	if operator == "~" || operator == "!~" {
		expression, err := p.regexp24(b, a)
		if err != nil {
			return false, err
		}
		return expression.MatchString(a) == (operator == "~"), nil
	}
	return p.compare(a, operator, b)
}

// regexp24 compiles a pattern. Dovecot 2.4 uses PCRE; Go's syntax is the same but for look-around, back-references
// and possessive quantifiers, which cannot be matched in linear time.
func (p *pipe24) regexp24(pattern, text string) (*regexp.Regexp, error) {
	if err := p.spend(len(pattern)*64 + len(text)*(1+len(pattern)/16)); err != nil {
		return nil, err
	}
	return regexp.Compile(pattern)
}

// filterIf24 is if(left, operator, right, then, else), or without left when there is a value in the pipe.
func filterIf24(p *pipe24, a arguments24) error {
	var parameters []parameter24
	piped := p.set
	if piped {
		parameters = append(parameters, parameter24{})
	}
	operator := ""
	err := a.each(func(parameter parameter24) (err error) {
		switch len(parameters) {
		case 1:
			operator, err = p.operator24(parameter)
		case 5:
			err = errTooMany24
		}
		parameters = append(parameters, parameter)
		return err
	}, nil)
	if err != nil {
		return err
	}
	if len(parameters) != 5 {
		return errNoParameters24
	}
	if err := checkOperator24(operator); err != nil {
		return err
	}
	if piped {
		if parameters[0], err = p.left24(operator); err != nil {
			return err
		}
	}
	result, err := p.compare24(parameters[0], operator, parameters[2])
	if err != nil {
		return err
	}
	chosen, branch := parameters[4], "False branch"
	if result {
		chosen, branch = parameters[3], "True branch"
	}
	value, err := p.any(chosen)
	if err != nil {
		return fmt.Errorf("%s: %w", branch, err)
	}
	p.setText(value)
	return nil
}

// filterSwitch24 is switch(left, operator, condition, value, …[, default]); left may come from the pipe.
func filterSwitch24(p *pipe24, a arguments24) error {
	var rest []parameter24
	var left parameter24
	piped, seen, operator := p.set, 0, ""
	if piped {
		seen = 1
	}
	err := a.each(func(parameter parameter24) (err error) {
		switch seen {
		case 0:
			left = parameter
		case 1:
			operator, err = p.operator24(parameter)
		default:
			rest = append(rest, parameter)
		}
		seen++
		return err
	}, nil)
	if err != nil {
		return err
	}
	if seen < 2 {
		return errNoParameters24
	}
	if len(rest) < 2 {
		return errors.New("At least one condition-value pair is required")
	}
	if err := checkOperator24(operator); err != nil {
		return err
	}
	if piped {
		if left, err = p.left24(operator); err != nil {
			return err
		}
	}
	for i := 0; i < len(rest); i += 2 {
		chosen := rest[i]
		if i+1 < len(rest) {
			matched, err := p.compare24(left, operator, rest[i])
			if err != nil {
				return err
			}
			if !matched {
				continue
			}
			chosen = rest[i+1]
		}
		value, err := p.any(chosen)
		if err != nil {
			return fmt.Errorf("in condition #%d: %w", i/2, err)
		}
		p.setText(value)
		return nil
	}
	return errors.New("No default value provided")
}

// filterCalculate24 is the arithmetic written after a name; the operator is the first parameter's text.
func filterCalculate24(p *pipe24, a arguments24) error {
	if len(a) == 0 {
		return errNoParameters24
	}
	if len(a) != 2 || a[0].kind != parameterNumber || a[0].text == "" || a[1].key != "" {
		return errors.New("Missing operator")
	}
	right, err := p.integer(a[1])
	if err != nil {
		return err
	}
	if err := p.need("calculate"); err != nil {
		return err
	}
	operator := tokenKind(a[0].text)
	if right == 0 && operator == tokenSlash {
		return errors.New("Division by zero")
	}
	if p.binary && operator == tokenPercent {
		return p.binaryModulo24(right)
	}
	if right == 0 && operator == tokenPercent {
		return errors.New("Modulo by zero")
	}
	left, err := parseInt24(p.value)
	if err != nil {
		return errors.New("Input is not a number")
	}
	switch operator {
	case tokenPlus:
		left += right
	case tokenMinus:
		left -= right
	case tokenStar:
		left *= right
	case tokenSlash:
		left /= right
	default:
		left %= right
	}
	p.setSame(strconv.FormatInt(left, 10))
	return nil
}

// binaryModulo24 takes the last eight bytes as an unsigned number: a hash is spread over buckets so.
func (p *pipe24) binaryModulo24(right int64) error {
	if right < 0 {
		return errors.New("Binary modulo must be positive integer")
	}
	if right == 0 {
		return errors.New("Modulo by zero")
	}
	var number uint64
	for _, c := range []byte(p.value[max(len(p.value)-8, 0):]) {
		number = number<<8 | uint64(c)
	}
	p.setText(strconv.FormatUint(number%uint64(right), 10))
	return nil
}

// filterRegexp24 is regexp(pattern, replacement): the first match is replaced; without a match the value stays.
func filterRegexp24(p *pipe24, a arguments24) error {
	if len(a) == 0 {
		return errNoParameters24
	}
	var texts []string
	err := a.each(func(parameter parameter24) error {
		value, err := p.text(parameter)
		if err == nil && len(texts) == 2 {
			err = errTooMany24
		}
		texts = append(texts, value)
		return err
	}, nil)
	if err != nil {
		return err
	}
	if len(texts) < 2 {
		return errors.New("Missing replacement parameter")
	}
	if err := p.need("regexp"); err != nil {
		return err
	}
	expression, err := p.regexp24(texts[0], p.value)
	if err != nil {
		return err
	}
	match := expression.FindStringSubmatchIndex(p.value)
	if match == nil {
		return nil
	}
	replaced, err := p.replacement24(texts[1], match)
	if err == nil {
		p.setSame(p.value[:match[0]] + replaced + p.value[match[1]:])
	}
	return err
}

// replacement24 puts groups in place of \N and $N; two backslashes or dollars stand for one.
func (p *pipe24) replacement24(text string, match []int) (string, error) {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c != '\\' && c != '$' || i+1 == len(text) {
			out.WriteByte(c)
			continue
		}
		switch next := text[i+1]; {
		case isDigit(next):
			group := int(next - '0')
			if 2*group+1 >= len(match) {
				return "", errors.New("unknown substring")
			}
			if match[2*group] >= 0 {
				out.WriteString(p.value[match[2*group]:match[2*group+1]])
			}
			i++
		case next == c:
			out.WriteByte(c)
			i++
		default:
			out.WriteByte(c)
		}
		if out.Len() > maxExpansion {
			return "", ErrExpansionLimit
		}
	}
	return out.String(), nil
}
