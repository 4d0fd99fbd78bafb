package check

import (
	"regexp"
	"strings"

	"github.com/luapush/luapush/runtime/lua/syntax"
)

// directive is a comment that silences rules.
type directive struct {
	line, column int
	rules        []string
	columns      []int
	file         bool // for the whole file
	target       int  // the line it is for besides its own
	used         []bool
}

var directiveForm = regexp.MustCompile(`^--\s*luapush:\s*(\S*)\s*([A-Za-z0-9_-]+(?:\s*,\s*[A-Za-z0-9_-]+)*)?`)

var ruleName = regexp.MustCompile(`[A-Za-z0-9_-]+`)

// readComments finds the comments of a source text that begin with luapush:.
func readComments(source string) []directive {
	if !strings.Contains(source, "luapush:") {
		return nil
	}
	var list []directive
	scanComments(source, func(text string, line, column int, alone bool) {
		m := directiveForm.FindStringSubmatchIndex(text)
		if m == nil {
			return
		}
		d := directive{line: line, column: column}
		if alone {
			d.target = line + 1
		}
		switch word := text[m[2]:m[3]]; word {
		case "ignore":
		case "ignore-file":
			d.file = true
		default:
			d.rules, d.columns = []string{""}, []int{column + m[2]}
			list = append(list, d)
			return
		}
		if m[4] >= 0 {
			for _, at := range ruleName.FindAllStringIndex(text[m[4]:m[5]], -1) {
				d.rules = append(d.rules, text[m[4]+at[0]:m[4]+at[1]])
				d.columns = append(d.columns, column+m[4]+at[0])
			}
		}
		d.used = make([]bool, len(d.rules))
		list = append(list, d)
	})
	// Of comments below each other all are for the line after the last.
	for i := len(list) - 2; i >= 0; i-- {
		if next := list[i+1]; list[i].target == next.line && next.target != 0 {
			list[i].target = next.target
		}
	}
	return list
}

// scanComments calls f for each line comment of a source text that is Lua.
func scanComments(source string, f func(text string, line, column int, alone bool)) {
	line, lineStart := 1, 0
	for i := 0; i < len(source); {
		switch c := source[i]; {
		case c == '\n':
			line++
			i++
			lineStart = i
		case c == '#' && i == 0:
			i = endOfLine(source, i)
		case c == '"' || c == '\'':
			i = skipString(source, i, &line, &lineStart)
		case c == '[' && longBracket(source[i:]) >= 0:
			i = skipLong(source, i, longBracket(source[i:]), &line, &lineStart)
		case c == '-' && strings.HasPrefix(source[i:], "--"):
			if level := longBracket(source[i+2:]); level >= 0 {
				i = skipLong(source, i+2, level, &line, &lineStart)
				continue
			}
			end := endOfLine(source, i)
			alone := strings.TrimLeft(source[lineStart:i], " \t\v\f") == ""
			f(strings.TrimSuffix(source[i:end], "\r"), line, i-lineStart+1, alone)
			i = end
		default:
			i++
		}
	}
}

func endOfLine(s string, from int) int {
	if n := strings.IndexByte(s[from:], '\n'); n >= 0 {
		return from + n
	}
	return len(s)
}

// longBracket gives the level of the long bracket that a text begins with, -1
// for none.
func longBracket(s string) int {
	if s == "" || s[0] != '[' {
		return -1
	}
	level := 0
	for level+1 < len(s) && s[level+1] == '=' {
		level++
	}
	if level+1 < len(s) && s[level+1] == '[' {
		return level
	}
	return -1
}

func skipLong(s string, from, level int, line, lineStart *int) int {
	closing := "]" + strings.Repeat("=", level) + "]"
	end := len(s)
	if n := strings.Index(s[from:], closing); n >= 0 {
		end = from + n + len(closing)
	}
	for i := from; i < end; i++ {
		if s[i] == '\n' {
			*line++
			*lineStart = i + 1
		}
	}
	return end
}

func skipString(s string, from int, line, lineStart *int) int {
	quote := s[from]
	for i := from + 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
			if i < len(s) && s[i] == '\r' && i+1 < len(s) && s[i+1] == '\n' {
				i++
			}
			if i < len(s) && s[i] == '\n' {
				*line++
				*lineStart = i + 1
			}
		case '\n': // only after \z
			*line++
			*lineStart = i + 1
		case quote:
			return i + 1
		}
	}
	return len(s)
}

// applyComments takes out the findings that comments silence, and reports the
// comments that silence nothing.
func applyComments(findings []Finding, directives []directive) []Finding {
	if len(directives) == 0 {
		return findings
	}
	var kept []Finding
	for _, f := range findings {
		if !silenced(f, directives) {
			kept = append(kept, f)
		}
	}
	report := func(rule string, at syntax.Pos, message, hint string) {
		kept = append(kept, Finding{
			Rule: rule, Severity: ruleSeverity(rule), Line: int(at.Line), Column: int(at.Column), Message: message, Hint: hint,
		})
	}
	const form = "write -- luapush: ignore RULE, or -- luapush: ignore-file RULE"
	for _, d := range directives {
		at := syntax.Pos{Line: int32(d.line), Column: int32(d.column)}
		if len(d.rules) == 0 {
			report("ignore-unknown", at, "the comment names no rule", form)
		}
		for i, id := range d.rules {
			at.Column = int32(d.columns[i])
			_, known := FindRule(id)
			switch {
			case id == "":
				report("ignore-unknown", at, "this is no comment that luapush knows", form)
			case !known:
				hint := SuggestRule(id)
				if hint == "" {
					hint = "\"luapush explain\" lists the rules"
				}
				report("ignore-unknown", at, "there is no rule "+id, hint)
			case !d.used[i]:
				where := "here"
				if d.file {
					where = "in this file"
				}
				report("ignore-unneeded", at, "nothing breaks the rule "+id+" "+where, "remove the comment")
			}
		}
	}
	return kept
}

func silenced(f Finding, directives []directive) bool {
	found := false
	for _, d := range directives {
		if !d.file && f.Line != d.line && f.Line != d.target {
			continue
		}
		for i, id := range d.rules {
			if id == f.Rule && d.used != nil {
				d.used[i], found = true, true
			}
		}
	}
	return found
}
