package doveadm

import (
	"context"
	"net/url"
	"sync"
	"time"
)

// endpoint is one of the servers.
type endpoint struct {
	url           string // with no userinfo
	shown         string
	authorization string
	slots         chan struct{} // as many as it may have connections

	// Guarded by the rotation's mutex.
	failed   time.Time // when it was black-listed; zero if it is not
	checking bool
}

func newEndpoint(u *url.URL, secret Secret, connections int) *endpoint {
	e := &endpoint{shown: u.Redacted(), authorization: authorization(secret, u.User), slots: make(chan struct{}, connections)}
	plain := *u
	plain.User = nil
	e.url = plain.String()
	return e
}

// rotation gives the endpoints their turns. Safe from any goroutine.
type rotation struct {
	interval  time.Duration
	now       func() time.Time
	endpoints []*endpoint

	mu   sync.Mutex
	next int
}

// turn gives the endpoints to try, in this order: those that are not
// black-listed, from the one whose turn it is. When all are, it is the one that
// has been for the longest time, so that a request never fails without a try and
// never waits for all of them. due are those whose check interval is over; they
// are marked as being checked.
func (r *rotation) turn() (order, due []*endpoint) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	var oldest *endpoint
	for i := range r.endpoints {
		e := r.endpoints[(r.next+i)%len(r.endpoints)]
		if e.failed.IsZero() {
			order = append(order, e)
			continue
		}
		if oldest == nil || e.failed.Before(oldest.failed) {
			oldest = e
		}
		if !e.checking && now.Sub(e.failed) >= r.interval {
			e.checking = true
			due = append(due, e)
		}
	}
	if len(order) == 0 {
		order = append(order, oldest)
	} else {
		for i, e := range r.endpoints {
			if e == order[0] {
				r.next = (i + 1) % len(r.endpoints)
			}
		}
	}
	return order, due
}

// report takes the outcome of a request or a check.
func (r *rotation) report(e *endpoint, reachable bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e.failed = time.Time{}
	if !reachable {
		e.failed = r.now()
	}
}

// checked ends a check.
func (r *rotation) checked(e *endpoint) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e.checking = false
}

// take waits for a free connection, first of the endpoint and then of the total;
// give gives it back.
func take(ctx context.Context, e *endpoint, total chan struct{}) (give func(), err error) {
	select {
	case e.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	select {
	case total <- struct{}{}:
	case <-ctx.Done():
		<-e.slots
		return nil, context.Cause(ctx)
	}
	return func() { <-total; <-e.slots }, nil
}
