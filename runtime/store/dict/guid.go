package dict

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/store"
)

// GUID finds the GUID of a mailbox of the transaction's user: 32 lower-case hex
// digits, under which the file has the mailbox's entries. It gives "" when it
// cannot know; an error is a failure to look. Safe from any goroutine.
type GUID func(ctx context.Context, t *mail.Transaction, mailbox string) (string, error)

// ValidGUID tells whether s has the form of a mailbox GUID.
func ValidGUID(s string) bool {
	return len(s) == 32 && strings.Trim(s, "0123456789abcdef") == ""
}

// RecordedGUID takes the GUID from the transaction document, where a mailbox has
// a member "guid", beside or in its "status".
func RecordedGUID(_ context.Context, t *mail.Transaction, mailbox string) (string, error) {
	m, ok := t.Mailbox(mailbox)
	if !ok {
		return "", nil
	}
	for _, fields := range [][]mail.Field{m.Unknown, m.Status.Unknown} {
		for _, f := range fields {
			if f.Name != "guid" {
				continue
			}
			if guid, err := strconv.Unquote(f.Raw); err == nil && ValidGUID(guid) {
				return guid, nil
			}
			return "", fmt.Errorf("%s:%d: mailbox %q: its guid is not 32 lower-case hex digits", t.Source.File, t.Source.Line, mailbox)
		}
	}
	return "", nil
}

// MaildirGUID takes the GUID from the dovecot-uidlist of a Maildir++. The folder
// function gives the Maildir of the transaction's user, such as
// /srv/mail/a@b/Maildir, with variables expanded. Mailboxes below INBOX are the
// folders .A.B of it, in the name that the transaction document has for them, or
// that Dovecot would give them.
func MaildirGUID(folder func(t *mail.Transaction) (string, error)) GUID {
	return func(_ context.Context, t *mail.Transaction, mailbox string) (string, error) {
		root, err := folder(t)
		if err != nil {
			return "", err
		}
		dir := root
		if !strings.EqualFold(mailbox, "INBOX") {
			name := folderName(t, mailbox)
			if name == "" || strings.ContainsRune(name, filepath.Separator) || strings.ContainsAny(name, "/\x00") {
				return "", nil
			}
			dir = filepath.Join(root, "."+name)
		}
		return uidlistGUID(filepath.Join(dir, "dovecot-uidlist"))
	}
}

// folderName is the name of a mailbox's folder, without the dot before it.
func folderName(t *mail.Transaction, mailbox string) string {
	view := store.NewDocument().View(t)
	// A document that does not say the storage's name has the user's for it.
	if m, ok := t.Mailbox(mailbox); ok && m.Name != "" && m.Name != m.VName {
		return strings.ReplaceAll(m.Name, view.Separator(), ".")
	}
	return mail.EncodeMailboxName(strings.ReplaceAll(mailbox, "/", "."))
}

// maxUidlistHead bounds the first line of a dovecot-uidlist.
const maxUidlistHead = 4096

// uidlistGUID reads the first line, "3 V<uidvalidity> N<uidnext> G<guid>".
func uidlistGUID(path string) (string, error) {
	f, _, err := openFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	head, err := bufio.NewReader(io.LimitReader(f, maxUidlistHead)).ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("%s:1: not a dovecot-uidlist: the first line has no end", path)
	}
	fields := strings.Fields(head)
	if len(fields) == 0 || fields[0] != "3" {
		return "", fmt.Errorf("%s:1: not a dovecot-uidlist of version 3", path)
	}
	for _, f := range fields[1:] {
		if guid, ok := strings.CutPrefix(f, "G"); ok {
			if !ValidGUID(guid) {
				return "", fmt.Errorf("%s:1: the mailbox GUID %q is not 32 lower-case hex digits", path, guid)
			}
			return guid, nil
		}
	}
	return "", nil
}

// errSeveralInboxes is a file from which INBOX's GUID cannot be told.
var errSeveralInboxes = errors.New("the file has the user's own entries under several GUIDs, of which one at most is INBOX's today")

// inboxGUID is the GUID under which the file has the user's own entries; "" if
// it has none.
func inboxGUID(entries []Entry) (string, error) {
	found := ""
	for _, e := range entries {
		_, rest, _ := strings.Cut(e.Key, "/")
		guid, name, _ := strings.Cut(rest, "/")
		if !strings.HasPrefix(name, store.ServerPrefix) || !ValidGUID(guid) || guid == found {
			continue
		}
		if found != "" {
			return "", errSeveralInboxes
		}
		found = guid
	}
	return found, nil
}
