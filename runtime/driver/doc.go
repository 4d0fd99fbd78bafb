// Package driver works out which push notification drivers a user has, as
// Dovecot does: from its settings, for one user and one protocol.
//
// The package only reads settings. It opens no file but what it is given, runs
// no script and knows nothing of Lua; what a driver does is the script's matter.
// What is wrong with a setting becomes a [Problem] in Dovecot's own words, with
// the place and with what to write instead, never an error that hides the rest
// of the list.
//
// Where Dovecot stops building the list at a driver that fails, this package
// goes on: drivers are kept apart. What Dovecot would have left out is marked,
// see [Driver.DovecotStops].
//
// Order of calls: [New] once for each mail session.
package driver
