package check

import (
	"slices"
	"strings"

	"github.com/luapush/luapush/runtime/spelling"
)

// suggestion makes a hint of the nearest name; "" where none is near.
func suggestion(wrong string, names []string) string {
	if name := spelling.Nearest(wrong, names); name != "" && name != wrong {
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
