package check

import (
	"embed"
	"slices"
	"strings"
)

//go:embed rules/*.md
var pages embed.FS

// Rule is one thing that scripts are checked for.
type Rule struct {
	ID       string
	Severity Severity // the usual one; a finding may have another
	Title    string
	Avoid    string // Lua
	Prefer   string // Lua
	Why      string
}

// Rules gives all rules in the order of their ids.
func Rules() []Rule {
	entries, err := pages.ReadDir("rules")
	if err != nil {
		return nil // the pages are part of the program: a test reads them all
	}
	var list []Rule
	for _, e := range entries {
		if page, err := pages.ReadFile("rules/" + e.Name()); err == nil {
			list = append(list, parseRule(string(page)))
		}
	}
	slices.SortFunc(list, func(a, b Rule) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// FindRule gives the rule of an id.
func FindRule(id string) (Rule, bool) {
	page, err := pages.ReadFile("rules/" + id + ".md")
	if err != nil {
		return Rule{}, false
	}
	return parseRule(string(page)), true
}

// SuggestRule gives a hint for an id that is no rule's; "" where none is near.
func SuggestRule(id string) string {
	var ids []string
	for _, r := range Rules() {
		ids = append(ids, r.ID)
	}
	return suggestion(id, ids)
}

// parseRule reads a page: "# id (severity)", the title in a paragraph of its
// own, and the sections Avoid, Prefer and Why.
func parseRule(page string) Rule {
	head, rest, _ := strings.Cut(page, "\n")
	id, severity, _ := strings.Cut(strings.TrimPrefix(head, "# "), " ")
	r := Rule{ID: id}
	r.Severity, _ = ParseSeverity(strings.Trim(severity, "()"))
	title, rest, _ := strings.Cut(rest, "\n## ")
	r.Title = strings.TrimSpace(title)
	for _, section := range strings.Split(rest, "\n## ") {
		name, text, _ := strings.Cut(section, "\n")
		text = strings.TrimSpace(text)
		switch name {
		case "Avoid":
			r.Avoid = code(text)
		case "Prefer":
			r.Prefer = code(text)
		case "Why":
			r.Why = text
		}
	}
	return r
}

// code takes the fence off a code block.
func code(text string) string {
	return strings.TrimSuffix(strings.TrimPrefix(text, "```lua\n"), "```")
}

// ruleSeverity is the usual severity of a rule.
func ruleSeverity(id string) Severity {
	r, _ := FindRule(id) // a test finds the rules without a page
	return r.Severity
}

// Page writes a rule down for a terminal.
func (r Rule) Page() string {
	var b strings.Builder
	b.WriteString(r.ID + " (" + r.Severity.String() + ")\n" + r.Title + "\n")
	section := func(name, text string) {
		b.WriteString("\n" + name + "\n")
		for line := range strings.Lines(strings.TrimRight(text, "\n") + "\n") {
			if line != "\n" {
				b.WriteString("  ")
			}
			b.WriteString(line)
		}
	}
	section("Avoid", r.Avoid)
	section("Prefer", r.Prefer)
	section("Why", r.Why)
	return b.String()
}
