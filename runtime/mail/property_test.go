package mail

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// anyBytes draws strings of text, of controls, and of bytes that are no UTF-8.
func anyBytes() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.String(),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 12), func(b []byte) string { return string(b) }),
		rapid.SampledFrom([]string{"", "\xff", "a\xe2\x82", "\xed\xa0\x80", "\x00", "\u2028", `\`, `"`, "</script>", "\ufeff", "\U0010ffff"}),
	)
}

func anyText() *rapid.Generator[Text] {
	return rapid.Custom(func(t *rapid.T) Text {
		if rapid.Bool().Draw(t, "set") {
			return Some(anyBytes().Draw(t, "value"))
		}
		return Text{}
	})
}

func maybe[T any](g *rapid.Generator[T]) *rapid.Generator[Optional[T]] {
	return rapid.Custom(func(t *rapid.T) Optional[T] {
		if rapid.Bool().Draw(t, "set") {
			return Some(g.Draw(t, "value"))
		}
		return Optional[T]{}
	})
}

func anyList() *rapid.Generator[[]string] {
	return rapid.OneOf(rapid.Just([]string(nil)), rapid.Map(rapid.SliceOfN(anyBytes(), 0, 4), func(l []string) []string {
		return append([]string{}, l...)
	}))
}

func mapOf[V any](value *rapid.Generator[V]) *rapid.Generator[Map[V]] {
	return rapid.Custom(func(t *rapid.T) Map[V] {
		if rapid.Bool().Draw(t, "absent") {
			return nil
		}
		m := Map[V]{}
		for _, key := range rapid.SliceOfNDistinct(rapid.String(), 0, 5, rapid.ID).Draw(t, "keys") {
			m.Put(key, value.Draw(t, "value"))
		}
		return m
	})
}

func anyUnknown() *rapid.Generator[[]Field] {
	return rapid.Custom(func(t *rapid.T) []Field {
		var fields []Field
		for _, name := range rapid.SliceOfNDistinct(rapid.String(), 0, 3, rapid.ID).Draw(t, "names") {
			raw := rapid.SampledFrom([]string{"null", `"\u00fc"`, "1.50e3", `{"b":[1,{}],"a":""}`, "[]", "true"}).Draw(t, "raw")
			fields = append(fields, Field{"x-" + name, raw})
		}
		return fields
	})
}

func anyEvent() *rapid.Generator[Event] {
	return rapid.Custom(func(t *rapid.T) Event {
		text := func(name string) Text { return anyText().Draw(t, name) }
		e := Event{
			Name: rapid.SampledFrom(EventNames()).Draw(t, "name"), Mailbox: anyBytes().Draw(t, "mailbox"), MailboxOld: text("mailbox_old"),
			From: text("from"), FromAddress: text("from_address"), FromDisplayName: text("from_display_name"),
			To: text("to"), ToAddress: text("to_address"), ToDisplayName: text("to_display_name"),
			Subject: text("subject"), Snippet: text("snippet"), MessageID: text("message_id"),
			Flags: anyList().Draw(t, "flags"), FlagsOld: anyList().Draw(t, "flags_old"),
			Keywords: anyList().Draw(t, "keywords"), KeywordsOld: anyList().Draw(t, "keywords_old"),
			Unknown: anyUnknown().Draw(t, "unknown"),
		}
		if e.HasUID = rapid.Bool().Draw(t, "has uid"); e.HasUID {
			e.UID = rapid.Uint32().Draw(t, "uid")
		}
		if e.HasUIDValidity = rapid.Bool().Draw(t, "has uid_validity"); e.HasUIDValidity {
			e.UIDValidity = rapid.Uint32().Draw(t, "uid_validity")
		}
		if e.HasDate = rapid.Bool().Draw(t, "has date"); e.HasDate {
			e.Date = rapid.Int64().Draw(t, "date")
		}
		if e.HasTZ = rapid.Bool().Draw(t, "has tz"); e.HasTZ {
			e.TZ = rapid.IntRange(math.MinInt32, math.MaxInt32).Draw(t, "tz")
		}
		return e
	})
}

