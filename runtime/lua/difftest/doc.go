// Package difftest compares this Lua with the lua5.4 program.
//
// It holds an oracle that asks lua5.4 about many texts in one process, a
// generator of random programs that end and print what they did, and a runner
// that plays them on both sides and shrinks what differs. It is used by tests
// only and needs the lua5.4 program.
package difftest
