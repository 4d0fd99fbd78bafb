package httpclient

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/luapush/luapush/runtime/transport"
)

// DefaultMaxPayload is the largest body of an answer that is taken when [Client.MaxPayload] is 0.
const DefaultMaxPayload = 32 << 20

// Client sends requests with one group of settings. Its fields must not be changed once it is in use; after that it is
// safe from any goroutine.
type Client struct {
	// Settings are the script's, see [ParseSettings].
	Settings Settings
	// Transport carries the requests. It is not closed by the client.
	Transport http.RoundTripper
	// Clock is the real one by default.
	Clock Clock
	// MaxPayload bounds the body of an answer, in bytes; 0 is [DefaultMaxPayload]. Over it the transfer is stopped and
	// the outcome is status 9007. Dovecot has no such limit.
	MaxPayload int64
	// CrossOriginCredentials lets the credentials of the URL and an Authorization header travel with a redirect to
	// another scheme, host or port, as Dovecot lets them. By default they stay at home.
	CrossOriginCredentials bool
}

// The causes of ending an attempt's context.
var (
	errAbsoluteTimeout = errors.New("absolute request timeout")
	errRequestTimeout  = errors.New("request timeout")
	errSentAgain       = errors.New("connection lost and request sent again")
)

// Do sends the request, with all the attempts, redirects and waits the settings call for, and returns the outcome. When
// ctx ends first the outcome has status 9000, and ctx.Err() tells the caller why; otherwise ctx does not matter. The
// request is not changed and may be sent again.
func (c *Client) Do(ctx context.Context, r *Request) *Response {
	outer := ctx
	if limit := c.Settings.RequestAbsoluteTimeout; limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, limit, errAbsoluteTimeout)
		defer cancel()
	}
	f := &flight{
		client: c, outer: outer, ctx: ctx, request: r,
		method: r.method, url: r.url, payload: r.payload, hasPayload: r.hasPayload,
		queued: c.Clock.now(), backoff: c.Settings.backoffTime(),
	}
	for {
		response, fault := f.attempt()
		if fault != nil {
			if f.again(fault) {
				continue
			}
			response = f.failed(fault)
		} else if f.follow(response, &fault) {
			continue
		} else if fault != nil {
			response = f.failed(fault)
		} else if f.asked(response) {
			continue
		}
		return f.finish(response)
	}
}

// flight is one request on its way: what has become of it so far.
type flight struct {
	client *Client
	outer  context.Context // the caller's
	ctx    context.Context // the caller's, with the absolute timeout
	// request is the script's; the fields below are its present form, which a redirect changes.
	request    *Request
	method     string
	url        *URL
	payload    string
	hasPayload bool

	queued    time.Time     // when Do was called
	madeUp    time.Duration // time that a made-up failure stands for
	firstSent time.Time     // zero until the request was written
	lastSent  time.Time
	sends     int
	retries   int
	redirects int
	connects  int
	backoff   time.Duration
	dry       bool
	exchange  *transport.Exchange // of the present attempt
}

// now is the time, with what made-up failures would have taken.
func (f *flight) now() time.Time { return f.client.Clock.now().Add(f.madeUp) }

// finish completes the outcome.
func (f *flight) finish(r *Response) *Response {
	if f.retries > 0 && !r.Failed() {
		r.Reason += retriesRemark(f.retries, f.now().Sub(f.firstSent))
	}
	r.Attempts, r.Connects, r.Redirects = f.retries+1, f.connects, f.redirects
	r.URL, r.Dry = f.url, f.dry
	return r
}

// failed makes the outcome of a failure.
func (f *flight) failed(t *fault) *Response {
	return &Response{Status: t.status, Reason: t.reason}
}

// options are what the transport needs to know.
func (f *flight) options() *transport.Options {
	s := &f.client.Settings
	o := &transport.Options{
		ConnectTimeout:     s.connectTimeout(f.method),
		SoftConnectTimeout: s.SoftConnectTimeout,
		MaxIdleTime:        s.MaxIdleTime,
		TLS:                s.TLS,
		ProxyPlain:         !s.ProxySSLTunnel,
	}
	if s.MaxConnectAttempts > 1 {
		o.ConnectAttempts = int(s.MaxConnectAttempts) - f.connects
	}
	if s.Proxy != nil {
		o.Proxy = &url.URL{Scheme: s.Proxy.Scheme(), Host: s.Proxy.Authority()}
		if s.ProxyUsername != "" {
			o.Proxy.User = url.UserPassword(s.ProxyUsername, s.ProxyPassword)
		}
	}
	return o
}

// sleep waits between attempts; a made-up failure is not worth waiting for.
func (f *flight) sleep(d time.Duration, madeUp bool) {
	if madeUp {
		f.madeUp += d
		return
	}
	// The next attempt finds out that the context has ended.
	_ = f.client.Clock.sleep(f.ctx, d)
}
