package main

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	goruntime "runtime"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/luapush/luapush/cmd/luapush/testkit"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/dovecot"
)

// testCommand is "luapush test".
type testCommand struct {
	Paths []string `arg:"" optional:"" name:"path" help:"Test files, and folders to look in: *_test.lua, and handler.lua with testdata/*.jsonl and *.golden beside it. The current folder by default."`

	Filter      string        `name:"run" placeholder:"REGEX" help:"Run the cases whose names match: \"group / case\", or a pattern for each, separated by slashes."`
	Tags        []string      `placeholder:"a,b,!c" help:"Run the cases that have one of the tags and none of those with a !."`
	Shuffle     shuffleFlag   `help:"Run files and cases in a random order. --shuffle=SEED repeats one."`
	Seed        uint64        `placeholder:"N" help:"The seed of math.random, in tests and handlers. Another one each time by default; the summary has it."`
	Repeat      int           `default:"1" placeholder:"1" help:"Run everything so many times."`
	Failfast    bool          `help:"Stop after the first failure."`
	FailOnEmpty bool          `help:"Fail when no case was run."`
	Timeout     time.Duration `default:"10s" placeholder:"10s" help:"How long a case may take in real time. What tests and handlers sleep takes none."`
	Jobs        int           `short:"j" placeholder:"N" help:"How many files run at the same time. As many as there are processors by default."`
	Bench       bool          `help:"Measure the functions of t.bench, too."`
	BenchTime   time.Duration `default:"1s" placeholder:"1s" help:"How long each is measured."`
	Update      bool          `help:"Write golden traces instead of comparing with them, and show the differences. Not where CI is set."`
	Sweep       bool          `help:"Instead of tests, play the fixtures beside each handler.lua once for each way to fail and at each request, and report handlers that raise, hang, or lose the rest of a batch."`
	Verbose     bool          `short:"v" help:"A line for each case."`
	Color       string        `default:"auto" enum:"auto,always,never" placeholder:"auto|always|never" help:"Colours. auto is on for a terminal, unless NO_COLOR is set."`

	Dovecot    []string    `default:"2.3" placeholder:"2.3,2.4,RELEASE" help:"The releases to run everything for, separated by commas; exact ones such as 2.3.4 work, too."`
	Set        []string    `short:"s" sep:"none" placeholder:"NAME=VALUE" help:"A plugin setting, as user:plugin_getenv answers it. Goes before what tests say. Can be repeated."`
	LuaSetting []string    `sep:"none" placeholder:"NAME=VALUE" help:"A setting that script_init gets from Dovecot 2.4 on. Can be repeated."`
	Strict     bool        `help:"Leave out what Dovecot itself does not have, as in run."`
	HTTP       string      `name:"http" default:"dry" placeholder:"MODE" help:"Where requests go in cases without t.http: dry (no network, answers 200), live, or a failure on purpose, as in run."`
	LuaPath    []string    `sep:"none" placeholder:"DIR" help:"Where else require of handlers looks for Lua files, as in run."`
	Sandbox    sandboxFlag `help:"Take processes and writing files away from handlers, as in run. Test files have neither."`

	reportFlags `embed:""`
}

// shuffleFlag is --shuffle or --shuffle=SEED.
type shuffleFlag struct {
	on, given bool
	seed      uint64
}

// IsBool makes the flag one that needs no value.
func (s *shuffleFlag) IsBool() bool { return true }

// Decode implements kong.MapperValue.
func (s *shuffleFlag) Decode(ctx *kong.DecodeContext) error {
	s.on = true
	if ctx.Scan.Peek().Type != kong.FlagValueToken {
		return nil
	}
	text := ctx.Scan.Pop().String()
	seed, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return &usageError{text: fmt.Sprintf("%q is no seed: give a number, or --shuffle alone", text)}
	}
	s.seed, s.given = seed, true
	return nil
}

