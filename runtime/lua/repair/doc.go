// Package repair makes functions of the gopher-lua machine from syntax trees
// of Lua 5.4.
//
// It does not use that machine's compiler, whose output is wrong for ordinary
// programs (lua.md §1), but writes the machine's instructions itself. What the
// machine has no instruction for, or a wrong one, becomes a call of a helper:
// a native function that the code holds as a constant, so that a function needs
// nothing from the state it runs in and can be shared by all of them.
//
// It must not know any library or host. It stands on package native for calls,
// errors and budgets, so a state needs native.Attach before code runs in it.
//
// Order of calls: syntax.Parse, then Compile, once; then LState.NewFunctionFromProto
// and the calls of the function, in any number of states at the same time.
// CompileCounted makes code that counts where it has been, and FindCall tells
// which call of the source a running function is at.
// A catcher of errors calls CloseAll for what <close> left open, and Describe
// puts the machine's own error texts into those of Lua 5.4.
package repair
