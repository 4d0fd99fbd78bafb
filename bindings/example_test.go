package bindings_test

import (
	"context"
	"fmt"
	"log"
	"strings"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/source"
	"github.com/luapush/luapush/runtime/trace"
)

const handler = `
function dovecot_lua_notify_begin_txn(user) return {} end
function dovecot_lua_notify_event_message_new(ctx, event)
  dovecot.i_info("new mail: " .. event.subject)
end
function dovecot_lua_notify_end_txn(ctx, success) end
`

const recorded = `{"version":1,"user":{"username":"alice@example.com"},"events":[
  {"name":"MessageNew","mailbox":"INBOX","uid":1,"uid_validity":7,"subject":"Lunch?"}],"success":true}`

// A program compiles a handler, plays a recorded transaction through it and
// sees what it did.
func Example() {
	host := runtime.New(runtime.Options{
		API: bindings.NewDovecot(),
		Observer: trace.ObserverFunc(func(r trace.Record) {
			if line, ok := r.(*trace.Log); ok {
				fmt.Println(line.Level, line.Message)
			}
		}),
	})
	program, err := host.Compile("handler.lua", []byte(handler))
	if err != nil {
		log.Fatal(err)
	}
	summary, err := host.Run(context.Background(), program, source.NewReader(strings.NewReader(recorded), "recorded"))
	fmt.Println(summary.Transactions, summary.Errors, err)
	// Output:
	// info new mail: Lunch?
	// 1 0 <nil>
}

// Contacts is a value of the embedding program.
type Contacts map[string]string

// Name gives the name that goes with an address.
func (c Contacts) Name(address string) string { return c[address] }

// A program gives scripts a value of its own.
func ExampleGoValue() {
	contacts := Contacts{"dana@example.net": "Dana"}
	host := runtime.New(runtime.Options{
		API:     bindings.NewDovecot(),
		Modules: []runtime.Module{bindings.GoValue("contacts", contacts)},
		Observer: trace.ObserverFunc(func(r trace.Record) {
			switch r := r.(type) {
			case *trace.Log:
				fmt.Println(r.Message)
			case *trace.Error:
				fmt.Println(r.Message)
			}
		}),
	})
	program, err := host.Compile("handler.lua", []byte(`
local contacts = require "contacts"
function dovecot_lua_notify_begin_txn(user) end
function dovecot_lua_notify_event_message_new(ctx, event)
  dovecot.i_info("from " .. contacts:Name("dana@example.net"))
end
function dovecot_lua_notify_end_txn() end`))
	if err != nil {
		log.Fatal(err)
	}
	if _, err := host.Run(context.Background(), program, source.NewReader(strings.NewReader(recorded), "recorded")); err != nil {
		log.Fatal(err)
	}
	// Output:
	// from Dana
}
