// Package host is the stage that handlers are tested on: hosts of package
// runtime whose time, network, mail store and output are those of the case that
// is running.
//
// A Stage belongs to one worker of the runner, and to its goroutine. It keeps
// one engine for each release and folder of handlers, so that a case costs a
// session and not an engine; what a case sees goes through the stage's fields,
// which the runner sets before each.
//
// Order of calls: New once a worker; Begin for each case; then Host and Program
// as often as the case wants.
package host
