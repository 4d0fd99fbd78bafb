// Package bindings is what a push-notification script sees of Dovecot: the
// dovecot table, events, the HTTP client, mail_user and mailbox objects, and
// the tables that event functions get (dovecot.md §2 to §6).
//
// Each Lua name has its file. Every function is described by a [Function],
// from which arguments are checked: what scripts may pass, what the
// documentation says and what an editor is told cannot drift apart. The
// functions are built once and shared by all sessions; only the tables they
// stand in belong to a session.
//
// The package must not decide when a script is called: that is package
// runtime, which gets a [Dovecot] as its API. Where real Dovecot crashes, a
// Lua error is raised.
package bindings
