// Package kit is the Lua module luapush.test, and the running of test files that
// use it.
//
// A test file runs in a Lua state of its own, with a budget and without access
// to anything outside but files to read. Handlers run in sessions of a host, as
// they do everywhere in luapush; values cross between the two states by copy. An
// answer function of a test runs while the handler's request waits, on the same
// goroutine. Whatever a test file does, it ends as a result of that case: an
// endless loop, a memory bomb, os.exit, an error in a hook. A state that had to
// be given up is made anew for the next case.
//
// Order of calls: NewLoader once for each worker and release; Open for each
// file; File.Run for each of its entries, in any order and any number of times;
// File.Close. All of them from one goroutine.
package kit
