package native

import (
	"strconv"
	"strings"

	vm "github.com/yuin/gopher-lua"
)

// The first and the last calls that a traceback shows of a deep stack.
const (
	levelsFirst = 10
	levelsLast  = 11
)

// Traceback gives the calls of a thread in the words of luaL_traceback, from
// the level on; the message, unless it is "", comes first.
func Traceback(l *vm.LState, message string, level int) string {
	var b strings.Builder
	if message != "" {
		b.WriteString(message)
		b.WriteByte('\n')
	}
	b.WriteString("stack traceback:")
	for _, line := range TracebackLines(l, level) {
		b.WriteString("\n\t")
		b.WriteString(line)
	}
	return b.String()
}

// TracebackLines gives a traceback's lines without the tabs, innermost first.
func TracebackLines(l *vm.LState, level int) []string {
	total := 0
	Walk(l, func(f *Frame) bool {
		if total == 0 && level == 0 && f.helps() {
			// The operator that failed is no call.
			level = 1
		}
		total++
		return true
	})
	total -= level
	var lines []string
	if c, ok := l.Context().(*Context); ok && c.done && c.top != "" && level == 0 {
		lines = append(lines, c.top)
	}
	n := 0
	Walk(l, func(f *Frame) bool {
		if level > 0 {
			level--
			return true
		}
		n++
		switch skipped := total - levelsFirst - levelsLast; {
		case skipped > 0 && n == levelsFirst+1:
			lines = append(lines, "...\t(skipping "+strconv.Itoa(skipped)+" levels)")
			return true
		case skipped > 0 && n > levelsFirst && n <= levelsFirst+skipped:
			return true
		}
		lines = append(lines, f.describe(l))
		if f.TailCall > 0 && !f.IsNative() {
			lines = append(lines, "(...tail calls...)")
		}
		return true
	})
	return lines
}

// describe is a frame's line of a traceback.
func (f *Frame) describe(l *vm.LState) string {
	if f.Fn == yielded {
		return "[C]: in function 'coroutine.yield'"
	}
	place := "[C]: in "
	if !f.IsNative() {
		place = f.Fn.Proto.SourceName + ":"
		if line := f.Line(); line > 0 {
			place += strconv.Itoa(line) + ":"
		}
		place += " in "
	}
	if name := LibraryName(l, f.Fn); name != "" {
		return place + "function '" + name + "'"
	}
	if name, what := f.CallName(); what != "" {
		return place + what + " '" + name + "'"
	}
	switch {
	case f.IsNative():
		return place + "?"
	case IsMain(f.Fn.Proto):
		return place + "main chunk"
	}
	return place + "function <" + f.Fn.Proto.SourceName + ":" + strconv.Itoa(f.Fn.Proto.LineDefined) + ">"
}

// IsMain tells the function of a whole chunk.
func IsMain(p *vm.FunctionProto) bool { return p.LineDefined == 0 }

// NamesFunc gives the name of a library function, such as "string.rep", or "".
// It stands in for the search of package.loaded.
type NamesFunc func(l *vm.LState, fn *vm.LFunction) string

// SetNames hands in how library functions are named.
func (b *Budget) SetNames(names NamesFunc) { b.names = names }

// LibraryName is the name of a function that is a field of a loaded module:
// "string.rep", or "print" for one of the globals; "" for any other function.
func LibraryName(l *vm.LState, fn *vm.LFunction) string {
	if c, ok := l.Context().(*Context); ok && c.names != nil {
		return c.names(l, fn)
	}
	return ""
}
