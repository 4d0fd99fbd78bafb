package runtime

import (
	"context"
	"errors"
	"io"

	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/source"
	"github.com/luapush/luapush/runtime/trace"
)

// CodeSettings is the code of an error that settings keep a driver from
// running, or that its file cannot be read.
const CodeSettings = "settings"

// Driver is one of the scripts that mail sessions are played through, and what
// is its own among them. It must not be changed once a session has it.
type Driver struct {
	// Name is what records call it, such as "ox"; "" where there is only one.
	Name    string
	Program *Program
	// LoadedBy goes before that of the host's options, unless it is ByEither.
	LoadedBy LoadedBy
	// Bundled marks a driver that comes with luapush and stands for one that
	// Dovecot has in C. Its script_init gets Options in every release, and the
	// lua driver's own debug lines are not written for it.
	Bundled bool
	// Options is what script_init gets, if anything; nil is the LuaSettings of
	// the host.
	Options map[string]string
	// Settings are plugin settings that go before those of the transaction,
	// and after those of the host.
	Settings map[string]string
	// Fault is why the driver cannot run at all; sessions that it should have
	// are told of it. A driver without one has a Program.
	Fault *Error
}

// DriverList is the drivers of one mail session, in their order.
type DriverList struct {
	Drivers []*Driver
	// Notes are remarks on the list, such as why it is empty. Each text is told
	// once a run.
	Notes []string
}

// Drivers gives the drivers of a mail session, from its first transaction. It
// is called by the goroutine that runs the host.
type Drivers func(first *mail.Transaction) DriverList

// RunDrivers plays all transactions of a source, in their order, each through
// all drivers of its mail session, opening and closing sessions as they come
// and go. Drivers know nothing of each other: a fault or an endless loop of one
// is told to the observer and counted, and the others go on. Functions are
// called in Dovecot's order (dovecot.md §2.6): begin_txn of each driver, then
// for each message or mailbox each driver's event functions, then end_txn of
// each. The error is one of the source, or the context's; a transaction during
// which the context ended has failed for now. It does not close the source.
func (h *Host) RunDrivers(ctx context.Context, drivers Drivers, from source.Source) (Summary, error) {
	r := runner{host: h, drivers: drivers, sessions: map[string]*mailSession{}, noted: map[string]bool{}}
	defer r.close(ctx)
	for {
		d, err := from.Next(ctx)
		switch {
		case errors.Is(err, io.EOF):
			return r.summary, nil
		case err != nil:
			return r.summary, err
		}
		outcome := r.play(ctx, d)
		if err := from.Settle(d, outcome); err != nil {
			return r.summary, err
		}
		if ctx.Err() != nil {
			return r.summary, ctx.Err()
		}
	}
}

// mailSession is a mail session: a session for each driver.
type mailSession struct {
	// drivers has all of them, sessions those that could be opened: Dovecot
	// does without a driver that cannot, until the session ends.
	drivers  []*Driver
	sessions []*Session
	// unopened is what a transaction is that drivers miss which could not be
	// opened; Done if there are none.
	unopened source.Outcome
}

type runner struct {
	host    *Host
	drivers Drivers
	// sessions has the open ones by their id.
	sessions map[string]*mailSession
	noted    map[string]bool
	summary  Summary
}

func (r *runner) open(ctx context.Context, t *mail.Transaction) *mailSession {
	list := r.drivers(t)
	for _, note := range list.Notes {
		if !r.noted[note] {
			r.noted[note] = true
			r.host.options.Observer.Observe(&trace.Note{Message: note, Host: true})
		}
	}
	m := &mailSession{drivers: list.Drivers}
	for _, d := range list.Drivers {
		s, err := r.host.OpenDriver(ctx, d, t)
		if err != nil {
			r.summary.Errors++
			if asError(err).Temporary {
				m.unopened = source.FailedForNow
			} else if m.unopened == source.Done {
				m.unopened = source.FailedForGood
			}
			continue
		}
		m.sessions = append(m.sessions, s)
	}
	return m
}

func (r *runner) play(ctx context.Context, d *source.Delivery) source.Outcome {
	t := d.Transaction
	id := t.User.SessionID.Value
	m, known := r.sessions[id]
	if !known || id == "" {
		m = r.open(ctx, t)
		if !d.Last {
			r.sessions[id] = m
		}
	}
	r.summary.Transactions++
	outcome := r.settle(m, r.host.playAll(ctx, m, t))
	if ctx.Err() != nil {
		// Its requests may have been given up, whatever the script made of that.
		outcome = source.FailedForNow
	}
	if d.Last {
		delete(r.sessions, id)
		r.end(ctx, m)
	}
	return outcome
}

// settle counts what the drivers made of a transaction, and gives the outcome
// of all: it is worth another try if it is for one of them.
func (r *runner) settle(m *mailSession, outcomes []Outcome) source.Outcome {
	all, skipped := m.unopened, true
	for _, o := range outcomes {
		r.summary.Requests += o.Requests
		r.summary.Errors += o.Errors
		skipped = skipped && o.Skipped != ""
		switch {
		case o.Err == nil:
		case o.Err.Temporary:
			all = source.FailedForNow
		case all == source.Done:
			all = source.FailedForGood
		}
	}
	if skipped {
		r.summary.Skipped++
	}
	return all
}

func (r *runner) end(ctx context.Context, m *mailSession) {
	for _, s := range m.sessions {
		r.summary.Errors += s.Close(ctx)
	}
}

// close ends the sessions that are still open, when the source failed.
func (r *runner) close(ctx context.Context) {
	for id, m := range r.sessions {
		delete(r.sessions, id)
		r.end(ctx, m)
	}
}
