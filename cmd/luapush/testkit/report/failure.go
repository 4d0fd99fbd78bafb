package report

import (
	"fmt"
	"strings"

	"github.com/luapush/luapush/cmd/luapush/testkit/result"
)

// failure shows everything that explains what did not hold.
func (p *pretty) failure(f *result.Failure) {
	for i, line := range strings.Split(visible(f.Message), "\n") {
		if i == 0 {
			line = p.color(red, line)
		}
		p.line("  %s", line)
	}
	if f.Nearest != "" {
		p.line("  nearest: %s", visible(f.Nearest))
	}
	if f.File != "" {
		p.source(f)
	}
	switch {
	case f.Diff != "":
		p.line("  %s %s", p.color(red, "- expected"), p.color(green, "+ got"))
		p.diff(f.Diff)
	case f.Expected != "" || f.Got != "":
		p.value("expected", f.Expected)
		p.value("got", f.Got)
	}
	if f.Hint != "" {
		p.line("  hint: %s", visible(f.Hint))
	}
	if len(f.Traceback) > 2 {
		for _, frame := range f.Traceback {
			p.line("    %s", p.color(faint, oneLine(frame)))
		}
	}
	if f.Trace != "" {
		p.line("  what the handlers did:")
		p.block(f.Trace)
	}
}

// source shows the line and the values of its parts.
func (p *pretty) source(f *result.Failure) {
	if f.Line == 0 {
		p.line("  %s", p.color(faint, "at "+oneLine(f.File)))
		return
	}
	p.line("  %s", p.color(faint, fmt.Sprintf("at %s:%d", oneLine(f.File), f.Line)))
	if f.SourceLine != "" {
		p.line("    %s", strings.TrimLeft(strings.ReplaceAll(visible(f.SourceLine), "\t", "  "), " "))
	}
	for _, v := range f.Values {
		p.line("      %s = %s", visible(v.Expression), visible(v.Value))
	}
}

func (p *pretty) value(name, text string) {
	text = visible(text)
	if strings.Contains(text, "\n") {
		p.line("  %s:", name)
		p.block(text)
		return
	}
	p.line("  %-9s %s", name+":", text)
}

// block shows text indented.
func (p *pretty) block(text string) {
	for line := range strings.Lines(strings.Trim(visible(text), "\n")) {
		p.line("%s", strings.TrimRight("    "+strings.TrimRight(line, "\n"), " "))
	}
}

// diff shows a diff indented, with its own colours.
func (p *pretty) diff(text string) {
	for line := range strings.Lines(visible(text)) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "-"):
			line = p.color(red, line)
		case strings.HasPrefix(line, "+"):
			line = p.color(green, line)
		case strings.HasPrefix(line, "@@"):
			line = p.color(faint, line)
		}
		p.line("    %s", line)
	}
}
