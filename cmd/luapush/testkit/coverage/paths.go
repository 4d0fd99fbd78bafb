package coverage

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/trace"
)

// path is a way that mail can take a handler, which is easily forgotten. The
// list follows dovecot.md §2 and §5: what a script is given, and how requests
// end.
type path struct {
	// id is its name, which stays.
	id string
	// events are those it is about; nil is all. A handler for one of them must
	// be there.
	events []mail.EventName
	// words are names of which the script must have one; nil is none.
	words []string
	// missing says what no test does, and what would be different then.
	missing string

	// One of these tells whether something is on the path.
	event       func(*mail.Event) bool
	transaction func(*handler, *mail.Transaction) bool
	request     func(*handler, *trace.HTTP) bool
}

func (p *path) on(name mail.EventName) bool {
	return p.events == nil || slices.Contains(p.events, name)
}

var (
	arrived  = []mail.EventName{mail.MessageNew, mail.MessageAppend}
	messages = []mail.EventName{
		mail.MessageNew, mail.MessageAppend, mail.MessageExpunge, mail.MessageRead, mail.MessageTrash, mail.FlagsSet, mail.FlagsClear,
	}
	flagsSet   = []mail.EventName{mail.FlagsSet}
	flagsClear = []mail.EventName{mail.FlagsClear}
)

var fromWords = []string{"from", "from_address", "from_display_name"}
var toWords = []string{"to", "to_address", "to_display_name"}
var textWords = []string{"from", "to", "subject", "snippet", "from_display_name", "to_display_name", "message_id"}