func anyMailbox() *rapid.Generator[*Mailbox] {
	count, flag, modseq := maybe(rapid.Uint32()), maybe(rapid.Bool()), maybe(rapid.Uint64())
	return rapid.Custom(func(t *rapid.T) *Mailbox {
		m := &Mailbox{Metadata: mapOf(anyBytes()).Draw(t, "metadata"), Unknown: anyUnknown().Draw(t, "unknown")}
		if m.HasStatus = rapid.Bool().Draw(t, "has status"); m.HasStatus {
			m.Status = Status{
				Messages: count.Draw(t, "messages"), UIDNext: count.Draw(t, "uidnext"), Flags: count.Draw(t, "flags"),
				HighestModseq: modseq.Draw(t, "highest_modseq"), HaveGUIDs: flag.Draw(t, "have_guids"),
				Keywords: anyList().Draw(t, "keywords"), Unknown: anyUnknown().Draw(t, "unknown"),
			}
		}
		return m
	})
}

func anyTransaction() *rapid.Generator[*Transaction] {
	flag, id := maybe(rapid.Bool()), maybe(rapid.Uint32())
	return rapid.Custom(func(t *rapid.T) *Transaction {
		txn := &Transaction{
			Version: Version, Dovecot: anyBytes().Draw(t, "dovecot"), Scenario: anyBytes().Draw(t, "scenario"),
			User: User{
				Username: anyBytes().Draw(t, "username"), Home: anyText().Draw(t, "home"), UID: id.Draw(t, "uid"), GID: id.Draw(t, "gid"),
				Service: anyText().Draw(t, "service"), SessionID: anyText().Draw(t, "session_id"),
				SessionCreateTime: maybe(rapid.Int64()).Draw(t, "session_create_time"), Nonexistent: flag.Draw(t, "nonexistent"),
				Admin: flag.Draw(t, "admin"), Userdb: mapOf(anyBytes()).Draw(t, "userdb"), Unknown: anyUnknown().Draw(t, "unknown"),
			},
			Settings: mapOf(anyBytes()).Draw(t, "settings"), Metadata: mapOf(anyBytes()).Draw(t, "metadata"),
			Mailboxes: mapOf(anyMailbox()).Draw(t, "mailboxes"),
			Events:    append([]Event{}, rapid.SliceOfN(anyEvent(), 0, 3).Draw(t, "events")...),
			Success:   rapid.Bool().Draw(t, "success"), Unknown: anyUnknown().Draw(t, "unknown"),
		}
		for name, m := range txn.Mailboxes.All() {
			m.named(name)
		}
		for range rapid.IntRange(0, 2).Draw(t, "messages") {
			txn.Messages = append(txn.Messages, Message{
				Mailbox: anyBytes().Draw(t, "mailbox"), UID: rapid.Uint32().Draw(t, "uid"), Raw: anyBytes().Draw(t, "raw"),
			})
		}
		return txn
	})
}

func TestRoundTripOfAnyTransaction(t *testing.T) {
	schema := compileSchema(t)
	rapid.Check(t, func(t *rapid.T) {
		txn := anyTransaction().Draw(t, "transaction")
		checkRoundTrip(t, txn)
		doc, err := txn.AppendJSON([]byte("before"))
		if err != nil || string(doc[:6]) != "before" {
			t.Fatalf("%q, %v", doc, err)
		}
		if err := validate(schema, doc[6:]); err != nil {
			t.Errorf("the schema refuses %s: %v", doc[6:], err)
		}
	})
}

// A written number is read back whatever its notation.
func TestPlainInteger(t *testing.T) {
	for _, c := range []struct {
		in, want string
		whole    bool
	}{
		{"0", "0", true},
		{"-0", "0", true},
		{"0.000e9", "0", true},
		{"0e-99999999999999999999", "0", true},
		{"12.0", "12", true},
		{"1.20e1", "12", true},
		{"-120E-1", "-12", true},
		{"9007199254740993.0", "9007199254740993", true},
		{"1e+2", "100", true},
		{"1e-1", "", false},
		{"0.5", "", false},
		{"9007199254740992.5", "", false},
		{"1e-99999999999999999999", "", false},
		{"1e99999999999999999999", "1000000000000000000000000000000", true},
	} {
		if got, whole := plainInteger(c.in); got != c.want || whole != c.whole {
			t.Errorf("plainInteger(%s) = %q, %v; want %q, %v", c.in, got, whole, c.want, c.whole)
		}
	}
}
