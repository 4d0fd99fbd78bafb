package kit

import (
	"errors"
	"slices"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/cmd/luapush/testkit/value"
	"github.com/luapush/luapush/runtime/deliver"
	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/mail"
)

// transactionFields are the fields of t.transaction besides its events.
var transactionFields = []string{"success", "scenario", "user", "settings", "metadata", "mailboxes", "messages", "events", "dovecot", "version"}

// mailboxFields are those of a mailbox besides what its status has.
var mailboxFields = []string{"status", "metadata", "name", "vname"}

// eventFields are the fields that events may have in a document.
var eventFields = func() []string {
	names := []string{}
	for _, f := range bindings.EventFields {
		if !f.Documented && !slices.Contains(names, f.Name) {
			names = append(names, f.Name)
		}
	}
	return names
}()

// transactionTable makes the document of a list of events with fields.
func transactionTable(l *vm.LState, t *vm.LTable) *vm.LTable {
	made, events := table(), table()
	for k, v := t.Next(vm.LNil); k != vm.LNil; k, v = t.Next(k) {
		switch k := k.(type) {
		case vm.LNumber:
			continue
		case vm.LString:
			if !slices.Contains(transactionFields, string(k)) {
				native.Raise(l, "t.transaction: the field %s is unknown; %s", value.Quote(string(k)), value.Meant(string(k), transactionFields))
			}
			made.RawSet(k, v)
		}
	}
	for i := 1; i <= t.Len(); i++ {
		events.RawSetInt(i, t.RawGetInt(i))
	}
	if own, ok := t.RawGetString("events").(*vm.LTable); ok {
		for i := 1; i <= own.Len(); i++ {
			events.Append(own.RawGetInt(i))
		}
	}
	made.RawSetString("events", events)
	return made
}

// transaction is transaction{event, …, success = false}.
func transaction(l *vm.LState) int {
	l.Push(transactionTable(l, native.CheckTable(l, 1)))
	return 1
}

// event is event(name, fields).
func event(l *vm.LState) int {
	name := native.CheckString(l, 1)
	parsed, err := mail.ParseEventName(name)
	if err != nil {
		native.Raise(l, "t.event: %s", err)
	}
	l.Push(eventTable(l, "t.event", parsed, fieldTable(l, 2)))
	return 1
}

// fieldTable gives the fields of an event, which may be left out.
func fieldTable(l *vm.LState, n int) *vm.LTable {
	if l.Get(n) == vm.LNil {
		return table()
	}
	return native.CheckTable(l, n)
}

// constructor is message_new(fields) and its like.
func constructor(name mail.EventName, function string) vm.LGFunction {
	return func(l *vm.LState) int {
		l.Push(eventTable(l, "t."+function, name, fieldTable(l, 1)))
		return 1
	}
}

func eventTable(l *vm.LState, what string, name mail.EventName, fields *vm.LTable) *vm.LTable {
	made := table("name", string(name))
	for k, v := fields.Next(vm.LNil); k != vm.LNil; k, v = fields.Next(k) {
		key, ok := k.(vm.LString)
		switch {
		case !ok:
			native.Raise(l, "%s: the key %s is not the name of a field", what, value.Line(k))
		case key == "name" && v != vm.LValue(vm.LString(name)):
			native.Raise(l, "%s: the name of the event is %s already", what, name)
		case !slices.Contains(eventFields, string(key)):
			native.Raise(l, "%s: events have no field %s; %s", what, key, value.Meant(string(key), eventFields))
		}
		made.RawSetString(string(key), v)
	}
	return made
}

// withEvents gives a document events with all the fields that Dovecot fills in.
func (f *File) withEvents(l *vm.LState, document *vm.LTable) *vm.LTable {
	made := table()
	for k, v := document.Next(vm.LNil); k != vm.LNil; k, v = document.Next(k) {
		made.RawSet(k, v)
	}
	events, ok := document.RawGetString("events").(*vm.LTable)
	if !ok {
		native.Raise(l, "handler:play: events must be a list of events")
	}
	filled := table()
	for i := 1; i <= events.Len(); i++ {
		e, ok := events.RawGetInt(i).(*vm.LTable)
		if !ok || e.RawGetString("name") == vm.LNil {
			native.Raise(l, "handler:play: %s is not an event: make one with t.message_new{…} or t.event(name, {…})", value.Line(events.RawGetInt(i)))
		}
		filled.RawSetInt(i, f.fill(e))
	}
	made.RawSetString("events", filled)
	return made
}

// fill adds what an event always has and the test did not say.
func (f *File) fill(e *vm.LTable) *vm.LTable {
	made := table()
	for k, v := e.Next(vm.LNil); k != vm.LNil; k, v = e.Next(k) {
		made.RawSet(k, v)
	}
	missing := func(name string, v vm.LValue) {
		if made.RawGetString(name) == vm.LNil {
			made.RawSetString(name, v)
		}
	}
	missing("mailbox", vm.LString("INBOX"))
	name := mail.EventName(vm.LVAsString(e.RawGetString("name")))
	if !name.IsMessage() {
		if name == mail.MailboxRename {
			missing("mailbox_old", vm.LString("Old"))
		}
		return made
	}
	missing("uid", vm.LNumber(1))
	missing("uid_validity", vm.LNumber(1))
	switch name {
	case mail.MessageNew, mail.MessageAppend:
		missing("date", vm.LNumber(f.loader.options.Stage.Clock.Now().Unix()))
		missing("tz", vm.LNumber(0))
		for _, header := range []string{"from", "to"} {
			first := deliver.ParseAddress(vm.LVAsString(e.RawGetString(header)))
			missing(header, vm.LString(""))
			missing(header+"_address", vm.LString(first.Address))
			missing(header+"_display_name", vm.LString(first.DisplayName))
		}
		missing("snippet", vm.LString(""))
		missing("flags", table())
		missing("keywords", table())
	case mail.FlagsSet:
		missing("flags", table())
		missing("keywords", table())
	case mail.FlagsClear:
		for _, list := range []string{"flags", "flags_old", "keywords", "keywords_old"} {
			missing(list, table())
		}
	}
	return made
}

