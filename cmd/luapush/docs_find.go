package main

import (
	"slices"
	"strings"

	"github.com/luapush/luapush/runtime/spelling"
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
	var names []string
	for _, t := range all {
		names = append(append(names, t.name), t.aliases...)
	}
	return spelling.Nearest(wrong, names)
}
