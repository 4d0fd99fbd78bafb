package stdlib

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/httpclient"
	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/transport"
)

// maxRedirects is how many redirects request follows unless its table says otherwise.
const maxRedirects = 5

// headerTable gives the headers of an answer: names in lower case, values of the same name in one.
func (x *httpExchange) headerTable(response *http.Response) *vm.LTable {
	native.Alloc(x.L, 128+64*len(response.Header))
	table := x.L.CreateTable(0, len(response.Header)+1)
	for _, name := range slices.Sorted(maps.Keys(response.Header)) {
		value := strings.Join(response.Header[name], ", ")
		charge(x.L)(len(name) + len(value))
		table.RawSetString(strings.ToLower(name), vm.LString(value))
	}
	if len(response.TransferEncoding) > 0 {
		table.RawSetString("transfer-encoding", vm.LString(strings.Join(response.TransferEncoding, ", ")))
	}
	return table
}

// redirects tells whether an answer is a redirect to follow, and where to.
func (x *httpExchange) redirects(r *httpReady, answer httpAnswer) (string, bool) {
	location, ok := answer.headers.RawGetString("location").(vm.LString)
	bare := strings.Join(strings.FieldsFunc(string(location), isSpace), "")
	if !ok || bare == "" || vm.LVAsBool(r.source) {
		return "", false
	}
	scheme := ""
	if end := schemeLength(bare); end > 0 {
		scheme = bare[:end]
		if _, known := schemePorts[scheme]; !known {
			return "", false
		}
	}
	switch {
	case r.scheme == "https" && scheme != "https":
		return "", false
	case r.parts.RawGetString("redirect") == vm.LFalse:
		return "", false
	case answer.code != 301 && answer.code != 302 && answer.code != 303 && answer.code != 307:
		return "", false
	case r.method != http.MethodGet && r.method != http.MethodHead:
		return "", false
	}
	most := r.parts.RawGetString("maxredirects")
	if most == vm.LFalse {
		return string(location), true
	}
	limit, ok := most.(vm.LNumber)
	if !ok {
		limit = maxRedirects
	}
	done, _ := r.parts.RawGetString("nredirects").(vm.LNumber)
	return string(location), done < limit
}

func isSpace(c rune) bool { return c == ' ' || c >= '\t' && c <= '\r' }

// redirect makes the next request. Its method is GET, as in LuaSocket; what proves who the user is does not follow to
// another host, which LuaSocket lets happen.
func (x *httpExchange) redirect(r *httpReady, location string) (httpAnswer, vm.LValue) {
	L, given := x.L, r.given
	base := field(L, given, "url")
	L.Push(socketURL["absolute"])
	L.Push(base)
	L.Push(vm.LString(location))
	native.Call(L, 2, 1)
	target := L.Get(-1)
	L.Pop(1)
	text, _ := asText(target)
	parsed := L.NewTable()
	parseURL(L, text, parsed)
	if parsed.RawGetString("scheme") != field(L, given, "scheme") {
		given.RawSetString("port", vm.LNil)
		given.RawSetString("create", vm.LNil)
		x.secure = false
	}
	done, _ := r.parts.RawGetString("nredirects").(vm.LNumber)
	next := L.CreateTable(0, 8)
	next.RawSetString("url", target)
	for _, name := range []string{"source", "sink", "headers", "proxy", "maxredirects", "create"} {
		next.RawSetString(name, field(L, given, name))
	}
	next.RawSetString("nredirects", done+1)
	if host, _ := asText(parsed.RawGetString("host")); !strings.EqualFold(host, r.host) {
		x.withoutCredentials(next, host)
	}
	answer, problem := x.perform(next)
	if problem != nil {
		return answer, problem
	}
	if answer.headers == nil {
		answer.headers = L.NewTable()
	}
	if answer.headers.RawGetString("location") == vm.LNil {
		answer.headers.RawSetString("location", vm.LString(location))
	}
	return answer, nil
}

// withoutCredentials takes headers with credentials out of a request to another host.
func (x *httpExchange) withoutCredentials(request *vm.LTable, host string) {
	headers, ok := request.RawGetString("headers").(*vm.LTable)
	if !ok {
		return
	}
	kept := x.L.NewTable()
	for key, value := headers.Next(vm.LNil); key != vm.LNil; key, value = headers.Next(key) {
		name, _ := asText(key)
		switch strings.ToLower(name) {
		case "authorization", "cookie", "proxy-authorization":
			x.note(fmt.Sprintf("the header %s is not sent to %s, where a redirect leads; LuaSocket would send it", name, host))
		default:
			kept.RawSet(key, value)
		}
	}
	request.RawSetString("headers", kept)
}

// httpFailure is a request without an answer.
type httpFailure struct {
	message string
	status  int
	// old is set for an answer that is no HTTP/1, which LuaSocket takes for one of HTTP/0.9; head is its beginning.
	old  bool
	head []byte
}

