// Package testkit is the runner of "luapush test": it finds test files, golden
// traces and fixtures, runs them in parallel by file, and tells a reporter how
// each case went.
//
// What a test file can do is package kit; where handlers run is package host;
// what came out is package result. The runner writes no files but golden ones,
// and those only when it is told to. It never lets what a test or a handler does
// end the runner, or hold it up for longer than the timeout of a case.
//
// Order of calls: Run, once.
package testkit
