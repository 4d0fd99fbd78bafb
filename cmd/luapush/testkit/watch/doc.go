// Package watch runs tests again when what they depend on has changed: the test
// files themselves, the handlers and modules they load, fixtures and golden
// traces.
//
// Loop is the whole of it, as a function of what it is given: how to run tests,
// what changed, which keys were pressed, where to show the results, the clock.
// The real ones are made by NewWatcher and OpenKeyboard. The package knows
// nothing of Lua or of how tests run, and writes no files.
//
// Order of calls: NewWatcher and OpenKeyboard, Loop, then Close of both, on
// every way out: a keyboard that is not closed leaves the terminal unusable.
package watch
