package transport

import (
	"context"
	"sync"
	"time"
)

// Exchange is what a transport tells about one request while it works on it: one value a request, put into its context
// by [WithExchange] and asked when the request has ended. The zero value is ready. Its methods are safe from any
// goroutine.
type Exchange struct {
	// OnConnection, when set before the request, is called whenever the request has got a connection and is about to
	// be written to it. net/http would send a request without a body a second time when a kept-alive connection breaks
	// under it: then again is true, nothing is written to the new connection, and the caller is to cancel the request's
	// context. It is called by the goroutine of RoundTrip and must not block.
	OnConnection func(again bool)
	// AsDovecot, when set before the request to its method, has a live transport read the answer as Dovecot does. Then
	// the response has the body only, and Answer the rest.
	AsDovecot string

	mu   sync.Mutex
	dry  bool
	conn *recordedConn
	// reread reads the answer of the connection.
	reread *rereader
	info   Connection
}

// Connection is the connection a request used.
type Connection struct {
	// ID counts the connections of the transport, from 1; 0 is a tunnel through a proxy.
	ID int64
	// Remote is the peer's IP:PORT.
	Remote string
	// Reused is true when the connection had served a request before.
	Reused bool
	// Opened is when the connection was ready for its first request.
	Opened time.Time
}

// WithExchange returns a context through which a transport reports into x.
func WithExchange(ctx context.Context, x *Exchange) context.Context {
	return context.WithValue(ctx, exchangeKey, x)
}

// ExchangeFrom returns the exchange of a request's context, or nil. The methods that report accept a nil receiver, so a
// transport need not check.
func ExchangeFrom(ctx context.Context) *Exchange {
	x, _ := ctx.Value(exchangeKey).(*Exchange)
	return x
}

// SetDry notes that the answer was made up and nothing went over the network.
func (x *Exchange) SetDry() {
	if x == nil {
		return
	}
	x.mu.Lock()
	x.dry = true
	x.mu.Unlock()
}

// Dry tells whether the answer was made up.
func (x *Exchange) Dry() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.dry
}

// Connection returns the connection the request used last, and false when it got none.
func (x *Exchange) Connection() (Connection, bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.info, x.info.Remote != ""
}

// Head returns the first bytes that came back on the connection since the request got it, as they were received, at
// most a few hundred. Only a live connection has them.
func (x *Exchange) Head() []byte {
	x.mu.Lock()
	c := x.conn
	x.mu.Unlock()
	if c == nil {
		return nil
	}
	return c.received()
}

// Answer returns the head of the answer as Dovecot sees it. It is nil unless AsDovecot was set, a live connection
// without a tunnel was used, and a head, or something that is none, has come.
func (x *Exchange) Answer() *Answer {
	x.mu.Lock()
	r := x.reread
	x.mu.Unlock()
	if r == nil {
		return nil
	}
	return r.answer.Load()
}

// connected notes the connection and tells the owner of the exchange.
func (x *Exchange) connected(c *recordedConn, info Connection) {
	if x == nil {
		if c != nil {
			c.begin(false, nil)
		}
		return
	}
	x.mu.Lock()
	again := x.conn != nil && x.conn.sent()
	if !again {
		x.conn, x.info = c, info
	}
	if c != nil {
		var r *rereader
		if x.AsDovecot != "" {
			r = &rereader{method: x.AsDovecot}
		}
		if !again {
			x.reread = r
		}
		c.begin(again, r)
	}
	x.mu.Unlock()
	if x.OnConnection != nil {
		x.OnConnection(again)
	}
}

// Abandon closes the connection, for an answer after which it must not be used again.
func (x *Exchange) Abandon() {
	x.mu.Lock()
	c := x.conn
	x.mu.Unlock()
	if c != nil {
		c.Close()
	}
}
