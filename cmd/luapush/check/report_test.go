package check_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/luapush/luapush/cmd/luapush/check"
)

// odd are findings with all that needs care: control characters, a tab, text
// that is not ASCII, signs that mean something to GitHub.
var odd = []check.Finding{
	{
		Rule: "float-text", Severity: check.Warning, File: "a:b,c%.lua", Line: 3, Column: 6,
		Message: "100%\x1b[31m", Hint: "ä\nb", Source: "\tä = 1",
	},
	{Rule: "ignore-unneeded", Severity: check.Info, File: "/x y.lua", Line: 1, Column: 1, Message: "m"},
	{Rule: "syntax", Severity: check.Error, File: "s.lua", Line: 2, Column: 1, Message: "m", Source: "x"},
}

func TestWriteText(t *testing.T) {
	var b bytes.Buffer
	if err := check.WriteText(&b, odd, 2, check.TextOptions{}); err != nil {
		t.Fatal(err)
	}
	want := `a:b,c%.lua:3:6: warning: 100%?[31m [float-text]
  3 |  ä = 1
    |     ^
  hint: ä?b

/x y.lua:1:1: info: m [ignore-unneeded]

s.lua:2:1: error: m [syntax]
  2 | x
    | ^

2 scripts: 1 error, 1 warning, 1 info
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
	b.Reset()
	if err := check.WriteText(&b, odd, 2, check.TextOptions{Color: true}); err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"\x1b[33mwarning\x1b[0m", "\x1b[2minfo\x1b[0m", "\x1b[31merror\x1b[0m"} {
		if !strings.Contains(b.String(), s) {
			t.Errorf("no %q in %q", s, b.String())
		}
	}
}

func TestWriteJSON(t *testing.T) {
	var b bytes.Buffer
	if err := check.WriteJSON(&b, odd); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	if len(lines) != len(odd) {
		t.Fatalf("got %q", lines)
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(lines[0]), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"rule": "float-text", "severity": "warning", "file": "a:b,c%.lua", "line": 3.0, "column": 6.0,
		"message": "100%\x1b[31m", "hint": "ä\nb", "source": "\tä = 1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWriteGitHub(t *testing.T) {
	var b bytes.Buffer
	if err := check.WriteGitHub(&b, odd); err != nil {
		t.Fatal(err)
	}
	want := "::warning file=a%3Ab%2Cc%25.lua,line=3,col=6,title=float-text::100%25\x1b[31m%0Aä%0Ab\n" +
		"::notice file=/x y.lua,line=1,col=1,title=ignore-unneeded::m\n" +
		"::error file=s.lua,line=2,col=1,title=syntax::m\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}

// TestWriteSARIF holds the log to what SARIF 2.1.0 asks of it: version, rules
// with ids that are unique, results that point at them, regions counted from 1.
func TestWriteSARIF(t *testing.T) {
	var b bytes.Buffer
	if err := check.WriteSARIF(&b, "v1.2.3", odd); err != nil {
		t.Fatal(err)
	}
	var log struct {
		Version string
		Runs    []struct {
			ColumnKind string
			Tool       struct {
				Driver struct {
					Name, Version string
					Rules         []struct {
						ID                                      string
						ShortDescription, FullDescription, Help struct{ Text string }
						DefaultConfiguration                    struct{ Level string }
					}
				}
			}
			Results []struct {
				RuleID    string
				RuleIndex int
				Level     string
				Message   struct{ Text string }
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine, StartColumn int }
					}
				}
			}
		}
	}
	if err := json.Unmarshal(b.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	if log.Version != "2.1.0" || len(log.Runs) != 1 || log.Runs[0].ColumnKind != "unicodeCodePoints" || log.Runs[0].Tool.Driver.Name != "luapush" {
		t.Fatalf("got %+v", log)
	}
	run := log.Runs[0]
	if v := run.Tool.Driver.Version; v != "v1.2.3" {
		t.Errorf("version %q", v)
	}
	if len(run.Tool.Driver.Rules) != len(check.Rules()) || len(run.Results) != len(odd) {
		t.Fatalf("%d rules, %d results", len(run.Tool.Driver.Rules), len(run.Results))
	}
	for i, r := range run.Results {
		if rule := run.Tool.Driver.Rules[r.RuleIndex]; rule.ID != r.RuleID || rule.ShortDescription.Text == "" || rule.Help.Text == "" {
			t.Errorf("result %d points at %+v", i, rule)
		}
	}
	first := run.Results[0]
	place := first.Locations[0].PhysicalLocation
	if first.Level != "warning" || place.Region.StartLine != 3 || place.Region.StartColumn != 5 || place.ArtifactLocation.URI != "./a:b,c%25.lua" {
		t.Errorf("got %+v", first)
	}
	if r := run.Results[1]; r.Level != "note" || r.Locations[0].PhysicalLocation.ArtifactLocation.URI != "file:///x%20y.lua" {
		t.Errorf("got %+v", r)
	}
	if run.Results[2].Level != "error" {
		t.Errorf("got %+v", run.Results[2])
	}
}

func TestNoFindingsIsStillSARIF(t *testing.T) {
	var b bytes.Buffer
	if err := check.WriteSARIF(&b, "", nil); err != nil || !strings.Contains(b.String(), `"results": []`) {
		t.Errorf("%v: %s", err, b.String())
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no room") }

func TestWriteErrorsComeThrough(t *testing.T) {
	for name, err := range map[string]error{
		"text": check.WriteText(broken{}, odd, 1, check.TextOptions{}), "json": check.WriteJSON(broken{}, odd),
		"github": check.WriteGitHub(broken{}, odd), "sarif": check.WriteSARIF(broken{}, "", odd),
	} {
		if err == nil || err.Error() != "no room" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPage(t *testing.T) {
	r, ok := check.FindRule("os-exit")
	if !ok {
		t.Fatal("no rule os-exit")
	}
	page := r.Page()
	for _, s := range []string{"os-exit (error)\n", "\nAvoid\n  function", "\nPrefer\n  function", "\nWhy\n  The script"} {
		if !strings.Contains(page, s) {
			t.Errorf("no %q in:\n%s", s, page)
		}
	}
	if _, ok := check.FindRule("../rule"); ok {
		t.Error("../rule is no rule")
	}
	if hint := check.SuggestRule("flaot-text"); hint != "did you mean float-text?" {
		t.Errorf("got %q", hint)
	}
}
