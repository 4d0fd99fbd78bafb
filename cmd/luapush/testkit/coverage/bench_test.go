package coverage_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/cmd/luapush/testkit"
	"github.com/luapush/luapush/cmd/luapush/testkit/coverage"
	"github.com/luapush/luapush/cmd/luapush/testkit/result"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/stdlib"
)

// silent is a reporter of nothing.
type silent struct{}

func (silent) Begin(result.Run)         {}
func (silent) Case(result.Case)         {}
func (silent) End(result.Summary) error { return nil }

const examples = "../../../../examples"

func config(repeat int, c *coverage.Collector) testkit.Config {
	made := testkit.Config{
		Paths: []string{examples}, Reporter: silent{}, Seed: 1, Repeat: repeat, Jobs: 2,
		Make: func(release dovecot.Release, script string) (runtime.Options, error) {
			return runtime.Options{
				API: bindings.NewDovecot(), Modules: stdlib.Modules(), Dovecot: release,
				ScriptPath: filepath.Join(filepath.Dir(script), "?.lua"),
			}, nil
		},
	}
	if c != nil {
		made.Witness = func() testkit.Witness { return c.Worker() }
	}
	return made
}

// BenchmarkTests runs the tests of the examples without and with counting what
// they reach; the second may cost half as much again at most.
func BenchmarkTests(b *testing.B) {
	for _, counting := range []bool{false, true} {
		name := "plain"
		if counting {
			name = "covered"
		}
		b.Run(name, func(b *testing.B) {
			var c *coverage.Collector
			if counting {
				c = coverage.New()
			}
			s, err := testkit.Run(context.Background(), config(b.N, c))
			if err != nil || s.Bad() {
				b.Fatal(s, err)
			}
			if counting {
				c.Report([]string{examples})
			}
		})
	}
}

// TestExamples: what the tests of the examples reach is counted through the
// whole of the test kit: the lines of each handler, and its event functions.
func TestExamples(t *testing.T) {
	c := coverage.New()
	s, err := testkit.Run(context.Background(), config(1, c))
	if err != nil || s.Bad() || s.Cases == 0 {
		t.Fatalf("%+v %v", s.Counts, err)
	}
	r := c.Report([]string{examples})
	if len(r.Files) < 4 || len(r.Handlers) < 4 {
		t.Fatalf("%d files, %d handlers", len(r.Files), len(r.Handlers))
	}
	for i := range r.Files {
		f := &r.Files[i]
		if got := f.Totals().Lines; !f.Loaded || got.Percent() < 50 {
			t.Errorf("%s: loaded %v, %+v", f.Name, f.Loaded, got)
		}
	}
	for _, h := range r.Handlers {
		for _, e := range h.Events {
			if e.Calls == 0 {
				t.Errorf("%s: no test has a %s", h.Script, e.Name)
			}
		}
	}
}
