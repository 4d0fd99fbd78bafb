// Package value is what the test kit does with Lua values: copies them from one
// state into another, writes them as Lua would, compares what was expected with
// what there is, and goes to and from JSON.
//
// It calls no script code but through the functions it is given, and looks at
// tables raw: metatables do not count. Everything is bounded, since tables come
// from hostile scripts as well: depth, number of values, and length of texts.
package value
