package testkit_test

import (
	"strings"
	"testing"
	"time"

	"github.com/luapush/luapush/cmd/luapush/testkit"
	"github.com/luapush/luapush/cmd/luapush/testkit/result"
)

const hostileHandler = `
local client
function script_init() client = dovecot.http.client({}) return 0 end
function dovecot_lua_notify_begin_txn(user) return {} end
function dovecot_lua_notify_event_message_new(ctx, event)
  if event.subject == "loop" then while true do end end
  if event.subject == "exit" then os.exit(3) end
  if event.subject == "device" then load("while true do end", "@/dev/zero")() end
  if event.subject == "log" then while true do dovecot.i_info("again") end end
  if event.subject == "send" then while true do client:request({url = "http://x.example/"}):submit() end end
  client:request({url = "http://x.example/"}):submit()
end
function dovecot_lua_notify_end_txn() end
function script_deinit() if late then error("late") end end
function be_late() late = true end
function bomb() local s = "x" while true do s = s .. s end end
`

// hostile are cases of a test file that try to hold the runner up, or to end
// it; the text is part of what the first failure must say.
var hostile = []struct{ name, code, want string }{
	{"endless loop", `while true do end`, "took longer than"},
	{"loop that catches", `while true do pcall(function() while true do end end) end`, "took longer than"},
	{"coroutines", `while true do coroutine.wrap(function() coroutine.yield() end)() end`, "took longer than"},
	{"memory in tables", `local x = {} for i = 1, 1e9 do x[i] = {i} end`, "bytes of memory"},
	{"memory in a string", `local s = "x" while true do s = s .. s end`, "bytes of memory"},
	{"deep recursion", `local function f() return 1 + f() end f()`, "stack overflow"},
	{"os.exit", `os.exit(0)`, "os.exit(0)"},
	{"error value", `error({code = 1})`, "the test raised {code = 1}"},
	{"error nil", `error()`, "without a value"},
	{"hostile tostring", `error(setmetatable({}, {__tostring = function() while true do end end}))`, "the test raised {}"},
	{"table in itself", `local x = {} x.x = x t.same(x, {})`, "not the same"},
	{"deep tables", `local x = {} for i = 1, 1e5 do x = {x} end t.same(x, {})`, "not the same"},
	{"deep to handler", `local x = {} for i = 1, 1e5 do x = {x} end t.load("handler.lua"):call("be_late", x)`, "deeper than"},
	{"pattern", `t.match(("a"):rep(3000), ("a?"):rep(3000) .. ("a"):rep(3000))`, ""},
	{"answer loops", `t.http(function() while true do end end) t.load("handler.lua"):play(t.message_new{})`, "took longer than"},
	{"answer leaves", `t.http(function() os.exit(1) end) t.load("handler.lua"):play(t.message_new{})`, "os.exit(1)"},
	{"answer fails", `t.http(function() t.fail("as wanted") end) t.load("handler.lua"):play(t.message_new{})`, "as wanted"},
	{"answer plays", `local h t.http(function() h:play(t.message_new{}) end) h = t.load("handler.lua") h:play(t.message_new{})`, "at work"},
	{"answers in answers", `local function go() t.http(function() go() return 200 end) t.load("handler.lua"):play(t.message_new{}) end go()`, "more than 8 deep"},
	{"handler loops", `t.load("handler.lua"):play(t.message_new{subject = "loop"})`, "took longer than"},
	{"handler on a device", `t.load("handler.lua"):play(t.message_new{subject = "device"})`, "took longer than"},
	{"line of a device", `error("/dev/zero:1: boo", 0)`, "boo"},
	{"exactly in itself", `local x = {} x.x = t.exactly(x) local y = {} y.y = y t.same(y, x)`, "not the same"},
	{"exactly in many", `local x, y = {}, {} for i = 1, 60 do x = {t.exactly(x), t.exactly(x)} y = {y, y} end y[1] = 1 t.same(y, x)`, "not the same"},
	{"exactly deep", `local x = {} for i = 1, 1e5 do x = {t.exactly(x)} end t.same({{}}, x)`, "not the same"},
	{"handler leaves", `t.load("handler.lua"):play(t.message_new{subject = "exit"})`, "os.exit(3)"},
	{"handler logs", `t.load("handler.lua"):play(t.message_new{subject = "log"})`, "more than 100000 things"},
	{"handler sends", `t.load("handler.lua"):play(t.message_new{subject = "send"})`, "in one case"},
	{"handler bomb", `t.load("handler.lua"):call("bomb")`, "bytes of memory"},
	{"handler late", `t.load("handler.lua"):call("be_late")`, "late"},
	{"many handlers", `for i = 1, 1e6 do t.load("handler.lua") end`, "more than 1000 handlers"},
	{"nested cases", `local function go() t.case("x", go) end go()`, "subtests failed"},
	{"kept handler", `t.equal(kept == nil, false) kept:play(t.message_new{})`, "not equal"},
	{"library gone", `string.find = nil t.match("a", "a")`, "string.find is gone"},
	{"stolen registry", `debug.setmetatable(t.load("handler.lua"), {}).play()`, ""},
	{"wrong self", `t.load("handler.lua").play({})`, "call it with a colon"},
	{"hooks gone", `t.before(function() end)`, "t.before is for the file"},
	{"loads endless", `t.load("endless.lua")`, "took longer than"},
	{"loads broken", `t.load("broken.lua")`, "broken.lua:1"},
}

