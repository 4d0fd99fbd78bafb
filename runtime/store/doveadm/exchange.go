package doveadm

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"

	"github.com/luapush/luapush/runtime/mail"
)

// failure is an attempt that came to nothing.
type failure struct {
	error *Error
	// sent: some of the request may have reached the endpoint.
	sent bool
}

// unreachable tells whether the endpoint is to be black-listed. A connection
// that ended without an answer is no sign of that: a doveadm process ends for
// the sake of one command. Nor is the end of the caller's patience.
func (f *failure) unreachable(ctx context.Context) bool {
	switch f.error.Kind {
	case KindConnect, KindTimeout:
		return ctx.Err() == nil
	case KindHTTP:
		return f.error.Status >= 500
	}
	return false
}

// movesOn tells whether another endpoint may know better.
func (f *failure) movesOn() bool {
	switch f.error.Kind {
	case KindConnect, KindTimeout, KindNoReply:
		return true
	case KindMalformed:
		return !errors.Is(f.error.Err, errTooLarge)
	case KindHTTP:
		return f.error.Status >= 500
	}
	return false
}

// attempt sends a command to one endpoint.
func (c *Client) attempt(ctx context.Context, e *endpoint, command string, body []byte) ([]mail.Map[string], *failure) {
	fail := func(kind Kind, sent bool, err error) *failure {
		f := &Error{Kind: kind, Command: command, Endpoint: e.shown, Err: err}
		if err != nil {
			f.Detail = c.secrets.Replace(err.Error())
		}
		return &failure{f, sent}
	}
	give, err := take(ctx, e, c.total)
	if err != nil {
		return nil, fail(KindTimeout, false, err)
	}
	defer give()
	sent := new(atomic.Bool)
	status, reply, err := c.post(ctx, e, http.MethodPost, body, sent)
	if err != nil {
		kind := KindNoReply
		switch {
		case errors.Is(err, errTooLarge):
			kind = KindMalformed
		case ctx.Err() != nil || sent.Load() && isTimeout(err):
			kind = KindTimeout
		case !sent.Load():
			kind = KindConnect
		}
		return nil, fail(kind, sent.Load(), err)
	}
	if status != http.StatusOK {
		f := fail(KindHTTP, true, nil)
		f.error.Status, f.error.Detail = status, c.secrets.Replace(firstLine(reply))
		return nil, f
	}
	rows, refusal, err := readReply(reply, requestTag)
	if err != nil {
		return nil, fail(KindMalformed, true, err)
	}
	if refusal != nil {
		f := fail(KindCommand, true, nil)
		f.error.Type, f.error.ExitCode = refusal.kind, refusal.exitCode
		return nil, f
	}
	return rows, nil
}

// probe tells whether an endpoint answers: it asks for the list of commands.
func (c *Client) probe(ctx context.Context, e *endpoint) bool {
	give, err := take(ctx, e, c.total)
	if err != nil {
		return false
	}
	defer give()
	status, _, err := c.post(ctx, e, http.MethodGet, nil, new(atomic.Bool))
	return err == nil && status < 500
}

var errTooLarge = errors.New("the answer is larger than allowed")

// post makes one HTTP exchange. sent becomes true as soon as a connection was
// there to write to.
func (c *Client) post(ctx context.Context, e *endpoint, method string, body []byte, sent *atomic.Bool) (int, []byte, error) {
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { sent.Store(true) },
	})
	request, err := http.NewRequestWithContext(ctx, method, e.url, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Authorization", e.authorization)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "luapush")
	response, err := c.transport.RoundTrip(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	reply, err := io.ReadAll(io.LimitReader(response.Body, c.options.MaxReply+1))
	if err != nil {
		return 0, nil, err
	}
	if int64(len(reply)) > c.options.MaxReply {
		return 0, nil, errTooLarge
	}
	return response.StatusCode, reply, nil
}

func isTimeout(err error) bool {
	var n net.Error
	return errors.As(err, &n) && n.Timeout() || errors.Is(err, context.DeadlineExceeded)
}

// firstLine is a text answer, for an error.
func firstLine(reply []byte) string {
	line, _, _ := strings.Cut(strings.TrimSpace(string(reply[:min(len(reply), 300)])), "\n")
	return strings.ToValidUTF8(strings.TrimSpace(line), "?")
}
