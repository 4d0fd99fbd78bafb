package ci_test

import (
	"fmt"
	"strings"
)

// parseYAML reads the part of YAML that the examples are written in: maps and
// lists by indentation, plain and quoted scalars, blocks of text (|), comments.
// It gives maps, lists and strings.
func parseYAML(text string) (value any, err error) {
	p := &yamlReader{}
	for i, line := range strings.Split(text, "\n") {
		if strings.Contains(line, "\t") {
			return nil, fmt.Errorf("line %d has a tab", i+1)
		}
		p.lines = append(p.lines, strings.TrimRight(line, " "))
	}
	defer func() {
		if r := recover(); r != nil {
			fault, ok := r.(yamlError)
			if !ok {
				panic(r)
			}
			err = fault
		}
	}()
	p.skip()
	value = p.block(p.indent())
	if p.skip(); p.at < len(p.lines) {
		p.fail("%q stands in no block", p.lines[p.at])
	}
	return value, nil
}

type yamlError string

func (e yamlError) Error() string { return string(e) }

type yamlReader struct {
	lines []string
	at    int
}

func (p *yamlReader) fail(format string, args ...any) {
	panic(yamlError(fmt.Sprintf("line %d: ", p.at+1) + fmt.Sprintf(format, args...)))
}

// skip goes to the next line that has something.
func (p *yamlReader) skip() {
	for p.at < len(p.lines) {
		if text := strings.TrimSpace(p.lines[p.at]); text != "" && text[0] != '#' {
			return
		}
		p.at++
	}
}

func (p *yamlReader) indent() int {
	if p.at >= len(p.lines) {
		return -1
	}
	return len(p.lines[p.at]) - len(strings.TrimLeft(p.lines[p.at], " "))
}

// block reads a list or a map whose lines are indented so far.
func (p *yamlReader) block(indent int) any {
	if strings.HasPrefix(p.lines[p.at][indent:], "- ") {
		var list []any
		for p.at < len(p.lines) && p.indent() == indent {
			if !strings.HasPrefix(p.lines[p.at][indent:], "- ") {
				p.fail("an item of a list must begin with a dash")
			}
			// What follows the dash is a block of its own, further in.
			p.lines[p.at] = p.lines[p.at][:indent] + "  " + p.lines[p.at][indent+2:]
			if key, _ := p.key(); key != "" {
				list = append(list, p.block(indent+2))
			} else {
				list = append(list, p.scalar(p.lines[p.at][indent+2:]))
				p.at++
			}
			p.skip()
		}
		return list
	}
	m := map[string]any{}
	for p.at < len(p.lines) && p.indent() == indent {
		key, rest := p.key()
		if key == "" {
			p.fail("%q is no field", p.lines[p.at])
		}
		if _, twice := m[key]; twice {
			p.fail("%s is there twice", key)
		}
		p.at++
		switch rest {
		case "|":
			m[key] = p.text(indent)
		case "":
			if p.skip(); p.indent() > indent {
				m[key] = p.block(p.indent())
			} else {
				m[key] = ""
			}
		default:
			m[key] = p.scalar(rest)
		}
		if p.skip(); p.indent() > indent {
			p.fail("%q is indented too far", p.lines[p.at])
		}
	}
	return m
}

// key takes "name: rest" apart; "" is that the line is none.
func (p *yamlReader) key() (name, rest string) {
	line := strings.TrimSpace(p.lines[p.at])
	if line[0] == '"' || line[0] == '\'' {
		return "", ""
	}
	if name, ok := strings.CutSuffix(line, ":"); ok {
		return name, ""
	}
	name, rest, ok := strings.Cut(line, ": ")
	if !ok || strings.ContainsAny(name, " |&*!") {
		return "", ""
	}
	return name, strings.TrimSpace(rest)
}

// text reads the lines that are indented further than the field.
func (p *yamlReader) text(indent int) string {
	var b strings.Builder
	own := p.indent()
	for ; p.at < len(p.lines) && (p.lines[p.at] == "" || p.indent() > indent); p.at++ {
		if p.lines[p.at] != "" {
			b.WriteString(p.lines[p.at][own:])
		}
		b.WriteString("\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

func (p *yamlReader) scalar(s string) string {
	switch {
	case len(s) > 1 && s[0] == '\'' && s[len(s)-1] == '\'':
		return strings.ReplaceAll(s[1:len(s)-1], "''", "'")
	case len(s) > 1 && s[0] == '"' && s[len(s)-1] == '"' && !strings.ContainsAny(s[1:len(s)-1], `"\`):
		return s[1 : len(s)-1]
	case strings.ContainsAny(s[:1], "\"'[]{}&*!|>%@`,?-") || strings.Contains(s, " #") || strings.Contains(s, ": "):
		p.fail("%q must be quoted", s)
	}
	return s
}
