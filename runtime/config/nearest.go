package config

import "strings"

// maxNearest is the longest name that can be a misspelling: the distance takes the square of it.
const maxNearest = 100

// Nearest returns the one of names that wrong most likely was meant to be, "" where none is near. Case and underscores
// do not count; about a third of the letters may be wrong, three at most.
func Nearest(wrong string, names []string) string {
	if len(wrong) > maxNearest {
		return ""
	}
	folded := foldName(wrong)
	best, least := "", min(3, max(1, len(folded)/3))+1
	for _, name := range names {
		if d := editDistance(folded, foldName(name)); d < least {
			best, least = name, d
		}
	}
	return best
}

func foldName(name string) string { return strings.ReplaceAll(lowerASCII(name), "_", "") }

// editDistance is how many insertions, deletions, changes and swaps of neighbours turn one text into the other.
func editDistance(a, b string) int {
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
