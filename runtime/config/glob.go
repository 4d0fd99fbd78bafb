package config

import (
	"path/filepath"
	"slices"
	"strings"
)

// maxBraces bounds how many patterns the {a,b} in one pattern may stand for.
const maxBraces = 1000

// globFiles finds the files of an !include on disk as glob(3) with braces does: sorted within each alternative, and a
// star or question mark never stands for a leading dot.
func globFiles(pattern string) ([]string, error) {
	var found []string
	for _, alternative := range expandBraces(pattern) {
		matches, err := filepath.Glob(strings.ReplaceAll(alternative, "[!", "[^"))
		if err != nil {
			return nil, err
		}
		slices.Sort(matches)
		for _, match := range matches {
			if !hidesDot(alternative, match) {
				found = append(found, match)
			}
		}
	}
	return found, nil
}

// hidesDot tells whether a part of the path begins with a dot where the pattern has none in that place. Both are
// compared from the end, because filepath.Glob shortens the path's beginning.
func hidesDot(pattern, path string) bool {
	wanted, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	for i := 1; i <= min(len(wanted), len(got)); i++ {
		want, name := wanted[len(wanted)-i], got[len(got)-i]
		if strings.HasPrefix(name, ".") && !strings.HasPrefix(want, ".") && !strings.HasPrefix(want, `\.`) {
			return true
		}
	}
	return false
}

// expandBraces writes out the alternatives of {a,b}, the first pair of braces first. Braces may be nested.
func expandBraces(pattern string) []string {
	done, open := []string(nil), []string{pattern}
	for len(open) > 0 && len(done)+len(open) <= maxBraces {
		next := open[0]
		open = open[1:]
		before, parts, after, ok := firstBraces(next)
		if !ok {
			done = append(done, next)
			continue
		}
		alternatives := make([]string, 0, len(parts)+len(open))
		for _, part := range parts {
			alternatives = append(alternatives, before+part+after)
		}
		open = append(alternatives, open...)
	}
	return append(done, open...)
}

// firstBraces finds the first pair of braces that match and cuts what is between them at the commas of their own level.
func firstBraces(pattern string) (before string, parts []string, after string, ok bool) {
	start, depth, from := -1, 0, 0
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '\\':
			i++
		case c == '{':
			if depth == 0 {
				start, from = i, i+1
			}
			depth++
		case c == ',' && depth == 1:
			parts = append(parts, pattern[from:i])
			from = i + 1
		case c == '}' && depth > 0:
			depth--
			if depth == 0 {
				return pattern[:start], append(parts, pattern[from:i]), pattern[i+1:], true
			}
		}
	}
	return "", nil, "", false
}
