// Package config reads the values of Dovecot's settings: time intervals, sizes, booleans, and the % variables inside
// strings, in the syntax of Dovecot 2.3 and of 2.4.
//
// It holds grammars only. It does not read files, the environment, the clock of the machine or the user database: all
// of that is handed in as [Variables]. Every parser is a pure function of its arguments and safe from any goroutine.
//
// Order of calls: fill a [Variables] once per mail session, make an [Expander] from it for the syntax of the release,
// call [Expander.Expand] as often as needed. The Parse functions stand alone.
//
// Error texts are Dovecot's own, because scripts and administrators match on them (dovecot.md §6.1, §6.7, §9).
package config
