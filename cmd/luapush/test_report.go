package main

import (
	"fmt"
	"io"
	"time"

	"github.com/alecthomas/kong"

	"github.com/luapush/luapush/cmd/luapush/testkit"
	"github.com/luapush/luapush/cmd/luapush/testkit/coverage"
	"github.com/luapush/luapush/cmd/luapush/testkit/report"
	"github.com/luapush/luapush/cmd/luapush/testkit/result"
)

// reportFlags are the flags of "luapush test" that say what becomes of the
// results.
type reportFlags struct {
	Report    []string     `sep:"none" placeholder:"NAME[=FILE]" help:"How to show the results: pretty (for people), tap, junit, json (a line each), github (annotations). With =FILE it goes to a file, and the pretty report stays. Can be repeated; one report may have standard output."`
	Coverage  coverageFlag `placeholder:"[=FORMAT[=FILE]]" help:"Count which lines, branches, functions and events of handlers the tests reach. Alone it adds a summary; --coverage=text shows the source, =lcov, =cobertura and =html write lcov.info, cobertura.xml and coverage.html, or FILE. Can be repeated."`
	Watch     bool         `short:"w" help:"Run again what a change touches, when a file is saved. Keys: a all, f failed, u update golden traces, Enter again, q quit."`
	Threshold []string     `placeholder:"N" help:"End with exit code 1 if less than N percent of the lines are reached; branches=N, functions=N and events=N ask for those. Counts coverage."`
}

// coverageFlag is --coverage, --coverage=FORMAT or --coverage=FORMAT=FILE.
type coverageFlag struct {
	on   bool
	list []string
}

// IsBool makes the flag one that needs no value.
func (c *coverageFlag) IsBool() bool { return true }

// Decode implements kong.MapperValue.
func (c *coverageFlag) Decode(ctx *kong.DecodeContext) error {
	c.on = true
	if ctx.Scan.Peek().Type != kong.FlagValueToken {
		return nil
	}
	var format string
	if err := ctx.Scan.PopValueInto("format", &format); err != nil {
		return err
	}
	c.list = append(c.list, format)
	return nil
}

// outputs are the reports that a run makes.
type outputs struct {
	app        *application
	command    *testCommand
	reports    []report.Target
	coverage   []coverage.Target
	thresholds []coverage.Threshold
	// standard tells that the pretty report has standard output.
	standard bool
	// out is standard output.
	out io.Writer
}

// outputs checks the flags.
func (c *testCommand) outputs(a *application) (*outputs, error) {
	o := &outputs{app: a, command: c, out: a.out}
	var err error
	if o.reports, err = report.Parse(c.Report); err != nil {
		return nil, &usageError{text: "--report: " + err.Error()}
	}
	for _, t := range o.reports {
		o.standard = o.standard || t.Format == report.Pretty && (t.File == "" || t.File == "-")
	}
	for _, text := range c.Threshold {
		t, err := coverage.ParseThreshold(text)
		if err != nil {
			return nil, &usageError{text: "--threshold: " + err.Error()}
		}
		o.thresholds = append(o.thresholds, t)
	}
	if c.Coverage.on || len(o.thresholds) > 0 {
		if o.coverage, err = coverage.Parse(c.Coverage.list); err != nil {
			return nil, &usageError{text: "--coverage: " + err.Error()}
		}
	}
	return o, nil
}

// color tells whether what goes to standard output has colours.
func (o *outputs) color() bool {
	return o.app.env.colored(o.command.Color)
}

// open makes the reports of one run.
func (o *outputs) open() (*report.Set, error) {
	return report.Open(o.reports, report.Options{
		Stdout: o.out, Stderr: o.app.env.Stderr, Color: o.color(), Verbose: o.command.Verbose,
		// Where a terminal is without colours, it may be without sequences.
		Progress: o.app.env.Terminal && o.color() && !o.command.Watch,
	})
}

// run runs the tests once, and writes everything that was asked for.
func (o *outputs) run(config testkit.Config) (result.Summary, error) {
	set, err := o.open()
	if err != nil {
		return result.Summary{}, err
	}
	defer set.Close()
	config.Reporter = set.Reporter
	var files []*report.File
	defer func() {
		for _, f := range files {
			if f != nil {
				f.Discard()
			}
		}
	}()
	for _, t := range o.coverage {
		var f *report.File
		if t.File != "" {
			if f, err = report.Create(t.File); err != nil {
				return result.Summary{}, err
			}
		}
		files = append(files, f)
	}
	if o.coverage == nil {
		return testkit.Run(o.app.ctx, config)
	}
	collector := coverage.New()
	config.Witness = func() testkit.Witness { return collector.Worker() }
	summary, err := testkit.Run(o.app.ctx, config)
	if err != nil {
		return summary, err
	}
	return summary, o.cover(collector.Report(config.Paths), files)
}

// cover writes the coverage, and ends with exit code 1 below a threshold.
func (o *outputs) cover(r *coverage.Report, files []*report.File) error {
	for i, t := range o.coverage {
		options := coverage.Options{Now: time.Now()}
		var out io.Writer = files[i]
		if files[i] == nil {
			out = o.app.env.Stderr
			if o.standard {
				out, options.Color = o.app.out, o.color()
			}
		}
		if err := r.Write(out, t.Format, options); err != nil {
			return fmt.Errorf("the coverage report %s: %w", t.Format, err)
		}
		if files[i] != nil {
			if err := files[i].Commit(); err != nil {
				return err
			}
		}
	}
	below := false
	for _, t := range o.thresholds {
		if text := t.Below(r); text != "" {
			below = true
			o.app.complain("%s", text)
		}
	}
	if below {
		return &exitError{ScriptFailed}
	}
	return nil
}
