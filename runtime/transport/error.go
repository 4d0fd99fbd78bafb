package transport

import (
	"strings"
	"time"
)

// Kind is the class of a failure, after where in the course of a request it happened.
type Kind int

// The kinds of failure.
const (
	// KindDNS: the host name could not be resolved.
	KindDNS Kind = iota + 1
	// KindConnect: the TCP connect failed; Err is the system's error.
	KindConnect
	// KindConnectTimeout: the TCP connect took longer than allowed; Elapsed says how long.
	KindConnectTimeout
	// KindTLS: the TLS handshake failed; Err is the cause.
	KindTLS
	// KindTLSTimeout: the TLS handshake took longer than allowed; Elapsed says how long.
	KindTLSTimeout
	// KindLost: the connection ended before an answer was complete; Err is io.EOF or the system's error.
	KindLost
	// KindTimeout: no answer came in time.
	KindTimeout
	// KindBadResponse: what came back is no HTTP; Head is what it began with.
	KindBadResponse
)

var kindNames = [...]string{
	KindDNS:            "host lookup failed",
	KindConnect:        "connect failed",
	KindConnectTimeout: "connect timed out",
	KindTLS:            "TLS handshake failed",
	KindTLSTimeout:     "TLS handshake timed out",
	KindLost:           "connection lost",
	KindTimeout:        "request timed out",
	KindBadResponse:    "malformed response",
}

// String returns a few plain words.
func (k Kind) String() string {
	if k > 0 && int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "unknown failure"
}

// Error is a failed request. Live returns it for everything that happens before the request is written; the failures of
// later stages are the errors of net/http. Failing returns it for all stages.
type Error struct {
	Kind Kind
	// Host is the name that was to be reached, without a port.
	Host string
	// Addr is the peer's IP:PORT; empty when the host could not be resolved.
	Addr string
	// ConnID is the number of the connection, where there was one.
	ConnID int64
	// Tries is how many connects failed, this one included; over 1 when the host has several addresses.
	Tries int
	// Elapsed is how long a timed-out connect or handshake was waited for.
	Elapsed time.Duration
	// Head is the beginning of a malformed answer.
	Head []byte
	// MadeUp is true when nothing was really attempted, so nothing needs to be waited for.
	MadeUp bool
	// Err is the cause, or nil.
	Err error
}

// Error gives a short text for logs; the text a script sees is made by package httpclient.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Kind.String())
	if e.Addr != "" {
		b.WriteString(" (" + e.Addr + ")")
	} else if e.Host != "" {
		b.WriteString(" (" + e.Host + ")")
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }
