package stdlib

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/cjoudrey/gluahttp"
	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/httpclient"
	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/lua/native/list"
	"github.com/luapush/luapush/runtime/trace"
	"github.com/luapush/luapush/runtime/transport"
)

// maxHTTPBody is the longest body of an answer that the module takes, in bytes.
const maxHTTPBody = 16 << 20

var (
	errHTTPBody   = fmt.Errorf("the body of the answer is longer than %d bytes", maxHTTPBody)
	errNoHost     = errors.New("http: no Host in request URL")
	errHTTPScheme = errors.New("only http and https are supported")
)

// HTTP is the loader of "http", gluahttp's module, over the session's transport. Other than there timeout may be a
// fraction of a second, and the requests of request_batch go one after the other.
func HTTP(L *vm.LState) int {
	m := &httpModule{}
	client := &http.Client{Transport: m}
	theirs := gluahttp.NewHttpModuleWithDo(func(r *http.Request) (*http.Response, error) {
		// The request's context is the machine's, which no other goroutine may ask.
		return client.Do(r.WithContext(m.ctx))
	})
	theirs.Loader(L)
	module := native.CheckTable(L, L.GetTop())
	for name, options := range map[string]int{"get": 2, "delete": 2, "head": 2, "patch": 2, "post": 2, "put": 2, "request": 3} {
		their, ok := module.RawGetString(name).(*vm.LFunction)
		if !ok {
			native.Raise(L, "gluahttp has no function %s", name)
		}
		fn := func(L *vm.LState) int { return m.call(L, their.GFunction, options) }
		module.RawSetString(name, L.NewFunction(fn))
		if name == "request" {
			m.request = fn
		}
	}
	module.RawSetString("request_batch", L.NewFunction(m.batch))
	return 1
}

// httpModule is the module of one state: a http.RoundTripper, and what belongs to the call that is going on.
type httpModule struct {
	request vm.LGFunction
	L       *vm.LState
	session *runtime.Session
	ctx     context.Context
	limit   time.Duration
}

// call sends a request; the options are an argument's number.
func (m *httpModule) call(L *vm.LState, their vm.LGFunction, options int) int {
	for n := 1; n < options; n++ {
		L.Replace(n, vm.LString(native.CheckString(L, n)))
	}
	native.Step(L, 100)
	m.L, m.session, m.limit = L, runtime.From(L), 0
	cancel := context.CancelFunc(func() {})
	m.ctx = m.session.Context()
	if table, ok := L.Get(options).(*vm.LTable); ok {
		m.check(table)
		if limit, ok := httpLimit(table.RawGetString("timeout")); ok {
			m.limit = limit
			m.ctx, cancel = context.WithTimeout(m.ctx, limit)
		}
	} else if L.Get(options) != vm.LNil {
		native.TypeError(L, options, "table")
	}
	defer cancel()
	results := their(L)
	m.L = nil
	overdue(L, m.session.Context())
	return results
}

// check charges for what the library makes of the options.
func (m *httpModule) check(options *vm.LTable) {
	size := 0
	for _, name := range []string{"body", "form", "query"} {
		if text, ok := options.RawGetString(name).(vm.LString); ok {
			size += len(text)
		}
	}
	for _, name := range []string{"headers", "cookies"} {
		if list, ok := options.RawGetString(name).(*vm.LTable); ok {
			list.ForEach(func(key, value vm.LValue) { size += 64 + len(key.String()) + len(value.String()) })
		}
	}
	charge(m.L)(3 * size)
}

// httpLimit reads the option timeout: seconds, or a text such as "1.5s". A text that is wrong is the library's to refuse.
func httpLimit(value vm.LValue) (time.Duration, bool) {
	switch v := value.(type) {
	case vm.LNumber:
		if limit, wait := timeLimit(v); limit > 0 || !wait {
			return limit, true
		}
	case vm.LString:
		limit, err := time.ParseDuration(string(v))
		return limit, err == nil
	}
	return 0, false
}

