package doveadm

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestTimeouts(t *testing.T) {
	silent := serve(t, func(http.ResponseWriter, string) { time.Sleep(300 * time.Millisecond) })
	stuck := Options{Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	short := with(t, "com.openexchange.dovecot.doveadm.endpoints.readTimeout", "50", "com.openexchange.dovecot.doveadm.endpoints.connectTimeout", "50")
	for name, c := range map[string]struct {
		client *Client
		bound  time.Duration
		kind   Kind
	}{
		"read":             {client(t, Options{}, short, silent.URL), time.Minute, KindTimeout},
		"connect":          {client(t, stuck, short, "http://stuck"), time.Minute, KindConnect},
		"context, read":    {client(t, Options{}, nil, silent.URL), 50 * time.Millisecond, KindTimeout},
		"context, connect": {client(t, stuck, nil, "http://stuck"), 50 * time.Millisecond, KindTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), c.bound)
			defer cancel()
			_, err := c.client.MailboxStatus(ctx, "a@b", "INBOX")
			var e *Error
			if !errors.As(err, &e) || e.Kind != c.kind || !e.Temporary() {
				t.Errorf("got %v", err)
			}
			// The end of the caller's patience says nothing about the endpoint.
			order, _ := c.client.rotation.turn()
			if black := !order[0].failed.IsZero(); black != (c.bound == time.Minute) {
				t.Errorf("black-listed: %v", black)
			}
		})
	}
}

func TestConnectionsAreBounded(t *testing.T) {
	var now, most atomic.Int64
	slow := func(w http.ResponseWriter, _ string) {
		n := now.Add(1)
		for {
			m := most.Load()
			if n <= m || most.CompareAndSwap(m, n) {
				break
			}
		}
		time.Sleep(5 * time.Millisecond)
		now.Add(-1)
		io.WriteString(w, okStatus)
	}
	for name, c := range map[string]struct{ total, route, want int }{
		"total": {3, 50, 3}, "route": {50, 1, 2}, "share of the total": {4, 0, 4},
	} {
		t.Run(name, func(t *testing.T) {
			most.Store(0)
			a, b := serve(t, slow), serve(t, slow)
			k := client(t, Options{}, with(t,
				"com.openexchange.dovecot.doveadm.endpoints.totalConnections", strconv.Itoa(c.total),
				"com.openexchange.dovecot.doveadm.endpoints.maxConnectionsPerRoute", strconv.Itoa(c.route)), a.URL, b.URL)
			var all sync.WaitGroup
			for range 40 {
				all.Go(func() {
					if _, err := k.MailboxStatus(t.Context(), "a@b", "INBOX"); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if most.Load() > int64(c.want) {
				t.Errorf("%d at the same time", most.Load())
			}
		})
	}
	// A wait for a connection ends with the context.
	s := serve(t, text200(okStatus))
	k := client(t, Options{}, func(s *Settings) { s.TotalConnections = 1 }, s.URL)
	k.total <- struct{}{}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	var e *Error
	if _, err := k.MailboxStatus(ctx, "a@b", "INBOX"); !errors.As(err, &e) || e.Kind != KindTimeout || s.posts.Load() != 0 {
		t.Errorf("got %v", err)
	}
}
