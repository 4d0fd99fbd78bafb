// Package deliver makes the transaction that a real Dovecot makes of a message or
// of an action: what its events say of a message's header and text is derived as
// Dovecot 2.3.19.1 derives it, broken messages included (dovecot.md §2.2–§2.4).
//
// [Message] is for MessageNew and MessageAppend, [Event] for all twelve events;
// [Snippet], [ParseAddress], [ParseDate] and [DecodeHeader] are the pieces. Each
// call stands on its own, and any number of goroutines may make them at once.
// Nothing here fails because of what a message says, and no message takes more
// than time in proportion to its length, and memory for one copy of it.
//
// The package stores no mail and runs no script. It reads mail as Dovecot's parser
// does, which is not what RFC 5322 and MIME say where those are not kept to: scripts
// that look into messages need another one.
package deliver
