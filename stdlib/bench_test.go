package stdlib_test

import (
	"context"
	"testing"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/trace"
	"github.com/luapush/luapush/stdlib"
)

// observe collects the notes of a trace.
func observe(notes *[]string) trace.Observer {
	return trace.ObserverFunc(func(r trace.Record) {
		if note, ok := r.(*trace.Note); ok {
			*notes = append(*notes, note.Message)
		}
	})
}

// BenchmarkSession opens and closes a session of a script, without and with the modules, and with some required.
func BenchmarkSession(b *testing.B) {
	for _, c := range []struct {
		name, program string
		modules       []runtime.Module
	}{
		{"none", "", nil},
		{"all", "", stdlib.Modules()},
		{"http", `require "socket.http" require "ltn12" require "cjson"`, stdlib.Modules()},
	} {
		b.Run(c.name, func(b *testing.B) {
			host := runtime.New(runtime.Options{API: bindings.NewDovecot(), Modules: c.modules})
			program, err := host.Compile("handler.lua", []byte(c.program))
			if err != nil {
				b.Fatal(err)
			}
			first := &mail.Transaction{}
			b.ReportAllocs()
			for b.Loop() {
				session, err := host.Open(context.Background(), program, first)
				if err != nil {
					b.Fatal(err)
				}
				session.Close(context.Background())
			}
		})
	}
}

// BenchmarkRequest is a PUT with a body over the dry transport.
func BenchmarkRequest(b *testing.B) {
	host := runtime.New(runtime.Options{API: bindings.NewDovecot(), Modules: stdlib.Modules()})
	program, err := host.Compile("handler.lua", []byte(`
local http, ltn12, cjson = require "socket.http", require "ltn12", require "cjson"
function dovecot_lua_notify_begin_txn() return {} end
function dovecot_lua_notify_event_message_new(ctx, event)
  local body = cjson.encode{uid = event.uid, from = event.from}
  local ok = http.request{url = "http://127.0.0.1/push", method = "PUT", source = ltn12.source.string(body), headers = {["content-length"] = #body}}
  assert(ok)
end
function dovecot_lua_notify_end_txn() end`))
	if err != nil {
		b.Fatal(err)
	}
	first := &mail.Transaction{Events: []mail.Event{{Name: "MessageNew", Mailbox: "INBOX", UID: 1}}}
	session, err := host.Open(context.Background(), program, first)
	if err != nil {
		b.Fatal(err)
	}
	defer session.Close(context.Background())
	b.ReportAllocs()
	for b.Loop() {
		if o := session.Play(context.Background(), first); o.Err != nil {
			b.Fatal(o.Err)
		}
	}
}