// TestHostileFile runs one file with all of them, and good cases in between,
// which must pass.
func TestHostileFile(t *testing.T) {
	var code strings.Builder
	code.WriteString("local t = require 'luapush.test'\n")
	for _, h := range hostile {
		code.WriteString("t.case('" + h.name + "', {timeout = '400ms'}, function() " + h.code + " end)\n")
		code.WriteString("t.case('good after " + h.name + "', function() t.equal(t.load('handler.lua'):play(t.message_new{}).success, true) end)\n")
	}
	dir := folder(t, "handler.lua", hostileHandler, "hostile_test.lua", code.String(), "endless.lua", "while true do end", "broken.lua", "local = 1")
	start := time.Now()
	// The longer timeout is for the memory cases on a busy machine.
	c := run(t, testkit.Config{Paths: []string{dir}})
	if took := time.Since(start); took > 3*time.Minute {
		t.Errorf("it took %s", took)
	}
	for _, h := range hostile {
		each := c.find(t, h.name)
		if !each.Status.Bad() {
			t.Errorf("it should have failed: %s", show(each))
			continue
		}
		if f := each.Failures[0]; !strings.Contains(f.Message, h.want) && !strings.Contains(f.Message, "took longer than") {
			t.Errorf("it should say %q:\n%s", h.want, show(each))
		}
		if each.Failures[0].Line == 0 {
			t.Errorf("it should say where:\n%s", show(each))
		}
		if good := c.find(t, "good after "+h.name); good.Status != result.Passed {
			t.Errorf("a case after a hostile one should pass:\n%s", show(good))
		}
	}
}

// TestHostileOutside are faults outside of cases: in hooks, in groups, and in
// the file as a whole.
func TestHostileOutside(t *testing.T) {
	for _, test := range []struct{ name, code, status, want string }{
		{"before", `t.before(function() error("in before") end) t.case("x", function() end)`, "error", "in a before hook: in before"},
		{"after", `t.after(function() error("in after") end) t.case("x", function() end)`, "error", "in an after hook: in after"},
		{"after runs", `t.after(function() error("after ran") end) t.case("x", function() t.fail("body") end)`, "error", "body"},
		{"before leaves", `t.before(function() os.exit(2) end) t.case("x", function() end)`, "error", "os.exit(2)"},
		{"module", `error("at the top")`, "error", "at the top"},
		{"module loops", `while true do end`, "error", "took longer than"},
		{"module leaves", `os.exit(2)`, "error", "os.exit(2)"},
		{"module bomb", `local s = "x" while true do s = s .. s end`, "error", "bytes of memory"},
		{"syntax", `t.case(`, "error", "unexpected symbol"},
		{"load outside", `t.load("handler.lua")`, "error", "inside of a case"},
		{"clock outside", `t.clock("2026-03-01") t.case("x", function() end)`, "error", "t.clock is for the inside of a case"},
		{"time outside", `t.describe("x", function() t.advance("1h") end)`, "error", "t.advance is for the inside of a case"},
		{"many cases", `for i = 1, 1e9 do t.case("x", function() end) end`, "error", "more than 100000 cases"},
		{"deep groups", `local function go() t.describe("x", go) end go()`, "error", "more than 100 deep"},
		{"other each time", `local x = os.clock t.case("a" .. tostring({}), function() os.exit(1) end) t.case("b" .. tostring({}), function() end)`, "error", "other cases each time"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := folder(t, "handler.lua", hostileHandler, "x_test.lua", "local t = require 'luapush.test' "+test.code)
			timeout := time.Minute // for a busy machine
			if strings.Contains(test.want, "took longer") {
				timeout = 2 * time.Second
			}
			c := run(t, testkit.Config{Paths: []string{dir}, Timeout: timeout})
			if len(c.cases) == 0 {
				t.Fatal("no case")
			}
			last := c.cases[len(c.cases)-1]
			if string(last.Status) != test.status || !strings.Contains(last.Failures[0].Message, test.want) {
				t.Errorf("it should be %s and say %q:\n%s", test.status, test.want, show(last))
			}
		})
	}
}

// TestNothingStaysBehind wants each case to end by its own timeout.
func TestNothingStaysBehind(t *testing.T) {
	dir := folder(t, "a_test.lua", `local t = require "luapush.test" for i = 1, 50 do t.case("x" .. i, function() while true do end end) end`)
	c := run(t, testkit.Config{Paths: []string{dir}, Timeout: 20 * time.Millisecond})
	if len(c.cases) != 50 || c.summary.Counts[result.Error] != 50 {
		t.Errorf("%d cases, %v", len(c.cases), c.summary.Counts)
	}
}
