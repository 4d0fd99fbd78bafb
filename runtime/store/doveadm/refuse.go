package doveadm

import (
	"errors"

	"github.com/luapush/luapush/runtime/store"
)

// refuse puts a failure into the words that Dovecot has for it in a script; nil
// stays nil. The hint tells what really happened, and the cause is the failure.
func refuse(err error, mailbox string) error {
	if err == nil {
		return nil
	}
	var refused *store.Error
	if errors.As(err, &refused) {
		return refused
	}
	refused = store.InternalError(err.Error(), err)
	var e *Error
	if !errors.As(err, &e) || e.Kind != KindCommand {
		return refused
	}
	switch e.ExitCode {
	case ExitNotFound:
		if mailbox == "" {
			mailbox = "INBOX"
		}
		gone := store.NoMailbox(mailbox, err.Error())
		gone.Cause = errors.Join(store.ErrNotFound, err)
		return gone
	case ExitNoUser:
		refused.Text = "User doesn't exist"
	case ExitNoSpace:
		refused.Text = "Quota exceeded (mailbox for user is full)"
	case ExitPermission:
		refused.Text = "Permission denied"
	}
	return refused
}
