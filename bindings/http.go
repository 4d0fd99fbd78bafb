package bindings

import (
	"errors"
	"fmt"
	"net/http"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/httpclient"
	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/trace"
)

// clientFunction is dovecot.http.client (dovecot.md §5.1).
var clientFunction = Function{
	Name: "client", Since: dovecot.At(2, 3, 19), Params: []Param{{Name: "settings", Type: Table}}, Result: "http client",
	Doc: "Makes an HTTP client. Dovecot 2.3 ignores settings it does not know, 2.4 raises an error.",
	run: newClient,
}

// ClientTransport is what the transport of runtime.Options may be in addition:
// one that wants to know how long the client waits whose requests it carries.
type ClientTransport interface {
	http.RoundTripper
	// Client gives the transport of a client with these settings, which stay as
	// they are.
	Client(s *httpclient.Settings) http.RoundTripper
}

// client is what an HTTP client object stands for.
type client struct{ *httpclient.Client }

var (
	clientObject   = object{structure: "struct http_client", owner: "client:"}
	requestObject  = object{structure: "struct http_client_request", owner: "request:"}
	responseObject = object{structure: "struct dlua_http_response", owner: "response:"}
)

// request is what a request object stands for.
type request struct {
	*httpclient.Request
	client *client
	// address is the URL as the script gave it.
	address   string
	submitted bool
	paid      bool
	// event is what set_event gave (2.4.3), as the script's own object.
	event vm.LValue
}

// response is what a response object stands for.
type response struct{ *httpclient.Response }

// requestFunctions are the functions of a release that stand in the objects'
// own tables.
type requestFunctions struct {
	client, request, response map[string]*vm.LFunction
}

func newRequestFunctions(r dovecot.Release) requestFunctions {
	return requestFunctions{
		client:   clientObject.functions(clientMethods(), r),
		request:  requestObject.functions(requestMethods(), r),
		response: responseObject.functions(responseMethods(), r),
	}
}

func clientMethods() []Function {
	return []Function{{
		Name: "request", Params: []Param{{Name: "request", Type: Table}}, Result: "request",
		Doc: "Makes a request: {url = …, method = \"GET\"}. It is sent by submit().",
		run: newRequest,
	}}
}

var since243 = dovecot.At(2, 4, 3)

func requestMethods() []Function {
	return []Function{
		{
			Name: "add_header", Params: []Param{{Name: "name", Type: String}, {Name: "value", Type: String}},
			Doc: "Adds a header line, or replaces the one of that name.",
			run: addHeader,
		},
		{
			Name: "remove_header", Params: []Param{{Name: "name", Type: String}},
			Doc: "Takes back a header line that was added.",
			run: func(c *call) int { c.request().RemoveHeader(c.string(2)); return 0 },
		},
		{
			Name: "set_payload", Params: []Param{{Name: "payload", Type: String}}, Removed: since24,
			Doc: "Gives the request a body, which ends at the first NUL.",
			run: setPayload,
		},
		{
			Name: "set_payload", Since: since24,
			Params: []Param{{Name: "payload", Type: String}, {Name: "sync", Type: Truth, Optional: true}},
			Doc:    "Gives the request a body, which ends at the first NUL. With sync Dovecot asks the server first (Expect: 100-continue), which luapush leaves out.",
			run:    setPayload,
		},
		{
			Name: "submit", Result: "response",
			Doc: "Sends the request and waits for the answer. A failure of the network is a status of 9000 and more, never an error.",
			run: submit,
		},
		{
			Name: "set_event", Params: []Param{{Name: "event", Type: EventT}}, Since: since243,
			Doc: "Sets the event that the request's own log lines belong to.",
			run: func(c *call) int { c.request().event = c.l.Get(2); return 0 },
		},
		{
			Name: "get_event", Since: since243, Result: "event", Doc: "Gives the event that set_event set, or a new one.",
			run: getEvent,
		},
	}
}

func responseMethods() []Function {
	return []Function{
		{
			Name: "status", Result: "integer", Doc: "The status code; 9000 and more is a failure without an answer.",
			run: func(c *call) int { return c.returnNumber(float64(c.response().Status)) },
		},
		{
			Name: "reason", Result: "string", Doc: "The text that goes with the status.",
			run: func(c *call) int { return c.returnString(c.response().Reason) },
		},
		{
			Name: "header", Params: []Param{{Name: "name", Type: String}}, Result: "string",
			Doc: "The first header line of that name, in any case; \"\" without one.",
			run: func(c *call) int { return c.returnString(c.response().Header(c.string(2))) },
		},
		{
			Name: "payload", Result: "string", Doc: "The body; \"\" without one.",
			run: func(c *call) int { return c.returnString(c.response().Payload) },
		},
	}
}

// newClient makes a client of the settings in a table.
func newClient(c *call) int {
	settings := native.CheckTable(c.l, 1)
	var entries []httpclient.Entry
	settings.ForEach(func(key, value vm.LValue) {
		if name, ok := key.(vm.LString); ok {
			entries = append(entries, httpclient.Entry{Key: string(name), Value: settingValue(value)})
		}
	})
	if parent := settings.RawGetString("event_parent"); parent != vm.LNil {
		c.checkEventParent(parent)
	}
	parsed, err := httpclient.ParseSettings(c.Release(), httpclient.Defaults(c.Release()), entries)
	if err != nil {
		c.raiseHint(err.Error(), "\"luapush check --dovecot "+c.Release().String()+"\" says what a setting is called there, and what it takes")
	}
	made := &client{&httpclient.Client{Settings: parsed, Transport: c.HTTP(), Clock: httpclient.Clock{Now: c.Now, Sleep: c.Sleep}}}
	if carrier, ok := made.Transport.(ClientTransport); ok {
		made.Transport = carrier.Client(&made.Settings)
	}
	return c.pushObject(made, stateOf(c.Session).lib.requests.client)
}

