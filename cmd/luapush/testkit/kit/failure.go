package kit

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/cmd/luapush/testkit/host"
	"github.com/luapush/luapush/cmd/luapush/testkit/result"
	"github.com/luapush/luapush/cmd/luapush/testkit/value"
	"github.com/luapush/luapush/runtime/lua"
	"github.com/luapush/luapush/runtime/lua/native"
)

// The reasons for which a case's context ends.
var (
	errTimeout = errors.New("timeout")
	errFlood   = errors.New("flood")
)

// raised is what a failed expectation raises, inside a userdata.
type raised struct{ failure result.Failure }

// skipped is what t.skip raises, inside a userdata.
type skipped struct{ reason string }

// fail raises a failure at the line of the test that is running.
func (f *File) fail(l *vm.LState, failure result.Failure) {
	f.place(l, &failure)
	text := failure.Message
	if failure.Line > 0 {
		text = fmt.Sprintf("%s:%d: %s", failure.File, failure.Line, text)
	}
	native.RaiseValue(l, &vm.LUserData{Value: &raised{failure}, Metatable: f.textMeta(text)})
}

// textMeta makes an error value show its text to those who catch it.
func (f *File) textMeta(text string) *vm.LTable {
	meta := value.NewTable(0, 2)
	meta.RawSetString("__name", vm.LString("failure"))
	meta.RawSetString("__tostring", &vm.LFunction{IsG: true, GFunction: func(l *vm.LState) int {
		l.Push(vm.LString(text))
		return 1
	}})
	return meta
}

// place fills in where the test is: the innermost line of the test file, or
// else of any file; and what stands on that line.
func (f *File) place(l *vm.LState, failure *result.Failure) {
	file, line, level := caller(l, f.path)
	failure.File, failure.Line = file, line
	if line == 0 {
		return
	}
	failure.SourceLine = f.sourceLine(file, line)
	source := f.source
	if file != f.path {
		var err error
		if source, err = host.Source(file); err != nil {
			return
		}
	}
	for _, v := range lua.Explain(l, level, source) {
		if len(failure.Values) == maxValues {
			break
		}
		if ud, ok := v.Value.(*vm.LUserData); ok {
			if _, ok := ud.Value.(fieldsOf); ok {
				continue // a handler says nothing
			}
		}
		failure.Values = append(failure.Values, result.Value{Expression: v.Expression, Value: shortened(v.Value)})
	}
}

// maxValues is how many values are shown of a line.
const maxValues = 12

// shortened writes a value on one line that fits a terminal.
func shortened(v vm.LValue) string {
	const room = 160
	text := value.Line(v)
	if runes := []rune(text); len(runes) > room {
		return string(runes[:room]) + "…"
	}
	return text
}

// caller finds the innermost line of a file on the stack, or else the innermost
// line, and its level.
func caller(l *vm.LState, path string) (file string, line, level int) {
	at := -1
	native.Walk(l, func(frame *native.Frame) bool {
		at++
		if frame.IsNative() || frame.Line() <= 0 {
			return true
		}
		source := frame.Fn.Proto.SourceName
		if line == 0 || source == path {
			file, line, level = source, frame.Line(), at
		}
		return source != path
	})
	return file, line, level
}

// sourceLine reads a line of a script.
func (f *File) sourceLine(file string, line int) string {
	if file == f.path {
		return f.chunk.Line(line)
	}
	return SourceLine(file, line)
}

// SourceLine reads a line of a file, counted from 1; "" where there is none.
func SourceLine(file string, line int) string {
	data, err := host.Source(file)
	if err != nil || line < 1 {
		return ""
	}
	for text := range strings.Lines(string(data)) {
		if line--; line == 0 {
			return strings.TrimRight(text, "\r\n")
		}
	}
	return ""
}

