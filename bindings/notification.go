package bindings

import (
	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/mail"
)

// EventField describes a field of the table that an event function gets
// (dovecot.md §2.3). Type is "string", "number" or "list".
type EventField struct {
	Name string
	Type string
	Doc  string
	// Of are the events that have it; nil is all.
	Of             []mail.EventName
	Since, Removed dovecot.Release
	// Documented marks a field that the release does not have and only the
	// documentation promises.
	Documented bool

	// value gives the field; for a documented one, stands does, from the table
	// as the script has it.
	value  func(b *notification) vm.LValue
	stands func(s *runtime.Session, table *vm.LTable) vm.LValue
}

var (
	messages = []mail.EventName{
		mail.FlagsClear, mail.FlagsSet, mail.MessageAppend, mail.MessageExpunge,
		mail.MessageNew, mail.MessageRead, mail.MessageTrash,
	}
	saved   = []mail.EventName{mail.MessageAppend, mail.MessageNew}
	marked  = []mail.EventName{mail.FlagsClear, mail.FlagsSet, mail.MessageAppend, mail.MessageNew}
	cleared = []mail.EventName{mail.FlagsClear}
	set     = []mail.EventName{mail.FlagsSet}
)

var (
	since235  = dovecot.At(2, 3, 5)
	since238  = dovecot.At(2, 3, 8)
	since239  = dovecot.At(2, 3, 9)
	since2391 = dovecot.At(2, 3, 9, 1)
)

// EventFields are the fields of event tables.
var EventFields = []EventField{
	{
		Name: "name", Type: "string", Doc: "The event's name, such as \"MessageNew\".",
		value: func(b *notification) vm.LValue { return vm.LString(b.Name) },
	},
	{
		Name: "mailbox", Type: "string", Doc: "The mailbox as the user sees it, in UTF-8.",
		value: func(b *notification) vm.LValue { return vm.LString(b.Mailbox) },
	},
	{
		Name: "mailbox_old", Type: "string", Of: []mail.EventName{mail.MailboxRename},
		Doc:   "The mailbox's name before it was renamed.",
		value: func(b *notification) vm.LValue { return text(b.MailboxOld) },
	},
	{
		Name: "uid", Type: "number", Of: messages, Doc: "The message's UID; 0 if it is not known. Prints as 1.0 on Lua 5.3 and later.",
		value: func(b *notification) vm.LValue { return vm.LNumber(b.UID) },
	},
	{
		Name: "uid_validity", Type: "number", Of: messages, Doc: "The mailbox's UIDVALIDITY.",
		value: func(b *notification) vm.LValue { return vm.LNumber(b.UIDValidity) },
	},
	{
		Name: "date", Type: "number", Of: saved, Doc: "The Date header in seconds since 1970 UTC; 0 without one.",
		value: func(b *notification) vm.LValue { return vm.LNumber(b.Date) },
	},
	{
		Name: "tz", Type: "number", Of: saved, Doc: "The Date header's zone in minutes east of UTC.",
		value: func(b *notification) vm.LValue { return vm.LNumber(b.TZ) },
	},
	header("from", "The From header as it stands in the message, still encoded.", func(e *mail.Event) mail.Text { return e.From }),
	address("from_address", "The first address of From.", func(e *mail.Event) mail.Text { return e.FromAddress }),
	address("from_display_name", "The first name of From, decoded.", func(e *mail.Event) mail.Text { return e.FromDisplayName }),
	header("to", "The To header as it stands in the message, still encoded.", func(e *mail.Event) mail.Text { return e.To }),
	address("to_address", "The first address of To.", func(e *mail.Event) mail.Text { return e.ToAddress }),
	address("to_display_name", "The first name of To, decoded.", func(e *mail.Event) mail.Text { return e.ToDisplayName }),
	{
		Name: "subject", Type: "string", Of: saved, Doc: "The subject, decoded; nil without one. Before 2.3.9 it was not decoded.",
		value: func(b *notification) vm.LValue { return text(b.Subject) },
	},
	{
		Name: "snippet", Type: "string", Of: saved, Doc: "The beginning of the text, up to 200 characters in one line.",
		value: func(b *notification) vm.LValue { return text(b.Snippet) },
	},
	{
		Name: "message_id", Type: "string", Of: saved, Since: since238, Doc: "The Message-ID header, with its angle brackets; nil without one.",
		value: func(b *notification) vm.LValue { return text(b.MessageID) },
	},
	{
		Name: "flags", Type: "list", Of: marked, Since: since235,
		Doc:   "The flags: all the message has for MessageNew and MessageAppend, those newly set for FlagsSet, those removed for FlagsClear.",
		value: func(b *notification) vm.LValue { return b.flags(b.Flags) },
	},
	{
		Name: "flags_old", Type: "list", Of: cleared, Since: since235, Doc: "The flags before the change.",
		value: func(b *notification) vm.LValue { return b.flags(b.FlagsOld) },
	},
	{
		Name: "keywords", Type: "list", Of: marked, Since: since235,
		Doc:   "The keywords: all for MessageNew and MessageAppend, those newly set for FlagsSet, those removed for FlagsClear.",
		value: func(b *notification) vm.LValue { return b.list(b.Keywords) },
	},
	{
		Name: "keywords_old", Type: "list", Of: cleared, Doc: "The keywords before the change; empty if only flags changed.",
		value: func(b *notification) vm.LValue { return b.list(b.KeywordsOld) },
	},
	{
		Name: "flags", Type: "number", Of: set, Removed: since235, Doc: "The flags newly set, as a bitmask (2.3.4 only).",
		value: func(b *notification) vm.LValue { return vm.LNumber(mask(b.Flags)) },
	},
	{
		Name: "keywords_set", Type: "list", Of: set, Removed: since235, Doc: "The keywords newly set (2.3.4 only).",
		value: func(b *notification) vm.LValue { return b.list(b.Keywords) },
	},
	{
		Name: "keywords_clear", Type: "list", Of: cleared, Removed: since235, Doc: "The keywords removed (2.3.4 only).",
		value: func(b *notification) vm.LValue { return b.list(b.Keywords) },
	},
	{
		Name: "user", Type: "string", Documented: true, Doc: "The user's name. Only the documentation has it: in Dovecot it is nil; take it from begin_txn.",
		stands: func(s *runtime.Session, _ *vm.LTable) vm.LValue { return vm.LString(s.User().Username) },
	},
	{
		Name: "keywords_set", Type: "list", Of: set, Since: since235, Documented: true,
		Doc:    "The keywords newly set. Only the documentation and 2.3.4 have it: use keywords.",
		stands: keywordsField,
	},
	{
		Name: "keywords_clear", Type: "list", Of: cleared, Since: since235, Documented: true,
		Doc:    "The keywords removed. Only the documentation and 2.3.4 have it: use keywords.",
		stands: keywordsField,
	},
}

