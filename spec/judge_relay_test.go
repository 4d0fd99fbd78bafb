package spec_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/luapush/luapush/cmd/luapush/verify"
	"github.com/luapush/luapush/runtime/deliver"
	"github.com/luapush/luapush/runtime/mail"
)

// judgeRelay holds what the relay writes in a real Dovecot to the recording, to
// the rules of grouping, and to what package deliver makes of each message.
func judgeRelay(t *testing.T, p *part) {
	stage := openStage(t, verify.Options{
		Settings: map[string]string{"push_lua_url": "http://127.0.0.1:18081/handler"},
		Watch:    []string{"/private/vendor/vendor.dovecot/http-notify"},
	})
	p.judgeRecorded(t, stage)
	p.judgeGroups(t, stage)
	p.judgeHostile(t, stage)
}

// judgeRecorded makes the recording again.
func (p *part) judgeRecorded(t *testing.T, stage *verify.Stage) {
	t.Helper()
	lists, err := stage.Record(recordedSteps(false))
	if err != nil {
		t.Fatal(err)
	}
	got := slices.Concat(lists...)
	want := readDocuments(t, recording)
	if len(got) != len(want) {
		t.Fatalf("%d transactions, but %d were recorded", len(got), len(want))
	}
	sameUIDValidity(want, got)
	for n, w := range want {
		p.judge(t, fmt.Sprintf("recorded/%02d-%s", n+1, w.Scenario), recordedDifference(w, got[n]))
	}
}

func readDocuments(t *testing.T, path string) []*mail.Transaction {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var list []*mail.Transaction
	for r := mail.NewReader(f, path); ; {
		txn, err := r.Next()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, txn)
	}
}

// sameUIDValidity gives the mailboxes of the second list the uidvalidity that they
// have in the first, if each of a user has one and the same throughout.
func sameUIDValidity(want, got []*mail.Transaction) {
	type mailbox struct {
		user  string
		value uint32
	}
	names := map[mailbox]uint32{}
	for n, txn := range got {
		user := txn.User.Username
		for i := range min(len(want[n].Events), len(txn.Events)) {
			g, w := &txn.Events[i], want[n].Events[i].UIDValidity
			if _, known := names[mailbox{user, g.UIDValidity}]; !known {
				names[mailbox{user, g.UIDValidity}] = w
			}
			g.UIDValidity = names[mailbox{user, g.UIDValidity}]
		}
		for _, m := range txn.Mailboxes {
			if v, ok := names[mailbox{user, m.Value.Status.UIDValidity.Value}]; ok {
				m.Value.Status.UIDValidity.Value = v
			}
		}
	}
}

// recordedDifference compares what the recording has with what was written now.
// Ids and times are new; of the status, the recording has not everything.
func recordedDifference(want, got *mail.Transaction) string {
	type view struct {
		User, Service, Settings, Metadata string
		Events                            []mail.Event
		Success                           bool
		Status                            map[string]mail.Status
	}
	show := func(t *mail.Transaction) view {
		v := view{User: t.User.Username, Service: t.User.Service.Value, Settings: fmt.Sprint(t.Settings), Metadata: fmt.Sprint(t.Metadata),
			Events: t.Events, Success: t.Success, Status: map[string]mail.Status{}}
		for _, m := range t.Mailboxes {
			if _, recorded := want.Mailbox(m.Key); !recorded {
				continue
			}
			s := m.Value.Status
			v.Status[m.Key] = mail.Status{
				Messages: s.Messages, Recent: s.Recent, Unseen: s.Unseen, UIDNext: s.UIDNext, UIDValidity: s.UIDValidity,
				FirstUnseenSeq: s.FirstUnseenSeq, FirstRecentUID: s.FirstRecentUID, HighestModseq: s.HighestModseq, Keywords: s.Keywords,
			}
		}
		return v
	}
	return cmp.Diff(show(want), show(got))
}

// groups are the transactions of further steps, as dovecot.md §2.2 has them.
var groups = map[string][]string{
	"deliver-first": {"MailboxCreate INBOX", "MessageNew INBOX 1"},
	"rollback":      {"MessageAppend INBOX 2", "rolled back"},
	"multiappend": {"MailboxCreate Work/Deep/Er", "MailboxCreate Dir",
		"MessageAppend Work/Deep/Er 1, MessageAppend Work/Deep/Er 2, MessageAppend Work/Deep/Er 3"},
	"no-op-store": {"FlagsClear INBOX 1, FlagsSet INBOX 1", "FlagsClear INBOX 1, FlagsSet INBOX 1, MessageRead INBOX 1, MessageTrash INBOX 1",
		"FlagsClear INBOX 1", "FlagsClear INBOX 1"},
	"copy": {"MessageAppend INBOX 3",
		"MessageAppend Work/Deep/Er 4, MessageAppend Work/Deep/Er 5, MessageAppend Work/Deep/Er 6",
		"FlagsClear INBOX 1, FlagsSet INBOX 1, MessageTrash INBOX 1, FlagsClear INBOX 2, FlagsSet INBOX 2, MessageTrash INBOX 2, " +
			"FlagsClear INBOX 3, FlagsSet INBOX 3, MessageTrash INBOX 3",
		"MessageExpunge INBOX 1, MessageExpunge INBOX 2, MessageExpunge INBOX 3"},
	"move":      {"MessageAppend INBOX 4, MessageAppend INBOX 5", "MessageExpunge Work/Deep/Er 1, MessageExpunge Work/Deep/Er 2"},
	"mailboxes": {"MailboxSubscribe Dir", "MailboxUnsubscribe Dir", "MailboxRename Moved", "MessageExpunge Moved/Er 3, MessageExpunge Moved/Er 4, MessageExpunge Moved/Er 5, MessageExpunge Moved/Er 6", "MailboxDelete Moved/Er"},

	"deliver-8-bit": {"MessageNew INBOX 6"}, "deliver-nul": {"MessageNew INBOX 7"}, "deliver-empty": {"MessageNew INBOX 8"},
	"deliver-three": {"MessageNew INBOX 9", "MailboxCreate INBOX", "MessageNew INBOX 1", "MailboxCreate INBOX", "MessageNew INBOX 1"},
}

