package bindings

import (
	"errors"
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/trace"
)

// StatusField describes a field of the table that mailbox:status gives
// (dovecot.md §6.3). Type is "string", "number", "boolean" or "list".
type StatusField struct {
	Name string
	Type string
	Doc  string
	// item is the bit that asks for it. A field with lookup set is filled
	// whenever anything at all was asked for.
	item   int64
	lookup bool
	// needsWriting fields are 0 or false for a mailbox opened for reading.
	needsWriting bool
	value        func(s *mail.Status) (vm.LValue, bool)
}

// StatusFields are the fields of the table.
var StatusFields = []StatusField{
	count("messages", "Number of messages.", statusMessages, true, func(s *mail.Status) mail.Optional[uint32] { return s.Messages }),
	count("recent", "Number of recent messages.", statusRecent, false, func(s *mail.Status) mail.Optional[uint32] { return s.Recent }),
	count("unseen", "Number of messages without \\Seen.", statusUnseen, false, func(s *mail.Status) mail.Optional[uint32] { return s.Unseen }),
	count("uidvalidity", "UIDVALIDITY of the mailbox.", statusUIDValidity, true, func(s *mail.Status) mail.Optional[uint32] { return s.UIDValidity }),
	count("uidnext", "UID the next message will get.", statusUIDNext, true, func(s *mail.Status) mail.Optional[uint32] { return s.UIDNext }),
	count("first_unseen_seq", "Sequence number of the first unseen message.", statusFirstUnseenSeq, false, func(s *mail.Status) mail.Optional[uint32] { return s.FirstUnseenSeq }),
	count("first_recent_uid", "UID of the first recent message.", statusFirstRecentUID, true, func(s *mail.Status) mail.Optional[uint32] { return s.FirstRecentUID }),
	modseq("highest_modseq", "Highest modification sequence.", statusHighestModseq, func(s *mail.Status) mail.Optional[uint64] { return s.HighestModseq }),
	modseq("highest_pvt_modseq", "Highest modification sequence of private flags.", statusHighestPvtModseq, func(s *mail.Status) mail.Optional[uint64] { return s.HighestPvtModseq }),
	// A normal mailbox can store the five flags that are not \Recent.
	writing(fixed("permanent_flags", statusPermanentFlags, 31, func(s *mail.Status) mail.Optional[uint32] { return s.PermanentFlags })),
	fixed("flags", statusPermanentFlags, 31, func(s *mail.Status) mail.Optional[uint32] { return s.Flags }),
	writing(truth("permanent_keywords", statusPermanentFlags, true, func(s *mail.Status) mail.Optional[bool] { return s.PermanentKeywords })),
	writing(truth("allow_new_keywords", statusPermanentFlags, true, func(s *mail.Status) mail.Optional[bool] { return s.AllowNewKeywords })),
	truth("nonpermanent_modseqs", 0, false, func(s *mail.Status) mail.Optional[bool] { return s.NonpermanentModseqs }),
	truth("no_modseq_tracking", statusHighestModseq, false, func(s *mail.Status) mail.Optional[bool] { return s.NoModseqTracking }),
	truth("have_guids", always, true, func(s *mail.Status) mail.Optional[bool] { return s.HaveGUIDs }),
	truth("have_save_guids", always, true, func(s *mail.Status) mail.Optional[bool] { return s.HaveSaveGUIDs }),
	truth("have_only_guid128", always, false, func(s *mail.Status) mail.Optional[bool] { return s.HaveOnlyGUID128 }),
}

func count(name, doc string, item int64, lookup bool, get func(*mail.Status) mail.Optional[uint32]) StatusField {
	return StatusField{Name: name, Type: "number", Doc: doc, item: item, lookup: lookup, value: func(s *mail.Status) (vm.LValue, bool) {
		v := get(s)
		return vm.LNumber(v.Value), v.Set
	}}
}

func modseq(name, doc string, item int64, get func(*mail.Status) mail.Optional[uint64]) StatusField {
	return StatusField{Name: name, Type: "number", Doc: doc, item: item, value: func(s *mail.Status) (vm.LValue, bool) {
		v := get(s)
		return vm.LNumber(v.Value), v.Set
	}}
}

// fixed describes a bitmask that is the same for all usual mailboxes.
func fixed(name string, item int64, usual uint32, get func(*mail.Status) mail.Optional[uint32]) StatusField {
	return StatusField{Name: name, Type: "number", Doc: "Flags as a bitmask.", item: item, value: func(s *mail.Status) (vm.LValue, bool) {
		return vm.LNumber(get(s).Or(usual)), true
	}}
}

// writing marks a field that says what can be written.
func writing(f StatusField) StatusField {
	f.needsWriting = true
	return f
}

// always is the item of what is filled whatever is asked for.
const always = -1

// truth describes a property of the mailbox; item 0 is filled by any look-up.
func truth(name string, item int64, usual bool, get func(*mail.Status) mail.Optional[bool]) StatusField {
	return StatusField{Name: name, Type: "boolean", Doc: "Property of the mailbox.", item: item, lookup: item == 0, value: func(s *mail.Status) (vm.LValue, bool) {
		return vm.LBool(get(s).Or(usual)), true
	}}
}

// zero is the value of a field that was not asked for.
func (f *StatusField) zero() vm.LValue {
	if f.Type == "boolean" {
		return vm.LFalse
	}
	return vm.LNumber(0)
}

func mailboxStatus(c *call) int {
	m := c.mailbox()
	var items int64
	for n := 2; n <= c.l.GetTop(); n++ {
		items |= c.integer(n)
	}
	// Dovecot's own type has 32 bits.
	items &= 1<<32 - 1
	found, err := c.lookUp(m)
	if name := (*nameError)(nil); err != nil && items == 0 && !errors.As(err, &name) {
		// Dovecot looks at nothing but the name when nothing is asked for.
		found, err = &mail.Mailbox{}, nil
	}
	if err != nil {
		c.refuse("mailbox_get_status("+m.vname+", "+decimal(int(items))+") failed: ", err)
	}
	t := c.l.CreateTable(0, len(StatusFields)+2)
	t.RawSetString("mailbox", vm.LString(m.vname))
	var unknown []string
	for i := range StatusFields {
		f := &StatusFields[i]
		asked := items&f.item != 0 || f.item == always
		value := f.zero()
		if asked || f.lookup && items != 0 {
			recorded, ok := f.value(&found.Status)
			switch {
			case m.readOnly && f.needsWriting:
			case ok:
				value = recorded
			case asked:
				unknown = append(unknown, f.Name)
			}
		}
		t.RawSetString(f.Name, value)
	}
	if items&statusKeywords != 0 {
		list := c.l.NewTable()
		for i, k := range found.Status.Keywords {
			list.RawSetInt(i+1, vm.LString(k))
		}
		t.RawSetString("keywords", list)
		if found.Status.Keywords == nil {
			unknown = append(unknown, "keywords")
		}
	}
	if len(unknown) > 0 {
		c.Emit(&trace.Note{Txn: c.Number(), Message: "the transaction document does not tell " + strings.Join(unknown, ", ") +
			" of mailbox " + m.vname + "; 0 was given: add it under mailboxes." + m.vname + ".status"})
	}
	c.l.Push(t)
	return 1
}
