package stdlib

import (
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/trace"
	"github.com/luapush/luapush/runtime/transport"
)

// httpReady is a request that can be sent.
type httpReady struct {
	// given is the script's table, which redirects and mutations go by; parts has the URL's parts in it as well.
	given, parts *vm.LTable
	method       string
	scheme       string
	host, port   string
	uri          string
	// headers have lower-case names; own are those that the script or the form gave.
	headers map[string]string
	own     map[string]bool
	source  vm.LValue
	body    []byte
	tls     transport.TLS
	// secure makes the connection one of TLS.
	secure bool
}

func problemText(format string, args ...any) vm.LValue {
	return vm.LString(fmt.Sprintf(format, args...))
}

// prepare works a table out into a request, in LuaSocket's order. The problem is what request returns beside nil.
func (x *httpExchange) prepare(given *vm.LTable) (*httpReady, vm.LValue) {
	L := x.L
	parts := L.NewTable()
	if url := field(L, given, "url"); vm.LVAsBool(url) && url != vm.LString("") {
		text, ok := asText(url)
		if !ok {
			native.Raise(L, "bad argument #1 to 'gsub' (string expected, got %s)", native.TypeName(L, url))
		}
		charge(L)(2 * len(text))
		parts.RawSetString("path", vm.LString("/"))
		parts.RawSetString("scheme", vm.LString("http"))
		parseURL(L, text, parts)
	}
	for key, value := given.Next(vm.LNil); key != vm.LNil; key, value = given.Next(key) {
		parts.RawSet(key, value)
	}
	r := &httpReady{given: given, parts: parts, source: parts.RawGetString("source"), secure: x.secure}
	r.scheme = r.text("scheme")
	if _, known := schemePorts[r.scheme]; !known {
		x.raise("attempt to index a nil value (local 'schemedefs')",
			fmt.Sprintf("socket.http knows the schemes http and https, and the URL has %q", r.scheme))
	}
	r.secure = r.secure || r.scheme == "https"
	if r.port = r.text("port"); r.port == "" {
		r.port = fmt.Sprint(schemePorts[r.scheme])
	}
	if r.method = r.text("method"); r.method == "" {
		r.method = "GET"
	}
	if r.host = r.text("host"); r.host == "" {
		return nil, problemText("invalid host '%s'", toText(L, parts.RawGetString("host")))
	}
	if vm.LVAsBool(parts.RawGetString("proxy")) || vm.LVAsBool(moduleField(L, luaSocketOf(L).http, "PROXY", vm.LNil)) {
		return nil, vm.LString("proxy not supported")
	}
	if r.uri = r.text("uri"); r.uri == "" {
		if !vm.LVAsBool(parts.RawGetString("path")) {
			return nil, vm.LString("invalid path 'nil'")
		}
		r.uri = x.buildURI(parts)
	}
	x.collectHeaders(r)
	if r.secure {
		r.tls = x.tls(r)
	}
	if problem := x.readSource(r); problem != nil {
		return nil, problem
	}
	return r, r.refuse()
}

// text is a part that is a string or a number; other values count as none.
func (r *httpReady) text(name string) string {
	text, _ := asText(r.parts.RawGetString(name))
	return text
}

// raise raises a Lua error and has a hint told with it.
func (x *httpExchange) raise(message, hint string) {
	x.session.Explain(message, hint)
	native.Raise(x.L, "%s", message)
}

// buildURI is the target of the request line.
func (x *httpExchange) buildURI(parts *vm.LTable) string {
	only := x.L.CreateTable(0, 4)
	for _, name := range []string{"path", "params", "query", "fragment"} {
		only.RawSetString(name, parts.RawGetString(name))
	}
	text, _ := asText(buildURL(x.L, only))
	return text
}

// collectHeaders puts the script's headers over LuaSocket's own.
func (x *httpExchange) collectHeaders(r *httpReady) {
	L := x.L
	host := r.host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if r.port != fmt.Sprint(schemePorts[r.scheme]) {
		host += ":" + r.port
	}
	r.headers = map[string]string{"host": host, "connection": "close, TE", "te": "trailers"}
	r.own = map[string]bool{}
	if agent, ok := asText(moduleField(L, luaSocketOf(L).http, "USERAGENT", vm.LString(socketVersion))); ok {
		r.headers["user-agent"] = agent
	}
	user, password := r.text("user"), r.text("password")
	if vm.LVAsBool(r.parts.RawGetString("user")) && vm.LVAsBool(r.parts.RawGetString("password")) {
		encoded, _ := mimeB64(nil, user+":"+percentDecode(password), "", true)
		r.set("authorization", "Basic "+string(encoded))
	}
	given := r.parts.RawGetString("headers")
	if vm.LVAsBool(given) {
		table, ok := given.(*vm.LTable)
		if !ok {
			native.Raise(L, "bad argument #1 to 'for iterator' (table expected, got %s)", native.TypeName(L, given))
		}
		for key, value := table.Next(vm.LNil); key != vm.LNil; key, value = table.Next(key) {
			name, ok := asText(key)
			if !ok {
				native.Raise(L, "bad argument #1 to 'lower' (string expected, got %s)", native.TypeName(L, key))
			}
			text, ok := asText(value)
			if !ok {
				native.Raise(L, "attempt to concatenate a %s value (local 'v')", native.TypeName(L, value))
			}
			r.set(strings.ToLower(name), text)
		}
	}
	if vm.LVAsBool(r.source) && r.headers["content-length"] == "" && r.headers["transfer-encoding"] == "" {
		r.headers["transfer-encoding"] = "chunked"
	}
}

