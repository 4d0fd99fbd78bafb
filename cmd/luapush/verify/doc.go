// Package verify lets a real Dovecot and luapush run the same handler on the same
// mail, and tells where they differ. It is the engine of "luapush verify" and of
// the judge in spec.
//
// The mail is handled twice by Dovecot, each time for users who have nothing yet,
// in sessions of the same ids and mailboxes of the same uidvalidity: once with the
// relay as the handler, which writes the transactions down, and once with the
// handler itself, unchanged. luapush plays what the relay wrote. Compared are the
// requests as they arrive at a server on loopback, the log lines with all errors,
// and the metadata that is left.
//
// Order of calls: Open; Stage.Record; Play; Stage.Run; Compare; Stage.Close. A
// Stage belongs to one goroutine.
//
// The package must not let a handler's requests out of this machine unless it is
// told to: the caller points them at the Recorder.
package verify
