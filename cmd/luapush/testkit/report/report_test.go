package report_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/luapush/luapush/cmd/luapush/testkit/report"
	"github.com/luapush/luapush/cmd/luapush/testkit/result"
)

// sample is a run with one of everything.
func sample() (result.Run, []result.Case, result.Summary) {
	run := result.Run{
		Seed: 42, Started: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC), Releases: []string{"2.3.21", "2.4.0"}, Files: 3,
	}
	const hook = "hook/handler_test.lua"
	in := func(c result.Case) result.Case {
		if c.Kind == "" {
			c.Kind = result.Test
		}
		c.Dovecot, c.Duration, c.Round = "2.3.21", 1500*time.Microsecond, 1
		return c
	}
	cases := []result.Case{
		in(result.Case{File: hook, Line: 3, Path: []string{"posts <new> & \"old\" mail"}, Status: result.Passed}),
		in(result.Case{
			File: hook, Line: 9, Path: []string{"group", "answers", "with 503 # twice"}, Status: result.Failed,
			Failures: []result.Failure{{
				Message: "the values are not equal", File: hook, Line: 11, SourceLine: "\tt.equal(count, 2)",
				Values: []result.Value{{Expression: "count", Value: "1"}}, Expected: "2", Got: "1", Hint: "count what was sent",
			}},
		}),
		in(result.Case{File: hook, Line: 13, Path: []string{"group", "answers", "with 200"}, Status: result.Passed}),
		in(result.Case{
			File: hook, Line: 8, Path: []string{"group", "answers"}, Status: result.Failed,
			Failures: []result.Failure{{Message: "1 of 2 subtests failed", File: hook, Line: 8}}, Output: "sent\n",
		}),
		in(result.Case{
			File: hook, Line: 20, Path: []string{"group", "hostile \x1b[31m, \xff and ::error::"}, Status: result.Error,
			Failures: []result.Failure{
				{
					Message: "the handler raised an error: bell \a,\r\nand 100%", File: "hook/handler.lua", Line: 7,
					SourceLine: "error(\"]]>\")", Traceback: []string{"hook/handler.lua:7: in function <a&b>", "[C]: in ?", "x"},
					Trace: "hook/handler.lua  Lua 5.4, message_new\n\n  1  alice@example.com\n    error <b>\n", Logs: []string{"x: \x00"},
				},
				{Message: "no request matched", Nearest: "POST http://a/ differs in body", Diff: "@@ -1 +1 @@\n-a\n+b\n"},
			},
			Output: "escape \x1b[2J\n",
		}),
		in(result.Case{File: hook, Line: 30, Path: []string{"later"}, Status: result.Todo, Reason: "needs #7"}),
		in(result.Case{File: hook, Line: 31, Path: []string{"not here"}, Status: result.Skipped, Reason: "it said so"}),
		in(result.Case{
			File: hook, Line: 32, Path: []string{"fast"}, Kind: result.Bench, Status: result.Passed,
			Bench: &result.Measure{Runs: 1000, PerRun: 1234},
		}),
		in(result.Case{
			File: "hook/testdata/a.jsonl", Path: []string{"golden", "a.jsonl"}, Kind: result.Golden, Status: result.Passed,
			Notes: []string{"wrote hook/testdata/a.golden"}, Changed: "@@ -1 +1 @@\n-old\n+new\n",
		}),
		in(result.Case{
			File: "broken_test.lua", Kind: result.Whole, Status: result.Error,
			Failures: []result.Failure{{Message: "'end' expected near <eof>", File: "broken_test.lua", Line: 5}},
		}),
	}
	again := cases[0]
	again.Dovecot, again.Round = "2.4.0", 2
	cases = append(cases, again)
	s := result.Summary{
		Counts: map[result.Status]int{}, Cases: len(cases), Duration: 1234567 * time.Microsecond, Stopped: "by an interrupt",
		Files: []result.File{{Path: hook, Uses: []string{"hook/handler.lua"}, Cases: 9, Bad: 3}, {Path: "broken_test.lua", Cases: 1, Bad: 1}},
	}
	for _, c := range cases {
		s.Counts[c.Status]++
	}
	return run, cases, s
}

func play(t *testing.T, r result.Reporter) {
	t.Helper()
	run, cases, summary := sample()
	r.Begin(run)
	for _, c := range cases {
		r.Case(c)
	}
	if err := r.End(summary); err != nil {
		t.Fatal(err)
	}
}

// golden compares with a file of testdata, or writes it with LUAPUSH_UPDATE.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if os.Getenv("LUAPUSH_UPDATE") != "" {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

