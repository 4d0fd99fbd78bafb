package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"time"
)

// dialer opens the connections of one pool, with the options of the request that caused it.
type dialer struct {
	options LiveOptions
	tls     *tls.Config
	lastID  *atomic.Int64
}

// dialPlain opens a TCP connection, for http.Transport.
func (d *dialer) dialPlain(ctx context.Context, _, addr string) (net.Conn, error) {
	return d.dial(ctx, addr, false)
}

// dialTLS opens a TCP connection and completes the TLS handshake, for http.Transport.
func (d *dialer) dialTLS(ctx context.Context, _, addr string) (net.Conn, error) {
	return d.dial(ctx, addr, true)
}

// dial resolves the host and tries its addresses in turn until one works. The error is the last address's.
func (d *dialer) dial(ctx context.Context, hostport string, secure bool) (net.Conn, error) {
	host, port, err := net.SplitHostPort(hostport)
	if err != nil {
		return nil, &Error{Kind: KindDNS, Host: hostport, Tries: 1, Err: err}
	}
	addrs, err := d.lookup(ctx, host)
	if err != nil {
		return nil, &Error{Kind: KindDNS, Host: host, Tries: 1, Err: err}
	}
	o := OptionsFrom(ctx)
	if o.ConnectAttempts > 0 && len(addrs) > o.ConnectAttempts {
		addrs = addrs[:o.ConnectAttempts]
	}
	peers := make([]string, len(addrs))
	for i, a := range addrs {
		peers[i] = net.JoinHostPort(a.Unmap().String(), port)
	}
	return race(ctx, peers, o.SoftConnectTimeout, func(ctx context.Context, peer string) (net.Conn, error) {
		return d.connect(ctx, host, peer, o.ConnectTimeout, secure)
	})
}

// lookup gives the addresses of a host, at least one unless it fails.
func (d *dialer) lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a}, nil
	}
	missing := &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	if strings.HasSuffix("."+strings.ToLower(strings.TrimSuffix(host, ".")), ".invalid") {
		return nil, missing // never exists, whatever a resolver claims (RFC 6761 §6.4)
	}
	ctx, cancel := context.WithTimeout(ctx, d.options.LookupTimeout)
	defer cancel()
	addrs, err := d.options.Lookup(ctx, host)
	if err == nil && len(addrs) == 0 {
		err = missing
	}
	return addrs, err
}

// connect tries one address within the timeout, which covers the handshake too.
func (d *dialer) connect(ctx context.Context, host, peer string, timeout time.Duration, secure bool) (net.Conn, error) {
	start := time.Now()
	limited := ctx
	if timeout > 0 {
		var cancel context.CancelFunc
		limited, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	// expired tells the connect timeout from the end of the whole request.
	expired := func() bool { return limited.Err() != nil && ctx.Err() == nil }
	fail := func(kind, late Kind, id int64, err error) (net.Conn, error) {
		e := &Error{Kind: kind, Host: host, Addr: peer, ConnID: id, Tries: 1, Err: err}
		if expired() || isTimeout(err) && ctx.Err() == nil {
			e.Kind, e.Elapsed = late, time.Since(start)
		}
		return nil, e
	}
	conn, err := d.options.Dial(limited, "tcp", peer)
	if err != nil {
		return fail(KindConnect, KindConnectTimeout, 0, err)
	}
	id := d.lastID.Add(1)
	if secure {
		config := d.tls.Clone()
		config.ServerName = host
		client := tls.Client(conn, config)
		if err := client.HandshakeContext(limited); err != nil {
			conn.Close()
			return fail(KindTLS, KindTLSTimeout, id, chainFirst(config, err))
		}
		conn = client
	}
	return &recordedConn{Conn: conn, id: id, opened: time.Now()}, nil
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}

// race tries the peers in order. The next one starts when those before have failed, or, with a soft timeout over 0,
// when that has passed without an answer; the first connection wins. All tries have ended when it returns.
func race(ctx context.Context, peers []string, soft time.Duration,
	connect func(context.Context, string) (net.Conn, error),
) (net.Conn, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	outcomes := make(chan outcome, len(peers))
	started, ended := 0, 0
	var last outcome
	for ended < len(peers) {
		if started == ended {
			if last.err != nil && ctx.Err() != nil {
				break
			}
			start(ctx, peers[started], connect, outcomes)
			started++
		}
		patience := soft
		if started == len(peers) {
			patience = 0
		}
		o, ok := await(outcomes, patience)
		if !ok {
			start(ctx, peers[started], connect, outcomes)
			started++
			continue
		}
		last = o
		ended++
		if o.conn != nil {
			break
		}
	}
	cancel()
	for tries := ended; tries < started; tries++ {
		if o := <-outcomes; o.conn != nil {
			o.conn.Close()
		}
	}
	var e *Error
	if errors.As(last.err, &e) {
		e.Tries = ended
	}
	return last.conn, last.err
}

// outcome is the end of a try: a connection or an error.
type outcome struct {
	conn net.Conn
	err  error
}

func start(ctx context.Context, peer string, connect func(context.Context, string) (net.Conn, error), to chan<- outcome) {
	go func() {
		conn, err := connect(ctx, peer)
		to <- outcome{conn, err}
	}()
}

// await waits for the next outcome, with a patience over 0 no longer than that.
func await(outcomes <-chan outcome, patience time.Duration) (outcome, bool) {
	if patience <= 0 {
		return <-outcomes, true
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case o := <-outcomes:
		return o, true
	case <-timer.C:
		return outcome{}, false
	}
}
