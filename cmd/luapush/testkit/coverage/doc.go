// Package coverage says what the tests of "luapush test" have reached of the
// handlers: lines, branches and functions, which package lua counts; and of the
// events that Dovecot sends, which handlers were called by whom, and which of
// the paths that mail takes them on no fixture and no test has gone.
//
// A Collector belongs to a run. Each worker of the runner has a Worker, which
// belongs to that worker's goroutine, and watches the hosts that are made for
// handlers; it never changes what a handler sees or does.
//
// Order of calls: New; Collector.Worker once a worker; Worker.Host for the
// options of each new host, Worker.Case after each case; when all workers have
// ended, Collector.Report; then any number of the writers, which only read.
package coverage
