package runtime

import (
	"context"
	"fmt"
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/store"
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

// noStart is why a transaction is skipped whose session could not be opened.
const noStart = "the script could not be started"

// Play plays a transaction as Dovecot does (dovecot.md §2.2): begin_txn, the
// function of each event, end_txn. A fault of one function is told to the
// observer, and the rest goes on; only a fault that ends the state, such as
// the deadline, ends the transaction too, and the next one gets a new state.
func (s *Session) Play(ctx context.Context, t *mail.Transaction) Outcome {
	m := mailSession{drivers: []*Driver{s.driver}, sessions: []*Session{s}}
	return s.host.playAll(ctx, &m, t)[0]
}

// playAll plays a transaction through all drivers of a mail session, in
// Dovecot's order (dovecot.md §2.6), and gives an outcome for each session.
func (h *Host) playAll(ctx context.Context, m *mailSession, t *mail.Transaction) []Outcome {
	number := trace.Txn(h.txns.Add(1))
	h.options.Observer.Observe(&trace.Begin{
		Txn: number, Scenario: t.Scenario, User: t.User.Username,
		File: t.Source.File, Line: t.Source.Line,
	})
	plays := make([]play, len(m.sessions))
	for i, s := range m.sessions {
		s.number = number
		s.txn, s.user, s.view = t, &t.User, store.ViewContext(ctx, h.options.Store, t)
		s.requests, s.errors = 0, 0
		p := &plays[i]
		p.Session = s
		p.guarded(func() { p.begin(ctx) })
	}
	if t.Success {
		for from, to := 0, 0; from < len(t.Events); from = to {
			to = sameMessage(t.Events, from)
			for i := range plays {
				p := &plays[i]
				p.guarded(func() { p.events(ctx, from, to) })
			}
		}
	}
	for i := range plays {
		p := &plays[i]
		p.guarded(func() { p.end(ctx) })
	}
	return h.outcomes(m, plays, t, number)
}

// sameMessage gives the end of the events that are about the same message as
// the first, which Dovecot hands to one driver after the other.
func sameMessage(events []mail.Event, from int) int {
	first := &events[from]
	to := from + 1
	for to < len(events) && first.Name.IsMessage() && events[to].Name.IsMessage() &&
		events[to].UID == first.UID && events[to].Mailbox == first.Mailbox {
		to++
	}
	return to
}

// outcomes tells how each driver ended.
func (h *Host) outcomes(m *mailSession, plays []play, t *mail.Transaction, number trace.Txn) []Outcome {
	list := make([]Outcome, len(plays))
	for i := range plays {
		p := &plays[i]
		list[i] = Outcome{Errors: p.errors, Requests: p.requests, Skipped: p.skipped, Err: p.first}
		p.number = 0
	}
	for _, d := range m.drivers {
		end := &trace.End{Txn: number, Skipped: noStart}
		for i := range plays {
			if p := &plays[i]; p.driver == d {
				end.Success = t.Success && p.skipped == "" && !p.aborted
				end.Requests, end.Errors, end.Skipped, end.Aborted = list[i].Requests, list[i].Errors, p.skipped, p.aborted
			}
		}
		trace.Attribute(end, d.Name)
		h.options.Observer.Observe(end)
	}
	if len(m.drivers) == 0 {
		h.options.Observer.Observe(&trace.End{Txn: number, Skipped: "the user has no push driver"})
	}
	return list
}

// play is one transaction of one driver under way.
type play struct {
	*Session
	// context is what begin_txn returned.
	context vm.LValue
	// begun is set while the transaction has a context.
	begun   bool
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

func (p *play) begin(ctx context.Context) {
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
			Code: lua.CodeRuntime, Function: beginFunction, Script: p.driver.Program.Name(),
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
	p.context, p.begun = c[0], true
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

// events calls the functions of some of the transaction's events.
func (p *play) events(ctx context.Context, from, to int) {
	for i := from; i < to && p.begun; i++ {
		e := &p.txn.Events[i]
		name := p.want(e.Name)
		if name == "" {
			continue
		}
		fn := p.function(name)
		if fn == nil {
			p.fault(&Error{
				Code: lua.CodeRuntime, Function: name, Script: p.driver.Program.Name(),
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
		err := p.call(ctx, name, fn, nil, record, p.context, p.host.options.API.Event(p.Session, e))
		if err == nil {
			p.debug("Called %s", name)
			continue
		}
		p.fault(err)
		if err.Fatal() {
			p.aborted, p.begun = true, false
			p.lost(i)
		}
	}
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

func (p *play) end(ctx context.Context) {
	if !p.begun {
		return
	}
	end := p.function(endFunction)
	if end == nil {
		p.fault(&Error{
			Code: lua.CodeRuntime, Function: endFunction, Script: p.driver.Program.Name(),
			Message: "Missing function " + endFunction,
			Hint:    "define it, even if it does nothing: Dovecot logs this error for each transaction",
		})
		return
	}
	p.debug("Calling %s", endFunction)
	if err := p.call(ctx, endFunction, end, nil, &trace.Call{}, p.context, vm.LBool(p.txn.Success)); err != nil {
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
