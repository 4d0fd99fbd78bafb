package value

import "strings"

// Nearest gives the name that a wrong one may have been meant for, or "".
func Nearest(wrong string, names []string) string {
	best, least := "", 3
	for _, name := range names {
		if d := edits(strings.ToLower(wrong), strings.ToLower(name)); d < least && d < len(name) {
			best, least = name, d
		}
	}
	return best
}

// Meant is the part of a message that names the nearest, or all of them.
func Meant(wrong string, names []string) string {
	if n := Nearest(wrong, names); n != "" {
		return "did you mean " + n + "?"
	}
	return "there are " + strings.Join(names, ", ")
}

// edits is how many characters must be changed, added or taken to get from a to
// b.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