// classify finds LuaSocket's words, and Dovecot's status for the trace, for a failure.
func (x *httpExchange) classify(ctx context.Context, r *httpReady, err error, exchange *transport.Exchange) httpFailure {
	switch {
	case x.session.Context().Err() != nil:
		return httpFailure{message: "timeout", status: httpclient.StatusAborted}
	case errors.Is(context.Cause(ctx), errSocketTimeout):
		return httpFailure{message: r.timeoutWord(), status: httpclient.StatusTimedOut}
	}
	head := exchange.Head()
	var known *transport.Error
	if errors.As(err, &known) {
		if known.Kind != transport.KindBadResponse {
			return typed(r, known)
		}
		head = known.Head
	}
	if len(head) >= len("HTTP/") {
		if !strings.HasPrefix(string(head), "HTTP/") {
			return httpFailure{
				message: "the answer is not HTTP; LuaSocket takes it for the body of HTTP/0.9, with the code 200",
				status:  httpclient.StatusBadResponse, old: true, head: head,
			}
		}
		line, _, ended := strings.Cut(string(head), "\n")
		if ended && !isStatusLine(line) {
			return httpFailure{message: strings.TrimSuffix(line, "\r"), status: httpclient.StatusBadResponse}
		}
		if ended && strings.Contains(err.Error(), "malformed MIME header") {
			return httpFailure{message: "malformed reponse headers", status: httpclient.StatusBadResponse} //nolint:misspell // LuaSocket's own text
		}
	}
	return httpFailure{message: "closed", status: httpclient.StatusConnectionLost}
}

// isStatusLine is LuaSocket's check: HTTP/x.y and a code of three digits.
func isStatusLine(line string) bool {
	rest := strings.TrimPrefix(line, "HTTP/")
	major := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
	rest, ok := strings.CutPrefix(rest[major:], ".")
	minor := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
	rest, blank := strings.CutPrefix(rest[minor:], " ")
	return ok && blank && len(rest) >= 3 && strings.Trim(rest[:3], "0123456789") == ""
}

// typed is for failures that the transport has named.
func typed(r *httpReady, e *transport.Error) httpFailure {
	switch e.Kind {
	case transport.KindDNS:
		message := "host or service not provided, or not known"
		var dns *net.DNSError
		if !errors.As(e.Err, &dns) || !dns.IsNotFound {
			message = "temporary failure in name resolution"
		}
		return httpFailure{message: message, status: httpclient.StatusLookupFailed}
	case transport.KindConnect:
		return httpFailure{message: socketWords(e.Err), status: httpclient.StatusConnectFailed}
	case transport.KindConnectTimeout:
		return httpFailure{message: "timeout", status: httpclient.StatusConnectFailed}
	case transport.KindTLS:
		return httpFailure{message: handshakeWords(e.Err), status: httpclient.StatusConnectFailed}
	case transport.KindTLSTimeout:
		return httpFailure{message: "wantread", status: httpclient.StatusConnectFailed}
	case transport.KindTimeout:
		return httpFailure{message: r.timeoutWord(), status: httpclient.StatusTimedOut}
	}
	return httpFailure{message: "closed", status: httpclient.StatusConnectionLost}
}

// timeoutWord is what a wait for the peer ends with: LuaSec names what OpenSSL was waiting for.
func (r *httpReady) timeoutWord() string {
	if r.secure {
		return "wantread"
	}
	return "timeout"
}

// socketWords is LuaSocket's text for an error of the system: its own for some, the system's for the rest.
func socketWords(err error) string {
	var number syscall.Errno
	if !errors.As(err, &number) {
		return "closed"
	}
	switch number {
	case syscall.ECONNREFUSED:
		return "connection refused"
	case syscall.ECONNRESET, syscall.ECONNABORTED, syscall.EPIPE:
		return "closed"
	case syscall.ETIMEDOUT:
		return "timeout"
	case syscall.EACCES:
		return "permission denied"
	}
	text := number.Error()
	return strings.ToUpper(text[:1]) + text[1:]
}

// oldAnswer gives the sink what came, as LuaSocket does with an answer of HTTP/0.9: first the five bytes that it looked
// at.
func (x *httpExchange) oldAnswer(r *httpReady, head []byte) (httpAnswer, vm.LValue) {
	const looked = len("HTTP/")
	sink := r.parts.RawGetString("sink")
	if !vm.LVAsBool(sink) {
		sink = ltnNull
	}
	pieces := x.L.NewTable()
	pieces.Append(vm.LString(head[:looked]))
	if len(head) > looked {
		pieces.Append(vm.LString(head[looked:]))
	}
	source := closure(x.L, func(L *vm.LState) int {
		next := up(L, 2).(vm.LNumber) + 1
		setUp(L, 2, next)
		return returns(L, up(L, 1).(*vm.LTable).RawGet(next))
	}, pieces, vm.LNumber(0))
	if problem := pumpAll(x.L, source, sink, r.parts.RawGetString("step")); problem != vm.LNil {
		return httpAnswer{}, problem
	}
	return httpAnswer{code: 200}, nil
}
