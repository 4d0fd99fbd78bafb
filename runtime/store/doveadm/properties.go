package doveadm

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// setting is one name of the properties file, behind Prefix, and how it is read.
type setting struct {
	name string
	read func(s *Settings, value string) error
}

var settings = []setting{
	{"enabled", func(s *Settings, v string) error {
		switch strings.ToLower(v) {
		case "true":
			s.Enabled = true
		case "false":
			s.Enabled = false
		default:
			return fmt.Errorf("%q is neither true nor false", v)
		}
		return nil
	}},
	{"endpoints", func(s *Settings, v string) error {
		s.Endpoints = nil
		for e := range strings.SplitSeq(v, ",") {
			if e = strings.TrimSpace(e); e != "" {
				s.Endpoints = append(s.Endpoints, e)
			}
		}
		return nil
	}},
	{"endpoints.totalConnections", number(func(s *Settings) *int { return &s.TotalConnections })},
	{"endpoints.maxConnectionsPerRoute", number(func(s *Settings) *int { return &s.MaxConnectionsPerRoute })},
	{"endpoints.readTimeout", milliseconds(func(s *Settings) *time.Duration { return &s.ReadTimeout })},
	{"endpoints.connectTimeout", milliseconds(func(s *Settings) *time.Duration { return &s.ConnectTimeout })},
	{"endpoints.checkInterval", milliseconds(func(s *Settings) *time.Duration { return &s.CheckInterval })},
	{"apiSecret", func(s *Settings, v string) error { s.APISecret = Secret(v); return nil }},
}

func number(field func(*Settings) *int) func(*Settings, string) error {
	return func(s *Settings, v string) error {
		n, err := strconv.ParseInt(v, 10, 32)
		if err != nil {
			return fmt.Errorf("%q is not a whole number", v)
		}
		*field(s) = int(n)
		return nil
	}
}

func milliseconds(field func(*Settings) *time.Duration) func(*Settings, string) error {
	return func(s *Settings, v string) error {
		n, err := strconv.ParseUint(v, 10, 31)
		if err != nil {
			return fmt.Errorf("%q is not a number of milliseconds, such as 10000", v)
		}
		*field(s) = time.Duration(n) * time.Millisecond
		return nil
	}
}

// Set gives a setting a value in the form of the properties file. The name may
// be written with or without [Prefix].
func (s *Settings) Set(name, value string) error {
	short := strings.TrimPrefix(name, Prefix)
	for _, known := range settings {
		if known.name == short {
			if err := known.read(s, strings.TrimSpace(value)); err != nil {
				return fmt.Errorf("%s%s: %w", Prefix, short, err)
			}
			return nil
		}
	}
	names := make([]string, len(settings))
	for i, known := range settings {
		names[i] = known.name
	}
	return fmt.Errorf("%s%s: no such setting; there are %s", Prefix, short, strings.Join(names, ", "))
}

// ReadProperties reads the connector's file, Java properties in UTF-8, on top of
// [Defaults]. Names that do not begin with [Prefix] are other programs' and
// passed over. All that is wrong is told at once, with name:line.
func ReadProperties(r io.Reader, name string) (Settings, error) {
	s := Defaults()
	var wrong []error
	err := eachProperty(r, func(line int, key, value string, err error) {
		if err == nil && strings.HasPrefix(key, Prefix) {
			err = s.Set(key, value)
		}
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s:%d: %w", name, line, err))
		}
	})
	if err != nil {
		return s, fmt.Errorf("%s: %w", name, err)
	}
	if len(wrong) == 0 {
		if err := s.Validate(); err != nil {
			return s, fmt.Errorf("%s: %w", name, err)
		}
	}
	return s, errors.Join(wrong...)
}

const propertyBlanks = " \t\f"

// eachProperty yields the pairs of a properties file: key and value separated by
// =, : or blanks; # and ! begin comments; a backslash escapes, and joins lines.
func eachProperty(r io.Reader, yield func(line int, key, value string, err error)) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	at, start := 0, 0
	logical, joined := "", false
	flush := func() {
		if logical == "" {
			return
		}
		key, value := splitProperty(logical)
		k, err := unescapeProperty(key)
		if err == nil {
			var v string
			v, err = unescapeProperty(value)
			yield(start, k, v, err)
			return
		}
		yield(start, "", "", err)
	}
	for lines.Scan() {
		at++
		text := strings.TrimLeft(lines.Text(), propertyBlanks)
		if !joined {
			logical, start = "", at
			if text == "" || text[0] == '#' || text[0] == '!' {
				continue
			}
		}
		slashes := len(text) - len(strings.TrimRight(text, `\`))
		joined = slashes%2 == 1
		if joined {
			text = text[:len(text)-1]
		}
		logical += text
		if !joined {
			flush()
		}
	}
	if joined {
		flush()
	}
	return lines.Err()
}

// splitProperty finds the end of the key, where the escapes are still in place.
func splitProperty(s string) (key, value string) {
	end := len(s)
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' {
			i++
		} else if strings.IndexByte("=:"+propertyBlanks, s[i]) >= 0 {
			end = i
			break
		}
	}
	key, value = s[:end], strings.TrimLeft(s[end:], propertyBlanks)
	if value != "" && (value[0] == '=' || value[0] == ':') {
		value = strings.TrimLeft(value[1:], propertyBlanks)
	}
	return key, value
}

func unescapeProperty(s string) (string, error) {
	if !strings.Contains(s, `\`) {
		return s, nil
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch c := s[i]; c {
		case 't', 'n', 'r', 'f':
			b.WriteByte("\t\n\r\f"[strings.IndexByte("tnrf", c)])
		case 'u':
			if i+4 >= len(s) {
				return "", errors.New(`\u needs four hex digits behind it`)
			}
			n, err := strconv.ParseUint(s[i+1:i+5], 16, 16)
			if err != nil {
				return "", errors.New(`\u needs four hex digits behind it`)
			}
			b.WriteRune(rune(n))
			i += 4
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), nil
}