func (c *call) checkEventParent(parent vm.LValue) {
	t, ok := parent.(*vm.LTable)
	if !ok {
		c.raise(fmt.Sprintf("Bad argument #-1, expected %s got %s", eventObject.structure, parent.Type()))
	}
	if !c.Release().AtLeast(2, 4) {
		c.crash("event_parent in the settings of dovecot.http.client")
	}
	if ok {
		if item, isItem := t.RawGetString("item").(*vm.LUserData); isItem {
			_, ok = item.Value.(*event)
		} else {
			ok = false
		}
	}
	if !ok {
		c.raise("Invalid HTTP client setting: event_parent: event expected")
	}
}

// settingValue is a value of the table as the parser of settings takes it.
func settingValue(v vm.LValue) httpclient.Value {
	switch v := v.(type) {
	case vm.LString:
		return httpclient.StringValue(string(v))
	case vm.LNumber:
		return httpclient.NumberValue(float64(v), native.ToString(v))
	case vm.LBool:
		return httpclient.BooleanValue(bool(v))
	}
	return httpclient.OtherValue(native.ToString(v))
}

// pushObject makes an object whose functions stand in the table itself, as
// Dovecot's HTTP objects have them.
func (c *call) pushObject(value any, functions map[string]*vm.LFunction) int {
	t := c.l.CreateTable(0, len(functions)+1)
	t.RawSetString("item", item(value))
	fill(t, functions)
	c.l.Push(t)
	return 1
}

// newRequest makes a request (dovecot.md §5.2).
func newRequest(c *call) int {
	made, ok := c.self.(*client)
	if !ok {
		c.crash("the method was called on another kind of object")
	}
	options := native.CheckTable(c.l, 2)
	address, ok := c.option(options, "url")
	if !ok {
		c.raiseHint("cannot create request: url not specified", "give {url = \"http://…\"}; a setting that is not there is nil")
	}
	method, ok := c.option(options, "method")
	if !ok {
		method = "GET"
	}
	u, err := httpclient.ParseURL(address)
	if err != nil {
		c.raise(fmt.Sprintf("Failed to parse url %s: %s", address, err))
	}
	r, err := httpclient.NewRequest(method, u)
	if err != nil {
		c.crash(fmt.Sprintf("the request method %q cannot be sent: %s", method, err))
	}
	return c.pushObject(&request{Request: r, client: made, address: address}, stateOf(c.Session).lib.requests.request)
}

// option is a field of the table given to request.
func (c *call) option(t *vm.LTable, name string) (string, bool) {
	switch v := t.RawGetString(name).(type) {
	case vm.LString, vm.LNumber:
		return cString(native.ToString(v)), true
	default:
		if v != vm.LNil {
			// The strange number is Dovecot's: it takes the value off the top
			// of the stack.
			native.ArgError(c.l, -1, "string expected, got "+native.TypeName(c.l, v))
		}
	}
	return "", false
}

// request is the request a method was called on, which must not be sent yet.
func (c *call) request() *request {
	r, ok := c.self.(*request)
	if !ok {
		c.crash("the method was called on another kind of object")
	}
	if r.submitted {
		c.crash("the request was used after submit()")
	}
	return r
}

func (c *call) response() *response {
	r, ok := c.self.(*response)
	if !ok {
		c.crash("the method was called on another kind of object")
	}
	return r
}

func addHeader(c *call) int {
	r := c.request()
	name, value := c.string(2), c.string(3)
	if err := r.AddHeader(name, value); err != nil {
		c.crash(fmt.Sprintf("the header line %q: %q cannot be sent: %s", name, value, err))
	}
	return 0
}

func setPayload(c *call) int {
	r := c.request()
	if r.paid {
		c.crash("the payload was set twice")
	}
	r.paid = true
	r.SetPayload(c.string(2))
	return 0
}

func getEvent(c *call) int {
	r := c.request()
	if r.event == nil {
		c.pushEvent(&event{parent: stateOf(c.Session).root}, false)
		r.event = c.l.Get(-1)
		c.l.Pop(1)
	}
	c.l.Push(r.event)
	return 1
}

// submit sends a request. The call's deadline holds for it: when that comes
// first the response says so, and the deadline ends the script right after.
func submit(c *call) int {
	r := c.request()
	r.submitted = true
	start := c.Now()
	answer := r.client.Do(c.Context(), r.Request)
	script, line := runtime.Caller(c.l)
	body, _ := r.Payload()
	c.Emit(&trace.HTTP{
		Txn: c.Number(), Method: r.Method(), URL: r.address, Headers: traceHeaders(r.Headers()), Body: body,
		Status: answer.Status, Reason: answer.Reason, Attempts: answer.Attempts, Dry: answer.Dry,
		Took: c.Now().Sub(start), Script: script, Line: line,
	})
	if answer.PayloadError != nil && !errors.Is(answer.PayloadError, c.Context().Err()) {
		c.Emit(&trace.Note{Txn: c.Number(), Message: "the answer of " + r.URL().String() + " is not whole: " + answer.PayloadError.Error()})
	}
	return c.pushObject(&response{answer}, stateOf(c.Session).lib.requests.response)
}

func traceHeaders(headers []httpclient.Header) []trace.Header {
	list := make([]trace.Header, len(headers))
	for i, h := range headers {
		list[i] = trace.Header{Name: h.Name, Value: h.Value}
	}
	return list
}
