package report

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/luapush/luapush/cmd/luapush/testkit/result"
)

// PrettyOptions are choices of the pretty report.
type PrettyOptions struct {
	// Color marks what failed with terminal colours.
	Color bool
	// Verbose has a line for each case, and shows what passing ones printed.
	Verbose bool
	// Progress shows how far the run is in a line that is overwritten, which
	// only terminals can.
	Progress bool
	// Now is the clock that progress is shown by; nil is time.Now.
	Now func() time.Time
}

// NewPretty gives the report for people: a line for each file, each failure
// with everything that explains it, and a summary.
func NewPretty(out io.Writer, o PrettyOptions) result.Reporter {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &pretty{out: bufio.NewWriter(out), options: o}
}

type pretty struct {
	out     *bufio.Writer
	options PrettyOptions
	run     result.Run
	// file is the one whose cases are being reported.
	file                 string
	cases, bad, withheld int
	took                 time.Duration
	progress             progress
	// broken are the titles of what failed, for the end.
	broken []string
}

// repeat is from how many failures on their titles are listed at the end.
const repeat = 5

// Begin implements result.Reporter.
func (p *pretty) Begin(r result.Run) { p.run = r }

// Case implements result.Reporter.
func (p *pretty) Case(c result.Case) {
	if c.File != p.file {
		p.closeFile()
		p.file = c.File
	}
	p.cases++
	p.took += c.Duration
	switch {
	case c.Status.Bad():
		p.bad++
		p.broken = append(p.broken, p.title(&c)+p.extra(&c))
		p.failed(&c)
	case c.Status != result.Passed:
		p.withheld++
		reason := ""
		if c.Reason != "" {
			reason = "  " + visible(c.Reason)
		}
		p.line("%s  %s%s%s", p.color(yellow, mark(c.Status)), p.title(&c), p.extra(&c), reason)
	case p.options.Verbose, c.Bench != nil:
		p.line("%s  %s%s%s", p.color(green, "ok  "), p.title(&c), p.extra(&c), p.measure(&c))
		if c.Output != "" && p.options.Verbose {
			p.block(c.Output)
		}
	}
	for _, note := range c.Notes {
		p.line("%s  %s", p.color(yellow, "note"), note)
	}
	if c.Changed != "" {
		p.diff(c.Changed)
	}
	p.showProgress(&c)
	p.out.Flush()
}

func mark(s result.Status) string {
	if s == result.Todo {
		return "todo"
	}
	return "skip"
}

// closeFile says how a file went that had no line of its own.
func (p *pretty) closeFile() {
	if p.file != "" && p.bad == 0 && !p.options.Verbose {
		p.line("%s  %s  %s", p.color(green, "ok  "), p.file, p.color(faint, fmt.Sprintf("%s  %s", count(p.cases, "case"), short(p.took))))
	}
	p.file, p.cases, p.bad, p.withheld, p.took = "", 0, 0, 0, 0
}

func (p *pretty) title(c *result.Case) string {
	place := c.File
	if c.Line > 0 {
		place += ":" + strconv.Itoa(c.Line)
	}
	if len(c.Path) == 0 {
		return place
	}
	return place + "  " + oneLine(c.Name())
}

// extra tells what is special about this run of a case.
func (p *pretty) extra(c *result.Case) string {
	text := ""
	if len(p.run.Releases) > 1 {
		text += "  Dovecot " + c.Dovecot
	}
	if c.Round > 1 {
		text += "  round " + strconv.Itoa(c.Round)
	}
	return text
}

func (p *pretty) measure(c *result.Case) string {
	if c.Bench == nil {
		return p.color(faint, "  "+short(c.Duration))
	}
	return fmt.Sprintf("  %d ns/op  %s", c.Bench.PerRun.Nanoseconds(), count(c.Bench.Runs, "run"))
}

func (p *pretty) failed(c *result.Case) {
	word := "FAIL "
	if c.Status == result.Error {
		word = "ERROR"
	}
	p.line("\n%s %s%s", p.color(red, word), p.color(bold, p.title(c)), p.extra(c))
	for i := range c.Failures {
		if i > 0 {
			p.line("")
		}
		p.failure(&c.Failures[i])
	}
	if c.Output != "" {
		p.line("  printed:")
		p.block(c.Output)
	}
	p.line("")
}

// End implements result.Reporter.
func (p *pretty) End(s result.Summary) error {
	p.hideProgress()
	p.closeFile()
	if len(p.broken) >= repeat {
		p.line("\nWhat failed:")
		for _, title := range p.broken {
			p.line("  %s", p.color(red, title))
		}
	}
	var parts []string
	add := func(status result.Status, word, color string) {
		if n := s.Counts[status]; n > 0 {
			parts = append(parts, p.color(color, fmt.Sprintf("%d %s", n, word)))
		}
	}
	add(result.Failed, "failed", red)
	add(result.Error, plural(s.Counts[result.Error], "error"), red)
	add(result.Passed, "passed", green)
	add(result.Skipped, "skipped", yellow)
	add(result.Todo, "todo", yellow)
	if len(parts) == 0 {
		parts = append(parts, "no cases")
	}
	text := strings.Join(parts, ", ")
	if s.Stopped != "" {
		text += ", stopped " + s.Stopped
	}
	p.line("\n%s  %s  seed %d", text, short(s.Duration), p.run.Seed)
	return p.out.Flush()
}

func (p *pretty) line(format string, args ...any) {
	p.hideProgress()
	// The first error stays with the writer, and End gives it.
	_, _ = fmt.Fprintf(p.out, format+"\n", args...)
}

// The colours, as the parameters of the terminal's SGR sequence.
const (
	bold   = "1"
	faint  = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
)

func (p *pretty) color(code, s string) string {
	if !p.options.Color || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func plural(n int, word string) string {
	if n != 1 {
		word += "s"
	}
	return word
}

func count(n int, word string) string { return strconv.Itoa(n) + " " + plural(n, word) }

// short is a duration as people say it.
func short(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return d.Round(time.Microsecond).String()
	case d < time.Second:
		return d.Round(100 * time.Microsecond).String()
	}
	return d.Round(10 * time.Millisecond).String()
}