// paths are immutable.
var paths = []path{
	// The transaction, dovecot.md §2.2.
	{
		id:          "rollback",
		missing:     "no transaction is rolled back: end_txn gets success = false then, and no event function is called",
		transaction: func(_ *handler, t *mail.Transaction) bool { return !t.Success },
	},
	{
		id:          "no-handled-event",
		missing:     "no transaction is without an event that the script has a function for: begin_txn and end_txn are called all the same",
		transaction: (*handler).nothingHandled,
	},
	{
		id: "several-events", events: messages,
		missing:     "no transaction has several events for the script: its functions share one context then",
		transaction: func(r *handler, t *mail.Transaction) bool { return t.Success && r.handled(t, 0) > 1 },
	},
	{
		id:      "second-transaction",
		missing: "no mail session has a second transaction: global variables keep their values then, as they do in an IMAP session",
	},
	{
		id: "other-mailbox", events: messages,
		missing: "no event is in a mailbox other than INBOX, such as Sent or a folder that Sieve files mail into",
		event:   func(e *mail.Event) bool { return !strings.EqualFold(e.Mailbox, "INBOX") },
	},
	// The fields of new messages, dovecot.md §2.3 and §2.4.
	{
		id: "no-from", events: arrived, words: fromWords,
		missing: `no message is without From: event.from, from_address and from_display_name are "" then (nil before 2.3.9.1)`,
		event:   func(e *mail.Event) bool { return e.From.Value == "" },
	},
	{
		id: "from-without-address", events: arrived, words: []string{"from_address"},
		missing: `no message has a From without an address, such as a group: event.from_address is "" then, and event.from is not`,
		event:   func(e *mail.Event) bool { return e.From.Value != "" && e.FromAddress.Value == "" },
	},
	{
		id: "from-without-name", events: arrived, words: []string{"from_display_name"},
		missing: `no message has a From without a name: event.from_display_name is "" then`,
		event:   func(e *mail.Event) bool { return e.FromAddress.Value != "" && e.FromDisplayName.Value == "" },
	},
	{
		id: "encoded-from", events: arrived, words: []string{"from", "to"},
		missing: "no message has an encoded name in From or To: event.from and event.to are raw headers, =?utf-8?…?= then",
		event: func(e *mail.Event) bool {
			return strings.Contains(e.From.Value, "=?") || strings.Contains(e.To.Value, "=?")
		},
	},
	{
		id: "no-to", events: arrived, words: toWords,
		missing: `no message is without To, as many lists send them: event.to, to_address and to_display_name are "" then (nil before 2.3.9.1)`,
		event:   func(e *mail.Event) bool { return e.To.Value == "" },
	},
	{
		id: "no-subject", events: arrived, words: []string{"subject"},
		missing: "no message is without Subject: event.subject is nil then",
		event:   func(e *mail.Event) bool { return !e.Subject.Set },
	},
	{
		id: "empty-subject", events: arrived, words: []string{"subject"},
		missing: `no message has an empty Subject: event.subject is "" then, which is true in Lua`,
		event:   func(e *mail.Event) bool { return e.Subject.Set && e.Subject.Value == "" },
	},
	{
		id: "folded-subject", events: arrived, words: []string{"subject"},
		missing: "no message has a folded Subject: event.subject has a line feed in it then",
		event:   func(e *mail.Event) bool { return strings.Contains(e.Subject.Value, "\n") },
	},
	{
		id: "not-ascii", events: arrived, words: textWords,
		missing: "no message has a Subject, name or snippet that is not ASCII: #text counts bytes, and string.sub may cut a character then",
		event:   func(e *mail.Event) bool { return anyText(e, func(s string) bool { return !ascii(s) }) },
	},
	{
		id: "quotes", events: arrived, words: textWords,
		missing: `no message has a quotation mark or a backslash in its Subject, From or snippet: JSON or a shell line that is put together by hand breaks there`,
		event: func(e *mail.Event) bool {
			return anyText(e, func(s string) bool { return strings.ContainsAny(s, `"\`) })
		},
	},
	{
		id: "no-date", events: arrived, words: []string{"date"},
		missing: "no message is without a valid Date: event.date is 0 then, the year 1970",
		event:   func(e *mail.Event) bool { return e.Date == 0 },
	},
	{
		id: "time-zone", events: arrived, words: []string{"tz"},
		missing: "no message has a Date in another time zone than UTC: event.tz is the minutes east of it then",
		event:   func(e *mail.Event) bool { return e.TZ != 0 },
	},
	{
		id: "no-snippet", events: arrived, words: []string{"snippet"},
		missing: `no message is without text to show: event.snippet is "" then, or nil if the message cannot be read`,
		event:   func(e *mail.Event) bool { return e.Snippet.Value == "" },
	},
	{
		id: "no-message-id", events: arrived, words: []string{"message_id"},
		missing: "no message is without Message-ID: event.message_id is nil then",
		event:   func(e *mail.Event) bool { return !e.MessageID.Set },
	},
	{
		id: "flags-at-arrival", events: arrived, words: []string{"flags"},
		missing: "no message comes with flags, as with APPEND or Sieve's setflag: event.flags is not empty then",
		event:   func(e *mail.Event) bool { return len(e.Flags) > 0 },
	},
	{
		id: "no-flags", events: arrived, words: []string{"flags"},
		missing: "no message comes without flags: event.flags is {} then",
		event:   func(e *mail.Event) bool { return len(e.Flags) == 0 },
	},
	{
		id: "keywords-at-arrival", events: arrived, words: []string{"keywords"},
		missing: "no message comes with keywords: event.keywords is not empty then",
		event:   func(e *mail.Event) bool { return len(e.Keywords) > 0 },
	},
	// Changes of flags, dovecot.md §2.2 and §2.3.
	{
		id: "flags-set-empty", events: flagsSet,
		missing: "no FlagsSet has empty flags: it comes for a change of keywords, too, and event.flags is {} then",
		event:   func(e *mail.Event) bool { return len(e.Flags) == 0 },
	},
	{
		id: "flags-set-keywords", events: flagsSet, words: []string{"keywords"},
		missing: "no FlagsSet has keywords: event.keywords has those newly set",
		event:   func(e *mail.Event) bool { return len(e.Keywords) > 0 },
	},
	{
		id: "flags-clear-empty", events: flagsClear,
		missing: "no FlagsClear clears nothing: it comes for each change of flags, and event.flags and event.keywords are {} then",
		event:   func(e *mail.Event) bool { return len(e.Flags) == 0 && len(e.Keywords) == 0 },
	},
	{
		id: "flags-clear-flags", events: flagsClear,
		missing: "no FlagsClear clears a flag: event.flags has it then, and event.flags_old all that were set before",
		event:   func(e *mail.Event) bool { return len(e.Flags) > 0 },
	},
	{
		id: "flags-clear-only-keywords", events: flagsClear, words: []string{"flags_old"},
		missing: "no FlagsClear is about keywords only: event.flags_old is {} then, whatever the message's flags are",
		event:   func(e *mail.Event) bool { return len(e.FlagsOld) == 0 },
	},
	{
		id: "flags-clear-no-keywords", events: flagsClear, words: []string{"keywords_old"},
		missing: "no FlagsClear is about flags only: event.keywords_old is {} then, whatever the message's keywords are",
		event:   func(e *mail.Event) bool { return len(e.KeywordsOld) == 0 },
	},
	// How requests end, dovecot.md §5.
	{
		id:      "http-success",
		missing: "no request is answered with success (2xx)",
		request: func(_ *handler, h *trace.HTTP) bool { return h.Status/100 == 2 },
	},
	{
		id:      "http-no-answer",
		missing: "no request is without an answer (refused, timed out, name not found): response:status() is 9000 to 9009 then",
		request: func(_ *handler, h *trace.HTTP) bool { return h.Status >= 9000 },
	},
	{
		id:      "http-4xx",
		missing: "no request is answered with a status of 400 to 499: what was sent is not wanted, or not allowed",
		request: func(_ *handler, h *trace.HTTP) bool { return h.Status/100 == 4 },
	},
	{
		id:      "http-5xx",
		missing: "no request is answered with a status of 500 to 599: the receiver is broken for now",
		request: func(_ *handler, h *trace.HTTP) bool { return h.Status/100 == 5 },
	},
	{
		id: "http-failure-in-batch", events: messages,
		missing: "no request fails while more events of the transaction follow: they must not be lost with it",
		request: (*handler).failsInBatch,
	},
}

// handled counts the events from an index on that the script has functions for.
func (r *handler) handled(t *mail.Transaction, from int) (n int) {
	for i := from; i < len(t.Events); i++ {
		if r.defined[t.Events[i].Name] {
			n++
		}
	}
	return n
}

func (r *handler) nothingHandled(t *mail.Transaction) bool {
	return t.Success && r.handled(t, 0) == 0
}

func (r *handler) failsInBatch(h *trace.HTTP) bool {
	return (h.Status < 200 || h.Status > 399) && r.txn != nil && r.at >= 0 && r.handled(r.txn, r.at+1) > 0
}

func anyText(e *mail.Event, is func(string) bool) bool {
	for _, t := range []mail.Text{e.From, e.FromDisplayName, e.Subject, e.Snippet} {
		if is(t.Value) {
			return true
		}
	}
	return false
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}
