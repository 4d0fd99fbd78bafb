// Package check finds what is wrong with a push-notification script before it
// runs, and what would break on which release of Dovecot.
//
// [Check] takes the text of one script and gives its findings; each belongs to
// a [Rule], whose page says what to avoid, what to write instead and why. The
// Write functions put findings down for people and for programs.
//
// The analysis follows values: what begin_txn returns is the context of the
// event functions, event is the notification of just that event, what
// user:mailbox gives is a mailbox. All names, fields, arguments and releases come
// from the descriptions by which package bindings checks arguments when scripts
// run. It does not run anything, and it prefers silence to a false alarm: where
// a variable may hold more than one kind of value, it says nothing.
//
// The package reads no files, flags or environment and prints nothing by itself.
// All functions are safe for concurrent use.
package check
