package runtime

import (
	"fmt"

	"github.com/luapush/luapush/runtime/lua"
)

// recovered keeps a fault of luapush itself, or of a Go value that the host
// gave to scripts, from ending the host: it gives the state up, and the fault as
// an error.
func (s *Session) recovered(step func() *Error) (fault *Error) {
	defer func() {
		if r := recover(); r != nil {
			fault = &Error{
				Code: lua.CodeInternal, Script: s.driver.Program.Name(), Message: fmt.Sprint("internal error: ", r),
				Hint: "this is a fault of luapush, not of the script; please report it",
			}
			s.state.GiveUp(fault)
		}
	}()
	return step()
}

// guarded is recovered for a step of a transaction, which it ends.
func (p *play) guarded(step func()) {
	fault := p.recovered(func() *Error {
		step()
		return nil
	})
	if fault != nil {
		p.aborted, p.begun = true, false
		p.fault(fault)
	}
}