func (r *httpReady) set(name, value string) {
	r.headers[name] = value
	r.own[name] = true
}

// readSource takes in the whole body before the connection is made: nobody but the script's own goroutine may call its
// source.
func (x *httpExchange) readSource(r *httpReady) vm.LValue {
	if !vm.LVAsBool(r.source) {
		r.declared(x, 0)
		return nil
	}
	L := x.L
	collect := L.NewFunction(func(L *vm.LState) int {
		chunk := L.Get(1)
		if vm.LVAsBool(chunk) {
			text, ok := asText(chunk)
			if !ok {
				native.Raise(L, "bad argument #1 to 'send' (string expected, got %s)", native.TypeName(L, chunk))
			}
			room(L, len(text))
			if len(r.body)+len(text) > maxText {
				native.RaiseValue(L, vm.LString("not enough memory"))
			}
			r.body = append(r.body, text...)
		}
		return returns(L, vm.LNumber(1))
	})
	if problem := pumpAll(L, r.source, collect, r.parts.RawGetString("step")); problem != vm.LNil {
		return problem
	}
	r.declared(x, len(r.body))
	return nil
}

// declared tells when the script's content-length is not the body's, which is sent instead: in production the server
// would wait for the rest, or cut the body.
func (r *httpReady) declared(x *httpExchange, length int) {
	declared, ok := r.headers["content-length"]
	if ok && declared != fmt.Sprint(length) {
		x.note(fmt.Sprintf("the header content-length of the request to %s says %s, and the body has %d bytes; LuaSocket would send the wrong number, and the server wait for more or cut the body",
			r.url(), declared, length))
	}
}

func (x *httpExchange) note(message string) {
	x.session.Emit(&trace.Note{Txn: x.session.Number(), Message: message})
}

// refuse finds what cannot be sent: LuaSocket would send a malformed request.
func (r *httpReady) refuse() vm.LValue {
	if !isToken(r.method) {
		return problemText("invalid method %q", r.method)
	}
	if strings.ContainsFunc(r.uri, isControl) {
		return problemText("invalid uri %q", r.uri)
	}
	for _, name := range slices.Sorted(maps.Keys(r.headers)) {
		if !isToken(name) || strings.ContainsFunc(r.headers[name], func(c rune) bool { return c != '\t' && isControl(c) }) {
			return problemText("invalid header %q: %q", name, r.headers[name])
		}
	}
	return nil
}

func isControl(c rune) bool { return c < ' ' || c == 0x7f }

// isToken reports a name as HTTP allows it.
func isToken(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(c rune) bool {
		return c <= ' ' || c >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, c)
	})
}

// url is the request's address for people; user name and password are left out.
func (r *httpReady) url() string {
	scheme := r.scheme
	if r.secure {
		scheme = "https"
	}
	return scheme + "://" + r.hostPort() + r.uri
}

// hostPort is host and port, without the port where it is the scheme's own.
func (r *httpReady) hostPort() string {
	scheme := r.scheme
	if r.secure {
		scheme = "https"
	}
	if r.port != fmt.Sprint(schemePorts[scheme]) {
		return net.JoinHostPort(r.host, r.port)
	}
	if strings.Contains(r.host, ":") {
		return "[" + r.host + "]"
	}
	return r.host
}

// header is the request's header for net/http.
func (r *httpReady) header() http.Header {
	header := make(http.Header, len(r.headers))
	for name, value := range r.headers {
		switch name {
		case "host", "content-length", "transfer-encoding", "trailer":
		default:
			header[headerName(name)] = []string{value}
		}
	}
	if _, ok := header["User-Agent"]; !ok {
		header["User-Agent"] = []string{""} // none, instead of net/http's own
	}
	return header
}

// traced are the headers for the trace: all but those that LuaSocket adds to every request.
func (r *httpReady) traced() []trace.Header {
	var list []trace.Header
	for _, name := range slices.Sorted(maps.Keys(r.headers)) {
		if r.own[name] || name == "transfer-encoding" {
			list = append(list, trace.Header{Name: headerName(name), Value: r.headers[name]})
		}
	}
	return list
}
