package verify

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/spec/oracle"
)

// Recreate makes the steps that lead to transactions like those of documents: a
// message with its text is delivered as it is, one without is composed from the
// event's fields, and what happened by IMAP happens again. notes say what of a
// document cannot be brought about.
func Recreate(documents []*mail.Transaction) (steps []Step, notes []string) {
	r := &recreation{made: map[string]uint32{}, boxes: map[string]bool{}, entries: map[string]map[string]string{}}
	for n, txn := range documents {
		name := fmt.Sprintf("%d %s", n+1, txn.Scenario)
		if txn.Scenario == "" {
			name = fmt.Sprintf("%d", n+1)
		}
		before := len(r.steps)
		r.transaction(strings.TrimSpace(name), txn)
		if len(r.steps) > before {
			r.steps[before].Metadata = r.changed(txn)
		}
	}
	return r.steps, r.notes
}

// recreation keeps what the users have by now.
type recreation struct {
	steps []Step
	notes []string
	// made has, by user, mailbox and uid of the document, the uid it has here.
	made map[string]uint32
	// boxes has the mailboxes of each user.
	boxes map[string]bool
	// entries is the metadata of each user.
	entries map[string]map[string]string
}

// changed gives what the document has of metadata that the user's last one had
// not, or had otherwise.
func (r *recreation) changed(txn *mail.Transaction) map[string]*string {
	old, now := r.entries[txn.User.Username], map[string]string{}
	changes := map[string]*string{}
	for _, e := range txn.Metadata {
		now[e.Key] = e.Value
		if v, there := old[e.Key]; !there || v != e.Value {
			changes[e.Key] = &e.Value
		}
	}
	for key := range old {
		if _, there := now[key]; !there {
			changes[key] = nil
		}
	}
	r.entries[txn.User.Username] = now
	return changes
}

func (r *recreation) note(txn *mail.Transaction, format string, args ...any) {
	r.notes = append(r.notes, fmt.Sprintf("%s:%d: ", txn.Source.File, txn.Source.Line)+fmt.Sprintf(format, args...))
}

func (r *recreation) transaction(name string, txn *mail.Transaction) {
	user := txn.User.Username
	if user == "" {
		r.note(txn, "a transaction without a user cannot be brought about")
		return
	}
	if !txn.Success {
		r.steps = append(r.steps, Step{Name: name, User: user, Do: rollBack})
		return
	}
	var lines []string
	for i := range txn.Events {
		e := &txn.Events[i]
		if e.Name == mail.MessageNew {
			r.deliver(name, txn, e)
			continue
		}
		lines = append(lines, r.commands(txn, e)...)
	}
	if len(lines) == 0 {
		return
	}
	r.steps = append(r.steps, Step{Name: name, User: user, Do: func(c *oracle.IMAP) error {
		for _, line := range lines {
			if _, err := c.Command("%s", line); err != nil {
				return err
			}
		}
		return nil
	}})
}

// rollBack begins an APPEND of two messages and spoils the second.
func rollBack(c *oracle.IMAP) error {
	message := oracle.Literal(oracle.CRLF("Subject: rolled back\n\n"))
	if _, err := c.Command(`APPEND INBOX %s (\Bogus %s`, message, message); err == nil {
		return fmt.Errorf("a broken APPEND was accepted")
	}
	return nil
}

// key names a message of the documents.
func key(user, mailbox string, uid uint32) string {
	return fmt.Sprintf("%s\x00%s\x00%d", user, mailbox, uid)
}

// next counts the messages of a mailbox.
func (r *recreation) next(user, mailbox string, uid uint32) uint32 {
	count := key(user, mailbox, 0)
	r.made[count]++
	r.made[key(user, mailbox, uid)] = r.made[count]
	return r.made[count]
}

func (r *recreation) deliver(name string, txn *mail.Transaction, e *mail.Event) {
	if e.Mailbox != "INBOX" {
		r.note(txn, "a delivery into %s cannot be brought about: without Sieve, deliveries go to INBOX", e.Mailbox)
		return
	}
	r.next(txn.User.Username, e.Mailbox, e.UID)
	r.boxes[key(txn.User.Username, "INBOX", 0)] = true
	r.steps = append(r.steps, Step{Name: name, To: []string{txn.User.Username}, Mail: message(txn, e)})
}

