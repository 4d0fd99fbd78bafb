package config

import (
	"fmt"
	"strconv"
	"strings"
)

// compare applies an operator of %{if}. Both syntaxes have the same operators.
func (x *expansion) compare(left, operator, right string) (bool, error) {
	if err := x.spend(len(left) + len(right)); err != nil {
		return false, err
	}
	switch operator {
	case "==", "<", "<=", ">", ">=", "!=":
		a, err := strconv.ParseInt(withoutPlus(left), 10, 64)
		if err != nil {
			return false, fmt.Errorf("%s (lhs) is not a number", left)
		}
		b, err := strconv.ParseInt(withoutPlus(right), 10, 64)
		if err != nil {
			return false, fmt.Errorf("%s (rhs) is not a number", right)
		}
		return compareNumbers(a, operator, b), nil
	case "eq", "lt", "le", "gt", "ge", "ne":
		return compareStrings(left, operator, right), nil
	case "*", "!*":
		matched, err := x.wildcard(left, right)
		return matched != (operator == "!*"), err
	case "~", "!~":
		matched, err := x.matchERE(right, left)
		return matched != (operator == "!~"), err
	}
	return false, fmt.Errorf("Unsupported comparator '%s'", operator)
}

// withoutPlus makes a leading plus an error: Go accepts one, Dovecot does not.
func withoutPlus(text string) string {
	if strings.HasPrefix(text, "+") {
		return ""
	}
	return text
}

func compareNumbers(a int64, operator string, b int64) bool {
	switch operator {
	case "==":
		return a == b
	case "<":
		return a < b
	case "<=":
		return a <= b
	case ">":
		return a > b
	case ">=":
		return a >= b
	default:
		return a != b
	}
}

func compareStrings(a, operator, b string) bool {
	switch operator {
	case "eq":
		return a == b
	case "lt":
		return a < b
	case "le":
		return a <= b
	case "gt":
		return a > b
	case "ge":
		return a >= b
	default:
		return a != b
	}
}

// wildcard matches text against a mask in which * is any run of bytes and ? any one byte. Only the last star ever
// needs to be retried, so the work is at most the product of the lengths.
func (x *expansion) wildcard(text, mask string) (bool, error) {
	i, j, star, retry := 0, 0, -1, 0
	for i < len(text) {
		switch {
		case j < len(mask) && mask[j] == '*':
			star, retry = j, i
			j++
		case j < len(mask) && (mask[j] == '?' || mask[j] == text[i]):
			i++
			j++
		case star >= 0:
			if err := x.spend(1 + i - retry); err != nil {
				return false, err
			}
			retry++
			i, j = retry, star+1
		default:
			return false, nil
		}
	}
	for j < len(mask) && mask[j] == '*' {
		j++
	}
	return j == len(mask), nil
}
