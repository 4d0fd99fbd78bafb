// Package library is the standard library of Lua 5.4: base, coroutine, debug,
// io, math, os, package, string, table and utf8, in the words and with the
// results of PUC Lua 5.4.
//
// It must not reach anything outside of the program by itself: files,
// processes, the environment and the clock come through [System], and what a
// script prints goes where [StateOptions] say. It compiles nothing: that is
// [Options].Compile.
//
// Every function is made once, by [New]; a [Library] is immutable and safe for
// any number of states and goroutines.
//
// Order of calls: [New] once; native.Attach and then [Library.Open] for every
// state; [Close] when the state ends, to close the files it left open.
package library