// failureOf makes the failure of an error that ended a call into the state.
func (f *File) failureOf(e *lua.Error) *result.Failure {
	if ud, ok := e.Value.(*vm.LUserData); ok {
		if r, ok := ud.Value.(*raised); ok {
			failure := r.failure
			return &failure
		}
	}
	return &result.Failure{
		Message: e.Message, File: e.Script, Line: e.Line, SourceLine: e.SourceLine, Traceback: e.Traceback, Hint: forTest(e.Hint),
	}
}

// forTest leaves out hints that are about handlers.
func forTest(hint string) string {
	if strings.Contains(hint, "Dovecot") {
		return ""
	}
	return hint
}

// timed gives the failure of a case that took too long its own words.
func (f *File) timed(ctx context.Context, limit time.Duration, failure *result.Failure) *result.Failure {
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errTimeout):
		failure.Message = fmt.Sprintf("the case took longer than %s", limit)
		failure.Hint = "an endless loop, or raise --timeout; what a test or a handler sleeps takes no time"
	case errors.Is(cause, errFlood):
		failure.Message = fmt.Sprintf("the handler did more than %d things, or wrote more than %d MB, in one case", maxRecords, maxRecordBytes>>20)
		failure.Hint = "a loop that sends or logs without end"
	}
	if failure.File == "" {
		failure.File = f.path
	}
	return failure
}

// thrown is an error that was raised inside a protected call, with its
// traceback.
type thrown struct {
	value     vm.LValue
	traceback []string
}

// protected calls a function of the test; nil means that it went well. A fatal
// error goes through.
func protected(l *vm.LState, fn vm.LValue) *thrown {
	var traceback []string
	_, value := native.PCall(l, func(l *vm.LState, v vm.LValue) vm.LValue {
		traceback = native.TracebackLines(l, 0)
		return v
	}, fn)
	if value == nil {
		return nil
	}
	if native.Fatal(value) != nil {
		native.RaiseValue(l, value)
	}
	return &thrown{value, traceback}
}

// failureOfThrown makes the failure of a raised value; assertion tells one of
// an expectation from an error.
func (f *File) failureOfThrown(t *thrown) (failure result.Failure, assertion bool) {
	switch v := t.value.(type) {
	case *vm.LUserData:
		if r, ok := v.Value.(*raised); ok {
			return r.failure, true
		}
		failure.Message = "the test raised a userdata"
	case vm.LString, vm.LNumber:
		text := native.ToString(v)
		failure.File, failure.Line, failure.Message = splitPlace(text)
		if rest, ok := strings.CutPrefix(text, f.path); ok {
			// The path itself may look like a place.
			if _, line, message := splitPlace("x" + rest); line > 0 {
				failure.File, failure.Line, failure.Message = f.path, line, message
			}
		}
	case *vm.LNilType:
		failure.Message = "error() was called without a value"
	default:
		failure.Message = "the test raised " + value.Line(v)
	}
	if failure.File == "" {
		for _, frame := range t.traceback {
			if file, line, _ := splitPlace(frame); file != "" {
				failure.File, failure.Line = file, line
				break
			}
		}
	}
	failure.SourceLine = f.sourceLine(failure.File, failure.Line)
	failure.Traceback = inTest(t.traceback)
	return failure, false
}

// inTest leaves out the frames of the test kit itself.
func inTest(traceback []string) []string {
	var kept []string
	for _, frame := range traceback {
		if !strings.HasPrefix(frame, "[C]: in ?") {
			kept = append(kept, frame)
		}
	}
	return kept
}

// splitPlace takes "file:12: text" apart.
func splitPlace(s string) (file string, line int, rest string) {
	for from := 0; ; {
		colon := strings.IndexByte(s[from:], ':')
		if colon < 0 || strings.Contains(s[:from+colon], "\n") {
			return "", 0, s
		}
		at := from + colon
		n, end := 0, at+1
		for end < len(s) && s[end] >= '0' && s[end] <= '9' && n < 1<<30 {
			n = n*10 + int(s[end]-'0')
			end++
		}
		if at > 0 && end > at+1 && end < len(s) && s[end] == ':' {
			return s[:at], n, strings.TrimPrefix(s[end+1:], " ")
		}
		from = at + 1
	}
}
