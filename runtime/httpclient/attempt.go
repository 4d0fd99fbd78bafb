package httpclient

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/luapush/luapush/runtime/transport"
)

// fault is why an attempt gave no answer.
type fault struct {
	status int
	reason string
	// lost is true when the connection broke or timed out, so that another attempt may help.
	lost bool
	// unconnected is true when no connection was made.
	unconnected bool
	// fresh is true when the connection broke before it had ever answered: Dovecot then waits before the next connect.
	fresh bool
	// madeUp is true when nothing was really tried.
	madeUp bool
}

// attempt sends the request once and reads the answer.
func (f *flight) attempt() (*Response, *fault) {
	if err := f.ctx.Err(); err != nil {
		return nil, f.ended()
	}
	ctx, cancel := context.WithCancelCause(f.ctx)
	defer cancel(nil)
	limit := f.client.Settings.requestTimeout(f.method)
	// The clock for the answer runs from the moment of sending; until then the transport's connect timeout holds, and
	// this is only the last resort against a transport that knows none.
	dog := newWatchdog(f.client.Settings.connectTimeout(f.method)+limit, limit, func() { cancel(errRequestTimeout) })
	defer dog.stop()

	sent := false
	exchange := &transport.Exchange{AsDovecot: f.method, OnConnection: func(again bool) {
		if again {
			cancel(errSentAgain)
			return
		}
		f.noteSent(&sent)
		dog.putOff(limit)
	}}
	f.exchange = exchange
	ctx = transport.WithExchange(transport.WithOptions(ctx, f.options()), exchange)
	answer, err := f.client.Transport.RoundTrip(f.httpRequest(ctx))
	f.dry = exchange.Dry()
	if err != nil {
		return nil, f.classify(ctx, err, exchange)
	}
	f.noteSent(&sent)
	f.connects = 0
	f.backoff = f.client.Settings.backoffTime()
	defer answer.Body.Close()
	head, t := f.head(answer, exchange)
	if t != nil {
		return nil, t
	}
	return f.read(head, answer, func() { dog.putOff(limit) })
}

// head gives an answer's status, reason and headers, or why Dovecot would not take it.
func (f *flight) head(answer *http.Response, x *transport.Exchange) (*Response, *fault) {
	if a := x.Answer(); a != nil {
		if a.Fault != "" {
			return nil, &fault{status: StatusBadResponse, reason: a.Fault}
		}
		headers := make(http.Header, len(a.Headers))
		for _, h := range a.Headers {
			headers.Add(h.Name, h.Value)
		}
		return &Response{Status: a.Status, Reason: a.Reason, headers: headers}, nil
	}
	if t := f.refuseHead(answer, x); t != nil {
		return nil, t
	}
	_, reason, _ := strings.Cut(answer.Status, " ")
	if len(answer.TransferEncoding) > 0 {
		answer.Header.Set("Transfer-Encoding", strings.Join(answer.TransferEncoding, ", "))
	}
	return &Response{Status: answer.StatusCode, Reason: reason, headers: answer.Header}, nil
}

// noteSent counts an attempt that reached a connection, once.
func (f *flight) noteSent(sent *bool) {
	if *sent {
		return
	}
	*sent = true
	f.sends++
	f.lastSent = f.now()
	if f.firstSent.IsZero() {
		f.firstSent = f.lastSent
	}
}

// read takes in the body, and completes the head with it. A body that breaks off does not change the status, as in
// Dovecot; one that is too large does.
func (f *flight) read(head *Response, answer *http.Response, progress func()) (*Response, *fault) {
	maximum := f.client.MaxPayload
	if maximum <= 0 {
		maximum = DefaultMaxPayload
	}
	progress()
	payload, err := readPayload(answer, maximum, progress)
	if int64(len(payload)) > maximum {
		return nil, &fault{
			status: StatusBadResponse,
			reason: fmt.Sprintf("Response payload is larger than %d bytes", maximum),
		}
	}
	if err != nil && f.outer.Err() != nil {
		return nil, f.ended()
	}
	head.Payload, head.PayloadError = string(payload), err
	return head, nil
}

