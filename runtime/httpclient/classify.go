package httpclient

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/luapush/luapush/runtime/transport"
)

// ended is the fault of a request whose context is over between two attempts.
func (f *flight) ended() *fault {
	if f.outer.Err() == nil && errors.Is(context.Cause(f.ctx), errAbsoluteTimeout) {
		return &fault{
			status: StatusTimedOut,
			reason: "Absolute request timeout expired" + f.history(transport.Connection{}, false, false),
		}
	}
	return &fault{status: StatusAborted, reason: "Aborted"}
}

// classify turns the error of a transport into the fault that Dovecot would see in its place (dovecot.md §5.4). ctx is
// the attempt's.
func (f *flight) classify(ctx context.Context, err error, x *transport.Exchange) *fault {
	inFlight := f.sends > 0
	connection, connected := x.Connection()
	switch cause := context.Cause(ctx); {
	case f.outer.Err() != nil:
		return &fault{status: StatusAborted, reason: "Aborted"}
	case errors.Is(cause, errAbsoluteTimeout):
		return &fault{
			status: StatusTimedOut,
			reason: "Absolute request timeout expired" + f.history(transport.Connection{}, false, inFlight),
		}
	case errors.Is(cause, errRequestTimeout):
		return f.timedOut(connection, connected)
	case errors.Is(cause, errSentAgain):
		return f.lost(connection, io.EOF, false)
	}
	var e *transport.Error
	if errors.As(err, &e) {
		return f.typed(e)
	}
	if t := badResponse(err, x.Head()); t != nil {
		return t
	}
	if proxy := f.client.Settings.Proxy; proxy != nil && f.url.Secure && !connected {
		f.connects++ // the proxy's refusal of a tunnel has no type of its own
		return &fault{status: StatusConnectFailed, reason: "Tunnel connect(" + proxy.Authority() + ") failed: " + err.Error(), unconnected: true}
	}
	return f.lost(connection, err, connected && !connection.Reused && len(x.Head()) == 0)
}

// timedOut is the fault of an answer that did not come.
func (f *flight) timedOut(c transport.Connection, connected bool) *fault {
	return &fault{status: StatusTimedOut, reason: "Request timed out" + f.history(c, connected, true), lost: true}
}

// lost is the fault of a connection that broke.
func (f *flight) lost(c transport.Connection, err error, fresh bool) *fault {
	text := "EOF"
	if number := syscall.Errno(0); errors.As(err, &number) {
		text = "read(size=8192) failed: " + sentence(number)
	} else if !isEOF(err) {
		text = err.Error()
	}
	return &fault{
		status: StatusConnectionLost,
		reason: "Connection lost: read(" + connName(c.Remote, c.ID) + ") failed: " + text + f.history(c, true, true),
		lost:   true,
		fresh:  fresh,
	}
}

// isEOF recognises the ways in which net/http says that the peer hung up.
func isEOF(err error) bool {
	// A head that is cut short is malformed to net/http; what really is malformed was sorted out before.
	return strings.Contains(err.Error(), "malformed") || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		strings.Contains(err.Error(), "server closed idle connection")
}

// typed is the fault of a failure that a transport has named.
func (f *flight) typed(e *transport.Error) *fault {
	t := f.typedKind(e)
	t.madeUp = e.MadeUp
	if t.unconnected {
		f.connects += max(e.Tries, 1)
		t.reason += f.connectsRemark()
	}
	return t
}

func (f *flight) typedKind(e *transport.Error) *fault {
	connection := transport.Connection{ID: e.ConnID, Remote: e.Addr}
	if e.MadeUp && e.ConnID != 0 {
		sent := false
		f.noteSent(&sent)
		connection.Opened = f.now()
	}
	unconnected := func(text string) *fault {
		return &fault{status: StatusConnectFailed, reason: text, unconnected: true}
	}
	handshake := "SSL handshaking with " + e.Addr + " failed: "
	switch e.Kind {
	case transport.KindDNS:
		return &fault{
			status: StatusLookupFailed,
			reason: "Failed to lookup host " + e.Host + ": " + lookupText(e.Err),
		}
	case transport.KindConnect:
		return unconnected("connect(" + e.Addr + ") failed: " + sentence(e.Err))
	case transport.KindConnectTimeout:
		return unconnected("connect(" + e.Addr + ") failed: Connection timed out in " + seconds(e.Elapsed) + " secs")
	case transport.KindTLSTimeout:
		return unconnected(handshake + "Connection timed out in " + seconds(e.Elapsed) + " secs")
	case transport.KindTLS:
		return unconnected(handshake + "read(SSL " + connName(e.Addr, e.ConnID) + ") failed: " + handshakeText(e))
	case transport.KindTimeout:
		f.madeUp += f.client.Settings.requestTimeout(f.method)
		return f.timedOut(connection, true)
	case transport.KindBadResponse:
		if t := badResponse(e, e.Head); t != nil {
			return t
		}
	}
	return f.lost(connection, e.Err, true)
}

// connName is how Dovecot names a connection in its errors.
func connName(addr string, id int64) string {
	return "(conn:" + addr + ",id=" + formatInt(max(id, 1)) + ")"
}

// lookupText is the resolver's word for a failed lookup.
func lookupText(err error) string {
	var e *net.DNSError
	switch {
	case errors.As(err, &e) && e.IsNotFound:
		return "Name or service not known"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &e) && (e.IsTimeout || e.IsTemporary):
		return "Temporary failure in name resolution"
	}
	return err.Error()
}

// sentence is the system's text for an error, with the capital letter of the C library.
func sentence(err error) string {
	if err == nil {
		return "Unknown error"
	}
	text := err.Error()
	if number := syscall.Errno(0); errors.As(err, &number) {
		text = number.Error()
	}
	return strings.ToUpper(text[:min(1, len(text))]) + text[min(1, len(text)):]
}
