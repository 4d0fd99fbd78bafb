// Package stdlib holds the modules a script may require although no Lua file for them is installed: those of LuaSocket
// and LuaSec that public handlers use, the JSON libraries, and a few small ones. [Catalog] lists them.
//
// A module is a loader: a Go function that pushes the module's table and returns 1. [Modules] is what runtime.Options
// takes. The Go functions behind a module are shared by all states; its tables, and whatever a script can change in
// them, belong to one state. What a function hands out keeps its state in up-values, where the state's budget sees it.
//
// The modules must not open a connection but through the session's transport, must not read the clock but the
// session's, must not write files or change the process, and must stay within bounds whatever a script hands them. Only
// lfs looks at the file system.
package stdlib
