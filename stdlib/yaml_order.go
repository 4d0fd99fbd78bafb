package stdlib

import (
	"cmp"
	"fmt"
	"slices"

	"gopkg.in/yaml.v2"
)

// sortedYAML puts a mapping into one order, so that a script writes the same text each time: numbers, then the others by
// their text.
func sortedYAML(mapping yaml.MapSlice) yaml.MapSlice {
	slices.SortFunc(mapping, func(a, b yaml.MapItem) int {
		x, xNumber := yamlNumber(a.Key)
		y, yNumber := yamlNumber(b.Key)
		switch {
		case xNumber && yNumber:
			return cmp.Compare(x, y)
		case xNumber:
			return -1
		case yNumber:
			return 1
		}
		return cmp.Compare(fmt.Sprint(a.Key), fmt.Sprint(b.Key))
	})
	return mapping
}

func yamlNumber(key any) (float64, bool) {
	switch n := key.(type) {
	case int64:
		return float64(n), true
	case float64:
		return n, true
	}
	return 0, false
}
