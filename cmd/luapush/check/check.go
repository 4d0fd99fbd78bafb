package check

import (
	"errors"
	"strings"

	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/lua/syntax"
)

// Options say what a script is checked for.
type Options struct {
	// Releases are those the script shall run on; none is [dovecot.Default].
	Releases []dovecot.Release
}

// Check gives what is wrong with a script, in the order of its lines. File is
// what findings call it. A text that is not Lua has one finding, of rule syntax.
func Check(file, source string, options Options) []Finding {
	if len(options.Releases) == 0 {
		options.Releases = []dovecot.Release{dovecot.Default}
	}
	lines := splitLines(source)
	chunk, err := syntax.ParseFile(source, "@"+file)
	var findings []Finding
	if err != nil {
		findings = []Finding{syntaxFinding(err)}
	} else {
		a := newAnalysis(chunk, options.Releases)
		a.run()
		findings = applyComments(a.findings, readComments(strings.Join(lines, "\n")))
	}
	findings = order(findings)
	for i := range findings {
		f := &findings[i]
		f.File = file
		if f.Line <= len(lines) {
			f.Source = lines[f.Line-1]
			f.Column = min(f.Column, len(f.Source)+1)
		}
	}
	return findings
}

func syntaxFinding(err error) Finding {
	f := Finding{Rule: "syntax", Severity: ruleSeverity("syntax"), Line: 1, Column: 1, Message: err.Error()}
	var e *syntax.Error
	if errors.As(err, &e) {
		f.Line, f.Column, f.Message = max(e.Line, 1), max(e.Column, 1), e.Message
		if e.Near != "" {
			f.Message += " near " + e.Near
		}
	}
	return f
}

// splitLines cuts a text into lines as Lua counts them: they end with \n, \r, or
// both in either order.
func splitLines(s string) []string {
	var lines []string
	for {
		i := strings.IndexAny(s, "\r\n")
		if i < 0 {
			return append(lines, s)
		}
		lines = append(lines, s[:i])
		end := i + 1
		if end < len(s) && (s[end] == '\n' || s[end] == '\r') && s[end] != s[i] {
			end++
		}
		s = s[end:]
	}
}
