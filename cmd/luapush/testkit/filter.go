package testkit

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// RunFilter chooses cases by their names.
type RunFilter struct {
	whole *regexp.Regexp
	// parts are those between the slashes, for the names of the path.
	parts []*regexp.Regexp
}

// ParseRun reads a regular expression. A case is chosen when it matches the
// names of its groups and its own, joined by " / "; or when each of its parts
// between slashes matches one of those names, in their order.
func ParseRun(text string) (*RunFilter, error) {
	whole, err := regexp.Compile(text)
	if err != nil {
		return nil, fmt.Errorf("%q is no regular expression: %w", text, err)
	}
	f := &RunFilter{whole: whole}
	for part := range strings.SplitSeq(text, "/") {
		r, err := regexp.Compile(strings.TrimSpace(part))
		if err != nil {
			f.parts = nil // the slash stands inside of brackets
			break
		}
		f.parts = append(f.parts, r)
	}
	return f, nil
}

// Matches tells whether a case is chosen; nil chooses all.
func (f *RunFilter) Matches(path []string) bool {
	if f == nil || f.whole.MatchString(strings.Join(path, " / ")) {
		return true
	}
	if len(f.parts) < 2 || len(path) < 2 {
		return false
	}
	for i, name := range path {
		if i < len(f.parts) && !f.parts[i].MatchString(name) {
			return false
		}
	}
	return len(f.parts) <= len(path)
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
