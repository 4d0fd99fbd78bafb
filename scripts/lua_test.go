package scripts_test

import (
	"context"
	"testing"
	"time"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/cmd/luapush/testkit"
	"github.com/luapush/luapush/cmd/luapush/testkit/result"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/stdlib"
)

// reporter writes down what fails.
type reporter struct {
	t     *testing.T
	cases map[string]int
}

func (r *reporter) Begin(result.Run)         {}
func (r *reporter) End(result.Summary) error { return nil }
func (r *reporter) Case(c result.Case) {
	r.cases[c.File]++
	if !c.Status.Bad() && c.Status != result.Skipped {
		return
	}
	r.t.Errorf("%s:%d: %s, on Dovecot %s: %s", c.File, c.Line, c.Name(), c.Dovecot, c.Status)
	for _, f := range c.Failures {
		r.t.Errorf("%s:%d: %s\nexpected %s\n     got %s\n%s", f.File, f.Line, f.Message, f.Expected, f.Got, f.Trace)
	}
}

// TestLua runs the tests of the scripts that are written in Lua, as "luapush
// test scripts" does.
func TestLua(t *testing.T) {
	r := &reporter{t: t, cases: map[string]int{}}
	_, err := testkit.Run(context.Background(), testkit.Config{
		Paths: []string{"."}, Reporter: r, Seed: 1, Timeout: 20 * time.Second, Jobs: 2,
		Releases: []dovecot.Release{dovecot.Default, dovecot.At(2, 3, 21), dovecot.At(2, 4, 1)},
		Make: func(release dovecot.Release, _ string) (runtime.Options, error) {
			return runtime.Options{API: bindings.NewDovecot(), Modules: stdlib.Modules(), Dovecot: release, Strict: true}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"chronos_test.lua", "dlog_test.lua", "ox_test.lua", "relay_test.lua"} {
		if r.cases[file] < 3*10 {
			t.Errorf("%s has only %d cases for three releases", file, r.cases[file])
		}
	}
}
