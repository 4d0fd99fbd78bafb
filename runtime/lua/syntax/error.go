package syntax

import (
	"strconv"
	"strings"
)

// Error is a source text that is not Lua 5.4. It is a plain value.
type Error struct {
	File    string // what messages call the chunk
	Line    int    // the line PUC Lua would name
	Column  int    // byte column on that line, counted from 1
	Message string // without position and without the token
	// Near is the token as PUC Lua prints it, quotes included ("'}'", "<eof>"),
	// or "" where its message has none.
	Near       string
	SourceLine string // the text of Line
}

// Error gives the text load would return: "file:line: message near 'token'".
func (e *Error) Error() string {
	s := e.File + ":" + strconv.Itoa(e.Line) + ": " + e.Message
	if e.Near != "" {
		s += " near " + e.Near
	}
	return s
}

// Caret gives the line of source and below it a line with a caret under the
// column; tabs stay tabs, so that the two line up.
func (e *Error) Caret() string {
	var b strings.Builder
	b.WriteString(e.SourceLine)
	b.WriteByte('\n')
	for i := 0; i < e.Column-1 && i < len(e.SourceLine); i++ {
		switch c := e.SourceLine[i]; {
		case c == '\t':
			b.WriteByte('\t')
		case c < 0x80 || c >= 0xC0: // one space for one character, not for each byte
			b.WriteByte(' ')
		}
	}
	b.WriteByte('^')
	return b.String()
}

const maxChunkID = 60 // LUA_IDSIZE, its terminating zero included

// ChunkID gives what messages call a chunk of that name: the file after "@",
// the name itself after "=", else [string "first line..."] (luaO_chunkid).
func ChunkID(name string) string {
	if name == "" {
		return `[string ""]`
	}
	switch rest := name[1:]; name[0] {
	case '=':
		if len(rest) >= maxChunkID {
			rest = rest[:maxChunkID-1]
		}
		return rest
	case '@':
		if len(rest) >= maxChunkID {
			return "..." + rest[len(rest)-(maxChunkID-1-3):]
		}
		return rest
	}
	const open, dots, end = `[string "`, `...`, `"]`
	room := maxChunkID - len(open) - len(dots) - len(end) - 1
	line, _, cut := strings.Cut(name, "\n")
	if !cut && len(name) < room {
		return open + name + end
	}
	if len(line) > room {
		line = line[:room]
	}
	return open + line + dots + end
}
