package main

import (
	"bufio"
	"context"
	"io"

	"github.com/luapush/luapush/cmd/luapush/testkit"
	"github.com/luapush/luapush/cmd/luapush/testkit/result"
	"github.com/luapush/luapush/cmd/luapush/testkit/watch"
)

// watch runs the tests, and again what a change touches, until the user ends it.
func (o *outputs) watch(config testkit.Config) error {
	if o.coverage != nil {
		return &usageError{text: "--watch runs only what a change touches, which is no measure of coverage: leave out one of --watch, --coverage and --threshold"}
	}
	a := o.app
	keyboard, err := watch.OpenKeyboard(a.env.Stdin)
	if err != nil {
		return err
	}
	defer keyboard.Close()
	watcher := watch.NewWatcher()
	defer watcher.Close()
	o.out = &flushed{a.out, a.out}
	if keyboard.Terminal() && a.env.Terminal {
		o.out = &flushed{watch.NewLines(a.out), a.out}
	}
	c := watch.Config{
		Run: func(ctx context.Context, r watch.Request) (watch.Results, error) {
			return collect(ctx, config, r)
		},
		Show: o.show, Watcher: watcher, Keys: keyboard.Keys(), Out: o.out, Clear: a.env.Terminal, Roots: config.Paths,
	}
	if a.env.Getenv("CI") != "" {
		c.ReadOnly = "CI is set; write them where the change is made"
	}
	bad, err := watch.Loop(a.ctx, c)
	if closing := keyboard.Close(); err == nil {
		err = closing
	}
	if err == nil && bad {
		err = &exitError{ScriptFailed}
	}
	return err
}

// collect runs the tests that are wanted, and keeps what comes of them.
func collect(ctx context.Context, config testkit.Config, r watch.Request) (watch.Results, error) {
	var kept keeper
	config.Reporter, config.Only, config.Update = &kept, r.Wants, config.Update || r.Update
	_, err := testkit.Run(ctx, config)
	return kept.results, err
}

// keeper keeps results.
type keeper struct{ results watch.Results }

// Begin implements result.Reporter.
func (k *keeper) Begin(r result.Run) { k.results.Run = r }

// Case implements result.Reporter.
func (k *keeper) Case(c result.Case) { k.results.Cases = append(k.results.Cases, c) }

// End implements result.Reporter.
func (k *keeper) End(s result.Summary) error {
	k.results.Summary = s
	return nil
}

// show writes all reports.
func (o *outputs) show(r watch.Results) error {
	set, err := o.open()
	if err != nil {
		return err
	}
	defer set.Close()
	set.Reporter.Begin(r.Run)
	for _, c := range r.Cases {
		set.Reporter.Case(c)
	}
	if err := set.Reporter.End(r.Summary); err != nil {
		return err
	}
	return o.app.out.Flush()
}

// flushed writes through at once: nobody knows when the next change comes.
type flushed struct {
	io.Writer
	out *bufio.Writer
}

// Write implements io.Writer.
func (f *flushed) Write(p []byte) (int, error) {
	n, err := f.Writer.Write(p)
	if err == nil {
		err = f.out.Flush()
	}
	return n, err
}
