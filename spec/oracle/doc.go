// Package oracle runs a private, real Dovecot 2.3 and lets it judge: mail is
// delivered to it by LMTP and IMAP, a handler runs inside, and what Dovecot
// wrote into its log is read back.
//
// An [Instance] listens on loopback only, on free ports, and keeps everything in
// a directory of its own. As root it runs mail processes under a user id that
// belongs to nobody; as an ordinary user everything runs as that user. [Stop]
// ends all its processes; so does the end of this process, whatever its cause.
//
// Order of calls: [Start]; [Instance.Deliver], [Instance.IMAP],
// [Instance.Doveadm], [Instance.SetHandler], [Instance.SetPlugin] and
// [Instance.Log] in any order; [Instance.Stop]. An Instance may be used from
// several goroutines, but SetPlugin restarts Dovecot and must then have it for
// itself; an [IMAP] connection belongs to one goroutine.
//
// The package is part of the command (luapush verify), so it must not import
// package testing: that is what oracletest is for. It knows nothing of luapush's
// own packages, so that it cannot judge by them.
//
// Dovecot's processes write the log themselves, not through its log service
// (option -L of each executable): a line stands in the log when the reply that
// it led to has been received. A message of several lines is one [Line].
package oracle
