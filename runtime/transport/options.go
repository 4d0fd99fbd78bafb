package transport

import (
	"context"
	"net/url"
	"time"
)

// Options are one request's wishes for its connection. Requests with equal TLS, Proxy and MaxIdleTime share
// connections; the other fields matter only when a new one is made. The zero value is usable. A value must not be
// changed once it is in a context.
type Options struct {
	// ConnectTimeout bounds the TCP connect and the TLS handshake with one address; 0 is no limit.
	ConnectTimeout time.Duration
	// SoftConnectTimeout, when over 0, is how long one address is waited for before the next is tried beside it.
	SoftConnectTimeout time.Duration
	// ConnectAttempts, when over 0, bounds how many of the resolved addresses are tried in this request.
	ConnectAttempts int
	// MaxIdleTime is how long an unused connection is kept; 0 is for ever.
	MaxIdleTime time.Duration
	// TLS says how https peers are verified.
	TLS TLS
	// Proxy is an HTTP proxy, with its credentials as userinfo, or nil for a direct connection.
	Proxy *url.URL
	// ProxyPlain lets https requests go to the proxy as they are, without a CONNECT tunnel. Not supported by Live:
	// a request with https and ProxyPlain fails.
	ProxyPlain bool
}

// TLS is how an https peer is verified. Values compare with ==, because connections are pooled by it. The zero value
// verifies against the system's certificate authorities.
type TLS struct {
	// CAFile and CADir name PEM files of the authorities to trust in place of the system's.
	CAFile, CADir string
	// CertFile and KeyFile are the client's own certificate and key (PEM).
	CertFile, KeyFile string
	// SkipVerify accepts any certificate.
	SkipVerify bool
	// MinVersion is a tls.Version constant; 0 is the default of crypto/tls (TLS 1.2).
	MinVersion uint16
}

type contextKey int

const (
	optionsKey contextKey = iota
	exchangeKey
)

// WithOptions returns a context that carries a request's options.
func WithOptions(ctx context.Context, o *Options) context.Context {
	return context.WithValue(ctx, optionsKey, o)
}

// OptionsFrom returns the options of a request's context, or the zero options. The result must not be changed.
func OptionsFrom(ctx context.Context) *Options {
	if o, ok := ctx.Value(optionsKey).(*Options); ok && o != nil {
		return o
	}
	return &noOptions
}

// noOptions is never written to.
var noOptions Options
