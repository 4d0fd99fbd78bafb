package stdlib_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/lua"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/transport"
	"github.com/luapush/luapush/stdlib"
)

// TestDeadlines makes sure that whatever waits or loops ends with the call's time.
func TestDeadlines(t *testing.T) {
	deaf, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer deaf.Close()
	for name, program := range map[string]string{
		"sleep":         `require "socket".sleep(math.huge)`,
		"sleep in loop": `while true do pcall(require "socket".sleep, 1000) end`,
		"select":        `require "socket".select(nil, nil, 1e6)`,
		"request":       `local http = require "socket.http" http.TIMEOUT = nil http.request("http://` + deaf.Addr().String() + `/") while true do end`,
		"handshake":     `require "ssl.https".request("https://` + deaf.Addr().String() + `/") while true do end`,
		"source":        `require "ltn12".pump.all(function() return "x" end, function() return 1 end)`,
		"filter":        `require "ltn12".filter.chain(function(c) return "x" end, function(c) return "" end)("x")`,
		"request body":  `require "socket.http".request{url = "http://127.0.0.1:9/", method = "POST", source = function() return "" end}`,
	} {
		live := transport.Live(transport.LiveOptions{})
		host := runtime.New(runtime.Options{
			API: bindings.NewDovecot(), Modules: stdlib.Modules(), HTTP: live, Limits: runtime.Limits{Time: 150 * time.Millisecond},
		})
		compiled, err := host.Compile("endless.lua", []byte(program))
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		session, err := host.Open(context.Background(), compiled, &mail.Transaction{})
		var failure *runtime.Error
		if err == nil {
			session.Close(context.Background())
			t.Errorf("%s: it ended", name)
		} else if !errors.As(err, &failure) || failure.Code != lua.CodeDeadline {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s took %s", name, took)
		}
		live.Close()
	}
}

// TestHostileArguments hands the modules what would take too much memory or stack.
func TestHostileArguments(t *testing.T) {
	program := `
local function try(f, ...) local ok, message = pcall(f, ...) print(ok, (tostring(message):gsub("\n.*", ""):sub(1, 60))) end
local big = ("\n"):rep(1 << 20)
try(require "mime".eol, 0, big, big)
try(require "mime".qp, ("\r\n"):rep(1 << 20), nil, big)
local deep = {} for _ = 1, 30000 do deep = {deep} end
for _, name in ipairs{"dkjson", "cjson", "rapidjson"} do try(require(name).encode, deep) end
try(require "JSON".encode, require "JSON", deep)
try(require "inspect", deep)
local open = ("["):rep(100000)
try(function() error((select(3, require "dkjson".decode(open)))) end)
try(function() error((select(2, require "rapidjson".decode(open)))) end)
try(require "JSON".decode, require "JSON", open)
try(require "JSON".encode, require "JSON", {[2000000000] = 1})
try(require "dkjson".encode, {n = 2000000000})
try(require "socket.http".request, {url = "http://h/", method = "POST", headers = {["X"] = "a\r\nInjected: 1"}})
print(require "socket.http".request{url = "http://h/", headers = {["X"] = "a\r\nInjected: 1"}})
print(require "socket.http".request{url = "http://h/", method = "GET / HTTP/1.1\r\nX: y"})
print(require "socket.http".request{url = "http://h/", uri = "/x HTTP/1.1\r\nX: y"})
print(require "socket.http".request{url = "http://h/", headers = {["A b"] = "x"}})
`
	out, err := play(t, "hostile.lua", program, runtime.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := `false	not enough memory
false	not enough memory
false	stack overflow
false	Cannot serialise, excessive nesting (1001)
false	nested too depth
false	stack overflow
false	stack overflow
`
	if !strings.HasPrefix(out, want) {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
	for _, part := range []string{"too many nested tables", "Parsing was terminated", "JSON text is too long", `nil	invalid header "x": "a\r\nInjected: 1"`, `nil	invalid method`, `nil	invalid uri`, `nil	invalid header "a b"`} {
		if !strings.Contains(out, part) {
			t.Errorf("no %q in\n%s", part, out)
		}
	}
}

// TestRequestNotes looks for the notes about a content-length that is not the body's, and about verifying without authorities.
func TestRequestNotes(t *testing.T) {
	var notes []string
	observer := observe(&notes)
	_, err := play(t, "notes.lua", `
local http, https, ltn12 = require "socket.http", require "ssl.https", require "ltn12"
http.request{url = "http://h/", method = "POST", source = ltn12.source.string("four"), headers = {["content-length"] = 3}}
http.request{url = "http://h/", method = "POST", headers = {["content-length"] = 4}}
http.request{url = "http://h/", method = "POST", source = ltn12.source.string("four"), headers = {["content-length"] = "4"}}
https.request{url = "https://h/", verify = "peer"}
`, runtime.Options{Observer: observer})
	if err != nil {
		t.Fatal(err)
	}
	if len(notes) != 3 || !strings.Contains(notes[0], "says 3, and the body has 4 bytes") || !strings.Contains(notes[1], "says 4, and the body has 0 bytes") ||
		!strings.Contains(notes[2], "neither cafile nor capath") {
		t.Errorf("notes: %q", notes)
	}
}
