package transport

import (
	"errors"
	"net"
	"sync"
	"time"
)

// headBytes is how much of an answer's beginning a connection remembers: enough to quote a malformed status line or
// header line in an error, as Dovecot does.
const headBytes = 1024

// recordedConn remembers the first bytes received since the request under way began, because net/http's own errors do
// not tell what a malformed answer looked like.
type recordedConn struct {
	net.Conn
	id     int64
	opened time.Time

	mu      sync.Mutex
	head    []byte
	written bool
	blocked bool
	reread  *rereader // nil where the answer is net/http's own to read
}

// begin forgets what the previous answer began with. When blocked, nothing more can be written, so that a request is
// not sent a second time. The answer is read by r, if there is one.
func (c *recordedConn) begin(blocked bool, r *rereader) {
	c.mu.Lock()
	c.head, c.written, c.blocked, c.reread = c.head[:0], false, blocked, r
	c.mu.Unlock()
}

// received returns a copy of the remembered bytes.
func (c *recordedConn) received() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]byte(nil), c.head...)
}

// Read implements [net.Conn].
func (c *recordedConn) Read(p []byte) (int, error) {
	for {
		if n, err, ok := c.ready(p); ok {
			return n, err
		}
		n, err := c.Conn.Read(p)
		// The request may have begun while nothing came: who reads the answer is known only now.
		if !c.came(p[:n], err) {
			return n, err
		}
	}
}

// ready hands out what has been read again and not been taken yet.
func (c *recordedConn) ready(p []byte) (int, error, bool) { //nolint:revive // the error comes with n, as in Read
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reread == nil {
		return 0, nil, false
	}
	return c.reread.give(p)
}

// came remembers the first of the bytes that came, and tells whether they are to be read again.
func (c *recordedConn) came(data []byte, err error) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if room := headBytes - len(c.head); room > 0 && len(data) > 0 {
		c.head = append(c.head, data[:min(len(data), room)]...)
	}
	if c.reread == nil {
		return false
	}
	c.reread.take(data, err)
	return true
}

// Write implements [net.Conn].
func (c *recordedConn) Write(p []byte) (int, error) {
	c.mu.Lock()
	blocked := c.blocked
	c.mu.Unlock()
	if blocked {
		return 0, errBlocked
	}
	n, err := c.Conn.Write(p)
	if n > 0 {
		c.mu.Lock()
		c.written = true
		c.mu.Unlock()
	}
	return n, err
}

// sent tells whether any of the request under way was written.
func (c *recordedConn) sent() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.written
}

var errBlocked = errors.New("a request is not sent again by itself")
