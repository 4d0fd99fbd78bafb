// Package report writes the results of a test run down, each format a
// [result.Reporter]. It knows nothing of how the results came about, and must
// write nothing but what it was told.
//
// Order of calls: [Parse] reads what the user asked for; [Open] makes the
// reporters and their files; Set.Reporter goes to the runner, which calls Begin,
// Case and End; Set.Close takes away what was not finished.
//
// The formats are pretty (for people), tap (TAP 14), junit (XML as Jenkins and
// others read it), json (one object a line, see [NewJSON]) and github
// (annotations of GitHub Actions).
package report
