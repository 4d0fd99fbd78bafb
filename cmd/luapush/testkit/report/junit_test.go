package report_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/luapush/luapush/cmd/luapush/testkit/report"
	"github.com/luapush/luapush/cmd/luapush/testkit/result"
)

// element is what the schema says of an element: the attributes it must and may
// have, what may stand in it, and whether that is text.
type element struct {
	must, may, children []string
	text                bool
}

// junitSchema is the part of Jenkins' junit-10.xsd that reports may use. Ant's
// own schema asks for the attributes of testsuite that are optional there.
var junitSchema = map[string]element{
	"testsuites": {may: []string{"name", "time", "tests", "failures", "errors"}, children: []string{"testsuite"}},
	"testsuite": {
		must:     []string{"name", "tests", "failures", "errors", "time", "timestamp", "hostname", "id", "package"},
		may:      []string{"skipped", "file"},
		children: []string{"properties", "testcase", "system-out", "system-err"},
	},
	"properties": {children: []string{"property"}},
	"property":   {must: []string{"name", "value"}},
	"testcase":   {must: []string{"name", "classname", "time"}, children: []string{"skipped", "error", "failure", "system-out", "system-err"}},
	"skipped":    {may: []string{"message"}, text: true},
	"error":      {must: []string{"type"}, may: []string{"message"}, text: true},
	"failure":    {must: []string{"type"}, may: []string{"message"}, text: true},
	"system-out": {text: true},
	"system-err": {text: true},
}

var junitTime = regexp.MustCompile(`^\d+\.\d+$`)

// checkJUnit holds a report to the schema.
func checkJUnit(data []byte) error {
	d := xml.NewDecoder(bytes.NewReader(data))
	var open []string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch x := token.(type) {
		case xml.StartElement:
			name := x.Name.Local
			e, known := junitSchema[name]
			if !known {
				return fmt.Errorf("element %s", name)
			}
			if len(open) > 0 && !slices.Contains(junitSchema[open[len(open)-1]].children, name) {
				return fmt.Errorf("%s stands in %s", name, open[len(open)-1])
			}
			if len(open) == 0 && name != "testsuites" {
				return fmt.Errorf("the root is %s", name)
			}
			if err := e.attributes(x); err != nil {
				return err
			}
			open = append(open, name)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 && !junitSchema[open[len(open)-1]].text && strings.TrimSpace(string(x)) != "" {
				return fmt.Errorf("text in %s: %q", open[len(open)-1], x)
			}
		}
	}
}

func (e *element) attributes(x xml.StartElement) error {
	var names []string
	for _, a := range x.Attr {
		name := a.Name.Local
		if !slices.Contains(e.must, name) && !slices.Contains(e.may, name) {
			return fmt.Errorf("attribute %s of %s", name, x.Name.Local)
		}
		if name == "time" && !junitTime.MatchString(a.Value) {
			return fmt.Errorf("time %q", a.Value)
		}
		names = append(names, name)
	}
	for _, name := range e.must {
		if !slices.Contains(names, name) {
			return fmt.Errorf("%s without %s", x.Name.Local, name)
		}
	}
	return nil
}

func TestJUnitIsValid(t *testing.T) {
	var b bytes.Buffer
	play(t, report.NewJUnit(&b))
	if err := checkJUnit(b.Bytes()); err != nil {
		t.Error(err)
	}
	if err := checkJUnit([]byte(`<testsuites><testcase name="x"/></testsuites>`)); err == nil {
		t.Error("the check takes anything")
	}
}

// TestJUnitCounts: the totals are those of the elements.
func TestJUnitCounts(t *testing.T) {
	var b bytes.Buffer
	play(t, report.NewJUnit(&b))
	var got struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
		Suites   []struct {
			Tests    int `xml:"tests,attr"`
			Failures int `xml:"failures,attr"`
			Errors   int `xml:"errors,attr"`
			Skipped  int `xml:"skipped,attr"`
			Cases    []struct {
				Failures []struct{} `xml:"failure"`
				Errors   []struct{} `xml:"error"`
				Skipped  []struct{} `xml:"skipped"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	tests, failures, faults := 0, 0, 0
	for _, s := range got.Suites {
		bad, errored, skipped := 0, 0, 0
		for _, c := range s.Cases {
			bad += min(1, len(c.Failures))
			errored += min(1, len(c.Errors))
			skipped += len(c.Skipped)
		}
		if s.Tests != len(s.Cases) || s.Failures != bad || s.Errors != errored || s.Skipped != skipped {
			t.Errorf("%+v", s)
		}
		tests, failures, faults = tests+s.Tests, failures+s.Failures, faults+s.Errors
	}
	if tests != got.Tests || failures != got.Failures || faults != got.Errors || tests != 11 || failures != 2 || faults != 2 {
		t.Errorf("%d %d %d, want %d %d %d", got.Tests, got.Failures, got.Errors, tests, failures, faults)
	}
}

// FuzzReports: whatever a test is called and prints, the reports stay readable.
func FuzzReports(f *testing.F) {
	f.Add("name", "message\n- x", "output")
	f.Add("a # TODO \\", "]]> & \x00\xff\ufffe", "\x1b[2J\n  ...\n---\n")
	f.Add("", "\t|\n\n", " \n")
	f.Fuzz(func(t *testing.T, name, message, output string) {
		var x, tap, gh bytes.Buffer
		all := result.Tee(report.NewJUnit(&x), report.NewTAP(&tap), report.NewGitHub(&gh))
		all.Begin(result.Run{Releases: []string{"2.3.21"}})
		all.Case(result.Case{
			File: name, Path: []string{name, message}, Status: result.Failed, Output: output, Reason: message,
			Failures: []result.Failure{{Message: message, File: output, Line: 1, Trace: output, Expected: output, Got: name, Hint: message}},
		})
		if err := all.End(result.Summary{}); err != nil {
			t.Fatal(err)
		}
		if err := checkJUnit(x.Bytes()); err != nil {
			t.Errorf("%v\n%s", err, x.String())
		}
		if err := checkTAP(tap.String()); err != nil {
			t.Errorf("%v\n%s", err, tap.String())
		}
		if strings.Count(gh.String(), "\n") != 1 || !strings.HasPrefix(gh.String(), "::error file=") {
			t.Errorf("%q", gh.String())
		}
	})
}
