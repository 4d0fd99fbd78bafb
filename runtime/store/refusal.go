package store

// InternalErrorText is what Dovecot shows in place of a failure that only its
// log describes, and so what a script sees of a store that could not answer.
const InternalErrorText = "Internal error occurred. Refer to server log for more information."

// InternalError is a failure of the store itself: [InternalErrorText] for the
// script, the hint for who reads luapush's own log.
func InternalError(hint string, cause error) *Error {
	return &Error{Text: InternalErrorText, Hint: hint, Cause: cause}
}

// NoMailbox is the refusal of a mailbox that is not there; it matches
// [ErrNotFound].
func NoMailbox(name, hint string) *Error {
	return &Error{Text: "Mailbox doesn't exist: " + name, Hint: hint, Cause: ErrNotFound}
}
