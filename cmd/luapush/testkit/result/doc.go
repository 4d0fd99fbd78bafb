// Package result is what "luapush test" found out: the model that the runner
// fills in and that reporters write down.
//
// It is plain data. It knows nothing of Lua, of the runner or of any report
// format, and it must stay that way, so that a format is nothing but a function
// of it.
//
// Order of calls: the runner calls a Reporter's Begin once, Case for each case
// in an order that the seed decides and nothing else, and End once. All calls
// come from one goroutine. What a reporter is given it may keep, and must not
// change.
package result