// lists are the fields whose empty table is a list.
var lists = []string{"events", "flags", "flags_old", "keywords", "keywords_old"}

// parseTransaction makes a transaction of a document in a table.
func parseTransaction(l *vm.LState, what string, document *vm.LTable) *mail.Transaction {
	made := table()
	for k, v := document.Next(vm.LNil); k != vm.LNil; k, v = document.Next(k) {
		made.RawSet(k, v)
	}
	user := made.RawGetString("user")
	switch u := user.(type) {
	case *vm.LNilType:
		made.RawSetString("user", table("username", ""))
	case vm.LString:
		made.RawSetString("user", table("username", string(u)))
	case *vm.LTable:
		if u.RawGetString("username") == vm.LNil {
			native.Raise(l, "%s: user: give username", what)
		}
	}
	for _, name := range []string{"settings", "metadata"} {
		if t, ok := made.RawGetString(name).(*vm.LTable); ok {
			made.RawSetString(name, texts(t))
		} else if made.RawGetString(name) == vm.LNil {
			made.RawSetString(name, table())
		}
	}
	made.RawSetString("mailboxes", mailboxesTable(l, what, made.RawGetString("mailboxes")))
	if made.RawGetString("events") == vm.LNil {
		made.RawSetString("events", table())
	}
	text, err := value.AppendJSON(nil, made, lists...)
	if err != nil {
		native.Raise(l, "%s: %s", what, err)
	}
	native.Alloc(l, len(text))
	t, err := mail.Parse(text, what)
	if err != nil {
		native.Raise(l, "%s", explainFormat(what, err))
	}
	checkUnknown(l, what, t)
	t.Source = mail.Source{}
	return t
}

// texts lets numbers and booleans stand for the texts of settings.
func texts(t *vm.LTable) *vm.LTable {
	made := table()
	for k, v := t.Next(vm.LNil); k != vm.LNil; k, v = t.Next(k) {
		switch v.(type) {
		case vm.LNumber, vm.LBool:
			v = vm.LString(native.ToString(v))
		}
		made.RawSet(k, v)
	}
	return made
}

// mailboxesTable lets the status of a mailbox stand for the mailbox.
func mailboxesTable(l *vm.LState, what string, v vm.LValue) *vm.LTable {
	made := table()
	t, ok := v.(*vm.LTable)
	if !ok {
		if v != vm.LNil {
			native.Raise(l, "%s: mailboxes: give a table by name: {INBOX = {messages = 1}}", what)
		}
		return made
	}
	for name, v := t.Next(vm.LNil); name != vm.LNil; name, v = t.Next(name) {
		box, ok := v.(*vm.LTable)
		if !ok {
			native.Raise(l, "%s: mailboxes: %s: give its status, as in {messages = 1, unseen = 0}", what, value.Line(name))
		}
		full := false
		for _, field := range mailboxFields {
			full = full || box.RawGetString(field) != vm.LNil
		}
		if !full {
			box = table("status", box)
		}
		made.RawSet(name, box)
	}
	return made
}

// explainFormat names the field that is wrong, in the words of a test.
func explainFormat(what string, err error) string {
	var e *mail.FormatError
	if !errors.As(err, &e) {
		return what + ": " + err.Error()
	}
	text := what + ": "
	if e.Field != "" {
		text += e.Field + ": "
	}
	text += e.Message
	if e.Hint != "" {
		text += "; " + e.Hint
	}
	return text
}

// checkUnknown refuses fields that nothing looks at: they are spelled wrong.
func checkUnknown(l *vm.LState, what string, t *mail.Transaction) {
	for i := range t.Events {
		for _, u := range t.Events[i].Unknown {
			native.Raise(l, "%s: events have no field %s; %s", what, u.Name, value.Meant(u.Name, eventFields))
		}
	}
	for _, u := range t.User.Unknown {
		native.Raise(l, "%s: user has no field %s", what, u.Name)
	}
	for name, box := range t.Mailboxes.All() {
		for _, u := range append(slices.Clone(box.Unknown), box.Status.Unknown...) {
			native.Raise(l, "%s: mailboxes: %s has no field %s; %s", what, name, u.Name, value.Meant(u.Name, statusNames))
		}
	}
	for _, u := range t.Unknown {
		native.Raise(l, "%s: a transaction has no field %s; %s", what, u.Name, value.Meant(u.Name, transactionFields))
	}
}

// statusNames are the names of a mailbox's status.
var statusNames = func() []string {
	names := slices.Clone(mailboxFields)
	for _, f := range bindings.StatusFields {
		names = append(names, f.Name)
	}
	return names
}()
