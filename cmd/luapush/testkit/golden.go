package testkit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/luapush/luapush/cmd/luapush/testkit/host"
	"github.com/luapush/luapush/cmd/luapush/testkit/result"
	"github.com/luapush/luapush/cmd/luapush/testkit/value"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/source"
	"github.com/luapush/luapush/runtime/trace"
)

// golden is a unit: the fixtures below the testdata folder of a handler, whose
// traces are held to the golden ones beside them.
type golden struct {
	handler string
	folder  string
	// fixtures and goldens are the names of the files there.
	fixtures, goldens []string
}

const (
	fixtureEnding = ".jsonl"
	goldenEnding  = ".golden"
)

// newGolden looks for the fixtures of a handler; nil if there are none.
func newGolden(handler string) *golden {
	g := &golden{handler: handler, folder: filepath.Join(filepath.Dir(handler), "testdata")}
	g.fixtures, g.goldens = names(g.folder, fixtureEnding), names(g.folder, goldenEnding)
	if len(g.fixtures)+len(g.goldens) == 0 {
		return nil
	}
	return g
}

func (g *golden) name() string { return g.handler }

// goldenTags are the tags of every golden case.
var goldenTags = []string{"golden"}

// run implements unit.
func (g *golden) run(ctx context.Context, w *worker, emit func(result.Case) bool) {
	for i, release := range w.config.Releases {
		for _, fixture := range g.fixtures {
			path := []string{"golden", fixture}
			own := strings.TrimSuffix(fixture, fixtureEnding) + goldenEnding
			if !w.wants(path, goldenTags) || !w.config.Update && !slices.Contains(g.goldens, own) {
				continue
			}
			if !emit(g.compare(ctx, w, release, i == 0, fixture)) {
				return
			}
		}
	}
	for _, name := range g.stale() {
		path := []string{"golden", name}
		if !w.wants(path, goldenTags) {
			continue
		}
		file := filepath.Join(g.folder, name)
		if !emit(result.Case{
			File: file, Path: path, Kind: result.Golden, Tags: goldenTags, Status: result.Failed, Dovecot: w.config.Releases[0].String(),
			Failures: []result.Failure{{
				Message: "the golden trace is stale: there is no fixture of that name", File: file,
				Hint: "delete it, or bring the .jsonl file back",
			}},
		}) {
			return
		}
	}
}

// wants tells whether a case is chosen.
func (w *worker) wants(path, tags []string) bool {
	return w.config.Run.Matches(path) && w.config.Tags.Matches(tags)
}

// stale are the golden traces without a fixture.
func (g *golden) stale() []string {
	var list []string
	for _, name := range g.goldens {
		stem := strings.TrimSuffix(name, goldenEnding)
		if slices.Contains(g.fixtures, stem+fixtureEnding) {
			continue
		}
		// NAME.2.4.golden is that of another release.
		if of := g.fixtureOf(stem); of == "" {
			list = append(list, name)
		}
	}
	return list
}

func (g *golden) fixtureOf(stem string) string {
	for _, fixture := range g.fixtures {
		rest, ok := strings.CutPrefix(stem, strings.TrimSuffix(fixture, fixtureEnding)+".")
		if !ok {
			continue
		}
		if _, err := dovecot.Parse(rest); err == nil {
			return fixture
		}
	}
	return ""
}

// compare plays a fixture and compares its trace. The first release has
// NAME.golden; another has NAME.RELEASE.golden where that differs.
func (g *golden) compare(ctx context.Context, w *worker, release dovecot.Release, first bool, fixture string) result.Case {
	start := time.Now()
	file := filepath.Join(g.folder, fixture)
	c := result.Case{
		File: file, Path: []string{"golden", fixture}, Kind: result.Golden, Tags: goldenTags, Status: result.Passed, Dovecot: release.String(),
	}
	got, err := g.play(ctx, w, release, fixture)
	if err != nil {
		c.Status, c.Failures = result.Error, []result.Failure{{Message: err.Error(), File: file}}
		c.Duration = time.Since(start)
		return c
	}
	stem := strings.TrimSuffix(file, fixtureEnding)
	common, special := stem+goldenEnding, stem+"."+release.String()+goldenEnding
	target := common
	want, err := readGolden(common)
	if !first {
		if own, ownErr := readGolden(special); ownErr == nil {
			target, want, err = special, own, nil
		} else if w.config.Update && err == nil && want != got {
			target, want = special, ""
		}
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		c.Status, c.Failures = result.Error, []result.Failure{{Message: err.Error(), File: target}}
	} else {
		w.steady.Used(target)
		g.judge(w, &c, target, want, got)
	}
	c.Duration = time.Since(start)
	return c
}

// readGolden reads a golden trace. Where version control has given its lines the
// ends of Windows, it is the same trace: in JSON, no line has one inside.
func readGolden(path string) (string, error) {
	data, err := os.ReadFile(path)
	return strings.ReplaceAll(string(data), "\r\n", "\n"), err
}

func (g *golden) judge(w *worker, c *result.Case, target, want, got string) {
	if want == got {
		return
	}
	diff := value.Lines(want, got)
	if !w.config.Update {
		line, _, _ := strings.Cut(firstDifference(want, got), "\n")
		c.Status = result.Failed
		c.Failures = []result.Failure{{
			Message: "the trace differs from " + filepath.Base(target), File: target, Line: lineOf(want, got), SourceLine: line,
			Diff: diff, Hint: "if it shall be so now, --update writes it",
		}}
		return
	}
	if err := os.WriteFile(target, []byte(got), 0o666); err != nil {
		c.Status, c.Failures = result.Error, []result.Failure{{Message: err.Error(), File: target}}
		return
	}
	c.Notes, c.Changed = append(c.Notes, "wrote "+target), diff
}

// lineOf is the first line in which two texts differ.
func lineOf(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return 1 + strings.Count(a[:n], "\n")
}

func firstDifference(want, got string) string {
	lines := strings.Split(want, "\n")
	if n := lineOf(want, got); n <= len(lines) {
		return lines[n-1]
	}
	return ""
}

// play gives the trace of a fixture, without times and with names that do not
// depend on where the command runs.
func (g *golden) play(ctx context.Context, w *worker, release dovecot.Release, fixture string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, w.config.Timeout)
	defer cancel()
	w.steady.Begin()
	h, err := w.steady.Host(release, g.handler, host.Mode{})
	if err != nil {
		return "", err
	}
	program, err := h.Compile(g.handler, filepath.Base(g.handler))
	if err != nil {
		return "", err
	}
	file := filepath.Join(g.folder, fixture)
	w.steady.Used(file)
	data, err := host.Read(file, "a file of recorded transactions")
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	write := trace.Ordered(trace.NewJSON(&out), 1000)
	base := int64(-1)
	w.steady.Observer = trace.ObserverFunc(func(r trace.Record) {
		if n := r.Transaction(); base < 0 && n > 0 {
			base = n - 1
		}
		if out.Len() > maxGolden {
			cancel()
			return
		}
		write.Observe(host.Timeless(host.Renumber(r, max(base, 0))))
	})
	h.UseLuaSettings(nil)
	if _, err := h.Run(ctx, program.Program, source.NewReader(bytes.NewReader(data), fixture)); err != nil {
		if ctx.Err() != nil {
			return "", fmt.Errorf("playing it took longer than %s, or made a trace of more than %d MB", w.config.Timeout, maxGolden>>20)
		}
		return "", err
	}
	return strings.ReplaceAll(out.String(), `,"micros":0`, ""), nil
}

// maxGolden bounds the trace of a fixture.
const maxGolden = 64 << 20
