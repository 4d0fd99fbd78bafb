package config

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// expand24 expands a format of the 2.4 syntax. Here an unknown variable is an error, unless a default follows it.
func (x *expansion) expand24(format string) (string, error) {
	programs, err := parse24(format)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	for _, program := range programs {
		if len(program.steps) == 0 {
			out.WriteString(program.literal)
			continue
		}
		value, err := x.run24(program.steps)
		if err != nil {
			return "", err
		}
		out.WriteString(value)
		if out.Len() > maxExpansion {
			return "", ErrExpansionLimit
		}
	}
	return out.String(), nil
}

// pipe24 is the value on its way through the steps of one expression.
type pipe24 struct {
	*expansion
	value string
	// set tells an empty value from none.
	set bool
	// binary marks bytes that are printed in hexadecimal when nothing makes text of them.
	binary bool
	// delayed is the error of the step before: a default may still make up for it.
	delayed error
}

func (p *pipe24) setText(value string)   { p.value, p.set, p.binary = value, true, false }
func (p *pipe24) setBinary(value string) { p.value, p.set, p.binary = value, true, true }

// setSame replaces the value and leaves open whether it is binary.
func (p *pipe24) setSame(value string) { p.value, p.set = value, true }

func (p *pipe24) unset() { p.value, p.set = "", false }

func (x *expansion) run24(steps []step24) (string, error) {
	p := &pipe24{expansion: x}
	for i, step := range steps {
		if err := p.step(step, i == 0); err != nil {
			return "", err
		}
		if len(p.value) > maxExpansion {
			return "", ErrExpansionLimit
		}
	}
	if !p.set {
		if p.delayed == nil {
			p.delayed = errors.New("No value")
		}
		return "", p.delayed
	}
	if p.binary {
		return hex.EncodeToString([]byte(p.value)), nil
	}
	return p.value, nil
}

// step runs one name. As the first one, a variable comes before a filter of the same name.
func (p *pipe24) step(step step24, first bool) error {
	if err := p.spend(64 + len(p.value)); err != nil {
		return err
	}
	var delayed error
	if first {
		value, err := p.lookup24(step.function)
		if err == nil {
			p.setText(value)
			return nil
		}
		p.unset()
		delayed = err
	}
	if filter := filters24(step.function); filter != nil {
		delayed = nil
		err := filter(p, arguments24(step.parameters))
		if errors.Is(err, ErrExpansionLimit) {
			return err
		}
		if err != nil {
			p.unset()
			if p.delayed != nil {
				return p.delayed
			}
			delayed = fmt.Errorf("%s: %w", step.function, err)
		}
	} else if !first {
		return fmt.Errorf("No such function '%s'", step.function)
	}
	p.delayed = delayed
	return nil
}

// lookup24 answers a variable name, with or without a prefix.
func (x *expansion) lookup24(name string) (string, error) {
	prefix, key, found := strings.Cut(name, ":")
	if found {
		return x.provider24(prefix, key)
	}
	v := x.variables
	switch name {
	case "username":
		return localPart(v.User), nil
	case "domain":
		return domainOf(v.User), nil
	case "protocol":
		return v.Service, nil
	case "auth_username":
		return localPart(v.authUser()), nil
	case "auth_domain":
		return domainOf(v.authUser()), nil
	}
	if value, found := v.long(name); found {
		return value, nil
	}
	return "", fmt.Errorf("Unknown variable '%s'", name)
}

func (x *expansion) provider24(prefix, key string) (string, error) {
	v := x.variables
	field := map[string]map[string]string{
		"process": {"pid": v.PID, "uid": v.UID, "gid": v.GID},
		"system":  {"hostname": v.Hostname},
		"dovecot": {"name": "Dovecot"},
	}
	if value, found := field[prefix][key]; found {
		return value, nil
	}
	switch prefix {
	case "env":
		if key == "" {
			return "", errors.New("env: Missing field")
		}
		return v.env(key), nil
	case "userdb":
		name, fallback, _ := strings.Cut(key, ":")
		if value := v.userDB(name); value != "" {
			return value, nil
		}
		return fallback, nil
	case "event":
		if v.Event == nil {
			return "", errors.New("event: No event available")
		}
		if value, found := v.Event(key); found {
			return value, nil
		}
		return "", fmt.Errorf("event: No such field '%s' in event", key)
	case "date", "time":
		return x.clock24(prefix, key)
	}
	if v.Provide != nil {
		if value, found := v.Provide(prefix, key); found {
			return value, nil
		}
	}
	if field[prefix] != nil {
		return "", fmt.Errorf("%s: Unsupported field '%s'", prefix, key)
	}
	return "", fmt.Errorf("Unsupported prefix '%s'", prefix)
}

func (x *expansion) clock24(prefix, key string) (string, error) {
	layouts := map[string]string{
		"date:year": "2006", "date:month": "01", "date:day": "02", "time:hour": "15",
		"time:min": "04", "time:minute": "04", "time:sec": "05", "time:second": "05",
	}
	if x.variables.Now == nil {
		return "", fmt.Errorf("%s: No clock available", prefix)
	}
	now := x.variables.Now()
	if prefix == "time" && (key == "us" || key == "usec") {
		return strconv.Itoa(now.Nanosecond() / 1000), nil
	}
	if layout, found := layouts[prefix+":"+key]; found {
		return now.Format(layout), nil
	}
	return "", fmt.Errorf("%s: Unsupported key '%s'", prefix, key)
}
