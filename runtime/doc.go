// Package runtime plays mail events through a script as Dovecot does.
//
// A [Program] is a compiled script; a [Host] holds what sessions share: which
// Dovecot they see, limits, where HTTP goes, who observes; a [Session] is one
// mail session's Lua state, and plays transactions one after the other.
//
// Order of calls: [New] once, [Host.Compile] once a script, then for each mail
// session [Host.Open], [Session.Play] for each of its transactions in order,
// and [Session.Close]; [Host.Run] does all of that for a source of
// transactions. A Host and a Program are safe for concurrent use, a Session is
// not; any number of sessions may run at the same time.
//
// The package must not know what scripts see of the host: that is the [API],
// which package bindings makes. It never lets a script's fault out but as an
// *[Error] and as a record to the [Observer].
//
// Its name shadows Go's own runtime, which is therefore imported as goruntime.
package runtime
