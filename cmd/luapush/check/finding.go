package check

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/luapush/luapush/runtime/lua/syntax"
)

// Severity says how bad a finding is.
type Severity int

// The severities. Info changes nothing, a Warning is likely not what the author
// wanted, an Error makes the script fail.
const (
	Info Severity = iota
	Warning
	Error
)

var severityNames = [...]string{"info", "warning", "error"}

// String is the name of the severity.
func (s Severity) String() string { return severityNames[s] }

// ParseSeverity reads the name of a severity.
func ParseSeverity(s string) (Severity, error) {
	if i := slices.Index(severityNames[:], s); i >= 0 {
		return Severity(i), nil
	}
	return 0, fmt.Errorf("unknown severity %q: give info, warning or error", s)
}

// Finding is something that is wrong at a place in a script.
type Finding struct {
	Rule     string // the id of the rule
	Severity Severity
	File     string
	Line     int // counted from 1
	Column   int // byte column, counted from 1
	Message  string
	Hint     string // what to do; "" where the message says it
	Source   string // the text of the line
}

// Count gives how many findings are errors, warnings and infos.
func Count(findings []Finding) (errors, warnings, infos int) {
	for _, f := range findings {
		switch f.Severity {
		case Error:
			errors++
		case Warning:
			warnings++
		default:
			infos++
		}
	}
	return errors, warnings, infos
}

// order sorts findings by place and drops those said twice.
func order(findings []Finding) []Finding {
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Message, b.Message))
	})
	return slices.CompactFunc(findings, func(a, b Finding) bool {
		return a.Line == b.Line && a.Column == b.Column && a.Rule == b.Rule && a.Message == b.Message
	})
}

// report notes a finding of a rule, with the rule's own severity. Nothing is
// noted before the values are known.
func (a *analysis) report(rule string, at syntax.Pos, hint, format string, args ...any) {
	a.reportAs(rule, a.severity(rule), at, hint, format, args...)
}

// severity is the usual severity of a rule, whose page is read once.
func (a *analysis) severity(rule string) Severity {
	s, ok := a.severities[rule]
	if !ok {
		s = ruleSeverity(rule)
		a.severities[rule] = s
	}
	return s
}

func (a *analysis) reportAs(rule string, severity Severity, at syntax.Pos, hint, format string, args ...any) {
	if !a.final || a.elsewhere && slices.Contains(ofReleases, rule) {
		return
	}
	a.findings = append(a.findings, Finding{
		Rule: rule, Severity: severity, Line: max(int(at.Line), 1), Column: max(int(at.Column), 1),
		Message: fmt.Sprintf(format, args...), Hint: hint,
	})
}
