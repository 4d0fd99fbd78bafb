package testkit_test

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/luapush/luapush/cmd/luapush/testkit"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/transport"
)

// TestNetwork wants a request to reach the network only when the transport of
// the options is live, and the case has no rules.
func TestNetwork(t *testing.T) {
	var reached atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer server.Close()
	dir := folder(t, "handler.lua", `
		local client = dovecot.http.client({})
		function dovecot_lua_notify_begin_txn(user) return {url = user:plugin_getenv("hook")} end
		function dovecot_lua_notify_event_message_new(ctx) client:request({url = ctx.url}):submit() end
		function dovecot_lua_notify_end_txn() end`,
		"a_test.lua", `local t = require "luapush.test" local options = {settings = {hook = "`+server.URL+`/"}}
		t.case("plain", function() t.load("handler.lua", options):play(t.message_new{}):expect_request{status = 200} end)
		t.case("rules", function() t.http(201) t.load("handler.lua", options):play(t.message_new{}):expect_request{status = 201} end)`)
	allPass(t, run(t, testkit.Config{Paths: []string{dir}}), 2)
	if n := reached.Load(); n != 0 {
		t.Errorf("%d requests have left the test", n)
	}
	live := transport.Live(transport.LiveOptions{})
	defer live.Close()
	allPass(t, run(t, testkit.Config{Paths: []string{dir}, Make: func(r dovecot.Release, script string) (runtime.Options, error) {
		o, err := options(r, script)
		o.HTTP = live
		return o, err
	}}), 2)
	if n := reached.Load(); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
}
