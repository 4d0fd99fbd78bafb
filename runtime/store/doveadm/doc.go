// Package doveadm asks a running Dovecot about its users' mail, through the
// doveadm HTTP API (dovecot.md §10.4): the status of mailboxes, metadata, the
// text of messages.
//
// The settings, their names and defaults are those of the OX connector,
// com.openexchange.dovecot.doveadm.*: [ReadProperties] reads its file. Requests
// go to the endpoints in turn. One that cannot be connected, that answers with a
// 5xx or not in time is black-listed, and asked again for itself after the check
// interval. Each request carries one command, because Dovecot 2.3 answers
// several with invalid JSON when one of them fails in certain ways.
//
// A question is repeated at the next endpoint whatever became of it at the one
// before; a change only when it certainly was not sent. The package never
// repeats a change of which it does not know whether it was made.
//
// It knows no scripts and no configuration of luapush; the network and the clock
// are handed in. Neither the secret nor a password is in any text it gives.
//
// Order of calls: [ReadProperties] or [Defaults]; [New]; the commands, from any
// goroutine, or [NewStore] for the [store.Store] that asks; [Client.Close].
package doveadm
