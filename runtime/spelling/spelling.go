// Package spelling finds the name that a misspelt one was meant for, so that
// every message which refuses a name can suggest another. It must not know what
// the names are names of.
package spelling

import "strings"

// longest is the longest name that can be a misspelling: the distance takes the square of it.
const longest = 100

// Nearest returns the one of names that wrong most likely was meant to be, "" where none is near. Case and underscores
// do not count; about a third of the letters may be wrong, three at most.
func Nearest(wrong string, names []string) string {
	if len(wrong) > longest {
		return ""
	}
	folded := Fold(wrong)
	best, least := "", min(3, max(1, len(folded)/3))+1
	for _, name := range names {
		if d := Distance(folded, Fold(name)); d < least {
			best, least = name, d
		}
	}
	return best
}

// Fold gives the letters that count in a name.
func Fold(name string) string { return strings.ReplaceAll(strings.ToLower(name), "_", "") }

// Distance is how many insertions, deletions, changes and swaps of neighbours turn one text into the other. It takes the
// product of their lengths in time.
func Distance(a, b string) int {
	before, row := make([]int, len(b)+1), make([]int, len(b)+1)
	next := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		next[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			next[j+1] = min(row[j]+cost, row[j+1]+1, next[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row, next = row, next, before
	}
	return row[len(b)]
}
