package check

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/luapush/luapush/runtime/trace"
)

// TextOptions are choices of the readable form.
type TextOptions struct {
	// Color marks severities with terminal colours.
	Color bool
}

// WriteText writes findings for people: the place, what is wrong, the line of
// source with a caret, what to do. The last line counts the findings of all
// scripts.
func WriteText(w io.Writer, findings []Finding, scripts int, options TextOptions) error {
	var b bytes.Buffer
	for _, f := range findings {
		severity := f.Severity.String()
		if options.Color {
			severity = colors[f.Severity] + severity + "\x1b[0m"
		}
		fmt.Fprintf(&b, "%s:%d:%d: %s: %s [%s]\n", clean(f.File), f.Line, f.Column, severity, clean(f.Message), f.Rule)
		for line := range strings.Lines(trace.Frame(f.Line, f.Source, f.Column)) {
			b.WriteString("  " + line)
		}
		if f.Hint != "" {
			fmt.Fprintf(&b, "  hint: %s\n", clean(f.Hint))
		}
		b.WriteByte('\n')
	}
	b.WriteString(summary(findings, scripts) + "\n")
	_, err := w.Write(b.Bytes())
	return err
}

// colors are yellow, red and faint, by severity.
var colors = [...]string{Info: "\x1b[2m", Warning: "\x1b[33m", Error: "\x1b[31m"}

func summary(findings []Finding, scripts int) string {
	errors, warnings, infos := Count(findings)
	what := "nothing found"
	if len(findings) > 0 {
		parts := []string{plural(errors, "error"), plural(warnings, "warning")}
		if infos > 0 {
			parts = append(parts, plural(infos, "info"))
		}
		what = strings.Join(parts, ", ")
	}
	return plural(scripts, "script") + ": " + what
}

func plural(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// clean keeps control characters of a script's names and strings off the
// terminal.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, s)
}
