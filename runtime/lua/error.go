package lua

import (
	"strconv"
	"strings"

	vm "github.com/yuin/gopher-lua"
)

// The codes of script errors, for programs; they are stable.
const (
	// CodeSyntax is a script that does not compile.
	CodeSyntax = "syntax"
	// CodeRuntime is an error raised by a script or by what it called.
	CodeRuntime = "runtime"
	// CodeDeadline is a call that took longer than it may.
	CodeDeadline = "deadline"
	// CodeCanceled is a call that was given up from outside.
	CodeCanceled = "canceled"
	// CodeInstructions is a call that did more steps than it may.
	CodeInstructions = "instructions"
	// CodeMemory is a call that wanted more memory than it may have.
	CodeMemory = "memory"
	// CodeExit is a script that called os.exit.
	CodeExit = "exit"
	// CodeInternal is a fault of luapush itself, caught before it reached the
	// host.
	CodeInternal = "internal"
)

// Error is a fault of a script: the one type for all of them, from the syntax
// error to the deadline. It is a value, complete when it is made and not
// changed afterwards, and safe from any goroutine.
type Error struct {
	// Code is one of the Code constants.
	Code string
	// Message is Lua's text without the position in front of it. An error
	// value that is not a string gives "(null)", as it does in Dovecot's log
	// (dovecot.md §2.2), and its type stands in Hint.
	Message string
	// Text is Lua's text as it was raised, place and all, which is what
	// Dovecot logs; "" for errors that are not Lua's own.
	Text string
	// Function is the script's function that the host called, "" for the main
	// chunk.
	Function string
	// Script, Line and Column say where: the place that Lua put in front of
	// the message, or else the topmost Lua function. Line and Column count
	// from 1; 0 is unknown.
	Script string
	Line   int
	Column int
	// SourceLine is the text of that line, where the source is known.
	SourceLine string
	// Traceback has the calls, innermost first, one line each.
	Traceback []string
	// Hint says what to do about it, or "".
	Hint string
	// Temporary tells that the same call may work another time.
	Temporary bool
	// Value is what was raised; nil for errors that are not Lua's own.
	Value vm.LValue
	// Cause is the Go error behind it, for errors.Is and errors.As; may be nil.
	Cause error
}

// Error gives one line: the place and the message.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Script != "" {
		b.WriteString(e.Script)
		if e.Line > 0 {
			b.WriteByte(':')
			b.WriteString(strconv.Itoa(e.Line))
		}
		b.WriteString(": ")
	}
	b.WriteString(e.Message)
	return b.String()
}

// Unwrap gives the Go error that caused it.
func (e *Error) Unwrap() error { return e.Cause }

// Fatal tells that the state the error happened in must not be used again: a
// limit was reached, the script called os.exit, or something panicked.
func (e *Error) Fatal() bool {
	switch e.Code {
	case CodeSyntax, CodeRuntime:
		return false
	}
	return true
}

// splitPosition takes "file:12: text" apart. Lua puts the place into the text
// of an error and nowhere else, so that is where it has to be found.
func splitPosition(s string) (file string, line int, rest string) {
	for from := 0; ; {
		colon := strings.IndexByte(s[from:], ':')
		if colon < 0 {
			return "", 0, s
		}
		at := from + colon
		end := at + 1
		for end < len(s) && s[end] >= '0' && s[end] <= '9' {
			end++
		}
		if end > at+1 && end < len(s) && s[end] == ':' {
			n, err := strconv.Atoi(s[at+1 : end])
			if err == nil && at > 0 && !strings.ContainsAny(s[:at], "\n") {
				return s[:at], n, strings.TrimPrefix(s[end+1:], " ")
			}
		}
		from = at + 1
	}
}
