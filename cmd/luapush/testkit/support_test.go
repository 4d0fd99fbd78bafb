package testkit_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/cmd/luapush/testkit"
	"github.com/luapush/luapush/cmd/luapush/testkit/result"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/stdlib"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// options are those of a host, as the command makes them.
func options(release dovecot.Release, script string) (runtime.Options, error) {
	folder := filepath.Dir(script)
	return runtime.Options{
		API: bindings.NewDovecot(), Modules: stdlib.Modules(), Dovecot: release,
		ScriptPath: filepath.Join(folder, "?.lua"),
	}, nil
}

// collected is a reporter that keeps everything.
type collected struct {
	run     result.Run
	cases   []result.Case
	summary result.Summary
	ended   int
}

func (c *collected) Begin(r result.Run)         { c.run = r }
func (c *collected) Case(each result.Case)      { c.cases = append(c.cases, each) }
func (c *collected) End(s result.Summary) error { c.summary = s; c.ended++; return nil }

// find gives the case of a name.
func (c *collected) find(t *testing.T, name string) result.Case {
	t.Helper()
	for _, each := range c.cases {
		if each.Name() == name {
			return each
		}
	}
	t.Fatalf("there is no case %q in %v", name, c.names())
	return result.Case{}
}

func (c *collected) names() (list []string) {
	for _, each := range c.cases {
		list = append(list, each.Name())
	}
	return list
}

// run runs tests with a configuration.
func run(t testing.TB, config testkit.Config) *collected {
	t.Helper()
	c := &collected{}
	config.Reporter = c
	if config.Make == nil {
		config.Make = options
	}
	if config.Seed == 0 {
		config.Seed = 1
	}
	if config.Timeout == 0 {
		config.Timeout = 20 * time.Second
	}
	if _, err := testkit.Run(context.Background(), config); err != nil {
		t.Fatal(err)
	}
	if c.ended != 1 {
		t.Fatalf("End was called %d times", c.ended)
	}
	return c
}

// folder writes files, given as name and text, and gives their folder.
func folder(t testing.TB, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		path := filepath.Join(dir, files[i])
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(files[i+1]), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// show writes a case down for messages of tests.
func show(c result.Case) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d %s: %s %s\n", c.File, c.Line, c.Name(), c.Status, c.Reason)
	for _, f := range c.Failures {
		fmt.Fprintf(&b, "  %s:%d: %s\n  nearest: %s\n  expected: %s\n  got: %s\n  hint: %s\n%s\n", f.File, f.Line, f.Message, f.Nearest, f.Expected, f.Got, f.Hint, f.Trace)
	}
	return b.String()
}

// allPass wants every case to have passed.
func allPass(t *testing.T, c *collected, least int) {
	t.Helper()
	if len(c.cases) < least {
		t.Errorf("only %d cases: %v", len(c.cases), c.names())
	}
	for _, each := range c.cases {
		if each.Status.Bad() {
			t.Error(show(each))
		}
	}
}
