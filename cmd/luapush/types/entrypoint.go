package types

import (
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/mail"
)

// EntryPoint describes a global function that a script defines and Dovecot
// calls (dovecot.md §1.2, §1.5, §2.1).
type EntryPoint struct {
	Name   string
	Params []EntryParam
	// Result is the type of what it returns; "" is nothing.
	Result string
	Doc    string
	// Event is the event it takes; "" for those of no event.
	Event mail.EventName
}

// EntryParam is a parameter of an entry point, with its LuaCATS type.
type EntryParam struct{ Name, Type string }

// EntryPoints gives the entry points of a release, in the order in which a
// session meets them.
func EntryPoints(r dovecot.Release) []EntryPoint {
	user := []EntryParam{{"user", Class("mail_user")}}
	context := EntryParam{"ctx", "any"}
	start := EntryPoint{
		Name: "script_init", Result: "integer",
		Doc: "Called when the script was loaded. It returns 0; Dovecot refuses the script for anything else.",
	}
	if r.AtLeast(2, 4) {
		start.Params, start.Result = []EntryParam{{"settings", "table<string, string>"}}, ""
		start.Doc = "Called when the script was loaded, with the settings of lua_settings."
	}
	list := []EntryPoint{
		start,
		{
			Name: "mail_user_created", Params: user, Result: "integer?, string?",
			Doc: "Called by the mail_lua plugin when the user is there. A negative number and a message refuse the user.",
		},
		{
			Name: "dovecot_lua_notify_begin_txn", Params: user, Result: "any ctx",
			Doc: "Called before the events of a transaction. What it returns is the ctx of all functions of the transaction.",
		},
	}
	for _, name := range mail.EventNames() {
		list = append(list, EntryPoint{
			Name: name.HandlerFunction(), Event: name,
			Params: []EntryParam{context, {"event", EventClass(name)}},
			Doc:    "Called for each " + string(name) + " of a transaction, when it is committed.",
		})
	}
	return append(list,
		EntryPoint{
			Name: "dovecot_lua_notify_end_txn", Params: []EntryParam{context, {"success", "boolean"}},
			Doc: "Called after the events of a transaction. success is false when it was rolled back, and then no event was told.",
		},
		EntryPoint{
			Name: "mail_user_deinit_pre", Params: user,
			Doc: "Called by the mail_lua plugin at the end of the session, before other plugins end.",
		},
		EntryPoint{
			Name: "mail_user_deinit", Params: user,
			Doc: "Called by the mail_lua plugin at the end of the session, after other plugins have ended.",
		},
		EntryPoint{
			Name: "script_deinit",
			Doc:  "Called before the script is unloaded.",
		},
	)
}
