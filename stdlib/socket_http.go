package stdlib

import (
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/lua/native/list"
)

// httpTimeout is the modules' TIMEOUT, in seconds, unless a script changes it.
const httpTimeout = 60

var socketHTTP = shared(
	function{"request", httpRequestFunction},
	function{"genericform", httpGenericForm},
	socketAbsent("http.open"),
)

// SocketHTTP is the loader of "socket.http". Its requests go through the session's transport and are in the trace.
func SocketHTTP(L *vm.LState) int {
	module := fill(L.CreateTable(0, 8), socketHTTP)
	delete2(module, "http.open", "open")
	module.RawSetString("TIMEOUT", vm.LNumber(httpTimeout))
	module.RawSetString("USERAGENT", vm.LString(socketVersion))
	schemes := L.CreateTable(0, len(schemePorts))
	for scheme, port := range schemePorts {
		schemes.RawSetString(scheme, tableOf(L, "port", vm.LNumber(port)))
	}
	module.RawSetString("schemes", schemes)
	all := luaSocketOf(L)
	L.Push(all.loaded("http", &all.http, module))
	return 1
}

// delete2 moves a field to another name.
func delete2(table *vm.LTable, from, to string) {
	table.RawSetString(to, table.RawGetString(from))
	table.RawSetString(from, vm.LNil)
}

// schemePorts are the schemes that requests may have.
var schemePorts = map[string]int{"http": 80, "https": 443}

// httpRequestFunction is request(url, body) and request{…}.
func httpRequestFunction(L *vm.LState) int {
	settings := httpSettings{timeout: moduleField(L, luaSocketOf(L).http, "TIMEOUT", vm.LNumber(httpTimeout))}
	url, ok := L.Get(1).(vm.LString)
	if !ok {
		return requestTable(L, requestArgument(L), settings)
	}
	request, target := genericForm(L, url, L.Get(2))
	return requestText(L, request, target, settings)
}

// requestArgument gives the table of the second form.
func requestArgument(L *vm.LState) *vm.LTable {
	table, ok := L.Get(1).(*vm.LTable)
	if !ok {
		const message = "attempt to index a %s value (local 'reqt')"
		native.Raise(L, message, native.TypeName(L, L.Get(1)))
	}
	return table
}

// moduleField reads a setting out of a module; otherwise stands for a module that is not loaded.
func moduleField(L *vm.LState, module *vm.LTable, name string, otherwise vm.LValue) vm.LValue {
	if module == nil {
		return otherwise
	}
	return field(L, module, name)
}

// requestTable makes the request of a table: 1, code, headers, status line, or nil and a message.
func requestTable(L *vm.LState, request *vm.LTable, settings httpSettings) int {
	answer, problem := newExchange(L, settings).perform(request)
	if problem != nil {
		return settings.failed(L, problem)
	}
	return returns(L, append([]vm.LValue{vm.LNumber(1)}, answer.values()...)...)
}

// requestText makes the request of the simple form: body, code, headers, status line.
func requestText(L *vm.LState, request, target *vm.LTable, settings httpSettings) int {
	answer, problem := newExchange(L, settings).perform(request)
	if problem != nil {
		return settings.failed(L, problem)
	}
	results := append([]vm.LValue{joined(L, target)}, answer.values()...)
	if answer.headers == nil {
		results = append(results, vm.LNil, vm.LNil)
	}
	return returns(L, results...)
}

// joined is table.concat of the chunks of a body.
func joined(L *vm.LState, chunks *vm.LTable) vm.LValue {
	size, n := 0, list.Length(chunks)
	for i := 1; i <= n; i++ {
		text, _ := asText(list.Get(chunks, i))
		size += len(text)
	}
	room(L, size)
	var out strings.Builder
	out.Grow(size)
	for i := 1; i <= n; i++ {
		text, _ := asText(list.Get(chunks, i))
		out.WriteString(text)
	}
	return vm.LString(out.String())
}

// httpGenericForm is genericform(url, body): the table that request(url, body) stands for.
func httpGenericForm(L *vm.LState) int {
	request, _ := genericForm(L, L.Get(1), L.Get(2))
	return returns(L, request)
}

func genericForm(L *vm.LState, url, body vm.LValue) (request, target *vm.LTable) {
	target = L.NewTable()
	request = tableOf(L, "url", url, "sink", tableSink(L, target), "target", target)
	if !vm.LVAsBool(body) {
		return request, target
	}
	text, ok := asText(body)
	if !ok {
		native.Raise(L, "bad argument #1 to 'len' (string expected, got %s)", native.TypeName(L, body))
	}
	request.RawSetString("source", closure(L, textSource, vm.LString(text)))
	request.RawSetString("headers", tableOf(L,
		"content-length", vm.LNumber(len(text)), "content-type", "application/x-www-form-urlencoded"))
	request.RawSetString("method", vm.LString("POST"))
	return request, target
}

// textSource gives the text in its up-value once.
func textSource(L *vm.LState) int {
	text := up(L, 1)
	setUp(L, 1, vm.LNil)
	if text == vm.LString("") {
		text = vm.LNil
	}
	return returns(L, text)
}

// httpAnswer is what a script gets of an answer.
type httpAnswer struct {
	code    int
	headers *vm.LTable // nil for an answer without a head
	status  string
}

func (a httpAnswer) values() []vm.LValue {
	if a.headers == nil {
		return []vm.LValue{vm.LNumber(a.code)}
	}
	return []vm.LValue{vm.LNumber(a.code), a.headers, vm.LString(a.status)}
}

// httpSettings are what the two modules differ in.
type httpSettings struct {
	// timeout is a number of seconds, or nil for no limit.
	timeout vm.LValue
	// secure makes every connection one of TLS, whatever the scheme.
	secure bool
}

// httpExchange is one call of request, with the redirects it follows.
type httpExchange struct {
	httpSettings
	L       *vm.LState
	session *runtime.Session
}

// failed is what a request without an answer gives.
func (s httpSettings) failed(L *vm.LState, problem vm.LValue) int {
	if s.secure {
		return returns(L, vm.LNil, problem, vm.LNil, vm.LNil)
	}
	return returns(L, vm.LNil, problem)
}

func newExchange(L *vm.LState, settings httpSettings) *httpExchange {
	return &httpExchange{L: L, session: runtime.From(L), httpSettings: settings}
}

// perform makes the request, and the next one for a redirect.
func (x *httpExchange) perform(request *vm.LTable) (httpAnswer, vm.LValue) {
	ready, problem := x.prepare(request)
	if problem != nil {
		return httpAnswer{}, problem
	}
	return x.send(ready)
}
