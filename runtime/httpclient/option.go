package httpclient

import (
	"errors"
	"math"
	"strconv"
	"time"

	"github.com/luapush/luapush/runtime/config"
	"github.com/luapush/luapush/runtime/dovecot"
)

// Option describes a key of the table given to dovecot.http.client.
type Option struct {
	// Name is the key.
	Name string
	// Type is "string", "number", "boolean" or "event" in 2.3; "string", "number", "boolean", "time", "size" or "event"
	// in 2.4, where all values but events are written as text.
	Type string
	// Default is the value when the key is not given, as it would be written; empty for none.
	Default string
	// Doc is a sentence for people.
	Doc string
	// Ignored is true when luapush accepts the setting and does nothing with it.
	Ignored bool

	// set23 stores a value and returns "", or ": " and what was expected.
	set23 func(*Settings, Value) string
	// set24 stores a value, or returns why not.
	set24 func(*Settings, string) error
}

// Options lists the settings of a release in Dovecot's own order. The result belongs to the caller.
func Options(release dovecot.Release) []Option {
	if release.AtLeast(2, 4) {
		return append([]Option(nil), options24...)
	}
	return append([]Option(nil), options23...)
}

// The kinds of settings of 2.3.

func string23(field func(*Settings) *string) func(*Settings, Value) string {
	return func(s *Settings, v Value) string {
		if v.kind != kindString {
			return ": string expected"
		}
		*field(s) = v.text
		return ""
	}
}

func number23(field func(*Settings) *uint32) func(*Settings, Value) string {
	return func(s *Settings, v Value) string {
		n, ok := uint23(v)
		if !ok {
			return ": non-negative number expected"
		}
		*field(s) = n
		return ""
	}
}

func duration23(unit time.Duration, field func(*Settings) *time.Duration) func(*Settings, Value) string {
	return func(s *Settings, v Value) string {
		n, ok := uint23(v)
		if !ok {
			return ": non-negative number expected"
		}
		*field(s) = time.Duration(n) * unit
		return ""
	}
}

func boolean23(store func(*Settings, bool)) func(*Settings, Value) string {
	return func(s *Settings, v Value) string {
		if v.kind != kindTrue && v.kind != kindFalse {
			return ": boolean expected"
		}
		store(s, v.kind == kindTrue)
		return ""
	}
}

// proxy23 reads proxy_url, which is not looked at when it is no string.
func proxy23(s *Settings, v Value) string {
	if v.kind != kindString {
		return ""
	}
	u, err := ParseURL(v.text)
	if err != nil {
		return " is invalid: " + err.Error()
	}
	s.Proxy, s.ProxyUsername, s.ProxyPassword = u, u.User, u.Password
	return ""
}

// The kinds of settings of 2.4.

// unlimited is accepted by numbers, times and sizes.
const unlimited = "unlimited"

func string24(field func(*Settings) *string) func(*Settings, string) error {
	return func(s *Settings, text string) error { *field(s) = text; return nil }
}

func boolean24(store func(*Settings, bool)) func(*Settings, string) error {
	return func(s *Settings, text string) error {
		b, err := config.ParseBool(text)
		if err == nil {
			store(s, b)
		}
		return err
	}
}

func number24(field func(*Settings) *uint32) func(*Settings, string) error {
	return func(s *Settings, text string) error {
		n, err := parseUint(text)
		if err == nil {
			*field(s) = n
		}
		return err
	}
}

func time24(unit time.Duration, field func(*Settings) *time.Duration) func(*Settings, string) error {
	return func(s *Settings, text string) error {
		var n uint32 = math.MaxUint32
		var err error
		switch {
		case text == unlimited:
		case unit == time.Second:
			n, err = config.ParseTimeSeconds(text)
		default:
			n, err = config.ParseTimeMilliseconds(text)
		}
		if err == nil {
			*field(s) = time.Duration(n) * unit
		}
		return err
	}
}

func size24(field func(*Settings) *uint64) func(*Settings, string) error {
	return func(s *Settings, text string) error {
		if text == unlimited {
			*field(s) = math.MaxUint64
			return nil
		}
		n, err := config.ParseSize(text)
		if err == nil {
			*field(s) = n
		}
		return err
	}
}

// parseUint reads a number as 2.4's settings do.
func parseUint(text string) (uint32, error) {
	if text == unlimited {
		return math.MaxUint32, nil
	}
	n, err := strconv.ParseUint(text, 10, 32)
	if err == nil && isDigit(text[0]) {
		return uint32(n), nil
	}
	digits, why := text, "Number too large"
	if text != "" && text[0] == '-' {
		digits, why = text[1:], "Number too small"
	}
	for i := 0; i < len(digits); i++ {
		if !isDigit(digits[i]) {
			why = "Not a valid number"
		}
	}
	if digits == "" {
		why = "Not a valid number"
	}
	return 0, errors.New("Invalid number " + text + ": " + why)
}
