package transport

import (
	"container/list"
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// LiveOptions are the parts of the outer world that [Live] uses, and its limits. The zero value is the real network.
type LiveOptions struct {
	// Lookup resolves a host name; the default asks the system's resolver. Addresses are tried in the given order.
	Lookup func(ctx context.Context, host string) ([]netip.Addr, error)
	// Dial opens a TCP connection to an address; the default is [net.Dialer.DialContext]. A guard against forbidden
	// targets belongs here, behind the name lookup.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// LookupTimeout bounds one lookup; 0 is Dovecot's 10 s.
	LookupTimeout time.Duration
	// MaxIdlePerHost is how many unused connections are kept to one peer; 0 is 64.
	MaxIdlePerHost int
	// MaxPools bounds the number of different TLS, proxy and idle-time settings whose connections are kept at the same
	// time; 0 is 32. Over it, the connections of the setting longest unused are let go.
	MaxPools int
}

const (
	defaultLookupTimeout  = 10 * time.Second
	defaultMaxIdlePerHost = 64
	defaultMaxPools       = 32

	// maxHeaderBytes bounds the head of an answer.
	maxHeaderBytes = 1 << 20
)

// Live returns the transport that goes to the network. All clients of a process should share one, so that connections
// are shared by the sessions of all users.
func Live(o LiveOptions) Transport {
	if o.Lookup == nil {
		o.Lookup = func(ctx context.Context, host string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		}
	}
	if o.Dial == nil {
		o.Dial = (&net.Dialer{}).DialContext
	}
	if o.LookupTimeout <= 0 {
		o.LookupTimeout = defaultLookupTimeout
	}
	if o.MaxIdlePerHost <= 0 {
		o.MaxIdlePerHost = defaultMaxIdlePerHost
	}
	if o.MaxPools <= 0 {
		o.MaxPools = defaultMaxPools
	}
	return &live{options: o, pools: map[poolKey]*list.Element{}, recent: list.New()}
}

// live keeps one http.Transport for every distinct setting that connections depend on.
type live struct {
	options LiveOptions
	lastID  atomic.Int64

	mu     sync.Mutex
	pools  map[poolKey]*list.Element
	recent *list.List // of *pool, the most recently used first
}

// poolKey is what connections must agree in to be shared.
type poolKey struct {
	tls         TLS
	proxy       string
	maxIdleTime time.Duration
}

type pool struct {
	key       poolKey
	transport *http.Transport
	err       error
}

var errPlainProxy = errors.New("https through a proxy without a tunnel is not supported")

// RoundTrip implements [http.RoundTripper].
func (l *live) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx := r.Context()
	o := OptionsFrom(ctx)
	p := l.pool(o)
	err := p.err
	if o.Proxy != nil && o.ProxyPlain && r.URL.Scheme == "https" {
		err = errPlainProxy
	}
	if err != nil {
		discardBody(r)
		host, _ := hostPort(r)
		return nil, &Error{Kind: KindTLS, Host: host, Tries: 1, Err: err}
	}
	x := ExchangeFrom(ctx)
	r = r.WithContext(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) { gotConnection(x, info) },
	}))
	return p.transport.RoundTrip(r)
}

// gotConnection reports the connection that net/http chose.
func gotConnection(x *Exchange, info httptrace.GotConnInfo) {
	c, ok := info.Conn.(*recordedConn)
	if !ok { // a tunnel through a proxy
		x.connected(nil, Connection{Remote: info.Conn.RemoteAddr().String(), Reused: info.Reused})
		return
	}
	x.connected(c, Connection{ID: c.id, Remote: c.RemoteAddr().String(), Reused: info.Reused, Opened: c.opened})
}

// pool finds or makes the connections for a setting.
func (l *live) pool(o *Options) *pool {
	key := poolKey{tls: o.TLS, maxIdleTime: o.MaxIdleTime}
	if o.Proxy != nil {
		key.proxy = o.Proxy.String()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if e, ok := l.pools[key]; ok {
		l.recent.MoveToFront(e)
		return e.Value.(*pool)
	}
	p := l.newPool(key, o)
	l.pools[key] = l.recent.PushFront(p)
	for len(l.pools) > l.options.MaxPools {
		l.drop(l.recent.Back())
	}
	return p
}

// drop forgets a pool; its busy connections are closed when their requests end. The lock is held.
func (l *live) drop(e *list.Element) {
	p := l.recent.Remove(e).(*pool)
	delete(l.pools, p.key)
	p.transport.CloseIdleConnections()
}

// newPool makes the http.Transport of a setting. A certificate file that cannot be read makes every request of this
// setting fail; it is read again once the pool has been dropped.
func (l *live) newPool(key poolKey, o *Options) *pool {
	config, err := tlsConfig(key.tls)
	d := &dialer{options: l.options, tls: config, lastID: &l.lastID}
	t := &http.Transport{
		DialContext:            d.dialPlain,
		DialTLSContext:         d.dialTLS,
		TLSClientConfig:        config,
		DisableCompression:     true,
		MaxIdleConnsPerHost:    l.options.MaxIdlePerHost,
		IdleConnTimeout:        key.maxIdleTime,
		MaxResponseHeaderBytes: maxHeaderBytes,
		ProxyConnectHeader:     http.Header{"User-Agent": {""}}, // none, instead of net/http's own
		Protocols:              new(http.Protocols),
	}
	t.Protocols.SetHTTP1(true)
	if o.Proxy != nil {
		t.Proxy = http.ProxyURL(o.Proxy)
	}
	return &pool{key: key, transport: t, err: err}
}

// Close implements [Transport].
func (l *live) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for e := l.recent.Back(); e != nil; e = l.recent.Back() {
		l.drop(e)
	}
	return nil
}
