package runtime

import (
	"context"
	"fmt"
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/trace"
)

// The functions around the event functions of a transaction.
const (
	beginFunction = "dovecot_lua_notify_begin_txn"
	endFunction   = "dovecot_lua_notify_end_txn"
)

// Outcome is how a transaction went. The zero value is one that went well.
type Outcome struct {
	// Errors counts the faults of the script, Requests its HTTP requests.
	Errors   int
	Requests int
	// Skipped says why no function was called; "" if they were.
	Skipped string
	// Err is the first fault, or nil.
	Err *Error
}

// Play plays a transaction as Dovecot does (dovecot.md §2.2): begin_txn, the
// function of each event, end_txn. A fault of one function is told to the
// observer, and the rest goes on; only a fault that ends the state, such as
// the deadline, ends the transaction too, and the next one gets a new state.
func (s *Session) Play(ctx context.Context, t *mail.Transaction) Outcome {
	s.number = trace.Txn(s.host.txns.Add(1))
	s.txn, s.user, s.view = t, &t.User, s.host.options.Store.View(t)
	s.requests, s.errors = 0, 0
	s.emit(&trace.Begin{
		Txn: s.number, Scenario: t.Scenario, User: t.User.Username,
		File: t.Source.File, Line: t.Source.Line,
	})
	p := play{Session: s}
	p.guarded(ctx)
	o := Outcome{Errors: s.errors, Requests: s.requests, Skipped: p.skipped, Err: p.first}
	s.emit(&trace.End{
		Txn: s.number, Success: t.Success && p.skipped == "" && !p.aborted, Aborted: p.aborted,
		Requests: o.Requests, Errors: o.Errors, Skipped: o.Skipped,
	})
	s.number = 0
	return o
}

// play is one transaction under way.
type play struct {
	*Session
	skipped string
	// aborted is set when the state ended in the middle.
	aborted bool
	first   *Error
	// wanted are the events there was a function for when the transaction
	// began, as bits in the order of Host.events: only those are asked for.
	wanted uint16
}

func (p *play) fault(e *Error) {
	if p.first == nil {
		p.first = e
	}
	p.report(e)
}

// guarded keeps a fault of luapush itself, or of a Go value that the host gave
// to scripts, from ending the host.
func (p *play) guarded(ctx context.Context) {
	defer func() {
		if r := recover(); r != nil {
			e := &Error{
				Code: lua.CodeInternal, Script: p.program.Name(), Message: fmt.Sprint("internal error: ", r),
				Hint: "this is a fault of luapush, not of the script; please report it",
			}
			p.state.GiveUp(e)
			p.aborted = true
			p.fault(e)
		}
	}()
	p.run(ctx)
}

func (p *play) run(ctx context.Context) {
	if p.state.Dead() != nil {
		if err := p.reopen(ctx); err != nil {
			p.first, p.skipped = err, "the script could not be started again"
			return
		}
	}
	begin := p.function(beginFunction)
	if begin == nil {
		p.skipped = "no begin function"
		p.fault(&Error{
			Code: lua.CodeRuntime, Function: beginFunction, Script: p.program.Name(),
			Message: "Missing function " + beginFunction,
			Hint:    "Dovecot calls no event function without it; define it, even if it only returns {}",
		})
		return
	}
	if !p.lookUp() {
		p.skipped = "no event functions"
		p.debug("No event handlers found in script")
		return
	}
	var c [1]vm.LValue
	p.debug("Calling %s(%s)", beginFunction, p.user.Username)
	if err := p.call(ctx, beginFunction, begin, c[:], &trace.Call{}, p.host.options.API.User(p.Session)); err != nil {
		p.skipped = "begin_txn failed"
		p.fault(err)
		return
	}
	p.debug("Called %s", beginFunction)
	if p.txn.Success && !p.events(ctx, c[0]) {
		return
	}
	p.end(ctx, c[0])
}

// reopen gives the session a new state after its own had to be given up.
func (p *play) reopen(ctx context.Context) *Error {
	p.state.Close()
	if err := p.open(ctx); err != nil {
		return asError(err)
	}
	return nil
}

// lookUp finds which events the script has functions for, each transaction
// anew, and tells whether there are any.
func (p *play) lookUp() bool {
	p.wanted = 0
	for i, e := range p.host.events {
		if p.function(e.function) == nil {
			continue
		}
		p.wanted |= 1 << i
		p.debug("Found %s, handling %s event", e.function, e.name)
	}
	return p.wanted != 0
}

// want gives the function name for an event that is asked for, else "".
func (p *play) want(name mail.EventName) string {
	for i, e := range p.host.events {
		if e.name == name {
			if p.wanted&(1<<i) == 0 {
				return ""
			}
			return e.function
		}
	}
	return ""
}

// events calls the event functions; false ends the transaction.
func (p *play) events(ctx context.Context, c vm.LValue) bool {
	for i := range p.txn.Events {
		e := &p.txn.Events[i]
		name := p.want(e.Name)
		if name == "" {
			continue
		}
		fn := p.function(name)
		if fn == nil {
			p.fault(&Error{
				Code: lua.CodeRuntime, Function: name, Script: p.program.Name(),
				Message: "'" + name + "' is not a function",
				Hint:    "the function was taken away while the transaction was going on",
			})
			continue
		}
		message := e.Name.IsMessage()
		if p.Debug() {
			p.debug("Calling %s(ctx, event[%s])", name, describe(e, message))
		}
		record := &trace.Call{Event: string(e.Name), Mailbox: e.Mailbox, UID: e.UID, HasUID: message}
		err := p.call(ctx, name, fn, nil, record, c, p.host.options.API.Event(p.Session, e))
		if err == nil {
			p.debug("Called %s", name)
			continue
		}
		p.fault(err)
		if err.Fatal() {
			p.aborted = true
			p.lost(i)
			return false
		}
	}
	return true
}

// lost says which events the script will not see because its state ended.
func (p *play) lost(at int) {
	left := 0
	for _, e := range p.txn.Events[at+1:] {
		if p.want(e.Name) != "" {
			left++
		}
	}
	if left > 0 {
		p.emit(&trace.Note{Txn: p.number, Message: fmt.Sprintf(
			"%d more event(s) of this transaction and its end_txn were not called; the next transaction starts a new state", left)})
	}
}

func describe(e *mail.Event, message bool) string {
	text := fmt.Sprintf("name=%s,mailbox=%s", e.Name, e.Mailbox)
	if message {
		text += fmt.Sprintf(",uid=%d", e.UID)
	}
	return text
}

func (p *play) end(ctx context.Context, c vm.LValue) {
	end := p.function(endFunction)
	if end == nil {
		p.fault(&Error{
			Code: lua.CodeRuntime, Function: endFunction, Script: p.program.Name(),
			Message: "Missing function " + endFunction,
			Hint:    "define it, even if it does nothing: Dovecot logs this error for each transaction",
		})
		return
	}
	p.debug("Calling %s", endFunction)
	if err := p.call(ctx, endFunction, end, nil, &trace.Call{}, c, vm.LBool(p.txn.Success)); err != nil {
		p.fault(err)
		return
	}
	p.debug("Called %s", endFunction)
}

// handlers are the events that the script has functions for, as in the names.
func (s *Session) handlers() []string {
	names := []string{}
	for _, e := range s.host.events {
		if s.function(e.function) != nil {
			names = append(names, strings.TrimPrefix(e.function, "dovecot_lua_notify_event_"))
		}
	}
	return names
}
