package mail

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEventNames(t *testing.T) {
	want := []EventName{
		FlagsClear, FlagsSet, MailboxCreate, MailboxDelete, MailboxRename, MailboxSubscribe, MailboxUnsubscribe,
		MessageAppend, MessageExpunge, MessageNew, MessageRead, MessageTrash,
	}
	if diff := cmp.Diff(want, EventNames()); diff != "" {
		t.Error(diff)
	}
	EventNames()[0] = "changed"
	if EventNames()[0] != FlagsClear {
		t.Error("EventNames gave out its own table")
	}
	for _, n := range EventNames() {
		// dovecot.md §2.1: each capital becomes "_" and its lower case.
		rule := "dovecot_lua_notify_event"
		for _, c := range string(n) {
			if c >= 'A' && c <= 'Z' {
				rule += "_"
			}
			rule += strings.ToLower(string(c))
		}
		if n.HandlerFunction() != rule {
			t.Errorf("%s: function %s, want %s", n, n.HandlerFunction(), rule)
		}
		if got, err := ParseEventName(string(n)); got != n || err != nil {
			t.Errorf("ParseEventName(%s) = %s, %v", n, got, err)
		}
		if n.IsMessage() == strings.HasPrefix(string(n), "Mailbox") {
			t.Errorf("%s: IsMessage %v", n, n.IsMessage())
		}
	}
	for _, n := range []EventName{"", "messageNew", "MessageNew "} {
		if n.Known() || n.IsMessage() || n.HandlerFunction() != "" {
			t.Errorf("%q is known", string(n))
		}
	}
}

func TestSuggestEventName(t *testing.T) {
	for in, want := range map[string]EventName{
		"messageNew": MessageNew, "message_new": MessageNew, "MESSAGE-NEW": MessageNew, "MesageNew": MessageNew,
		"FlagSet": FlagsSet, "FlagsCleared": FlagsClear, "MailboxUnsubscrib": MailboxUnsubscribe, "mailboxsubscribed": MailboxSubscribe,
		"dovecot_lua_notify_event_message_reed": MessageRead, "MailboxRenamed": MailboxRename,
		"": "", "Delivery": "", "MessageDelivered": "", strings.Repeat("MessageNew", 20): "",
	} {
		if got := SuggestEventName(in); got != want {
			t.Errorf("SuggestEventName(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFlags(t *testing.T) {
	all := []string{`\Answered`, `\Flagged`, `\Deleted`, `\Seen`, `\Draft`, `\Recent`}
	for i, bit := range []Flags{1, 2, 4, 8, 16, 32} {
		set, unknown := ParseFlags([]string{strings.ToUpper(all[i])})
		if set != bit || unknown != nil {
			t.Errorf("%s: %d, %v", all[i], set, unknown)
		}
	}
	shuffled := slices.Clone(all)
	slices.Reverse(shuffled)
	set, unknown := ParseFlags(append(shuffled, "$Work", "Seen", `\Seen`))
	if set != 63 {
		t.Errorf("all flags are %d", set)
	}
	if diff := cmp.Diff([]string{"$Work", "Seen"}, unknown); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(all, Flags(255).Names()); diff != "" {
		t.Error(diff)
	}
	if got := Flags(0).Names(); got == nil || len(got) != 0 {
		t.Errorf("no flags are %#v", got)
	}
	for bits := range Flags(64) {
		if back, unknown := ParseFlags(bits.Names()); back != bits || unknown != nil {
			t.Errorf("%d came back as %d, %v", bits, back, unknown)
		}
	}
	if f := FlagSeen | FlagFlagged; !f.Has(FlagSeen) || f.Has(FlagSeen|FlagDraft) || !f.Has(0) || f.String() != `\Flagged \Seen` {
		t.Errorf("%s has what it should not", f)
	}
}

func TestMap(t *testing.T) {
	var m Map[int]
	if _, ok := m.Get("a"); ok || m.Delete("a") {
		t.Error("an absent map has a member")
	}
	m.Put("b", 1)
	m.Put("a", 2)
	m.Put("b", 3)
	if diff := cmp.Diff(Map[int]{{"b", 3}, {"a", 2}}, m); diff != "" {
		t.Error(diff)
	}
	var keys []string
	for key := range m.All() {
		keys = append(keys, key)
		break
	}
	if !slices.Equal(keys, []string{"b"}) {
		t.Errorf("All went on to %v", keys)
	}
	if !m.Delete("b") || m.Delete("b") || len(m) != 1 {
		t.Errorf("after Delete: %v", m)
	}
	if v, ok := m.Get("a"); !ok || v != 2 {
		t.Errorf("Get = %d, %v", v, ok)
	}
}

func TestOptional(t *testing.T) {
	if v, ok := Some("").Get(); v != "" || !ok {
		t.Error("an empty text is absent")
	}
	if (Text{}).Or("x") != "x" || Some("").Or("x") != "" {
		t.Error("Or")
	}
}
