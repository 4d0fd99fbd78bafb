// Package syntax reads Lua 5.4 source text and yields a resolved syntax tree.
//
// Parse (text handed to load) and ParseFile (text of a file: a leading byte
// order mark and a leading # line are skipped) are the only ways in. Every name
// in the tree is already bound to the local variable, upvalue or global it
// means, every goto to its label, and every node knows its line and column, so
// that a compiler, a linter or a coverage tool needs no second look at the text.
//
// What PUC Lua 5.4 accepts is accepted and what it refuses is refused, with the
// same words: the error is an *Error, whose Error method is the text that load
// would return. The package neither runs nor compiles anything, keeps no state
// between calls, and its trees are never written after Parse returns: they may
// be shared by goroutines.
package syntax
