// Package native is what a function written in Go needs to look like one of
// Lua's own: errors in the words of PUC Lua 5.4, with the position of the
// caller and the argument's place; checked arguments; numbers printed and read
// as Lua does; protected calls that leave the caller's variables alone; and the
// budgets that keep a script within its limits.
//
// It must not know any library, compiler or host: it stands directly on the
// virtual machine.
//
// Order of calls: [Attach] gives a fresh state its [Budget]; [Budget.Start]
// sets the limits of the next piece of work; then [PCall] runs functions. A
// native function called from there may use everything else here. Natives call
// back into Lua with [Call], never with the state's own methods, and raise with
// [Raise] and its kin, never with a Go panic.
//
// A state and all of its threads belong to one goroutine at a time; nothing
// here may be used on a state from two.
package native
