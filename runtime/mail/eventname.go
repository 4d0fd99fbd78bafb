package mail

import (
	"fmt"
	"strings"

	"github.com/luapush/luapush/runtime/spelling"
)

// EventName is the name of an RFC 5423 event as Dovecot spells it, such as
// "MessageNew".
type EventName string

// The events Dovecot's push-notification framework has (dovecot.md §2.3).
const (
	MessageNew         EventName = "MessageNew"
	MessageAppend      EventName = "MessageAppend"
	MessageExpunge     EventName = "MessageExpunge"
	MessageRead        EventName = "MessageRead"
	MessageTrash       EventName = "MessageTrash"
	FlagsSet           EventName = "FlagsSet"
	FlagsClear         EventName = "FlagsClear"
	MailboxCreate      EventName = "MailboxCreate"
	MailboxDelete      EventName = "MailboxDelete"
	MailboxRename      EventName = "MailboxRename"
	MailboxSubscribe   EventName = "MailboxSubscribe"
	MailboxUnsubscribe EventName = "MailboxUnsubscribe"
)

// handlerPrefix starts the name of every event function (dovecot.md §2.1).
const handlerPrefix = "dovecot_lua_notify_event_"

// events is in the order Dovecot registers them (dovecot.md §1.3).
var events = [...]struct {
	name     EventName
	function string
}{
	{FlagsClear, handlerPrefix + "flags_clear"},
	{FlagsSet, handlerPrefix + "flags_set"},
	{MailboxCreate, handlerPrefix + "mailbox_create"},
	{MailboxDelete, handlerPrefix + "mailbox_delete"},
	{MailboxRename, handlerPrefix + "mailbox_rename"},
	{MailboxSubscribe, handlerPrefix + "mailbox_subscribe"},
	{MailboxUnsubscribe, handlerPrefix + "mailbox_unsubscribe"},
	{MessageAppend, handlerPrefix + "message_append"},
	{MessageExpunge, handlerPrefix + "message_expunge"},
	{MessageNew, handlerPrefix + "message_new"},
	{MessageRead, handlerPrefix + "message_read"},
	{MessageTrash, handlerPrefix + "message_trash"},
}

// EventNames returns all names in Dovecot's registration order
// (dovecot.md §1.3), in a slice of the caller's own.
func EventNames() []EventName {
	names := make([]EventName, len(events))
	for i := range events {
		names[i] = events[i].name
	}
	return names
}

// HandlerFunction returns the name of the Lua function that takes this event,
// such as "dovecot_lua_notify_event_message_new" (dovecot.md §2.1), and "" for
// a name that is not one of the twelve.
func (n EventName) HandlerFunction() string {
	for i := range events {
		if events[i].name == n {
			return events[i].function
		}
	}
	return ""
}

// Known reports whether n is one of the twelve.
func (n EventName) Known() bool { return n.HandlerFunction() != "" }

// IsMessage reports whether the event is about one message, and so has a uid;
// the others are about a mailbox. An unknown name is neither.
func (n EventName) IsMessage() bool {
	return n.Known() && !strings.HasPrefix(string(n), "Mailbox")
}

// ParseEventName returns the event named s. The error for an unknown name
// proposes the nearest one. The spelling counts: "messageNew" is unknown.
func ParseEventName(s string) (EventName, error) {
	if n := EventName(s); n.Known() {
		return n, nil
	}
	return "", fmt.Errorf("unknown event %s; %s", quoteShort(s), eventNameHint(s))
}

// SuggestEventName returns the event whose name is nearest to s, or "" when
// none is near. Case, "_", "-" and the prefix of the Lua functions are free.
func SuggestEventName(s string) EventName {
	if len(s) > 100 { // no misspelling; and the distance is quadratic
		return ""
	}
	want := foldName(strings.TrimPrefix(s, handlerPrefix))
	best, bestDistance := EventName(""), 4
	for i := range events {
		if d := spelling.Distance(want, foldName(string(events[i].name))); d < bestDistance {
			best, bestDistance = events[i].name, d
		}
	}
	return best
}

func eventNameHint(s string) string {
	if n := SuggestEventName(s); n != "" {
		return fmt.Sprintf("did you mean %q?", string(n))
	}
	names := make([]string, len(events))
	for i := range events {
		names[i] = string(events[i].name)
	}
	return "the events are " + strings.Join(names, ", ")
}

func foldName(s string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(s))
}