// message is the message's own text, or one that is composed from the fields.
func message(txn *mail.Transaction, e *mail.Event) []byte {
	if raw, ok := txn.MessageText(e.Mailbox, e.UID); ok {
		return oracle.CRLF(raw)
	}
	var b strings.Builder
	for _, h := range []struct {
		name  string
		value mail.Text
	}{{"From", e.From}, {"To", e.To}, {"Subject", e.Subject}, {"Message-ID", e.MessageID}} {
		if h.value.Set && (h.value.Value != "" || h.name == "Subject") {
			fmt.Fprintf(&b, "%s: %s\n", h.name, fold(h.value.Value))
		}
	}
	if e.HasDate && e.Date != 0 {
		at := time.Unix(e.Date, 0).In(time.FixedZone("", e.TZ*60))
		fmt.Fprintf(&b, "Date: %s\n", at.Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	}
	fmt.Fprintf(&b, "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n%s\n", e.Snippet.Value)
	return oracle.CRLF(b.String())
}

// fold keeps a header's line ends inside the header.
func fold(value string) string {
	lines := strings.Split(strings.ReplaceAll(value, "\r\n", "\n"), "\n")
	for i, l := range lines[1:] {
		if !strings.HasPrefix(l, " ") && !strings.HasPrefix(l, "\t") {
			lines[i+1] = " " + l
		}
	}
	return strings.Join(lines, "\n")
}

// box is a mailbox's name as an argument of IMAP.
func box(name string) string {
	return fmt.Sprintf("%s", oracle.Literal(mail.EncodeMailboxName(name)))
}

// have gives the commands that make a mailbox, if there is none yet.
func (r *recreation) have(user, name string) []string {
	k := key(user, name, 0)
	if name == "INBOX" || r.boxes[k] {
		return nil
	}
	r.boxes[k] = true
	return []string{"CREATE " + box(name)}
}

// commands do by IMAP what an event tells of.
func (r *recreation) commands(txn *mail.Transaction, e *mail.Event) []string {
	user := txn.User.Username
	switch e.Name {
	case mail.MailboxCreate:
		return r.have(user, e.Mailbox)
	case mail.MailboxSubscribe:
		return append(r.have(user, e.Mailbox), "SUBSCRIBE "+box(e.Mailbox))
	case mail.MailboxUnsubscribe:
		return append(r.have(user, e.Mailbox), "SUBSCRIBE "+box(e.Mailbox), "UNSUBSCRIBE "+box(e.Mailbox))
	case mail.MailboxDelete:
		lines := append(r.have(user, e.Mailbox), "DELETE "+box(e.Mailbox))
		delete(r.boxes, key(user, e.Mailbox, 0))
		return lines
	case mail.MailboxRename:
		lines := append(r.have(user, e.MailboxOld.Value), fmt.Sprintf("RENAME %s %s", box(e.MailboxOld.Value), box(e.Mailbox)))
		delete(r.boxes, key(user, e.MailboxOld.Value, 0))
		r.boxes[key(user, e.Mailbox, 0)] = true
		return lines
	case mail.MessageAppend:
		r.next(user, e.Mailbox, e.UID)
		return append(r.have(user, e.Mailbox), appending(txn, e, e.Flags, e.Keywords))
	}
	return r.change(txn, e)
}

// appending is an APPEND.
func appending(txn *mail.Transaction, e *mail.Event, flags, keywords []string) string {
	return fmt.Sprintf("APPEND %s (%s) %s", box(e.Mailbox), list(flags, keywords), oracle.Literal(message(txn, e)))
}

// list is a list of flags; \Recent is not for clients to set.
func list(flags, keywords []string) string {
	all := slices.Concat(flags, keywords)
	return strings.Join(slices.DeleteFunc(all, func(f string) bool { return strings.EqualFold(f, `\Recent`) }), " ")
}

// change makes an event of a message that is there already, or is put there.
func (r *recreation) change(txn *mail.Transaction, e *mail.Event) []string {
	user := txn.User.Username
	lines := r.have(user, e.Mailbox)
	uid, there := r.made[key(user, e.Mailbox, e.UID)]
	if !there {
		uid = r.next(user, e.Mailbox, e.UID)
		lines = append(lines, appending(txn, e, e.FlagsOld, e.KeywordsOld))
	}
	lines = append(lines, "SELECT "+box(e.Mailbox))
	store := func(sign, what string) string { return fmt.Sprintf("UID STORE %d %sFLAGS (%s)", uid, sign, what) }
	switch e.Name {
	case mail.FlagsSet:
		if what := list(e.Flags, e.Keywords); what != "" {
			lines = append(lines, store("+", what))
		}
	case mail.FlagsClear:
		if what := list(e.Flags, e.Keywords); what != "" {
			lines = append(lines, store("-", what))
		}
	case mail.MessageRead:
		lines = append(lines, store("+", `\Seen`))
	case mail.MessageTrash:
		lines = append(lines, store("+", `\Deleted`))
	case mail.MessageExpunge:
		lines = append(lines, store("+", `\Deleted`), fmt.Sprintf("UID EXPUNGE %d", uid))
	}
	return lines
}
