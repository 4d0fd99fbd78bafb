package lua

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/library"
	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/lua/repair"
)

// State runs scripts, one call at a time, with the globals of one session. It
// is not safe for concurrent use.
type State struct {
	// L is the machine's state, for code that gives values to scripts.
	L       *vm.LState
	budget  *native.Budget
	options Options
	dead    *Error
	main    *Chunk
	// traceback is that of the last error.
	traceback []string

	// host and deadline are those of the call that is going on; waiting is the
	// context made of them when somebody asked for it.
	host     context.Context
	deadline time.Time
	waiting  context.Context
	release  context.CancelFunc
}

// NewState makes a state with the standard library opened.
func (e *Engine) NewState(o Options) *State {
	if o.Now == nil {
		o.Now = time.Now
	}
	l := native.NewState()
	s := &State{L: l, budget: native.Attach(l, o.Now), options: o}
	s.budget.SetHooks(repair.Hooks())
	if e.coverage != nil {
		s.budget.Count(&e.coverage.hits)
	}
	e.library.Open(l, library.StateOptions{Stdin: o.Stdin, Stdout: o.Stdout, Stderr: o.Stderr, Seed: o.Seed})
	return s
}

// Run runs a chunk's main function with no arguments. The error is an
// *[Error].
func (s *State) Run(ctx context.Context, c *Chunk) error {
	s.main = c
	return s.Call(ctx, "", s.L.NewFunctionFromProto(c.proto), nil)
}

// Call calls a function with the arguments and fills into with its results, nil
// where the function gave fewer. The name is that of the script's function,
// for messages. The error is an *[Error]; when it is Fatal the state is dead.
func (s *State) Call(ctx context.Context, name string, fn vm.LValue, into []vm.LValue, args ...vm.LValue) error {
	if s.dead != nil {
		return s.dead
	}
	s.host, s.deadline = ctx, time.Time{}
	limits := native.Limits{Instructions: s.options.Limits.Instructions, Memory: s.options.Limits.Memory}
	if s.options.Limits.Time > 0 {
		s.deadline = s.options.Now().Add(s.options.Limits.Time)
		limits.Deadline = s.deadline
	}
	s.budget.Start(ctx, limits)
	results, raised := native.PCall(s.L, s.atError, fn, args...)
	library.Flush(s.L)
	if s.release != nil {
		s.release()
		s.waiting, s.release = nil, nil
	}
	if raised != nil {
		failure := s.failure(name, raised)
		if failure.Fatal() {
			s.dead = failure
		}
		return failure
	}
	for i := range into {
		into[i] = vm.LNil
		if i < len(results) {
			into[i] = results[i]
		}
	}
	return nil
}

// atError keeps the traceback while the calls still stand.
func (s *State) atError(l *vm.LState, v vm.LValue) vm.LValue {
	s.traceback = native.TracebackLines(l, 0)
	return v
}

// Context is the context of the call that is going on, with its deadline, for
// library functions that wait for something. It may be used from any
// goroutine, and ends with the call.
func (s *State) Context() context.Context {
	if s.waiting != nil {
		return s.waiting
	}
	if s.host == nil {
		return context.Background()
	}
	if s.deadline.IsZero() {
		s.waiting, s.release = context.WithCancel(s.host)
	} else {
		s.waiting, s.release = context.WithTimeout(s.host, s.deadline.Sub(s.options.Now()))
	}
	return s.waiting
}

// failure makes the error of what a call ended with.
func (s *State) failure(name string, raised vm.LValue) *Error {
	e := &Error{Code: CodeRuntime, Function: name, Message: "(null)", Text: "(null)", Value: raised, Traceback: s.traceback}
	s.traceback = nil
	switch v := raised.(type) {
	case vm.LString, vm.LNumber:
		// Dovecot takes the text as a C string.
		e.Text, _, _ = strings.Cut(native.ToString(v), "\x00")
		e.Script, e.Line, e.Message = splitPosition(e.Text)
	case *vm.LNilType:
		e.Message, e.Text = "nil", ""
		e.Hint = "error() was called without a value; Dovecot logs no message then, so raise a string"
	default:
		if fatal := native.Fatal(raised); fatal != nil {
			s.stopped(e, fatal)
			break
		}
		e.Hint = fmt.Sprintf("the error value is a %s; Dovecot logs only strings, so raise one", raised.Type())
	}
	if e.Script == "" {
		// Some messages have no place, such as those of Dovecot's own checks:
		// the innermost Lua function is where the script went wrong.
		for _, frame := range e.Traceback {
			if file, line, _ := splitPosition(frame); file != "" {
				e.Script, e.Line = file, line
				break
			}
		}
	}
	if s.main != nil && e.Script == s.main.name {
		e.SourceLine = s.main.Line(e.Line)
	} else {
		e.SourceLine = library.SourceLine(s.L, e.Script, e.Line)
	}
	return e
}

// stopped fills in the error of a script that reached a limit, left by
// os.exit, or met a fault of luapush.
func (s *State) stopped(e *Error, fatal error) {
	e.Value, e.Cause, e.Text, e.Traceback = nil, fatal, "", nil
	var where string
	var limit *native.Limit
	var exit *native.Exit
	var crash *native.Crash
	switch {
	case errors.As(fatal, &limit):
		where = limit.Where
		s.limited(e, limit)
	case errors.As(fatal, &exit):
		where = exit.Where
		e.Code, e.Message = CodeExit, fmt.Sprintf("the script called os.exit(%d)", exit.Code)
		e.Hint = "in Dovecot this ends the mail process, and with it the delivery: use error() or return"
	case errors.As(fatal, &crash):
		where = crash.Where
		e.Code, e.Message = CodeInternal, fmt.Sprint("internal error: ", crash.Panic)
		e.Hint = "this is a fault of luapush, not of the script; please report it"
	}
	if where != "" {
		e.Script, e.Line, _ = splitPosition(where + " ")
	}
}

func (s *State) limited(e *Error, limit *native.Limit) {
	limits := s.options.Limits
	switch limit.Kind {
	case native.Instructions:
		e.Code = CodeInstructions
		e.Message = fmt.Sprintf("the call ran more than %d instructions", limits.Instructions)
	case native.Memory:
		e.Code = CodeMemory
		e.Message = fmt.Sprintf("the script needs more than %d bytes of memory", limits.Memory)
	case native.Deadline:
		e.Code, e.Temporary = CodeDeadline, true
		e.Message = "the call took too long"
		if limits.Time > 0 {
			e.Message = fmt.Sprintf("the call took longer than %s", limits.Time)
		}
		e.Hint = "Dovecot has no such limit: there the delivery would wait; --timeout sets it"
	default:
		e.Code, e.Temporary = CodeCanceled, true
		e.Message = "the call was given up"
	}
}

// Dead is the error that ended the state, or nil.
func (s *State) Dead() *Error { return s.dead }

// GiveUp ends the state: every further call answers with the error.
func (s *State) GiveUp(e *Error) { s.dead = e }

// Close frees the state, and closes the files it left open. It runs no code of
// the script.
func (s *State) Close() {
	library.Close(s.L)
	s.L.Close()
}
