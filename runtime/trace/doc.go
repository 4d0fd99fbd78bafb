// Package trace says what a script did: one record for each call, HTTP
// request, log line, metadata write and error, in the order they happened.
//
// Everything that wants to know (the output of "luapush run", the assertions
// of a test, a daemon's log) is an [Observer]. The package also holds the two
// observers that write records down: [NewJSON] and [NewText].
//
// The package knows nothing of Lua, of mail or of the runtime, and it never
// changes a record. Records hold what really happened, secrets included, since
// a test may want to assert them; the writers take secrets out (see [Redact]).
//
// Order of calls: an observer sees Load once for each script and state; then
// for each transaction Begin, any number of Call, HTTP, Log, Metadata, Note
// and Error, and End. The records that a call causes come before the Call
// record itself, which is made when the call has ended and its time is known;
// [Ordered] turns that round for readers.
package trace
