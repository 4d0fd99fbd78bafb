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
}

// begin forgets what the previous answer began with. When blocked, nothing more can be written, so that a request is
// not sent a second time.
func (c *recordedConn) begin(blocked bool) {
	c.mu.Lock()
	c.head, c.written, c.blocked = c.head[:0], false, blocked
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
	n, err := c.Conn.Read(p)
	c.mu.Lock()
	if room := headBytes - len(c.head); room > 0 && n > 0 {
		c.head = append(c.head, p[:min(n, room)]...)
	}
	c.mu.Unlock()
	return n, err
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
