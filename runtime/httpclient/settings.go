package httpclient

import (
	"time"

	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/transport"
)

// Settings are the options of one client (dovecot.md §5.1), of both generations in one form: 2.3's negated booleans and
// units in names are gone. [Defaults] gives usable ones; the zero value is not.
type Settings struct {
	// UserAgent, when not empty, is sent as User-Agent.
	UserAgent string
	// RawlogDir is accepted and not used.
	RawlogDir string

	// AutoRedirect says whether redirects are followed, or refused when MaxRedirects is 0. When false they are returned.
	AutoRedirect bool
	// AutoRetry says whether a lost connection or a timeout is tried again. Retries that an answer asks for (408, 503)
	// do not depend on it.
	AutoRetry bool
	// Debug asks for the client's own debug lines; it is for the caller to honour.
	Debug bool

	// MaxRedirects is how many redirects one request may follow.
	MaxRedirects uint32
	// MaxAttempts is how often a request may be sent, redirects not counted; 0 is once. The three below replace it for
	// GET and HEAD, for PUT and POST, and for DELETE, when they are not 0.
	MaxAttempts       uint32
	ReadMaxAttempts   uint32
	WriteMaxAttempts  uint32
	DeleteMaxAttempts uint32
	// MaxConnectAttempts, when over 1, is how many connects one sending may try, over all addresses of the host. With
	// 0 and 1 every address is tried once.
	MaxConnectAttempts uint32
	// ConnectBackoffTime is the wait before a second connect, and doubles for each further one, up to
	// ConnectBackoffMaxTime; but see [Settings.backoffLimit].
	ConnectBackoffTime    time.Duration
	ConnectBackoffMaxTime time.Duration
	// MaxAutoRetryDelay is the longest Retry-After that is waited for; 0 is the request timeout in whole seconds.
	MaxAutoRetryDelay time.Duration

	// RequestAbsoluteTimeout bounds a request with all its attempts, redirects and waits; 0 is no limit.
	RequestAbsoluteTimeout time.Duration
	// RequestTimeout bounds the wait for an answer once the request is sent, and each pause within the answer. The
	// three below replace it, as with MaxAttempts.
	RequestTimeout       time.Duration
	ReadRequestTimeout   time.Duration
	WriteRequestTimeout  time.Duration
	DeleteRequestTimeout time.Duration
	// ConnectTimeout bounds the connect and TLS handshake with one address; 0 is the request timeout.
	ConnectTimeout time.Duration
	// SoftConnectTimeout, when over 0, is how long an address is waited for before the next is tried beside it.
	SoftConnectTimeout time.Duration
	// MaxIdleTime is how long unused connections are kept; 0 is for ever.
	MaxIdleTime time.Duration

	// Proxy, when not nil, is an HTTP proxy.
	Proxy *URL
	// ProxyUsername and ProxyPassword are the proxy's credentials.
	ProxyUsername string
	ProxyPassword string
	// ProxySSLTunnel says whether https goes through a CONNECT tunnel.
	ProxySSLTunnel bool

	// TLS says how https servers are verified.
	TLS transport.TLS

	// Accepted and not used: connections are pooled by luapush as it sees fit.
	ProxySocketPath        string
	MaxParallelConnections uint32
	MaxPipelinedRequests   uint32
	ResponseHdrMaxSize     uint64
	ResponseHdrMaxField    uint64
	ResponseHdrMaxFields   uint32
	SocketSendBufferSize   uint64
	SocketRecvBufferSize   uint64
	DNSTTL                 time.Duration
}

// The defaults that are not zero.
const (
	defaultRequestTimeout = time.Minute
	defaultBackoffTime    = 100 * time.Millisecond
	defaultBackoffMaxTime = time.Minute
	defaultDNSTTL         = 30 * time.Minute
)

// Defaults returns the settings of a client for which the script sets nothing. They are the same in 2.3 and 2.4, but
// what 0 attempts are: one in 2.3, refused in 2.4.
func Defaults(release dovecot.Release) Settings {
	s := Settings{
		AutoRedirect:           true,
		AutoRetry:              true,
		ConnectBackoffTime:     defaultBackoffTime,
		ConnectBackoffMaxTime:  defaultBackoffMaxTime,
		RequestTimeout:         defaultRequestTimeout,
		ProxySSLTunnel:         true,
		MaxParallelConnections: 1,
		MaxPipelinedRequests:   1,
		ResponseHdrMaxSize:     200 << 10,
		ResponseHdrMaxField:    8 << 10,
		ResponseHdrMaxFields:   50,
		DNSTTL:                 defaultDNSTTL,
	}
	if release.AtLeast(2, 4) {
		s.MaxAttempts = 1
	}
	return s
}

// methodClass tells which of the settings by method a method falls under.
func methodClass(method string) int {
	switch method {
	case "GET", "HEAD":
		return 1
	case "PUT", "POST":
		return 2
	case "DELETE":
		return 3
	}
	return 0
}

// attempts is how often a request with the method may be sent.
func (s *Settings) attempts(method string) uint32 {
	own := [...]uint32{0, s.ReadMaxAttempts, s.WriteMaxAttempts, s.DeleteMaxAttempts}[methodClass(method)]
	if own == 0 {
		own = s.MaxAttempts
	}
	return max(own, 1)
}

// requestTimeout is how long an answer to the method is waited for.
func (s *Settings) requestTimeout(method string) time.Duration {
	own := [...]time.Duration{0, s.ReadRequestTimeout, s.WriteRequestTimeout, s.DeleteRequestTimeout}[methodClass(method)]
	if own == 0 {
		own = s.RequestTimeout
	}
	if own == 0 {
		own = defaultRequestTimeout
	}
	return own
}

// connectTimeout is how long one connect may take.
func (s *Settings) connectTimeout(method string) time.Duration {
	if s.ConnectTimeout > 0 {
		return s.ConnectTimeout
	}
	return s.requestTimeout(method)
}

// backoffTime is the wait before the second connect.
func (s *Settings) backoffTime() time.Duration {
	if s.ConnectBackoffTime > 0 {
		return s.ConnectBackoffTime
	}
	return defaultBackoffTime
}

// backoffLimit is the longest wait between connects. Dovecot 2.3.19.1 never waits less than its default of a minute
// allows, however small connect_backoff_max_time_msecs is.
func (s *Settings) backoffLimit() time.Duration {
	return max(s.ConnectBackoffMaxTime, defaultBackoffMaxTime)
}

// retryDelay is the longest Retry-After that is waited for.
func (s *Settings) retryDelay(method string) time.Duration {
	if s.MaxAutoRetryDelay > 0 {
		return s.MaxAutoRetryDelay
	}
	return s.requestTimeout(method).Truncate(time.Second)
}
