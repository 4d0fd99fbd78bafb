package main

// ExitCode is what the command ends with. spec/exit-codes.md says the same for
// users.
type ExitCode int

const (
	// Fine: the command did what it was asked, and the script did not fail.
	Fine ExitCode = 0
	// ScriptFailed: the script ran and failed, or did nothing.
	ScriptFailed ExitCode = 1
	// CouldNotRun: usage, an unreadable file, a syntax error.
	CouldNotRun ExitCode = 2
)
