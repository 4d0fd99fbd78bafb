package config

import "strconv"

// Origin is where a setting was written. The zero Origin is nowhere: a default, or a value from outside the files.
type Origin struct {
	// File is the path as it was opened, an included file's own.
	File string
	// Line counts from 1. A setting that continues over several lines has the line where it began.
	Line int
}

// String gives "file:line", only the file where there is no line, and "" for the zero Origin.
func (o Origin) String() string {
	if o.Line == 0 {
		return o.File
	}
	return o.File + ":" + strconv.Itoa(o.Line)
}

// before tells which of two origins an error message names first.
func (o Origin) before(other Origin) bool {
	if o.File != other.File {
		return o.File < other.File
	}
	return o.Line < other.Line
}

// Setting is one name and its value, with the place that gave it this value.
type Setting struct {
	// Name is the setting's name. Inside a [Block] of Dovecot 2.4 it is the full one, however it was shortened.
	Name string
	// Value is the text after unquoting, after $variables and with the content of a <file. Its % variables are not
	// expanded: that takes a user (see [Expander]).
	Value string
	// Origin is the line that was decisive, which is the last one that set it.
	Origin Origin
}