func TestFormats(t *testing.T) {
	for name, make := range map[string]func(*bytes.Buffer) result.Reporter{
		"pretty.txt": func(b *bytes.Buffer) result.Reporter { return report.NewPretty(b, report.PrettyOptions{}) },
		"verbose.txt": func(b *bytes.Buffer) result.Reporter {
			return report.NewPretty(b, report.PrettyOptions{Verbose: true})
		},
		"color.txt":  func(b *bytes.Buffer) result.Reporter { return report.NewPretty(b, report.PrettyOptions{Color: true}) },
		"tap.txt":    func(b *bytes.Buffer) result.Reporter { return report.NewTAP(b) },
		"junit.xml":  func(b *bytes.Buffer) result.Reporter { return report.NewJUnit(b) },
		"json.jsonl": func(b *bytes.Buffer) result.Reporter { return report.NewJSON(b) },
		"github.txt": func(b *bytes.Buffer) result.Reporter { return report.NewGitHub(b) },
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			play(t, make(&b))
			golden(t, name, b.String())
			if name != "color.txt" && strings.ContainsAny(b.String(), "\x1b\a\r\x00") {
				t.Error("control characters came through")
			}
		})
	}
}

// TestEmptyRun: a run without cases is a valid report of nothing.
func TestEmptyRun(t *testing.T) {
	for _, format := range report.Formats() {
		var b bytes.Buffer
		set, err := report.Open([]report.Target{{Format: format}}, report.Options{Stdout: &b})
		if err != nil {
			t.Fatal(err)
		}
		set.Reporter.Begin(result.Run{Releases: []string{"2.3.21"}})
		if err := set.Reporter.End(result.Summary{}); err != nil {
			t.Fatal(err)
		}
		want := map[string]string{
			report.TAP: "1..0 # SKIP no cases", report.Pretty: "no cases", report.JUnit: "</testsuites>", report.JSON: `"cases":0`,
			report.GitHub: "",
		}[format]
		if !strings.Contains(b.String(), want) {
			t.Errorf("%s: %q", format, b.String())
		}
	}
}

func TestProgress(t *testing.T) {
	var b bytes.Buffer
	now := time.Unix(0, 0)
	r := report.NewPretty(&b, report.PrettyOptions{Progress: true, Now: func() time.Time { return now }})
	r.Begin(result.Run{Seed: 1, Files: 2, Releases: []string{"2.3.21"}})
	one := result.Case{File: "a_test.lua", Path: []string{"x"}, Status: result.Passed, Duration: time.Millisecond}
	r.Case(one)
	r.Case(one) // too soon for another line
	now = now.Add(time.Second)
	r.Case(one)
	two := one
	two.File, two.Status, two.Line, two.Failures = "b_test.lua", result.Failed, 3, []result.Failure{{Message: "no"}}
	r.Case(two)
	if err := r.End(result.Summary{Counts: map[result.Status]int{result.Passed: 3, result.Failed: 1}, Cases: 4}); err != nil {
		t.Fatal(err)
	}
	golden(t, "progress.txt", strings.NewReplacer("\r", "<CR>", "\x1b[K", "<CLEAR>").Replace(b.String()))
}

// TestMany: the titles of many failures are repeated at the end.
func TestMany(t *testing.T) {
	var b bytes.Buffer
	r := report.NewPretty(&b, report.PrettyOptions{})
	r.Begin(result.Run{Releases: []string{"2.3.21"}})
	for i := range 5 {
		r.Case(result.Case{
			File: "a_test.lua", Line: i + 1, Path: []string{"case"}, Status: result.Failed, Failures: []result.Failure{{Message: "no"}},
		})
	}
	if err := r.End(result.Summary{Counts: map[result.Status]int{result.Failed: 5}}); err != nil {
		t.Fatal(err)
	}
	_, end, ok := strings.Cut(b.String(), "What failed:\n")
	if !ok || strings.Count(end, "a_test.lua:") != 5 {
		t.Errorf("%s", b.String())
	}
}

type brokenWriter struct{}

var errBroken = errors.New("no space")

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

// TestBrokenWriter: what could not be written is an error at the end.
func TestBrokenWriter(t *testing.T) {
	for _, format := range report.Formats() {
		set, err := report.Open([]report.Target{{Format: format}}, report.Options{Stdout: brokenWriter{}})
		if err != nil {
			t.Fatal(err)
		}
		run, cases, summary := sample()
		set.Reporter.Begin(run)
		for _, c := range cases {
			set.Reporter.Case(c)
		}
		if err := set.Reporter.End(summary); !errors.Is(err, errBroken) {
			t.Errorf("%s: %v", format, err)
		}
	}
}
