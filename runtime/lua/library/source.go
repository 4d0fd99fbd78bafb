package library

import (
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

// maxSources bounds the sources that a state keeps, in bytes.
const maxSources = 1 << 20

// sources are the texts of the files that a state loaded, for messages.
type sources struct {
	files map[string]string
	size  int
}

// keep keeps a file's text while there is room.
func (s *sources) keep(l *vm.LState, file string, source []byte) {
	size := s.size - len(s.files[file]) + len(source)
	if size > maxSources {
		return
	}
	if s.files == nil {
		s.files = map[string]string{}
	}
	native.Alloc(l, len(source))
	s.files[file], s.size = string(source), size
}

// SourceLine gives a line, counted from 1, of a file that the state loaded by
// require, dofile or loadfile; "" where it is not known.
func SourceLine(l *vm.LState, file string, line int) string {
	s, ok := native.Of(l).Library().(*state)
	if !ok || line < 1 {
		return ""
	}
	n := 0
	for text := range strings.Lines(s.sources.files[file]) {
		if n++; n == line {
			return strings.TrimRight(text, "\r\n")
		}
	}
	return ""
}
