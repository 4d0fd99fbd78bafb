package native

import (
	"fmt"
	"strconv"

	vm "github.com/yuin/gopher-lua"
)

// Kind is what a script ran out of.
type Kind string

// The kinds of limits.
const (
	Instructions Kind = "instructions"
	Deadline     Kind = "deadline"
	Memory       Kind = "memory"
	Canceled     Kind = "canceled"
)

// Limit is the error of a script that was stopped. No Lua code can catch it,
// and the state it happened in is of no further use.
type Limit struct {
	Kind Kind
	// Where is the position it was stopped at, "file:line:" or "".
	Where string
	// Cause is the host's reason, for Canceled and Deadline.
	Cause error
	// Amount is the limit that was reached, in the unit of the kind:
	// instructions, nanoseconds or bytes.
	Amount int64
}

// Error gives the position and the reason.
func (e *Limit) Error() string {
	var text string
	switch e.Kind {
	case Instructions:
		text = "the script ran more than " + strconv.FormatInt(e.Amount, 10) + " instructions"
	case Deadline:
		text = "the script ran out of time"
	case Memory:
		text = "the script needs more than " + strconv.FormatInt(e.Amount, 10) + " bytes of memory"
	default:
		text = "the script was stopped"
		if e.Cause != nil {
			text += ": " + e.Cause.Error()
		}
	}
	if e.Where != "" {
		return e.Where + " " + text
	}
	return text
}

// Unwrap gives the host's reason.
func (e *Limit) Unwrap() error { return e.Cause }

// Exit is the wish of a script to end, from os.exit. No Lua code can catch it.
type Exit struct {
	// Code is the exit status.
	Code int
	// Where is the position of the call.
	Where string
}

// Error gives the position and the code.
func (e *Exit) Error() string {
	text := "the script called os.exit(" + strconv.Itoa(e.Code) + ")"
	if e.Where != "" {
		return e.Where + " " + text
	}
	return text
}

// Crash is a fault below Lua: a Go panic in a native function or in the
// machine. No Lua code can catch it.
type Crash struct {
	// Panic is what was recovered.
	Panic any
	// Where is the position of the script at that time.
	Where string
	// Stack is the Go stack, where it could be had.
	Stack []byte
}

// Error gives the position and the panic's text.
func (e *Crash) Error() string {
	text := fmt.Sprint("internal error: ", e.Panic)
	if e.Where != "" {
		return e.Where + " " + text
	}
	return text
}

// Unwrap gives the panic's value where it was an error.
func (e *Crash) Unwrap() error {
	err, _ := e.Panic.(error)
	return err
}

// Fatal gives the error inside a raised value that no Lua code may catch: a
// *Limit, an *Exit or a *Crash. For any other value it is nil.
func Fatal(v vm.LValue) error {
	ud, ok := v.(*vm.LUserData)
	if !ok {
		return nil
	}
	switch e := ud.Value.(type) {
	case *Limit:
		return e
	case *Exit:
		return e
	case *Crash:
		return e
	}
	return nil
}

// Stop raises an error that no Lua code can catch, and lets nothing of the
// state run afterwards. It does not return.
func Stop(l *vm.LState, err error) {
	if c, ok := l.Context().(*Context); ok {
		c.Budget.stop(err)
	}
	panic(&vm.ApiError{Type: vm.ApiErrorRun, Object: &vm.LUserData{Value: err, Metatable: vm.LNil}, Cause: err})
}
