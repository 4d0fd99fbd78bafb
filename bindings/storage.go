package bindings

import (
	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/lua/library"
)

// Constant describes a constant of dovecot.storage. Value is a number or a
// string.
type Constant struct {
	Name           string
	Value          any
	Doc            string
	Since, Removed dovecot.Release
}

// The status items that a script may ask for (dovecot.md §6.6).
const (
	statusMessages         = 1
	statusRecent           = 2
	statusUIDNext          = 4
	statusUIDValidity      = 8
	statusUnseen           = 16
	statusFirstUnseenSeq   = 32
	statusKeywords         = 64
	statusHighestModseq    = 128
	statusPermanentFlags   = 512
	statusFirstRecentUID   = 1024
	statusHighestPvtModseq = 8192
)

// flagReadOnly is MAILBOX_FLAG_READONLY.
const flagReadOnly = 1

// storageConstants are the constants of dovecot.storage. AUTO_CREATE and
// AUTO_SUBSCRIBE of the documentation are missing, as they are in 2.3.19.1.
var storageConstants = []Constant{
	{Name: "STATUS_MESSAGES", Value: statusMessages, Doc: "Number of messages."},
	{Name: "STATUS_RECENT", Value: statusRecent, Doc: "Number of recent messages."},
	{Name: "STATUS_UIDNEXT", Value: statusUIDNext, Doc: "UID the next message will get."},
	{Name: "STATUS_UIDVALIDITY", Value: statusUIDValidity, Doc: "UIDVALIDITY of the mailbox."},
	{Name: "STATUS_UNSEEN", Value: statusUnseen, Doc: "Number of messages without \\Seen."},
	{Name: "STATUS_FIRST_UNSEEN_SEQ", Value: statusFirstUnseenSeq, Doc: "Sequence number of the first unseen message."},
	{Name: "STATUS_KEYWORDS", Value: statusKeywords, Doc: "Names of the keywords in use."},
	{Name: "STATUS_HIGHESTMODSEQ", Value: statusHighestModseq, Doc: "Highest modification sequence."},
	{Name: "STATUS_PERMANENT_FLAGS", Value: statusPermanentFlags, Doc: "Flags that can be stored."},
	{Name: "STATUS_FIRST_RECENT_UID", Value: statusFirstRecentUID, Doc: "UID of the first recent message."},
	{Name: "STATUS_HIGHESTPVTMODSEQ", Value: statusHighestPvtModseq, Doc: "Highest modification sequence of private flags."},
	{Name: "MAILBOX_FLAG_READONLY", Value: 1, Doc: "Open for reading only."},
	{Name: "MAILBOX_FLAG_SAVEONLY", Value: 2, Doc: "Open for saving only."},
	{Name: "MAILBOX_FLAG_DROP_RECENT", Value: 4, Doc: "Take the recent flags away."},
	{Name: "MAILBOX_FLAG_NO_INDEX_FILES", Value: 16, Doc: "Do without index files."},
	{Name: "MAILBOX_FLAG_KEEP_LOCKED", Value: 32, Doc: "Keep the mailbox locked while open."},
	{Name: "MAILBOX_FLAG_IGNORE_ACLS", Value: 256, Doc: "Do not check access rights."},
	{Name: "MAILBOX_SYNC_FLAG_FULL_READ", Value: 1, Doc: "Read all changes, also when nothing seems changed."},
	{Name: "MAILBOX_SYNC_FLAG_FULL_WRITE", Value: 2, Removed: since24, Doc: "Write all changes at once."},
	{Name: "MAILBOX_SYNC_FLAG_FAST", Value: 4, Doc: "Do only what is quick."},
	{Name: "MAILBOX_SYNC_FLAG_NO_EXPUNGES", Value: 8, Doc: "Leave expunged messages in."},
	{Name: "MAILBOX_SYNC_FLAG_FIX_INCONSISTENT", Value: 64, Doc: "Repair an inconsistent mailbox."},
	{Name: "MAILBOX_SYNC_FLAG_EXPUNGE", Value: 128, Doc: "Expunge messages marked \\Deleted."},
	{Name: "MAILBOX_SYNC_FLAG_FORCE_RESYNC", Value: 256, Doc: "Rebuild the index."},
	{
		Name: "MAILBOX_ATTRIBUTE_PREFIX_DOVECOT", Value: "vendor/vendor.dovecot/", Since: since237,
		Doc: "Prefix of Dovecot's metadata entries, after /private/ or /shared/.",
	},
	{
		Name: "MAILBOX_ATTRIBUTE_PREFIX_DOVECOT_PVT", Value: "vendor/vendor.dovecot/pvt/", Since: since237,
		Doc: "Prefix of Dovecot's internal metadata entries.",
	},
	{
		Name: "MAILBOX_ATTRIBUTE_PREFIX_DOVECOT_PVT_SERVER", Value: "vendor/vendor.dovecot/pvt/server/", Since: since237,
		Doc: "Prefix under which INBOX holds the user's own metadata entries.",
	},
}

// constant is a constant as the machine takes it.
type constant struct {
	name  string
	value vm.LValue
}

// newStorage makes dovecot.storage, which gets its constants when a script asks
// for one.
func newStorage(r dovecot.Release) *library.Lazy {
	all := constants(r)
	return library.NewLazy(func(l *vm.LState, t *vm.LTable) {
		for _, c := range all {
			t.RawSetString(c.name, c.value)
		}
		t.Metatable = methods(l, "dovecot.storage", nil)
	})
}

// constants gives the constants that a release has.
func constants(r dovecot.Release) []constant {
	var list []constant
	for _, c := range storageConstants {
		if !within(r, c.Since, c.Removed) {
			continue
		}
		switch v := c.Value.(type) {
		case int:
			list = append(list, constant{c.Name, vm.LNumber(v)})
		case string:
			list = append(list, constant{c.Name, vm.LString(v)})
		}
	}
	return list
}
