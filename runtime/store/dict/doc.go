// Package dict is the metadata that Dovecot keeps in a file, for each user one:
// mail_attribute_dict = file:%h/dovecot-attributes (dovecot.md §10.1, §10.2).
//
// The file may be in use by a Dovecot at the same time. [File.Read] takes no
// lock, since every writer replaces the file as a whole; [File.Update] takes
// the lock that Dovecot takes, PATH.lock, reads, changes, writes everything
// into the lock file, makes sure that it is on the disk and renames it.
// Nothing that another process wrote is lost.
//
// The package must not guess: a file that Dovecot did not write like that is an
// error that names its line, and stays as it is. It knows no users and no
// settings: who uses it says which file it is, with % variables expanded.
//
// Order of calls: [Path] for a setting; then a [File] and its methods, which
// are safe from any goroutine and any process; or [New] once, for a
// [store.Store] whose views answer the metadata methods from such files.
package dict
