package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/luapush/luapush/cmd/luapush/testkit/result"
)

// NewGitHub gives the report as workflow commands of GitHub Actions: an
// annotation at the line of each failure, and nothing for what passed.
func NewGitHub(out io.Writer) result.Reporter { return &github{out: buffered(out)} }

type github struct {
	out *bufio.Writer
	run result.Run
}

// Begin implements result.Reporter.
func (g *github) Begin(r result.Run) { g.run = r }

// Case implements result.Reporter.
func (g *github) Case(c result.Case) {
	if !c.Status.Bad() {
		return
	}
	name := title(&c)
	if v := variant(&g.run, &c); v != "" {
		name += " (" + v + ")"
	}
	for i := range c.Failures {
		f := &c.Failures[i]
		file, line := place(&c, f)
		properties := "file=" + property(file)
		if line > 0 {
			properties += fmt.Sprintf(",line=%d", line)
		}
		properties += ",title=" + property(oneLine(name))
		// The first error stays with the writer, and End gives it.
		_, _ = fmt.Fprintf(g.out, "::error %s::%s\n", properties, data(summary(f)))
	}
}

// End implements result.Reporter.
func (g *github) End(result.Summary) error { return g.out.Flush() }

// summary is what of a failure fits beside a line of source, which is shown
// there.
func summary(f *result.Failure) string {
	parts := []string{f.Message}
	add := func(what, text string) {
		if text = strings.TrimRight(text, "\n"); text != "" {
			parts = append(parts, what+text)
		}
	}
	add("nearest: ", f.Nearest)
	for _, v := range f.Values {
		add(v.Expression+" = ", v.Value)
	}
	switch {
	case f.Diff != "":
		add("- expected, + got\n", f.Diff)
	case f.Expected != "" || f.Got != "":
		parts = append(parts, "expected: "+f.Expected, "got:      "+f.Got)
	}
	add("hint: ", f.Hint)
	return strings.Join(parts, "\n")
}

// data escapes a command's text, property one of its properties.
func data(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(visible(s))
}

func property(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(data(s))
}
