package testkit

import (
	"context"
	"math/rand/v2"

	"github.com/luapush/luapush/cmd/luapush/testkit/kit"
	"github.com/luapush/luapush/cmd/luapush/testkit/result"
)

// testFile is a unit: a file of tests.
type testFile struct{ path string }

func (t *testFile) name() string { return t.path }

// run implements unit.
func (t *testFile) run(ctx context.Context, w *worker, emit func(result.Case) bool) {
	for _, release := range w.config.Releases {
		broken := result.Case{File: t.path, Kind: result.Whole, Status: result.Error, Dovecot: release.String()}
		d, err := w.loader(release)
		if err != nil {
			broken.Failures = []result.Failure{{Message: err.Error(), File: t.path}}
			if !emit(broken) {
				return
			}
			continue
		}
		f, failure := d.Open(ctx, t.path)
		if failure != nil {
			broken.Failures = []result.Failure{*failure}
			if !emit(broken) {
				return
			}
			continue
		}
		var chosen []int
		for i, e := range f.Entries() {
			if (w.config.Run.Matches(e.Path) || w.config.Run.MayHold(e.Path)) && w.config.Tags.Matches(e.Tags) && (!e.Bench || w.config.Bench > 0) {
				chosen = append(chosen, i)
			}
		}
		if w.config.Shuffle {
			rand.New(rand.NewPCG(w.config.Seed, 1)).Shuffle(len(chosen), func(i, j int) { chosen[i], chosen[j] = chosen[j], chosen[i] })
		}
		goOn := true
		for _, i := range chosen {
			for _, c := range w.chosen(ctx, f, i) {
				goOn = goOn && emit(c)
			}
			if !goOn {
				break
			}
		}
		f.Close()
		if !goOn {
			return
		}
	}
}

// chosen runs a case, or of one that is not chosen itself the subtests that are;
// where there turn out to be none, it is as if it had not been run.
func (w *worker) chosen(ctx context.Context, f *kit.File, i int) []result.Case {
	run := w.config.Run
	f.Subtests = nil
	if run.Matches(f.Entries()[i].Path) {
		return f.Run(ctx, i)
	}
	f.Subtests = func(path []string) bool { return run.Matches(path) || run.MayHold(path) }
	cases := f.Run(ctx, i)
	if len(cases) == 1 && !cases[0].Status.Bad() {
		return nil
	}
	return cases
}
