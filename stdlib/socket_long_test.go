package stdlib_test

import (
	"context"
	"testing"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/stdlib"
)

// TestLongPaths gives socket.url lists that are longer than what a table keeps
// in its array, 131,071 items.
func TestLongPaths(t *testing.T) {
	for _, script := range []string{
		`assert(#require "socket.url".parse_path(("a/"):rep(n) .. "a") == n + 1)`,
		`local list = require "socket.url".parse_path(("a/"):rep(n)) assert(#list == n and #require "socket.url".build_path(list) == 2 * n)`,
	} {
		host := runtime.New(runtime.Options{API: bindings.NewDovecot(), Modules: stdlib.Modules()})
		program, err := host.Compile("long.lua", []byte(`local n = 150000 `+script))
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
