package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/luapush/luapush/cmd/luapush/testkit/result"
)

// NewTAP gives the report as TAP 14 (testanything.org): a line for each case,
// subtests indented in front of their case, and what explains a failure as YAML
// below it.
func NewTAP(out io.Writer) result.Reporter {
	t := &tap{out: buffered(out)}
	t.tree.emit = func(n *node) {
		t.total++
		t.point(n, t.total, "")
	}
	return t
}

type tap struct {
	out   *bufio.Writer
	run   result.Run
	tree  tree
	file  string
	total int
}

// Begin implements result.Reporter.
func (t *tap) Begin(r result.Run) {
	t.run = r
	t.line("", "TAP version 14")
	t.line("", "# seed %d", r.Seed)
}

// Case implements result.Reporter.
func (t *tap) Case(c result.Case) { t.tree.add(c) }

// End implements result.Reporter.
func (t *tap) End(s result.Summary) error {
	t.tree.flush()
	if t.total == 0 {
		t.line("", "1..0 # SKIP no cases")
	} else {
		t.line("", "1..%d", t.total)
	}
	if s.Stopped != "" {
		t.line("", "Bail out! stopped %s", oneLine(s.Stopped))
	}
	return t.out.Flush()
}

// point writes a case: its subtests, its line, and what explains it.
func (t *tap) point(n *node, number int, indent string) {
	if indent == "" && n.File != t.file {
		t.file = n.File
		t.line("", "# %s", oneLine(n.File))
	}
	name := t.name(n, indent)
	if len(n.subtests) > 0 {
		t.line(indent, "# Subtest: %s", name)
		for i, sub := range n.subtests {
			t.point(sub, i+1, indent+"    ")
		}
		t.line(indent+"    ", "1..%d", len(n.subtests))
	}
	word, directive := "ok", ""
	switch n.Status {
	case result.Failed, result.Error:
		word = "not ok"
	case result.Todo:
		word, directive = "not ok", " # TODO"
	case result.Skipped:
		directive = " # SKIP"
	}
	if directive != "" && n.Reason != "" {
		directive += " " + escapeTAP(n.Reason)
	}
	t.line(indent, "%s %d - %s%s", word, number, name, directive)
	t.diagnostic(n, indent+"  ")
}

// name is the description of a case; that of a subtest is its own name only.
func (t *tap) name(n *node, indent string) string {
	text := title(&n.Case)
	if indent != "" {
		text = n.Path[len(n.Path)-1]
	}
	if v := variant(&t.run, &n.Case); v != "" && indent == "" {
		text += " (" + v + ")"
	}
	return escapeTAP(text)
}

// escapeTAP escapes what begins a directive, and keeps the text in its line.
func escapeTAP(s string) string {
	return strings.NewReplacer(`\`, `\\`, "#", `\#`).Replace(oneLine(s))
}

// diagnostic writes the YAML block of a case, if there is something to tell.
func (t *tap) diagnostic(n *node, indent string) {
	if len(n.Failures) == 0 && n.Bench == nil && len(n.Notes) == 0 && (n.Output == "" || !n.Status.Bad()) {
		return
	}
	t.line(indent, "---")
	defer t.line(indent, "...")
	for i := range n.Failures {
		f := &n.Failures[i]
		under := indent
		if len(n.Failures) > 1 {
			if i == 0 {
				t.line(indent, "failures:")
			}
			t.line(indent, "  -")
			under = indent + "    "
		}
		t.failure(n, f, under)
	}
	t.list(indent, "notes", n.Notes)
	if n.Bench != nil {
		t.line(indent, "runs: %d", n.Bench.Runs)
		t.line(indent, "nanoseconds_per_run: %d", n.Bench.PerRun.Nanoseconds())
	}
	t.line(indent, "duration_ms: %.3f", n.Duration.Seconds()*1000)
	if n.Status.Bad() {
		t.text(indent, "output", n.Output)
	}
}

func (t *tap) failure(n *node, f *result.Failure, indent string) {
	t.text(indent, "message", f.Message)
	severity := "fail"
	if n.Status == result.Error {
		severity = "error"
	}
	t.line(indent, "severity: %s", severity)
	if file, line := place(&n.Case, f); file != "" {
		t.line(indent, "at:")
		t.text(indent+"  ", "file", file)
		if line > 0 {
			t.line(indent+"  ", "line: %d", line)
		}
	}
	t.text(indent, "source", strings.TrimSpace(f.SourceLine))
	if len(f.Values) > 0 {
		t.line(indent, "values:")
		for _, v := range f.Values {
			t.line(indent+"  ", "%s: %s", quoteYAML(visible(v.Expression)), quoteYAML(visible(v.Value)))
		}
	}
	t.text(indent, "nearest", f.Nearest)
	t.text(indent, "expected", f.Expected)
	t.text(indent, "got", f.Got)
	t.text(indent, "diff", f.Diff)
	t.text(indent, "hint", f.Hint)
	t.list(indent, "traceback", f.Traceback)
	t.list(indent, "logs", f.Logs)
	t.text(indent, "trace", f.Trace)
}

// text writes a field whose value is text; "" is left out.
func (t *tap) text(indent, name, value string) {
	value = visible(value)
	switch {
	case value == "":
	case strings.Contains(value, "\n") && blockYAML(value):
		t.line(indent, "%s: |2", name)
		for line := range strings.Lines(value) {
			// An empty line is indented, too: readers of TAP ask for that.
			t.line(indent+"  ", "%s", strings.TrimRight(line, "\n"))
		}
	default:
		t.line(indent, "%s: %s", name, quoteYAML(value))
	}
}

func (t *tap) list(indent, name string, values []string) {
	if len(values) == 0 {
		return
	}
	t.line(indent, "%s:", name)
	for _, v := range values {
		t.line(indent+"  ", "- %s", quoteYAML(visible(v)))
	}
}

func (t *tap) line(indent, format string, args ...any) {
	// The first error stays with the writer, and End gives it.
	_, _ = fmt.Fprintf(t.out, indent+format+"\n", args...)
}

// blockYAML tells whether text can be a block as it is: its last line end
// belongs to it, and there are no tabs at a line's beginning, which some
// readers take for indentation.
func blockYAML(s string) bool {
	return strings.HasSuffix(s, "\n") && !strings.HasSuffix(s, "\n\n") && !strings.HasPrefix(s, "\n") &&
		!strings.HasPrefix(s, "\t") && !strings.Contains(s, "\n\t") && !strings.Contains(s, " \n")
}

// quoteYAML writes text between double quotes.
func quoteYAML(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`, "\u2028", `\u2028`, "\u2029", `\u2029`, "\ufeff", `\ufeff`).Replace(s) + `"`
}
