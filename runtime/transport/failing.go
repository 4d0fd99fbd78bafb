package transport

import (
	"io"
	"net"
	"net/http"
	"net/netip"
	"syscall"
)

// Mode is a way to fail on purpose.
type Mode string

// The modes of [Failing].
const (
	// Refused: nobody listens at the peer's port.
	Refused Mode = "refused"
	// Timeout: the peer takes the request and never answers. It fails at once, as if the time had passed.
	Timeout Mode = "timeout"
	// DNS: the host name does not exist. A target that is an address is not looked up and cannot fail so; it fails
	// all the same, so that a script is tested whatever its URL.
	DNS Mode = "dns"
	// Reset: the peer resets the connection instead of answering.
	Reset Mode = "reset"
	// BadResponse: the peer answers with something that is no HTTP.
	BadResponse Mode = "badresponse"
)

// unresolvedAddr stands for a host name's address where nothing is resolved; it belongs to the documentation
// (RFC 5737).
const unresolvedAddr = "192.0.2.1"

// Failing returns the transport on which every request fails in the given way, at once and without a network, with an
// [*Error] whose MadeUp is true. An unknown mode is refused like [Refused].
func Failing(mode Mode) Transport { return failing{mode} }

type failing struct{ mode Mode }

// RoundTrip implements [http.RoundTripper].
func (f failing) RoundTrip(r *http.Request) (*http.Response, error) {
	discardBody(r)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	x := ExchangeFrom(r.Context())
	x.SetDry()
	host, port := hostPort(r)
	addr := unresolvedAddr
	if ip, err := netip.ParseAddr(host); err == nil {
		addr = ip.String()
	} else if host == "localhost" {
		addr = "127.0.0.1"
	}
	e := &Error{Host: host, Addr: net.JoinHostPort(addr, port), Tries: 1, MadeUp: true}
	switch f.mode {
	case Timeout:
		e.Kind, e.ConnID = KindTimeout, 1
	case DNS:
		e.Kind, e.Addr = KindDNS, ""
		e.Err = &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	case Reset:
		e.Kind, e.ConnID, e.Err = KindLost, 1, syscall.ECONNRESET
	case BadResponse:
		e.Kind, e.ConnID, e.Head, e.Err = KindBadResponse, 1, []byte("garbage\r\n\r\n"), io.ErrUnexpectedEOF
	default:
		e.Kind, e.Err = KindConnect, syscall.ECONNREFUSED
	}
	return nil, e
}

// Close implements [Transport].
func (failing) Close() error { return nil }
