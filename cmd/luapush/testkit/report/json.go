package report

import (
	"bufio"
	"encoding/json"
	"io"
	"time"

	"github.com/luapush/luapush/cmd/luapush/testkit/result"
)

// NewJSON gives the report as JSON Lines: an object each line, the kind of which
// is in "type". The names are stable; a field without a value is left out. Bytes
// that are not UTF-8 are U+FFFD.
//
//	begin  seed, shuffled, started (RFC 3339), dovecot (the releases), files (how many)
//	case   file, line, path (names from the outermost group on), kind (test, golden, sweep, bench, file),
//	       tags, status (passed, failed, error, skipped, todo), reason, micros, dovecot, round,
//	       failures, output, notes, changed (a diff), runs and nanos_per_run (of a benchmark)
//	end    cases, passed, failed, errors, skipped, todo, micros, stopped, files
//
// A failure has message, file, line, source, values (expression and value),
// expected, got, diff, nearest, trace, logs, traceback, hint. A file of "end" has
// file, uses, cases, bad.
func NewJSON(out io.Writer) result.Reporter {
	b := buffered(out)
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	return &jsonLines{out: b, encoder: e}
}

type jsonLines struct {
	out     *bufio.Writer
	encoder *json.Encoder
	err     error
}

type jsonBegin struct {
	Type     string    `json:"type"`
	Seed     uint64    `json:"seed"`
	Shuffled bool      `json:"shuffled,omitempty"`
	Started  time.Time `json:"started"`
	Dovecot  []string  `json:"dovecot"`
	Files    int       `json:"files"`
}

type jsonCase struct {
	Type        string        `json:"type"`
	File        string        `json:"file"`
	Line        int           `json:"line,omitempty"`
	Path        []string      `json:"path"`
	Kind        string        `json:"kind"`
	Tags        []string      `json:"tags,omitempty"`
	Status      string        `json:"status"`
	Reason      string        `json:"reason,omitempty"`
	Micros      int64         `json:"micros"`
	Dovecot     string        `json:"dovecot,omitempty"`
	Round       int           `json:"round,omitempty"`
	Failures    []jsonFailure `json:"failures,omitempty"`
	Output      string        `json:"output,omitempty"`
	Notes       []string      `json:"notes,omitempty"`
	Changed     string        `json:"changed,omitempty"`
	Runs        int           `json:"runs,omitempty"`
	NanosPerRun int64         `json:"nanos_per_run,omitempty"`
}

type jsonFailure struct {
	Message   string      `json:"message"`
	File      string      `json:"file,omitempty"`
	Line      int         `json:"line,omitempty"`
	Source    string      `json:"source,omitempty"`
	Values    []jsonValue `json:"values,omitempty"`
	Expected  string      `json:"expected,omitempty"`
	Got       string      `json:"got,omitempty"`
	Diff      string      `json:"diff,omitempty"`
	Nearest   string      `json:"nearest,omitempty"`
	Trace     string      `json:"trace,omitempty"`
	Logs      []string    `json:"logs,omitempty"`
	Traceback []string    `json:"traceback,omitempty"`
	Hint      string      `json:"hint,omitempty"`
}

type jsonValue struct {
	Expression string `json:"expression"`
	Value      string `json:"value"`
}

type jsonEnd struct {
	Type    string     `json:"type"`
	Cases   int        `json:"cases"`
	Passed  int        `json:"passed"`
	Failed  int        `json:"failed"`
	Errors  int        `json:"errors"`
	Skipped int        `json:"skipped"`
	Todo    int        `json:"todo"`
	Micros  int64      `json:"micros"`
	Stopped string     `json:"stopped,omitempty"`
	Files   []jsonFile `json:"files"`
}

type jsonFile struct {
	File  string   `json:"file"`
	Uses  []string `json:"uses,omitempty"`
	Cases int      `json:"cases"`
	Bad   int      `json:"bad"`
}

// Begin implements result.Reporter.
func (j *jsonLines) Begin(r result.Run) {
	j.write(jsonBegin{Type: "begin", Seed: r.Seed, Shuffled: r.Shuffled, Started: r.Started, Dovecot: r.Releases, Files: r.Files})
}

// Case implements result.Reporter.
func (j *jsonLines) Case(c result.Case) {
	made := jsonCase{
		Type: "case", File: c.File, Line: c.Line, Path: c.Path, Kind: string(c.Kind), Tags: c.Tags, Status: string(c.Status),
		Reason: c.Reason, Micros: c.Duration.Microseconds(), Dovecot: c.Dovecot, Round: c.Round, Output: c.Output,
		Notes: c.Notes, Changed: c.Changed,
	}
	if made.Path == nil {
		made.Path = []string{}
	}
	if c.Bench != nil {
		made.Runs, made.NanosPerRun = c.Bench.Runs, c.Bench.PerRun.Nanoseconds()
	}
	for i := range c.Failures {
		f := &c.Failures[i]
		failure := jsonFailure{
			Message: f.Message, File: f.File, Line: f.Line, Source: f.SourceLine, Expected: f.Expected, Got: f.Got, Diff: f.Diff,
			Nearest: f.Nearest, Trace: f.Trace, Logs: f.Logs, Traceback: f.Traceback, Hint: f.Hint,
		}
		for _, v := range f.Values {
			failure.Values = append(failure.Values, jsonValue(v))
		}
		made.Failures = append(made.Failures, failure)
	}
	j.write(made)
}

// End implements result.Reporter.
func (j *jsonLines) End(s result.Summary) error {
	made := jsonEnd{
		Type: "end", Cases: s.Cases, Passed: s.Counts[result.Passed], Failed: s.Counts[result.Failed], Errors: s.Counts[result.Error],
		Skipped: s.Counts[result.Skipped], Todo: s.Counts[result.Todo], Micros: s.Duration.Microseconds(), Stopped: s.Stopped,
		Files: []jsonFile{},
	}
	for _, f := range s.Files {
		made.Files = append(made.Files, jsonFile{File: f.Path, Uses: f.Uses, Cases: f.Cases, Bad: f.Bad})
	}
	j.write(made)
	if err := j.out.Flush(); j.err == nil {
		j.err = err
	}
	return j.err
}

func (j *jsonLines) write(v any) {
	if err := j.encoder.Encode(v); err != nil && j.err == nil {
		j.err = err
	}
}
