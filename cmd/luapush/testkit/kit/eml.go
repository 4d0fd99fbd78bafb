package kit

import (
	"slices"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/cmd/luapush/testkit/host"
	"github.com/luapush/luapush/cmd/luapush/testkit/value"
	"github.com/luapush/luapush/runtime/deliver"
	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/mail"
)

var emlOptions = []string{"event", "mailbox", "uid", "uid_validity", "flags", "keywords"}

// fromEml is from_eml(path, [options]): the transaction that Dovecot makes of a
// message, with everything derived as Dovecot derives it.
func fromEml(l *vm.LState) int {
	f := fileOf(l)
	path := f.resolve(native.CheckString(l, 1))
	raw, err := host.Read(path, "a message (.eml)")
	if err != nil {
		native.Raise(l, "t.from_eml: %s", err)
	}
	native.Alloc(l, 4*len(raw))
	f.loader.options.Stage.Used(path)
	o := deliver.Options{Release: f.loader.options.Release, KeepText: true}
	if t := optionTable(l, 2); t != nil {
		checkKeys(l, "t.from_eml", t, emlOptions)
		readEml(l, t, &o)
	}
	made, err := deliver.Message(raw, o)
	if err != nil {
		native.Raise(l, "t.from_eml: %s", err)
	}
	text, err := made.AppendJSON(nil)
	if err != nil {
		native.Raise(l, "t.from_eml: %s", err)
	}
	tree, err := value.FromJSON(string(text))
	if err != nil {
		native.Raise(l, "t.from_eml: %s", err)
	}
	document, ok := tree.(*vm.LTable)
	if !ok {
		native.Raise(l, "t.from_eml: the message gave no transaction")
	}
	// The rest is the handler's, as t.load says it.
	t := table("events", document.RawGetString("events"), "messages", document.RawGetString("messages"))
	l.Push(t)
	return 1
}

func readEml(l *vm.LState, t *vm.LTable, o *deliver.Options) {
	if v := t.RawGetString("event"); v != vm.LNil {
		name, err := mail.ParseEventName(vm.LVAsString(v))
		if err != nil {
			native.Raise(l, "t.from_eml: %s", err)
		}
		o.Event = name
	}
	o.Mailbox = vm.LVAsString(t.RawGetString("mailbox"))
	o.UID, o.UIDValidity = number32(l, t, "uid"), number32(l, t, "uid_validity")
	o.Flags, o.Keywords = slices.Clone(tagList(l, t.RawGetString("flags"))), tagList(l, t.RawGetString("keywords"))
}

func number32(l *vm.LState, t *vm.LTable, name string) uint32 {
	v := t.RawGetString(name)
	if v == vm.LNil {
		return 0
	}
	n, ok := v.(vm.LNumber)
	if !ok || n < 0 || n >= 1<<32 || n != vm.LNumber(uint32(n)) {
		native.Raise(l, "t.from_eml: %s: %s is no number from 0 to 4294967295", name, value.Line(v))
	}
	return uint32(n)
}
