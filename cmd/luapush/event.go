package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/luapush/luapush/runtime/deliver"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/spelling"
)

// eventCommand is "luapush event".
type eventCommand struct {
	Name string `arg:"" help:"The event: MessageNew, MessageAppend, MessageExpunge, MessageRead, MessageTrash, FlagsSet, FlagsClear, MailboxCreate, MailboxDelete, MailboxRename, MailboxSubscribe or MailboxUnsubscribe."`

	From string `placeholder:"FILE" help:"The message, as a file (.eml) or - for standard input: sender, subject, snippet and so on are what Dovecot would make of it."`
	Text bool   `help:"Put the whole message into the document, for handlers that read it."`

	User        string `short:"u" default:"user@example.com" help:"Whom the mail is for."`
	Mailbox     string `short:"m" default:"INBOX" help:"The mailbox, as the user sees its name."`
	MailboxOld  string `placeholder:"NAME" help:"The mailbox's name before a MailboxRename."`
	UID         uint32 `name:"uid" default:"1" help:"The message's uid."`
	UIDValidity uint32 `name:"uid-validity" default:"1" help:"The mailbox's uidvalidity."`

	Flags       []string `sep:"none" placeholder:"LIST" help:"The message's flags, those set (FlagsSet) or removed (FlagsClear), such as '\\Seen \\Flagged'."`
	Keywords    []string `sep:"none" placeholder:"LIST" help:"Its keywords, those set or removed, such as '$Work'."`
	FlagsOld    []string `sep:"none" placeholder:"LIST" help:"The flags before a FlagsClear."`
	KeywordsOld []string `sep:"none" placeholder:"LIST" help:"The keywords before a FlagsClear."`

	SetField []string `sep:"none" placeholder:"FIELD=VALUE" help:"A field of the event that shall be something else, such as subject=Hello. Can be repeated."`
	Set      []string `short:"s" sep:"none" placeholder:"NAME=VALUE" help:"A plugin setting in the document, as user:plugin_getenv answers it. Can be repeated."`
	Dovecot  string   `default:"2.3" placeholder:"2.3|2.4|RELEASE" help:"The Dovecot whose fields the event has."`
}

// Run writes the document.
func (e *eventCommand) Run(a *application) error {
	options, err := e.options()
	if err != nil {
		return &usageError{text: err.Error()}
	}
	raw, err := e.message(a, options.Event)
	if err != nil {
		return err
	}
	txn, err := e.transaction(raw, options)
	var wrong *deliver.OptionError
	if errors.As(err, &wrong) {
		return &usageError{text: optionFlags[wrong.Option] + ": " + wrong.Text}
	}
	if err != nil {
		return err
	}
	settings, err := pairs("--set", e.Set)
	if err != nil {
		return &usageError{text: err.Error()}
	}
	for _, item := range e.Set {
		name, _, _ := strings.Cut(item, "=")
		txn.Settings.Put(name, settings[name])
	}
	for _, item := range e.SetField {
		if err := setField(&txn.Events[0], item); err != nil {
			return &usageError{text: "--set-field: " + err.Error()}
		}
	}
	return mail.NewWriter(a.out).Write(txn)
}

// optionFlags are the flags that the options of package deliver come from.
var optionFlags = map[string]string{
	"Flags": "--flags", "Keywords": "--keywords", "FlagsOld": "--flags-old", "KeywordsOld": "--keywords-old",
	"MailboxOld": "--mailbox-old",
}

func (e *eventCommand) options() (deliver.Options, error) {
	name, err := mail.ParseEventName(e.Name)
	if err != nil {
		return deliver.Options{}, err
	}
	release, err := dovecot.Parse(e.Dovecot)
	if err != nil {
		return deliver.Options{}, fmt.Errorf("--dovecot: %w", err)
	}
	switch {
	case e.User == "":
		return deliver.Options{}, errors.New("--user: the name is empty")
	case e.Mailbox == "":
		return deliver.Options{}, errors.New("--mailbox: the name is empty")
	case e.UID == 0:
		return deliver.Options{}, errors.New("--uid: a message's uid is 1 or more")
	case e.UIDValidity == 0:
		return deliver.Options{}, errors.New("--uid-validity: it is 1 or more")
	case e.Text && e.From == "":
		return deliver.Options{}, errors.New("--text: name the message with --from FILE")
	case e.From != "" && !name.IsMessage():
		return deliver.Options{}, fmt.Errorf("--from: %s is about a mailbox, not about a message", name)
	case e.From != "" && !e.Text && !deliver.NeedsMessage(name):
		return deliver.Options{}, fmt.Errorf("--from: %s says nothing of what stands in a message; add --text to give the handler the message itself", name)
	}
	for _, keyword := range append(words(e.Keywords), words(e.KeywordsOld)...) {
		if strings.HasPrefix(keyword, `\`) {
			return deliver.Options{}, fmt.Errorf("--keywords: %s is a flag; give it with --flags or --flags-old", keyword)
		}
	}
	return deliver.Options{
		Release: release, Event: name, User: e.User, Mailbox: e.Mailbox, MailboxOld: e.MailboxOld,
		UID: e.UID, UIDValidity: e.UIDValidity, Flags: words(e.Flags), Keywords: words(e.Keywords),
		FlagsOld: words(e.FlagsOld), KeywordsOld: words(e.KeywordsOld), KeepText: e.Text,
	}, nil
}

// words takes lists apart: at blanks and commas, and brackets as IMAP has them.
func words(lists []string) []string {
	var l []string
	for _, s := range lists {
		l = append(l, strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" \t\n,()", r) })...)
	}
	return l
}

// message reads the message; nil where there is none to read.
func (e *eventCommand) message(a *application, name mail.EventName) ([]byte, error) {
	switch e.From {
	case "":
		if deliver.NeedsMessage(name) {
			return []byte{}, nil
		}
		return nil, nil
	case "-":
		return readAll(a.stdin(), "standard input", "a message", maxMessage)
	}
	return readWhole(e.From, "a message (.eml)", maxMessage)
}

func (e *eventCommand) transaction(raw []byte, o deliver.Options) (*mail.Transaction, error) {
	if deliver.NeedsMessage(o.Event) {
		return deliver.Message(raw, o)
	}
	txn, err := deliver.Event(o)
	if err == nil && e.Text {
		txn.Messages = []mail.Message{{Mailbox: o.Mailbox, UID: o.UID, Raw: string(raw)}}
	}
	return txn, err
}

// setField changes a field that the event has.
func setField(e *mail.Event, item string) error {
	name, value, ok := strings.Cut(item, "=")
	if !ok || name == "" {
		return fmt.Errorf("%q is not FIELD=VALUE", item)
	}
	fields := eventFields(e)
	names := make([]string, len(fields))
	for i, f := range fields {
		if f.name == name {
			return f.set(value)
		}
		names[i] = f.name
	}
	if near := spelling.Nearest(name, names); near != "" {
		return fmt.Errorf("%s has no field %q; did you mean %s?", e.Name, name, near)
	}
	return fmt.Errorf("%s has no field %q; it has %s", e.Name, name, strings.Join(names, ", "))
}

// eventField is a field of an event, and how to change it.
type eventField struct {
	name string
	set  func(value string) error
}

// eventFields lists the fields that may be set in an event of its name.
func eventFields(e *mail.Event) []eventField {
	list := []eventField{textField("mailbox", func(v string) { e.Mailbox = v })}
	if e.Name == mail.MailboxRename {
		list = append(list, textField("mailbox_old", func(v string) { e.MailboxOld = mail.Some(v) }))
	}
	if !e.Name.IsMessage() {
		return list
	}
	list = append(list,
		numberField("uid", 32, func(n int64) { e.UID, e.HasUID = uint32(n), true }),
		numberField("uid_validity", 32, func(n int64) { e.UIDValidity, e.HasUIDValidity = uint32(n), true }))
	if deliver.NeedsMessage(e.Name) {
		list = append(list,
			numberField("date", 63, func(n int64) { e.Date, e.HasDate = n, true }),
			numberField("tz", 15, func(n int64) { e.TZ, e.HasTZ = int(n), true }))
		for _, t := range []struct {
			name string
			to   *mail.Text
		}{
			{"from", &e.From}, {"from_address", &e.FromAddress}, {"from_display_name", &e.FromDisplayName},
			{"to", &e.To}, {"to_address", &e.ToAddress}, {"to_display_name", &e.ToDisplayName},
			{"subject", &e.Subject}, {"snippet", &e.Snippet}, {"message_id", &e.MessageID},
		} {
			list = append(list, textField(t.name, func(v string) { *t.to = mail.Some(v) }))
		}
	}
	if e.Flags != nil {
		list = append(list, listField("flags", &e.Flags), listField("keywords", &e.Keywords))
	}
	if e.FlagsOld != nil {
		list = append(list, listField("flags_old", &e.FlagsOld), listField("keywords_old", &e.KeywordsOld))
	}
	return list
}

func textField(name string, set func(string)) eventField {
	return eventField{name, func(v string) error { set(v); return nil }}
}

func listField(name string, to *[]string) eventField {
	return eventField{name, func(v string) error {
		*to = append([]string{}, words([]string{v})...)
		return nil
	}}
}

// numberField is one of so many bits; 32 bits have no sign.
func numberField(name string, bits int, set func(int64)) eventField {
	return eventField{name, func(v string) error {
		n, err := strconv.ParseInt(v, 10, bits+1)
		if err != nil || bits == 32 && n < 0 {
			return fmt.Errorf("%s: %q is not a number it can have", name, v)
		}
		set(n)
		return nil
	}}
}
