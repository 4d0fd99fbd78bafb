package mail

// Event is one thing that happened to a message or a mailbox: what Dovecot
// hands to an event function as a table (dovecot.md §2.3). Which fields there
// are depends on the event and on the Dovecot release; an absent one is nil in
// the script.
type Event struct {
	Name       EventName
	Mailbox    string // the name the user sees (vname)
	MailboxOld Text   // MailboxRename: the name before

	UID            uint32
	HasUID         bool
	UIDValidity    uint32
	HasUIDValidity bool

	Date    int64 // of the Date header, seconds since 1970 UTC; 0 without one
	HasDate bool
	TZ      int // of the Date header, minutes east of UTC
	HasTZ   bool

	From, FromAddress, FromDisplayName Text
	To, ToAddress, ToDisplayName       Text
	Subject, Snippet, MessageID        Text

	// Flags and Keywords are those the message has (MessageNew, MessageAppend),
	// those newly set (FlagsSet) or those removed (FlagsClear); the Old ones are
	// those before a FlagsClear. nil is absent, an empty list is [].
	Flags, FlagsOld       []string
	Keywords, KeywordsOld []string

	Unknown []Field
}

// eventFields is the document's "events[]", in canonical order.
var eventFields = []field[Event]{
	eventNameField("name", func(e *Event) *EventName { return &e.Name }),
	stringField("mailbox", func(e *Event) *string { return &e.Mailbox }).mandatory(),
	textField("mailbox_old", func(e *Event) *Text { return &e.MailboxOld }),
	uintField("uid", func(e *Event) (*uint32, *bool) { return &e.UID, &e.HasUID }),
	uintField("uid_validity", func(e *Event) (*uint32, *bool) { return &e.UIDValidity, &e.HasUIDValidity }),
	intField("date", func(e *Event) (*int64, *bool) { return &e.Date, &e.HasDate }),
	minutesField("tz", func(e *Event) (*int, *bool) { return &e.TZ, &e.HasTZ }),
	textField("from", func(e *Event) *Text { return &e.From }),
	textField("from_address", func(e *Event) *Text { return &e.FromAddress }),
	textField("from_display_name", func(e *Event) *Text { return &e.FromDisplayName }),
	textField("to", func(e *Event) *Text { return &e.To }),
	textField("to_address", func(e *Event) *Text { return &e.ToAddress }),
	textField("to_display_name", func(e *Event) *Text { return &e.ToDisplayName }),
	textField("subject", func(e *Event) *Text { return &e.Subject }),
	textField("snippet", func(e *Event) *Text { return &e.Snippet }),
	textField("message_id", func(e *Event) *Text { return &e.MessageID }),
	listField("flags", func(e *Event) *[]string { return &e.Flags }),
	listField("flags_old", func(e *Event) *[]string { return &e.FlagsOld }),
	listField("keywords", func(e *Event) *[]string { return &e.Keywords }),
	listField("keywords_old", func(e *Event) *[]string { return &e.KeywordsOld }),
}