// judgeGroups holds the further steps to the rules: which transactions there are,
// which fields their events have, and what those of deliveries say.
func (p *part) judgeGroups(t *testing.T, stage *verify.Stage) {
	t.Helper()
	steps := furtherSteps()
	lists, err := stage.Record(steps)
	if err != nil {
		t.Fatal(err)
	}
	for n, list := range lists {
		var got, shapes []string
		for _, txn := range list {
			got = append(got, outline(txn))
			for i := range txn.Events {
				shapes = append(shapes, shapeDifference(t, &txn.Events[i], steps[n].Mail))
			}
		}
		p.judge(t, "groups/"+steps[n].Name, cmp.Diff(groups[steps[n].Name], got))
		p.judge(t, "fields/"+steps[n].Name, strings.Join(shapes, ""))
	}
}

// outline is a transaction in short.
func outline(txn *mail.Transaction) string {
	if !txn.Success {
		return "rolled back"
	}
	var list []string
	for _, e := range txn.Events {
		text := string(e.Name) + " " + e.Mailbox
		if e.HasUID {
			text += fmt.Sprintf(" %d", e.UID)
		}
		list = append(list, text)
	}
	return strings.Join(list, ", ")
}

// shapeDifference compares an event with the one that package deliver makes. That
// of a message that was put there long before is held to its fields only.
func shapeDifference(t *testing.T, e *mail.Event, raw []byte) string {
	t.Helper()
	options := optionsOf(e)
	var txn *mail.Transaction
	var err error
	if deliver.NeedsMessage(e.Name) {
		txn, err = deliver.Message(raw, options)
	} else {
		txn, err = deliver.Event(options)
	}
	if err != nil {
		return err.Error()
	}
	want := txn.Events[0]
	if e.Name == mail.MessageAppend {
		want.Date, want.TZ = e.Date, e.TZ
		for _, f := range []struct{ want, got *mail.Text }{
			{&want.From, &e.From}, {&want.FromAddress, &e.FromAddress}, {&want.FromDisplayName, &e.FromDisplayName},
			{&want.To, &e.To}, {&want.ToAddress, &e.ToAddress}, {&want.ToDisplayName, &e.ToDisplayName}, {&want.Snippet, &e.Snippet},
		} {
			if f.got.Set {
				*f.want = *f.got
			}
		}
		// What a message need not have.
		want.Subject, want.MessageID = e.Subject, e.MessageID
	}
	return cmp.Diff(want, *e)
}

func optionsOf(e *mail.Event) deliver.Options {
	return deliver.Options{
		Event: e.Name, Mailbox: e.Mailbox, MailboxOld: e.MailboxOld.Value, UID: e.UID, UIDValidity: e.UIDValidity,
		Flags: e.Flags, FlagsOld: e.FlagsOld, Keywords: e.Keywords, KeywordsOld: e.KeywordsOld,
	}
}

// judgeHostile holds the relay's documents of many odd messages to package
// deliver.
func (p *part) judgeHostile(t *testing.T, stage *verify.Stage) {
	t.Helper()
	steps, given := hostileSteps(t)
	// Asking for the status of ever more messages is not what this is about.
	if err := stage.SetPlugin(t.Context(), map[string]string{"luapush_spool": "@@DIR@@/spool"}); err != nil {
		t.Fatal(err)
	}
	lists, err := stage.Record(steps)
	if err != nil {
		t.Fatal(err)
	}
	for n, list := range lists {
		id := "hostile/" + steps[n].Name
		if len(list) == 0 || len(list[len(list)-1].Events) != 1 {
			p.judge(t, id, fmt.Sprintf("%d transactions", len(list)))
			continue
		}
		got := list[len(list)-1].Events[0]
		want, err := deliver.Message([]byte(given[n].Messages[0].Raw), optionsOf(&got))
		if err != nil {
			t.Fatal(err)
		}
		p.judge(t, id, cmp.Diff(want.Events[0], got))
	}
}
