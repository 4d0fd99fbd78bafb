package value

import (
	"strings"

	"github.com/luapush/luapush/runtime/spelling"
)

// Meant is the part of a message that names the nearest, or all of them.
func Meant(wrong string, names []string) string {
	if n := spelling.Nearest(wrong, names); n != "" {
		return "did you mean " + n + "?"
	}
	return "there are " + strings.Join(names, ", ")
}
