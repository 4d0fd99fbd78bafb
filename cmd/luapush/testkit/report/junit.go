package report

import (
	"bufio"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/luapush/luapush/cmd/luapush/testkit/result"
)

// NewJUnit gives the report as XML in the form of JUnit, with what Jenkins' own
// schema (junit-10.xsd) allows and nothing else: a testsuite for each file,
// release and round, and a testcase for each case and subtest. A case that is
// to be done is a skipped one.
func NewJUnit(out io.Writer) result.Reporter { return &junit{out: buffered(out)} }

type junit struct {
	out    *bufio.Writer
	run    result.Run
	suites []*suite
	// open has the suites by their key.
	open map[suiteKey]*suite
}

type suiteKey struct {
	file, dovecot string
	round         int
}

// suite is a file's cases, written as far as they are known.
type suite struct {
	suiteKey
	name                             string
	tests, failures, errors, skipped int
	took                             time.Duration
	cases                            strings.Builder
}

// Begin implements result.Reporter.
func (j *junit) Begin(r result.Run) { j.run, j.open = r, map[suiteKey]*suite{} }

// Case implements result.Reporter.
func (j *junit) Case(c result.Case) {
	key := suiteKey{c.File, c.Dovecot, c.Round}
	s := j.open[key]
	if s == nil {
		s = &suite{suiteKey: key, name: c.File}
		if v := variant(&j.run, &c); v != "" {
			s.name += " (" + v + ")"
		}
		j.open[key] = s
		j.suites = append(j.suites, s)
	}
	s.add(&c)
}

func (s *suite) add(c *result.Case) {
	s.tests++
	name := title(c)
	fmt.Fprintf(&s.cases, `    <testcase name="%s" classname="%s" time="%s"`, attribute(name), attribute(className(s.name)), seconds(c.Duration))
	if c.Status == result.Passed && c.Output == "" && c.Bench == nil && len(c.Notes) == 0 {
		s.cases.WriteString("/>\n")
		s.took += c.Duration
		return
	}
	s.cases.WriteString(">\n")
	switch c.Status {
	case result.Skipped:
		s.skipped++
		s.element("skipped", "", c.Reason, "")
	case result.Todo:
		s.skipped++
		s.element("skipped", "", strings.TrimSpace("todo "+c.Reason), "")
	case result.Failed, result.Error:
		s.bad(c)
	}
	text := c.Output
	for _, note := range c.Notes {
		text += "note: " + note + "\n"
	}
	if c.Bench != nil {
		text += fmt.Sprintf("%d ns/op in %s\n", c.Bench.PerRun.Nanoseconds(), count(c.Bench.Runs, "run"))
	}
	if text != "" {
		fmt.Fprintf(&s.cases, "      <system-out>%s</system-out>\n", content(text))
	}
	s.cases.WriteString("    </testcase>\n")
	s.took += c.Duration
}

// bad writes the failures of a case, which counts once.
func (s *suite) bad(c *result.Case) {
	kind := "failure"
	if c.Status == result.Error {
		kind = "error"
		s.errors++
	} else {
		s.failures++
	}
	for i := range c.Failures {
		f := &c.Failures[i]
		message, _, _ := strings.Cut(f.Message, "\n")
		text := explained(f)
		if f.File == "" {
			text += "at " + at(c.File, c.Line) + "\n"
		}
		s.element(kind, string(c.Status), message, text)
	}
}

func (s *suite) element(name, kind, message, text string) {
	fmt.Fprintf(&s.cases, "      <%s", name)
	if kind != "" {
		fmt.Fprintf(&s.cases, ` type="%s"`, attribute(kind))
	}
	if message != "" {
		fmt.Fprintf(&s.cases, ` message="%s"`, attribute(message))
	}
	if text == "" {
		s.cases.WriteString("/>\n")
		return
	}
	fmt.Fprintf(&s.cases, ">%s</%s>\n", content(text), name)
}

// className is a path as a class in packages, which readers sort by.
func className(path string) string {
	path, variant, _ := strings.Cut(path, " (")
	path = strings.TrimSuffix(path, filepath.Ext(path))
	path = strings.ReplaceAll(strings.Trim(filepath.ToSlash(path), "./"), "/", ".")
	if variant != "" {
		path += " (" + variant
	}
	return path
}

// End implements result.Reporter.
func (j *junit) End(s result.Summary) error {
	tests, failures, errors, skipped := 0, 0, 0, 0
	for _, u := range j.suites {
		tests, failures, errors, skipped = tests+u.tests, failures+u.failures, errors+u.errors, skipped+u.skipped
	}
	j.line(`<?xml version="1.0" encoding="UTF-8"?>`)
	j.line(`<testsuites name="luapush test" tests="%d" failures="%d" errors="%d" time="%s">`, tests, failures, errors, seconds(s.Duration))
	started := j.run.Started.UTC().Format("2006-01-02T15:04:05")
	for i, u := range j.suites {
		j.line(`  <testsuite id="%d" name="%s" package="luapush" hostname="localhost" timestamp="%s" tests="%d" failures="%d" errors="%d" skipped="%d" time="%s" file="%s">`,
			i, attribute(u.name), started, u.tests, u.failures, u.errors, u.skipped, seconds(u.took), attribute(u.file))
		j.line(`    <properties>`)
		j.line(`      <property name="seed" value="%d"/>`, j.run.Seed)
		if u.dovecot != "" {
			j.line(`      <property name="dovecot" value="%s"/>`, attribute(u.dovecot))
		}
		j.line(`    </properties>`)
		j.text(u.cases.String())
		j.line(`  </testsuite>`)
	}
	j.line(`</testsuites>`)
	return j.out.Flush()
}

func (j *junit) line(format string, args ...any) { j.text(fmt.Sprintf(format, args...) + "\n") }

func (j *junit) text(s string) {
	_, _ = j.out.WriteString(s) // the first error stays with the writer, and End gives it
}

var (
	inContent   = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	inAttribute = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\n", "&#10;", "\t", "&#9;")
)

// content is text for the inside of an element. What XML cannot hold has been
// made visible.
func content(s string) string { return inContent.Replace(visible(s)) }

func attribute(s string) string { return inAttribute.Replace(visible(s)) }
