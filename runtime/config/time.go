package config

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// timeUnit is a word family of the time grammar. A unit may be any prefix of one of the words.
type timeUnit struct {
	words        []string
	milliseconds uint64
}

// timeUnits is in the order Dovecot tries them: "m" is a minute because minutes come before milliseconds.
var timeUnits = []timeUnit{
	{[]string{"secs", "seconds"}, 1000},
	{[]string{"mins", "minutes"}, 60 * 1000},
	{[]string{"msecs", "mseconds", "millisecs", "milliseconds"}, 1},
	{[]string{"hours"}, 3600 * 1000},
	{[]string{"days"}, 86400 * 1000},
	{[]string{"weeks"}, 604800 * 1000},
}

// ParseTime reads a time interval with the precision of milliseconds ("90s", "5 mins", "1500ms", "0"); an alias of
// [ParseTimeMilliseconds] as a duration. The grammar and the error texts are those of dovecot.md §9.
func ParseTime(text string) (time.Duration, error) {
	milliseconds, err := ParseTimeMilliseconds(text)
	return time.Duration(milliseconds) * time.Millisecond, err
}

// ParseTimeMilliseconds reads the value of a setting that Dovecot keeps in milliseconds. The result fits 32 bits, so
// the longest interval is a little under 50 days.
func ParseTimeMilliseconds(text string) (uint32, error) {
	count, unit, err := splitTime(text)
	if err != nil {
		return 0, err
	}
	if count > math.MaxUint32/unit {
		return 0, tooLongTime(text)
	}
	return uint32(count * unit), nil
}

// ParseTimeSeconds reads the value of a setting that Dovecot keeps in whole seconds. Milliseconds are accepted only
// when they make whole seconds.
func ParseTimeSeconds(text string) (uint32, error) {
	count, unit, err := splitTime(text)
	if err != nil {
		return 0, err
	}
	if unit == 1 {
		if count%1000 != 0 {
			return 0, refuse(text, "Milliseconds not supported for this setting: "+text, ErrMilliseconds)
		}
		count, unit = count/1000, 1000
	}
	if count > math.MaxUint32/(unit/1000) {
		return 0, tooLongTime(text)
	}
	return uint32(count * (unit / 1000)), nil
}

func tooLongTime(text string) error {
	return refuse(text, "Time interval is too large: "+text, ErrValueTooLarge)
}

// splitTime returns the number and the milliseconds of its unit. A bare 0 counts as seconds.
func splitTime(text string) (count, unit uint64, err error) {
	invalid := refuse(text, "Invalid time interval: "+text, ErrInvalidValue)
	count, rest, ok := leadingNumber(text)
	if !ok {
		return 0, 0, invalid
	}
	word := strings.TrimLeft(rest, " ")
	if word == "" {
		if count != 0 {
			return 0, 0, refuse(text, "Time interval '"+text+"' is missing units (add e.g. 's' for seconds)", ErrMissingUnits)
		}
		return 0, 1000, nil
	}
	for _, family := range timeUnits {
		for _, name := range family.words {
			if hasFoldedPrefix(name, word) {
				return count, family.milliseconds, nil
			}
		}
	}
	return 0, 0, invalid
}

// leadingNumber cuts an unsigned decimal number that fits 64 bits off the front of text.
func leadingNumber(text string) (number uint64, rest string, ok bool) {
	digits := 0
	for digits < len(text) && isDigit(text[digits]) {
		digits++
	}
	number, err := strconv.ParseUint(text[:digits], 10, 64)
	return number, text[digits:], err == nil
}

// hasFoldedPrefix reports whether prefix, in any ASCII case, begins word, which is in lower case.
func hasFoldedPrefix(word, prefix string) bool {
	return len(prefix) <= len(word) && lowerASCII(prefix) == word[:len(prefix)]
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
