package runtime

import (
	"context"
	"errors"
	"io"

	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/source"
	"github.com/luapush/luapush/runtime/trace"
)

// Summary is how the transactions of a source went, together.
type Summary struct {
	Transactions int
	Requests     int
	Errors       int
	// Skipped counts the transactions for which no function was called.
	Skipped int
}

// Run plays all transactions of a source through a program, in their order,
// opening and closing sessions as they come and go. Faults of the script are
// told to the observer and counted; the error is one of the source, or the
// context's. It does not close the source.
func (h *Host) Run(ctx context.Context, p *Program, from source.Source) (Summary, error) {
	r := runner{host: h, program: p, sessions: map[string]*Session{}}
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

type runner struct {
	host    *Host
	program *Program
	// sessions has the open ones by their id; nil is one that could not be
	// opened: Dovecot then does without the script until the session ends.
	sessions map[string]*Session
	summary  Summary
}

func (r *runner) play(ctx context.Context, d *source.Delivery) source.Outcome {
	t := d.Transaction
	id := t.User.SessionID.Value
	s, known := r.sessions[id]
	if !known || id == "" {
		var err error
		if s, err = r.host.Open(ctx, r.program, t); err != nil {
			s = nil
			r.summary.Errors++
		}
		if !d.Last {
			r.sessions[id] = s
		}
	}
	r.summary.Transactions++
	outcome := source.Done
	if s == nil {
		r.host.skip(t)
		r.summary.Skipped++
		outcome = source.FailedForGood
	} else {
		o := s.Play(ctx, t)
		r.summary.Requests += o.Requests
		r.summary.Errors += o.Errors
		if o.Skipped != "" {
			r.summary.Skipped++
		}
		if o.Err != nil {
			outcome = source.FailedForGood
			if o.Err.Temporary {
				outcome = source.FailedForNow
			}
		}
	}
	if d.Last {
		delete(r.sessions, id)
		if s != nil {
			r.summary.Errors += s.Close(ctx)
		}
	}
	return outcome
}

// close ends the sessions that are still open, when the source failed.
func (r *runner) close(ctx context.Context) {
	for id, s := range r.sessions {
		delete(r.sessions, id)
		if s != nil {
			r.summary.Errors += s.Close(ctx)
		}
	}
}

// skip tells the observer of a transaction whose session could not be opened.
func (h *Host) skip(t *mail.Transaction) {
	number := trace.Txn(h.txns.Add(1))
	h.options.Observer.Observe(&trace.Begin{
		Txn: number, Scenario: t.Scenario, User: t.User.Username, File: t.Source.File, Line: t.Source.Line,
	})
	h.options.Observer.Observe(&trace.End{Txn: number, Skipped: "the script could not be started"})
}
