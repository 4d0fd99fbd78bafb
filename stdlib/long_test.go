package stdlib_test

import (
	"context"
	"testing"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/stdlib"
)

// TestLongLists gives the modules lists that are longer than what a table keeps
// in its array, 131,071 items.
func TestLongLists(t *testing.T) {
	for _, script := range []string{
		`assert(require "cjson".encode(t) == joined) assert(#require "cjson".decode(joined) == n)`,
		`assert(require "json".encode(t) == joined) assert(#require "json".decode(joined) == n)`,
		`assert(require "dkjson".encode(t) == joined) assert(#require "dkjson".decode(joined) == n)`,
		`assert(require "rapidjson".encode(t) == joined) assert(#require "rapidjson".decode(joined) == n)`,
		`assert(require "JSON":encode(t) == joined) assert(#require "JSON":decode(joined) == n)`,
		`assert(require "inspect"(t):sub(-18) == ", 149999, 150000 }")`,
		`local sink, list = require "ltn12".sink.table() for i = 1, n do sink("x") end assert(#list == n and #table.concat(list) == n)`,
		`local source = require "ltn12".source.rewind(function() end) for i = 1, n do source("x" .. i) end
		 for i = n, 1, -1 do assert(source() == "x" .. i) end assert(source() == nil)`,
		`local list = require "regexp".find_all_string_submatch("a", ("a"):rep(n)) assert(#list == n and list[n][1] == "a")`,
	} {
		host := runtime.New(runtime.Options{API: bindings.NewDovecot(), Modules: stdlib.Modules()})
		program, err := host.Compile("long.lua", []byte(`local n, t = 150000, {} for i = 1, n do t[i] = i end
			local joined = "[" .. table.concat(t, ",") .. "]" `+script))
		if err != nil {
			t.Fatal(err)
		}
		session, err := host.Open(context.Background(), program, &mail.Transaction{})
		if err != nil {
			t.Errorf("%s: %v", script, err)
			continue
		}
		session.Close(context.Background())
	}
}
