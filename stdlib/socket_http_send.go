package stdlib

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"net/http"
	"net/url"
	"strings"
	"time"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/trace"
	"github.com/luapush/luapush/runtime/transport"
)

var (
	errSocketTimeout = errors.New("timeout")
	errSocketAgain   = errors.New("closed")
)

// watch ends a request when one of its steps takes longer than the module's TIMEOUT.
type watch struct {
	limit time.Duration // 0 is none
	timer *time.Timer
}

func (w *watch) start(cancel context.CancelCauseFunc) {
	if w.limit > 0 {
		w.timer = time.AfterFunc(w.limit, func() { cancel(errSocketTimeout) })
	}
}

// step begins another step; pause lets the clock stand while the script works.
func (w *watch) step() {
	if w.timer != nil {
		w.timer.Reset(w.limit)
	}
}

func (w *watch) pause() {
	if w.timer != nil {
		w.timer.Stop()
	}
}

// timeLimit reads TIMEOUT; wait is false for 0, which means not to wait for anything.
func timeLimit(timeout vm.LValue) (limit time.Duration, wait bool) {
	seconds, ok := timeout.(vm.LNumber)
	switch {
	case !ok || seconds < 0 || float64(seconds) > math.MaxInt32:
		return 0, true
	case seconds == 0:
		return 0, false
	}
	return max(time.Duration(float64(seconds)*float64(time.Second)), time.Nanosecond), true
}

// send sends a request and hands the answer's body to its sink.
func (x *httpExchange) send(r *httpReady) (httpAnswer, vm.LValue) {
	native.Step(x.L, 100)
	timeout := x.timeout
	if r.secure {
		timeout = moduleField(x.L, luaSocketOf(x.L).https, "TIMEOUT", vm.LNumber(httpTimeout))
	}
	limit, wait := timeLimit(timeout)
	ctx, cancel := context.WithCancelCause(x.session.Context())
	defer cancel(nil)
	timer := &watch{limit: limit}
	defer timer.pause()
	exchange := &transport.Exchange{OnConnection: func(again bool) {
		if again {
			cancel(errSocketAgain)
			return
		}
		timer.step()
	}}
	ctx = transport.WithExchange(transport.WithOptions(ctx, &transport.Options{ConnectTimeout: limit, TLS: r.tls}), exchange)
	record := &trace.HTTP{
		Txn: x.session.Number(), Method: r.method, URL: r.url(), Headers: r.traced(), Body: string(r.body), Attempts: 1,
	}
	record.Script, record.Line = runtime.Caller(x.L)
	began := x.session.Now()
	if !wait {
		cancel(errSocketTimeout)
	}
	timer.start(cancel)
	response, err := x.session.HTTP().RoundTrip(r.request(ctx))
	timer.pause()
	record.Took, record.Dry = x.session.Now().Sub(began), exchange.Dry()
	// LuaSocket makes a connection for each request and closes it.
	defer exchange.Abandon()
	if err != nil {
		failed := x.classify(ctx, r, err, exchange)
		record.Status, record.Reason = failed.status, failed.message
		x.session.Emit(record)
		x.overdue()
		if failed.old {
			return x.oldAnswer(r, failed.head)
		}
		return httpAnswer{}, vm.LString(failed.message)
	}
	defer response.Body.Close()
	record.Status = response.StatusCode
	_, record.Reason, _ = strings.Cut(response.Status, " ")
	x.session.Emit(record)
	return x.receive(ctx, r, response, timer)
}

// overdue ends the script when the call's own time is over.
func (x *httpExchange) overdue() { overdue(x.L, x.session.Context()) }