// batch is request_batch(list): two lists, of answers and of messages, or one where there are no messages.
func (m *httpModule) batch(L *vm.LState) int {
	requests := native.CheckTable(L, 1)
	answers, messages := L.NewTable(), L.NewTable()
	failed := false
	for i := 1; i <= list.Length(requests); i++ {
		answer, message := vm.LNil, vm.LValue(vm.LString("Request must be a table"))
		if r, ok := list.Get(requests, i).(*vm.LTable); ok {
			answer, message = call2(L, L.NewFunction(m.request), r.RawGetInt(1), r.RawGetInt(2), r.RawGetInt(3))
		}
		failed = failed || answer == vm.LNil
		answers.RawSetInt(i, answer)
		messages.RawSetInt(i, message)
	}
	if failed {
		return returns(L, answers, messages)
	}
	return returns(L, answers)
}

// RoundTrip sends one request, those of redirects among them, and tells the trace.
func (m *httpModule) RoundTrip(r *http.Request) (*http.Response, error) {
	record := &trace.HTTP{Txn: m.session.Number(), Method: r.Method, URL: r.URL.String(), Attempts: 1}
	record.Script, record.Line = runtime.Caller(m.L)
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		for _, value := range r.Header[name] {
			record.Headers = append(record.Headers, trace.Header{Name: strings.ToLower(name), Value: value})
		}
	}
	if r.GetBody == nil && r.Body != nil {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		_ = r.Body.Close()
		record.Body = string(text)
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(strings.NewReader(record.Body))
	}
	began := m.session.Now()
	response, exchange, err := m.send(r)
	record.Took, record.Dry = m.session.Now().Sub(began), exchange.Dry()
	if err != nil {
		record.Status, record.Reason = m.status(err), err.Error()
		m.session.Emit(record)
		return nil, err
	}
	record.Status = response.StatusCode
	_, record.Reason, _ = strings.Cut(response.Status, " ")
	m.session.Emit(record)
	return response, nil
}

// send sends a request. One without a body goes a second time when a connection that was kept open breaks under it.
func (m *httpModule) send(r *http.Request) (*http.Response, *transport.Exchange, error) {
	switch {
	case r.URL.Scheme != "http" && r.URL.Scheme != "https":
		return nil, &transport.Exchange{}, errHTTPScheme
	case r.URL.Host == "":
		return nil, &transport.Exchange{}, errNoHost
	}
	for again := false; ; again = true {
		ctx, cancel := context.WithCancelCause(r.Context())
		exchange := &transport.Exchange{OnConnection: func(again bool) {
			if again {
				cancel(errSocketAgain)
			}
		}}
		response, err := m.session.HTTP().RoundTrip(r.WithContext(transport.WithExchange(ctx, exchange)))
		if err != nil {
			broken := errors.Is(context.Cause(ctx), errSocketAgain)
			cancel(nil)
			if broken && !again {
				continue
			}
			return nil, exchange, err
		}
		if response.Request == nil {
			response.Request = r
		}
		response.Body = &httpBody{m: m, body: response.Body, cancel: cancel}
		return response, exchange, nil
	}
}

// status is Dovecot's status for a failure.
func (m *httpModule) status(err error) int {
	var known *transport.Error
	switch {
	case m.session.Context().Err() != nil:
		return httpclient.StatusAborted
	case m.ctx.Err() != nil:
		return httpclient.StatusTimedOut
	case errors.As(err, &known) && known.Kind == transport.KindBadResponse:
		return httpclient.StatusBadResponse
	case known != nil:
		return typed(&httpReady{}, known).status
	}
	return httpclient.StatusConnectionLost
}

// httpBody is an answer's body within bounds.
type httpBody struct {
	m      *httpModule
	body   io.ReadCloser
	cancel context.CancelCauseFunc
	size   int
}

// Read implements io.Reader.
func (b *httpBody) Read(p []byte) (int, error) {
	n, err := b.body.Read(p)
	if b.size += n; b.size > maxHTTPBody {
		return 0, errHTTPBody
	}
	charge(b.m.L)(3 * n)
	return n, err
}

// Close implements io.Closer.
func (b *httpBody) Close() error {
	defer b.cancel(nil)
	return b.body.Close()
}
