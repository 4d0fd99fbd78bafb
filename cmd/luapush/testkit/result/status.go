package result

// Status is how a case ended.
type Status string

// The statuses.
const (
	// Passed: every expectation held.
	Passed Status = "passed"
	// Failed: an expectation did not hold.
	Failed Status = "failed"
	// Error: the case could not be carried through: an error that nobody
	// expected, a limit, a file that does not compile.
	Error Status = "error"
	// Skipped: it was not run, because it said so.
	Skipped Status = "skipped"
	// Todo: it does not hold yet, and says so.
	Todo Status = "todo"
)

// Bad tells a status that makes the whole run fail.
func (s Status) Bad() bool { return s == Failed || s == Error }
