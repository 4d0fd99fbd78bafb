// Package machine is the loop that runs the instructions of gopher-lua's
// virtual machine, in place of that machine's own.
//
// The machine's loop asks a context for its channel before every instruction,
// which costs up to half of a script's time, and calls each instruction through
// a table. This one counts instructions in a variable, and does the usual case
// of the usual instructions in place: arithmetic on numbers, fields of tables
// without metamethods, calls of Lua functions. Everything else, and with it
// everything that can raise an error, it leaves to the machine's own functions.
// What a script does is therefore the same with either loop.
//
// To do that it reaches into structures that the machine keeps to itself. Their
// layout is compared first; where it is another one, or the machine has no
// table of instructions where it is looked for, a thread keeps the machine's
// loop, and is slower but right.
//
// The package must not know anything but the machine: no library, no compiler,
// no limits.
//
// Order of calls: [Install] once for a thread, after its context was set;
// LState.SetContext and LState.RemoveContext take the loop away again.
package machine
