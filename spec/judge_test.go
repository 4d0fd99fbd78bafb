package spec_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/luapush/luapush/spec/oracle/oracletest"
)

// TestJudge lets a real Dovecot judge luapush, live: it starts private instances,
// sends them mail, and compares what happens with what luapush does of the same
// mail. Differences are named in judge/divergences.txt and probes/divergences.txt;
// one that is not named fails, and one that has gone. report.md has the result;
// with LUAPUSH_UPDATE set it is written.
func TestJudge(t *testing.T) {
	oracletest.Need(t)
	b := &board{named: divergences(t, "judge/divergences.txt")}
	parts := []struct {
		name, title string
		run         func(*testing.T, *part)
	}{
		{"relay", "The relay's documents: recorded scenarios, IMAP, hostile mail", judgeRelay},
		{"handlers", "Handlers: requests, log lines, errors and metadata", judgeHandlers},
		{"probes", "API probes", judgeProbes},
		{"drivers", "The drivers ox and dlog", judgeDrivers},
	}
	all := t.Run("parts", func(t *testing.T) {
		for _, p := range parts {
			this := &part{board: b, name: p.name, title: p.title}
			b.parts = append(b.parts, this)
			t.Run(p.name, func(t *testing.T) {
				t.Parallel()
				p.run(t, this)
				if this.agreed == 0 {
					t.Error("nothing agreed: nothing was compared")
				}
				this.ran = !this.partial
			})
		}
	})
	if !slices.ContainsFunc(b.parts, func(p *part) bool { return !p.ran }) {
		b.named.unused(t)
		b.publish(t, all)
	}
}

// board has the results.
type board struct {
	named *divergenceList
	parts []*part
}

// part is one of the comparisons, with its results.
type part struct {
	*board
	name, title string
	ran         bool
	// partial is set where not all of it could run: then there is no report.
	partial bool

	mu                       sync.Mutex
	agreed, differed, failed int
	// differing are the cases that differ by name, with their reasons.
	differing []string
}

// judge judges a case; difference is "" for one that agrees.
func (p *part) judge(t *testing.T, id, difference string) {
	t.Helper()
	p.judgeBy(t, p.named, p.name+"/"+id, difference)
}

// judgeBy judges a case by a list of divergences. A case that may differ counts
// as one that does.
func (p *part) judgeBy(t *testing.T, named *divergenceList, id, difference string) {
	t.Helper()
	reason, known := named.find(id)
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case known && (difference != "" || named.loose(id)):
		p.differed++
		p.differing = append(p.differing, fmt.Sprintf("| `%s` | %s |", id, reason))
	case known:
		p.failed++
		t.Errorf("%s is named as a divergence (%s) but agrees: take it out of %s", id, reason, named.file)
	case difference == "":
		p.agreed++
	default:
		p.failed++
		t.Errorf("%s: %s", id, difference)
	}
}

const reportFile = "report.md"

// publish holds the report to the results, or writes it.
func (b *board) publish(t *testing.T, good bool) {
	t.Helper()
	got := b.report()
	if os.Getenv("LUAPUSH_UPDATE") != "" && good {
		if err := os.WriteFile(reportFile, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(reportFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s is not the result (-written +found); with LUAPUSH_UPDATE=1 it is written:\n%s", reportFile, diff)
	}
	t.Log("\n" + got)
}

func (b *board) report() string {
	var text strings.Builder
	text.WriteString("# What the real Dovecot says\n\n" +
		"The result of `go test ./spec -run TestJudge`, which runs everything in a private Dovecot 2.3.19.1 and in luapush, and\n" +
		"compares. Generated: `LUAPUSH_UPDATE=1 go test ./spec -run TestJudge` writes it, and every run is held to it.\n\n" +
		"| Part | Cases | Agree | Differ by name | Fail |\n|---|---:|---:|---:|---:|\n")
	sum := part{title: "**All**"}
	row := func(p *part) {
		fmt.Fprintf(&text, "| %s | %d | %d | %d | %d |\n", p.title, p.agreed+p.differed+p.failed, p.agreed, p.differed, p.failed)
	}
	for _, p := range b.parts {
		row(p)
		sum.agreed, sum.differed, sum.failed = sum.agreed+p.agreed, sum.differed+p.differed, sum.failed+p.failed
	}
	row(&sum)
	text.WriteString("\n## Cases that differ by name\n\nThe reasons in full are in [divergences.md](divergences.md).\n\n| Case | Reason |\n|---|---|\n")
	for _, p := range b.parts {
		slices.Sort(p.differing)
		for _, line := range p.differing {
			text.WriteString(line + "\n")
		}
	}
	return text.String()
}