func keywordsField(_ *runtime.Session, table *vm.LTable) vm.LValue {
	return table.RawGetString("keywords")
}

// header describes a field that is a whole header. From 2.3.9.1 on one that is
// missing is "".
func header(name, doc string, get func(*mail.Event) mail.Text) EventField {
	return EventField{
		Name: name, Type: "string", Of: saved, Doc: doc + " \"\" without one (nil before 2.3.9.1).",
		value: func(b *notification) vm.LValue { return b.textOrEmpty(get(b.Event)) },
	}
}

// address describes a field that is taken out of an address header.
func address(name, doc string, get func(*mail.Event) mail.Text) EventField {
	f := header(name, doc, get)
	f.Since = since239
	return f
}

// Has tells whether the tables of an event have the field in a release.
func (f *EventField) Has(event mail.EventName, r dovecot.Release) bool {
	if !within(r, f.Since, f.Removed) {
		return false
	}
	if f.Of == nil {
		return true
	}
	for _, name := range f.Of {
		if name == event {
			return true
		}
	}
	return false
}

// notification makes the table of one event.
type notification struct {
	*mail.Event
	session *runtime.Session
	state   *state
}

// Event implements runtime.API. Each call makes a new table, which the script
// may keep.
func (d *Dovecot) Event(s *runtime.Session, e *mail.Event) vm.LValue {
	st := stateOf(s)
	b := notification{Event: e, session: s, state: st}
	fields := st.lib.fields(e.Name)
	t := s.L().CreateTable(0, len(fields.own))
	for _, f := range fields.own {
		if v := f.value(&b); v != vm.LNil {
			t.RawSetString(f.Name, v)
		}
	}
	if !s.Strict() {
		// Out of sight: pairs, next, # and JSON encoders see only the fields
		// that Dovecot gives.
		if st.eventFieldsMeta == nil {
			st.eventFieldsMeta = s.L().CreateTable(0, 2)
			st.eventFieldsMeta.RawSetString("__index", documentedIndex)
			st.eventFieldsMeta.RawSetString("__metatable", vm.LFalse)
		}
		t.Metatable = st.eventFieldsMeta
	}
	return t
}

// documentedIndex answers for the fields that only the documentation has.
var documentedIndex = &vm.LFunction{IsG: true, GFunction: func(l *vm.LState) int {
	t, ok := l.Get(1).(*vm.LTable)
	key, isString := l.Get(2).(vm.LString)
	if !ok || !isString {
		return 0
	}
	s := runtime.From(l)
	name := mail.EventName(t.RawGetString("name").String())
	for _, f := range stateOf(s).lib.fields(name).documented {
		if f.Name == string(key) {
			l.Push(f.stands(s, t))
			return 1
		}
	}
	return 0
}}

func text(t mail.Text) vm.LValue {
	if !t.Set {
		return vm.LNil
	}
	return vm.LString(t.Value)
}

func (b *notification) textOrEmpty(t mail.Text) vm.LValue {
	if !t.Set && b.session.Release().NotBefore(since2391) {
		return vm.LString("")
	}
	return text(t)
}

func (b *notification) list(values []string) *vm.LTable {
	t := b.session.L().CreateTable(len(values), 0)
	for i, v := range values {
		t.RawSetInt(i+1, vm.LString(v))
	}
	return t
}

// eventFields are the fields of one event's tables in one release.
type eventFields struct {
	event           mail.EventName
	own, documented []*EventField
}

func newEventFields(r dovecot.Release) []eventFields {
	var all []eventFields
	for _, name := range mail.EventNames() {
		fields := eventFields{event: name}
		for i := range EventFields {
			switch f := &EventFields[i]; {
			case !f.Has(name, r):
			case f.Documented:
				fields.documented = append(fields.documented, f)
			default:
				fields.own = append(fields.own, f)
			}
		}
		all = append(all, fields)
	}
	return all
}

func (lib *functionSet) fields(name mail.EventName) *eventFields {
	for i := range lib.events {
		if lib.events[i].event == name {
			return &lib.events[i]
		}
	}
	return &eventFields{}
}
