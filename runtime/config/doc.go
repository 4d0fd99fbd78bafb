// Package config reads Dovecot's settings: the files of Dovecot 2.3 and 2.4, and the values in them (time intervals,
// sizes, booleans, and the % variables inside strings).
//
// It knows the form of settings and which names belong to push notifications; what a push driver does with them is not
// its business. It touches neither the environment nor the clock nor the user database, and files only through the
// functions of [LoadOptions]: all of that is handed in. Everything it returns is immutable or the caller's own, and
// safe from any goroutine.
//
// Order of calls: [Load] a file once; ask the [Settings] for the [View] of a protocol, and that for settings, the
// plugin {} section (2.3) or the push_notification blocks (2.4). Then, once per mail session, fill a [Variables], make
// an [Expander] from it for the syntax of the release, and call [Expander.Expand] on the values. The Parse functions
// stand alone.
//
// Error texts are Dovecot's own, because scripts and administrators match on them (dovecot.md §6.1, §6.7, §7, §9); what
// luapush has to add is in a hint beside them.
package config
