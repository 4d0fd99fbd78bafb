package result

import (
	"strings"
	"time"
)

// Run is what holds for all cases of a run.
type Run struct {
	// Seed decides the order of shuffled cases and what math.random gives.
	Seed uint64
	// Shuffled tells that the order is not that of the files.
	Shuffled bool
	// Started is when the run began.
	Started time.Time
	// Releases are the Dovecot releases that everything is run for, such as
	// "2.3.21"; there is at least one.
	Releases []string
	// Files is how many files there are to be run, for those who show progress.
	Files int
}

// Kind says where a case comes from.
type Kind string

// The kinds of cases.
const (
	// Test is a case of a test file.
	Test Kind = "test"
	// Golden is a recorded transaction file whose trace is held to a golden one.
	Golden Kind = "golden"
	// Sweep is a fixture played with a failure on purpose.
	Sweep Kind = "sweep"
	// Bench is a measured function.
	Bench Kind = "bench"
	// Whole stands for a file that could not be run at all.
	Whole Kind = "file"
)

// Case is one case, or subtest, and how it went.
type Case struct {
	// File and Line say where it was written: the test file, or the fixture.
	// The path is as people would type it from where the command runs. Line
	// counts from 1; 0 is the file as a whole.
	File string
	Line int
	// Path has the names of the groups and cases around it and its own, which
	// is the last; it is empty for a file that could not be run.
	Path []string
	Kind Kind
	Tags []string

	Status Status
	// Reason says why it was skipped, or is to be done.
	Reason string
	// Duration is real time, whatever the case did to its own clock.
	Duration time.Duration
	// Dovecot is the release that it ran for.
	Dovecot string
	// Round counts from 1 when everything is run more than once.
	Round int

	// Failures are what did not hold, in the order it was found out; there is
	// at least one if the status is Failed or Error.
	Failures []Failure
	// Output is what the test and the handlers printed.
	Output string
	// Bench is set for a case of that kind.
	Bench *Measure
	// Notes are remarks for people, such as a golden file that was written.
	Notes []string
	// Changed is the difference that was written to a golden file, or "".
	Changed string
}

// Name is the path as one text.
func (c *Case) Name() string { return strings.Join(c.Path, " / ") }

// Measure is what a benchmark found.
type Measure struct {
	// Runs is how often the function was called.
	Runs int
	// PerRun is the real time of one call.
	PerRun time.Duration
}

// Failure is one thing that did not hold.
type Failure struct {
	// Message says what in one line: "no request matched".
	Message string
	// File, Line and SourceLine say where: the line of the test that expected
	// it, or of the handler that raised it. Line 0 and "" are unknown.
	File       string
	Line       int
	SourceLine string
	// Values are the parts of that line with what they were.
	Values []Value
	// Expected and Got are what was compared, as Lua would write them; both
	// are "" where nothing was.
	Expected string
	Got      string
	// Diff is the difference of the two as a unified diff without a head, ""
	// where they are short enough to be read side by side.
	Diff string
	// Nearest describes what came nearest: "POST http://… differs in header
	// X-Token"; or "".
	Nearest string
	// Trace is what the handlers did in this case, as "luapush run" shows it.
	Trace string
	// Logs are the lines that the handlers logged.
	Logs []string
	// Traceback has the Lua calls, innermost first.
	Traceback []string
	// Hint says what to do about it, or "".
	Hint string
}

// Value is a part of a source line and what it was.
type Value struct {
	Expression string
	Value      string
}

// File is a file that was run.
type File struct {
	Path string
	// Uses are the files it read: handlers, modules, fixtures, goldens; sorted,
	// itself not among them.
	Uses []string
	// Cases and Bad count what it gave.
	Cases int
	Bad   int
}

// Summary is the whole run.
type Summary struct {
	// Counts has the number of cases by their status.
	Counts map[Status]int
	// Cases is the number of all.
	Cases int
	Files []File
	// Duration is real time.
	Duration time.Duration
	// Stopped says why not everything was run: "after the first failure", "by
	// an interrupt"; or "".
	Stopped string
}

// Bad tells that something failed.
func (s *Summary) Bad() bool { return s.Counts[Failed] > 0 || s.Counts[Error] > 0 }
