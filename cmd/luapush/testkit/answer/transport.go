package answer

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/luapush/luapush/cmd/luapush/testkit/clock"
	"github.com/luapush/luapush/runtime/httpclient"
	"github.com/luapush/luapush/runtime/transport"
)

// Transport answers requests by rules.
type Transport struct {
	Clock *clock.Clock
	// Rules may be nil: then Otherwise has every request.
	Rules *Rules
	// Otherwise carries the requests while there are no rules.
	Otherwise http.RoundTripper
	// Unexpected is told of a request that no rule answers.
	Unexpected func(r *Request, nearest string)
}

// RoundTrip implements http.RoundTripper for clients whose timeout is that of
// their connect, as LuaSocket's.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	return t.carry(r, transport.OptionsFrom(r.Context()).ConnectTimeout)
}

// Client gives the round tripper of a client with these settings, whose timeouts
// then hold for slow answers.
func (t *Transport) Client(s *httpclient.Settings) http.RoundTripper {
	return &client{carrier: t, settings: s}
}

type client struct {
	carrier  *Transport
	settings *httpclient.Settings
}

// RoundTrip implements http.RoundTripper.
func (c *client) RoundTrip(r *http.Request) (*http.Response, error) {
	return c.carrier.carry(r, patience(c.settings, r.Method))
}

// patience is how long a client waits for an answer.
func patience(s *httpclient.Settings, method string) time.Duration {
	var own time.Duration
	switch method {
	case http.MethodGet, http.MethodHead:
		own = s.ReadRequestTimeout
	case http.MethodPut, http.MethodPost:
		own = s.WriteRequestTimeout
	case http.MethodDelete:
		own = s.DeleteRequestTimeout
	}
	if own == 0 {
		own = s.RequestTimeout
	}
	if own == 0 {
		own = time.Minute
	}
	if absolute := s.RequestAbsoluteTimeout; absolute > 0 {
		own = min(own, absolute)
	}
	return own
}

// carry answers a request whose client waits so long; 0 is for ever.
func (t *Transport) carry(r *http.Request, patience time.Duration) (*http.Response, error) {
	if t.Rules == nil {
		return t.Otherwise.RoundTrip(r)
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	transport.ExchangeFrom(r.Context()).SetDry()
	request := &Request{Method: r.Method, URL: canonical(address(r.URL)), Header: r.Header, Body: readBody(r)}
	a := t.Rules.Find(request)
	if a == nil {
		if t.Unexpected != nil {
			t.Unexpected(request, t.Rules.Nearest(request))
		}
		return transport.Failing(transport.Refused).RoundTrip(r)
	}
	if a.Func != nil {
		made, err := a.Func(request)
		if err != nil {
			return nil, t.broken(r, err)
		}
		a = &made
	}
	return t.deliver(r, a, patience)
}

// address is a URL as the script gave it. A request that keeps its target as it is
// written, as LuaSocket's, has it in Opaque, which url.URL writes without the host.
func address(u *url.URL) string {
	if strings.HasPrefix(u.Opaque, "/") {
		return u.Scheme + "://" + u.Host + u.Opaque
	}
	return u.String()
}

// broken is a request whose function did not answer.
func (t *Transport) broken(r *http.Request, cause error) error {
	if err := context.Cause(r.Context()); err != nil {
		return err
	}
	return &transport.Error{Kind: transport.KindLost, Host: r.URL.Hostname(), ConnID: 1, MadeUp: true, Err: cause}
}

func (t *Transport) deliver(r *http.Request, a *Answer, patience time.Duration) (*http.Response, error) {
	fault := a.Fault
	switch {
	case fault == transport.Timeout, patience > 0 && a.Slow >= patience:
		t.Clock.Advance(patience)
		fault = transport.Timeout
	default:
		t.Clock.Advance(a.Slow)
	}
	if fault != "" {
		return transport.Failing(fault).RoundTrip(r)
	}
	return a.response(r), nil
}
