package value

import (
	"slices"
	"strings"
)

func sortBy[T any](list []T, text func(T) string) {
	slices.SortStableFunc(list, func(a, b T) int { return strings.Compare(text(a), text(b)) })
}