// request makes the form of the request that transports take.
func (r *httpReady) request(ctx context.Context) *http.Request {
	target := &url.URL{Scheme: "http", Host: r.hostPort()}
	if r.secure {
		target.Scheme = "https"
	}
	if strings.HasPrefix(r.uri, "//") || !strings.HasPrefix(r.uri, "/") {
		// net/http would take these for something else.
		path, query, hasQuery := strings.Cut(r.uri, "?")
		target.RawPath, target.RawQuery, target.ForceQuery = path, query, hasQuery
		if target.Path, _ = url.PathUnescape(path); target.Path == "" {
			target.Path = path
		}
	} else {
		target.Opaque = r.uri
	}
	request := (&http.Request{
		Method: r.method, URL: target, Host: r.headers["host"], Header: r.header(),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		// Where the script changed the header, the connection is abandoned after the answer.
		Close: strings.Contains(strings.ToLower(r.headers["connection"]), "close"),
	}).WithContext(ctx)
	if !vm.LVAsBool(r.source) {
		return request
	}
	request.Body = io.NopCloser(bytes.NewReader(r.body))
	request.ContentLength = int64(len(r.body))
	if _, declared := r.headers["content-length"]; !declared {
		request.ContentLength = -1
		request.TransferEncoding = []string{"chunked"}
	} else if len(r.body) == 0 {
		request.Body = http.NoBody
		request.TransferEncoding = []string{"identity"} // makes net/http write Content-Length: 0
	}
	return request
}

// receive follows a redirect, or pumps the body into the sink.
func (x *httpExchange) receive(ctx context.Context, r *httpReady, response *http.Response, timer *watch) (httpAnswer, vm.LValue) {
	answer := httpAnswer{code: response.StatusCode, headers: x.headerTable(response), status: response.Proto + " " + response.Status}
	if location, ok := x.redirects(r, answer); ok {
		response.Body.Close()
		return x.redirect(r, location)
	}
	if r.method == http.MethodHead || answer.code == 204 || answer.code == 304 || answer.code < 200 {
		return answer, nil
	}
	sink := r.parts.RawGetString("sink")
	if !vm.LVAsBool(sink) {
		sink = ltnNull
	}
	body := &bodyReader{x: x, ctx: ctx, response: response, timer: timer, timeout: r.timeoutWord(), left: response.ContentLength}
	source := x.L.NewFunction(body.next)
	problem := pumpAll(x.L, source, sink, r.parts.RawGetString("step"))
	if body.err != nil {
		x.note("the answer of " + r.url() + " is not whole: " + body.err.Error())
		x.overdue()
	}
	if problem != vm.LNil {
		return httpAnswer{}, problem
	}
	return answer, nil
}

// bodyReader is the source of an answer's body.
type bodyReader struct {
	x        *httpExchange
	ctx      context.Context
	response *http.Response
	timer    *watch
	// timeout is the word for an answer that stops.
	timeout string
	// left is how many bytes are to come; -1 is unknown.
	left int64
	done bool
	err  error
}

// next is the source: the next piece, nil at the end, or nil and a message.
func (b *bodyReader) next(L *vm.LState) int {
	if b.done || b.left == 0 {
		return returns(L, vm.LNil)
	}
	block := make([]byte, ltnBlock)
	native.Step(L, 16)
	room(L, len(block))
	chunked := len(b.response.TransferEncoding) > 0
	if b.left > 0 {
		block = block[:min(b.left, ltnBlock)]
	}
	b.timer.step()
	var n int
	var err error
	if chunked {
		for n == 0 && err == nil {
			n, err = b.response.Body.Read(block)
		}
	} else {
		n, err = io.ReadFull(b.response.Body, block)
	}
	b.timer.pause()
	if b.left > 0 {
		b.left -= int64(n)
	}
	switch {
	case err == nil, chunked && n > 0:
		return returns(L, vm.LString(block[:n]))
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) && b.response.ContentLength < 0 && !chunked:
		b.done = true
		if n == 0 {
			return returns(L, vm.LNil)
		}
		return returns(L, vm.LString(block[:n]))
	}
	b.done, b.err = true, err
	return returns(L, vm.LNil, vm.LString(b.words(err)))
}

// words is LuaSocket's word for a body that breaks off.
func (b *bodyReader) words(err error) string {
	switch {
	case b.ctx.Err() != nil:
		return b.timeout
	case strings.Contains(err.Error(), "chunk"):
		return "invalid chunk size"
	}
	return "closed"
}
