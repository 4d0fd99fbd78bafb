package testkit

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// RunFilter chooses cases by their names.
type RunFilter struct {
	whole pattern
	// parts are those between the slashes, for the names of the path.
	parts []pattern
}

// pattern matches by a regular expression, or by its text as it is: a name that
// is copied from a report may well have brackets.
type pattern struct {
	text   string
	regexp *regexp.Regexp
}

func (p pattern) matches(name string) bool {
	return p.regexp.MatchString(name) || strings.Contains(name, p.text)
}

// ParseRun reads a regular expression. A case is chosen when it matches the
// names of its groups and its own, joined by " / "; or when each of its parts
// between slashes matches one of those names, in their order.
func ParseRun(text string) (*RunFilter, error) {
	whole, err := regexp.Compile(text)
	if err != nil {
		return nil, fmt.Errorf("%q is no regular expression: %w", text, err)
	}
	f := &RunFilter{whole: pattern{text, whole}}
	for part := range strings.SplitSeq(text, "/") {
		part = strings.TrimSpace(part)
		r, err := regexp.Compile(part)
		if err != nil {
			f.parts = nil // the slash stands inside of brackets
			break
		}
		f.parts = append(f.parts, pattern{part, r})
	}
	return f, nil
}

// Matches tells whether a case is chosen; nil chooses all.
func (f *RunFilter) Matches(path []string) bool {
	if f == nil || f.whole.matches(strings.Join(path, " / ")) {
		return true
	}
	return len(f.parts) >= 2 && len(f.parts) <= len(path) && f.along(path)
}

// MayHold tells whether a subtest of a case may be chosen. Which ones it has is
// known only when it runs.
func (f *RunFilter) MayHold(path []string) bool {
	return f != nil && len(f.parts) > len(path) && f.along(path)
}

// along tells whether names match the parts as far as there are both.
func (f *RunFilter) along(path []string) bool {
	for i, name := range path {
		if i < len(f.parts) && !f.parts[i].matches(name) {
			return false
		}
	}
	return true
}

// TagFilter chooses cases by their tags.
type TagFilter struct{ with, without []string }

// ParseTags reads tags: a case is chosen when it has one of them, or none is
// named, and has none of those with a "!" in front.
func ParseTags(list []string) (*TagFilter, error) {
	f := &TagFilter{}
	for _, item := range list {
		name, not := strings.CutPrefix(strings.TrimSpace(item), "!")
		switch {
		case name == "":
			return nil, fmt.Errorf("%q is no tag: give names such as smoke,!slow", item)
		case not:
			f.without = append(f.without, name)
		default:
			f.with = append(f.with, name)
		}
	}
	return f, nil
}

// Matches tells whether a case is chosen; nil chooses all.
func (f *TagFilter) Matches(tags []string) bool {
	if f == nil {
		return true
	}
	has := func(name string) bool { return slices.Contains(tags, name) }
	return !slices.ContainsFunc(f.without, has) && (len(f.with) == 0 || slices.ContainsFunc(f.with, has))
}