// readPayload reads the body until it ends or is larger than maximum. Every piece has the whole time limit: progress is
// called after each.
func readPayload(answer *http.Response, maximum int64, progress func()) ([]byte, error) {
	if answer.Body == http.NoBody {
		return nil, nil
	}
	size := int64(512)
	if n := answer.ContentLength; n >= 0 {
		size = min(n, 1<<20) + 1 // one more, to see the end without growing
	}
	payload := make([]byte, 0, size)
	for int64(len(payload)) <= maximum {
		if len(payload) == cap(payload) {
			payload = append(payload, 0)[:len(payload)]
		}
		n, err := answer.Body.Read(payload[len(payload):cap(payload)])
		payload = payload[:len(payload)+n]
		if err == io.EOF {
			return payload, nil
		}
		if err != nil {
			return payload, err
		}
		progress()
	}
	return payload, nil
}

// httpRequest makes the present form of the request for the transport.
func (f *flight) httpRequest(ctx context.Context) *http.Request {
	r := (&http.Request{
		Method:     f.method,
		URL:        f.httpURL(),
		Host:       f.url.Authority(),
		Proto:      "HTTP/1.1",
		ProtoMajor: 1,
		ProtoMinor: 1,
		Header:     make(http.Header, len(f.request.headers)+4),
	}).WithContext(ctx)
	f.setHeaders(r)
	switch {
	case f.payload != "":
		payload := f.payload
		r.ContentLength = int64(len(payload))
		r.Body = io.NopCloser(strings.NewReader(payload))
		r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(payload)), nil }
	case f.hasPayload || strings.EqualFold(f.method, "POST") || strings.EqualFold(f.method, "PUT"):
		r.Body = http.NoBody
		r.TransferEncoding = []string{"identity"} // makes net/http write Content-Length: 0 for any method
	}
	return r
}

// httpURL is the target for the transport. After a redirect Dovecot writes the absolute form into the request line.
func (f *flight) httpURL() *url.URL {
	u := f.url
	target := &url.URL{Scheme: u.Scheme(), Host: u.dialHost()}
	if u.Port != 0 {
		target.Host += ":" + strconv.Itoa(u.Port)
	}
	path, query, hasQuery := strings.Cut(u.Target, "?")
	target.RawPath, target.RawQuery, target.ForceQuery = path, query, hasQuery
	target.Path, _ = url.PathUnescape(path)
	if f.redirects > 0 {
		target.Opaque = "//" + u.Authority() + path
	}
	return target
}

// setHeaders writes the client's own headers and then the script's, which replace them (dovecot.md §5.3). net/http
// itself decides on the order, on the case of Host and Connection, and on Content-Length and Transfer-Encoding, which
// follow from the payload.
func (f *flight) setHeaders(r *http.Request) {
	credentials := f.client.CrossOriginCredentials || f.redirects == 0 || f.url.origin() == f.request.url.origin()
	r.Header["Date"] = []string{f.client.Clock.now().UTC().Format(http.TimeFormat)}
	r.Header["Connection"] = []string{"Keep-Alive"}
	r.Header["User-Agent"] = []string{f.client.Settings.UserAgent} // an empty one keeps net/http from adding its own
	if a := f.request.url.authorization(); a != "" && credentials {
		r.Header["Authorization"] = []string{a}
	}
	if f.client.Settings.Proxy != nil && !f.url.Secure {
		delete(r.Header, "Connection")
	}
	for _, h := range f.request.headers {
		switch canonical := http.CanonicalHeaderKey(h.Name); canonical {
		case "Host":
			r.Host = h.Value
		case "Content-Length", "Transfer-Encoding", "Trailer":
		case "Connection":
			r.Header[canonical] = []string{h.Value}
		case "User-Agent":
			r.Header[canonical] = []string{""}
			r.Header[h.Name] = []string{h.Value}
		case "Date":
			delete(r.Header, canonical)
			r.Header[h.Name] = []string{h.Value}
		case "Authorization":
			delete(r.Header, canonical)
			if credentials {
				r.Header[h.Name] = []string{h.Value}
			}
		default:
			r.Header[h.Name] = []string{h.Value}
		}
	}
}
