package stdlib_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/trace"
	"github.com/luapush/luapush/runtime/transport"
)

// httpService answers as the path says.
func httpService(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	switch r.URL.Path {
	case "/again":
		http.Redirect(w, r, "/echo?from=again", http.StatusFound)
	case "/loop":
		http.Redirect(w, r, "/loop", http.StatusFound)
	case "/slow":
		select {
		case <-r.Context().Done():
		case <-time.After(10 * time.Second):
		}
	case "/endless":
		piece := make([]byte, 1<<16)
		for {
			if _, err := w.Write(piece); err != nil {
				return
			}
		}
	default:
		user, password, _ := r.BasicAuth()
		http.SetCookie(w, &http.Cookie{Name: "sid", Value: "42"})
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintf(w, "%s %s %s|%s|%s|%s:%s|%s", r.Method, r.URL.RequestURI(), body, r.Header.Get("X-Token"), r.Header.Get("Cookie"), user, password, r.Header.Get("Content-Type"))
	}
}

// observeHTTP keeps the requests of a trace.
func observeHTTP(requests *[]string) trace.Observer {
	return trace.ObserverFunc(func(r trace.Record) {
		if h, ok := r.(*trace.HTTP); ok {
			*requests = append(*requests, fmt.Sprintf("%s %s %v %q %d line %d dry=%t", h.Method, h.URL, h.Headers, h.Body, h.Status, h.Line, h.Dry))
		}
	})
}

// TestHTTP sends requests to a server, and looks at what the script gets and what the trace is told.
func TestHTTP(t *testing.T) {
	defer goleak.VerifyNone(t)
	server := httptest.NewServer(http.HandlerFunc(httpService))
	defer server.Close()
	live := transport.Live(transport.LiveOptions{})
	defer live.Close()
	var requests []string
	began := time.Now()
	out, err := play(t, "http.lua", `local http, base = require "http", "`+server.URL+`"
local r = http.post(base .. "/echo", {query = "q=1", body = "hi", headers = {["X-Token"] = "t"}, cookies = {c = "d"}, auth = {user = "u", pass = "p"}})
print(r.status_code, r.body, r.body_size, r.cookies.sid, r.headers["Content-Length"] ~= nil)
print(http.post(base .. "/echo", {form = "a=b"}).body)
local again = http.request("GET", base .. "/again") print(again.status_code, again.url, again.body)
print((select(2, http.get(base .. "/loop")):gsub(":%d+", "")))
print((select(2, http.get(base .. "/slow", {timeout = 0.1})):gsub(":%d+", "")))
print((select(2, http.get(base .. "/slow", {timeout = "50ms"})):gsub(":%d+", "")))
print(select(2, http.get(base .. "/slow", {timeout = "soon"})))
print(select(2, http.get(base .. "/endless")))
print(select(2, http.get("ftp://h/")), select(2, http.get("http:///x")), select(2, http.get("http://h/", {auth = {}})))
local answers, messages = http.request_batch{{"get", base .. "/1"}, "x", {"put", base .. "/3", {body = "b"}}}
print(answers[1].body, answers[2], messages[2], answers[3].body, messages[3])
local co = coroutine.wrap(function() return http.head(base .. "/echo").status_code end)
print(co())
print(select(2, pcall(http.get)), select(2, pcall(http.get, "http://h/", "x")))
`, runtime.Options{HTTP: live, Observer: observeHTTP(&requests)})
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 8*time.Second {
		t.Errorf("it took %s", took)
	}
	out = strings.ReplaceAll(out, server.URL, "BASE")
	want := `201	POST /echo?q=1 hi|t|c=d|u:p|	28	42	true
POST /echo a=b|||:|application/x-www-form-urlencoded
201	BASE/echo?from=again	GET /echo?from=again |||:|
Get "/loop": stopped after 10 redirects
Get "http://127.0.0.1/slow": context deadline exceeded
Get "http://127.0.0.1/slow": context deadline exceeded
time: invalid duration "soon"
the body of the answer is longer than 16777216 bytes
`
	if !strings.HasPrefix(out, want) {
		t.Errorf("-want +got:\n%s", cmp.Diff(strings.Split(want, "\n"), strings.Split(out, "\n")))
	}
	for _, part := range []string{
		`Get "ftp://h/": only http and https are supported`, `Get "http:///x": http: no Host in request URL`, "auth table must contain",
		"GET /1 |||:|	nil	Request must be a table	PUT /3 b|||:|	nil\n", "\n201\n", "(string expected, got no value)", "(table expected, got string)",
	} {
		if !strings.Contains(out, part) {
			t.Errorf("no %q in\n%s", part, out)
		}
	}
	all := strings.ReplaceAll(strings.Join(requests, "\n"), server.URL, "BASE")
	for _, part := range []string{
		"POST BASE/echo?q=1 [{authorization Basic dTpw} {cookie c=d} {x-token t}] \"hi\" 201 line 2 dry=false",
		"GET BASE/again [] \"\" 302 line 5 dry=false\nGET BASE/echo?from=again [{referer BASE/again}] \"\" 201 line 5 dry=false\n",
		"GET BASE/slow [] \"\" 9008 line 7 dry=false\n", "GET ftp://h/ [] \"\" 9005 line 11", "HEAD BASE/echo [] \"\" 201 line 14 dry=false",
	} {
		if !strings.Contains(all, part) {
			t.Errorf("no %q in\n%s", part, all)
		}
	}
}

// TestHTTPModes looks at the ways without a network, and at the end of a call's time.
func TestHTTPModes(t *testing.T) {
	defer goleak.VerifyNone(t)
	for mode, want := range map[string]string{
		"dry": "200 line 1 dry=true", "503": "503 line 1 dry=true", "refused": "9003 ", "timeout": "9008 ", "dns": "9002 ", "reset": "9005 ", "badresponse": "9007 ",
	} {
		carrier, err := transport.Parse(mode, transport.LiveOptions{})
		if err != nil {
			t.Fatal(err)
		}
		var requests []string
		out, err := play(t, "http.lua", `local r, message = require "http".get("http://h/x") print(r ~= nil or message ~= nil)`, runtime.Options{HTTP: carrier, Observer: observeHTTP(&requests)})
		if err != nil || out != "true\n" || len(requests) != 1 || !strings.Contains(requests[0], "] \"\" "+want) {
			t.Errorf("%s: %v %q %q", mode, err, out, requests)
		}
		carrier.Close()
	}
	deaf, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer deaf.Close()
	live := transport.Live(transport.LiveOptions{})
	defer live.Close()
	_, err = play(t, "deaf.lua", `pcall(require "http".get, "http://`+deaf.Addr().String()+`/")`, runtime.Options{HTTP: live, Limits: runtime.Limits{Time: 200 * time.Millisecond}})
	if err == nil || !strings.Contains(err.Error(), "took longer than 200ms") {
		t.Errorf("a service that is deaf: %v", err)
	}
}
