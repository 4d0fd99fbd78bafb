package main

import (
	"slices"
	"strings"
)

// findTopics gives the topics of a name: those it names in full, or else those
// it is another name of, and those the release has before any others.
func findTopics(all []topic, name string) []topic {
	name = strings.TrimSuffix(name, "()")
	for _, matches := range []func(t topic) bool{
		func(t topic) bool { return t.name == name },
		func(t topic) bool { return strings.EqualFold(t.name, name) },
		func(t topic) bool {
			return slices.ContainsFunc(t.aliases, func(a string) bool { return strings.EqualFold(a, name) })
		},
	} {
		var found, others []topic
		for _, t := range all {
			if matches(t) && t.has {
				found = append(found, t)
			} else if matches(t) {
				others = append(others, t)
			}
		}
		if len(found) > 0 {
			return found
		}
		if len(others) > 0 {
			return others
		}
	}
	return nil
}

// nearestTopic gives the name that is most like one that is nothing's; "" where
// none is near.
func nearestTopic(all []topic, wrong string) string {
	if len(wrong) > 100 { // no misspelling; and the distance is quadratic
		return ""
	}
	wrong = strings.ToLower(wrong)
	best, least := "", min(3, max(1, len(wrong)/3))+1
	for _, t := range all {
		for _, name := range append([]string{t.name}, t.aliases...) {
			if d := editDistance(wrong, strings.ToLower(name)); d < least {
				best, least = name, d
			}
		}
	}
	return best
}

// editDistance is how many insertions, deletions and changes turn one text into
// another.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