// Run runs the tests.
func (c *testCommand) Run(a *application) error {
	config, err := c.config(a)
	if err != nil {
		return err
	}
	o, err := c.outputs(a)
	if err != nil {
		return err
	}
	if c.Watch {
		return o.watch(config)
	}
	summary, err := o.run(config)
	if err != nil {
		return err
	}
	if summary.Cases == 0 && c.FailOnEmpty {
		a.complain("no case was run; test files are called *_test.lua, and --run and --tags choose among their cases")
		return &exitError{ScriptFailed}
	}
	if summary.Bad() || summary.Stopped != "" {
		return &exitError{ScriptFailed}
	}
	return nil
}

// config checks the flags.
func (c *testCommand) config(a *application) (testkit.Config, error) {
	config := testkit.Config{
		Paths: c.Paths, Shuffle: c.Shuffle.on, Repeat: c.Repeat, FailFast: c.Failfast, Timeout: c.Timeout,
		Update: c.Update, Sweep: c.Sweep, Jobs: c.Jobs, Seed: c.Seed,
		Make: func(release dovecot.Release, script string) (runtime.Options, error) {
			return c.options(a, release, script)
		},
	}
	fault := func(format string, args ...any) (testkit.Config, error) {
		return config, &usageError{text: fmt.Sprintf(format, args...)}
	}
	for _, s := range c.Dovecot {
		release, err := dovecot.Parse(s)
		if err != nil {
			return fault("--dovecot: %s", err)
		}
		config.Releases = append(config.Releases, release)
	}
	var err error
	if c.Filter != "" {
		if config.Run, err = testkit.ParseRun(c.Filter); err != nil {
			return fault("--run: %s", err)
		}
	}
	if len(c.Tags) > 0 {
		if config.Tags, err = testkit.ParseTags(c.Tags); err != nil {
			return fault("--tags: %s", err)
		}
	}
	switch {
	case c.Timeout <= 0:
		return fault("--timeout: give a time such as 500ms or 30s, more than 0")
	case c.Repeat < 1:
		return fault("--repeat: give a number from 1 on")
	case c.Jobs < 0:
		return fault("--jobs: give a number from 1 on")
	case c.BenchTime <= 0:
		return fault("--bench-time: give a time such as 1s, more than 0")
	case c.Update && a.env.Getenv("CI") != "":
		return fault("--update: CI is set, and golden traces are not written there; write them where the change is made")
	}
	if config.Jobs == 0 {
		config.Jobs = goruntime.GOMAXPROCS(0)
	}
	if c.Bench {
		config.Bench, config.Jobs = c.BenchTime, 1
	}
	switch {
	case c.Shuffle.given:
		config.Seed = c.Shuffle.seed
	case config.Seed == 0:
		config.Seed = newSeed()
	}
	// A wrong flag is to be told before the first test.
	_, err = config.Make(config.Releases[0], "")
	return config, err
}

// newSeed makes a seed that people can type.
func newSeed() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // it never fails
	return binary.LittleEndian.Uint64(b[:])%999_999 + 1
}

// options makes the options of a host for a handler.
func (c *testCommand) options(a *application, release dovecot.Release, script string) (runtime.Options, error) {
	flags := hostFlags{
		Set: c.Set, LuaSetting: c.LuaSetting, Dovecot: release.String(), Strict: c.Strict, HTTP: c.HTTP,
		Timeout: c.Timeout, LuaPath: c.LuaPath, Sandbox: c.Sandbox, LoadedBy: "either",
	}
	return flags.options(a, script)
}

// Help is what "luapush test --help" says after the first line.
func (c *testCommand) Help() string {
	return strings.TrimSpace(`
A test stands beside its handler, in handler_test.lua:

  local t = require "luapush.test"
  t.case("posts new mail", function()
    t.http{["POST http://hook.example/"] = 200}
    local h = t.load("handler.lua", {settings = {hook = "http://hook.example/"}})
    h:play(t.message_new{subject = "Hello"})
    h:expect_request{method = "POST", body = "Hello"}
  end)

spec/testing.md has everything.`)
}
