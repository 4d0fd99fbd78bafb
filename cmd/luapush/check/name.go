package check

import (
	"slices"
	"strings"
)

// nearest gives the name that is most like one that does not exist; "" where
// none is near.
func nearest(wrong string, names []string) string {
	if len(wrong) > 100 { // no misspelling; and the distance is quadratic
		return ""
	}
	folded := fold(wrong)
	best, bestDistance := "", min(3, max(1, len(folded)/3))+1
	for _, name := range names {
		if d := distance(folded, fold(name)); d < bestDistance {
			best, bestDistance = name, d
		}
	}
	return best
}

func fold(s string) string { return strings.ReplaceAll(strings.ToLower(s), "_", "") }

// suggestion makes a hint of the nearest name; "" where none is near.
func suggestion(wrong string, names []string) string {
	if name := nearest(wrong, names); name != "" && name != wrong {
		return "did you mean " + name + "?"
	}
	return ""
}

// suggestionOrAll makes a hint that names all there are, where none is near.
func suggestionOrAll(wrong, what string, names []string) string {
	if s := suggestion(wrong, names); s != "" {
		return s
	}
	names = slices.Clone(names)
	slices.Sort(names)
	return what + ": " + strings.Join(slices.Compact(names), ", ")
}

// distance is how many insertions, deletions, changes and swaps of neighbours
// turn one text into another.
func distance(a, b string) int {
	before, row := make([]int, len(b)+1), make([]int, len(b)+1)
	next := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		next[0] = i + 1
		for j := range len(b) {
			change := row[j]
			if a[i] != b[j] {
				change++
			}
			next[j+1] = min(change, row[j+1]+1, next[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row, next = row, next, before
	}
	return row[len(b)]
}

// list writes names down: a, b and c.
func list[T ~string](names []T) string {
	var b strings.Builder
	for i, name := range names {
		switch {
		case i == 0:
		case i == len(names)-1:
			b.WriteString(" and ")
		default:
			b.WriteString(", ")
		}
		b.WriteString(string(name))
	}
	return b.String()
}
