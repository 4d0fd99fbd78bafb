package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

// Environment is what belongs to the process.
type Environment struct {
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	Getenv func(string) string
	// Terminal tells that Stdout is one.
	Terminal bool
}

// commands are the verbs, with their flags.
type commands struct {
	Run     runCommand     `cmd:"" help:"Play recorded transactions through a handler, and show what it did."`
	Check   checkCommand   `cmd:"" help:"Say what is wrong with scripts before they run, and what would break on which Dovecot."`
	Explain explainCommand `cmd:"" help:"Say what a rule of check is about: what to avoid, what to prefer, and why."`
	Event   eventCommand   `cmd:"" help:"Make the transaction document that Dovecot would make of a message or an action."`
	Test    testCommand    `cmd:"" help:"Run the tests of handlers: *_test.lua files, golden traces, and with --sweep failures on purpose."`
	Relay   relayCommand   `cmd:"" help:"Write down what happens in a running Dovecot: the script for it, its configuration, and a check of the folder."`
	Verify  verifyCommand  `cmd:"" help:"Run a handler in a private real Dovecot and in luapush, on the same mail, and show where they differ."`
	Record  recordCommand  `cmd:"" help:"Add live transactions of a spool folder to a fixture, or fixtures to another; with --strip, without what is personal."`
	Modules modulesCommand `cmd:"" help:"List the modules that a script may require."`
	New     newCommand     `cmd:"" help:"Make a folder with a handler to start from, and recorded transactions to try it on."`
	Docs    docsCommand    `cmd:"" help:"Show the documentation of Dovecot's API, as a release has it."`
	Types   typesCommand   `cmd:"" help:"Write definitions of Dovecot's API for the Lua language server, which editors use."`
	Drivers driversCommand `cmd:"" help:"List the push drivers of a Dovecot configuration, and say why one would not run; or print a driver's Lua."`
	Version versionCommand `cmd:"" help:"Print the version, and the Dovecot and Lua versions luapush stands for."`
}

const about = `Runs Lua scripts for mail events as Dovecot's push notification framework does.

Exit codes: 0 fine; 1 the script failed; 2 luapush could not run it.`

// errHelp ends the command after help was printed.
var errHelp = errors.New("help was printed")

// usageError is a fault of the command line.
type usageError struct{ text, verb string }

func (e *usageError) Error() string { return e.text }

// Main runs the command with the arguments, without the program's name.
func Main(ctx context.Context, args []string, env Environment) (code ExitCode) {
	out := bufio.NewWriterSize(env.Stdout, 64<<10)
	defer func() {
		if err := out.Flush(); err != nil && code == Fine {
			code = CouldNotRun
		}
	}()
	app := &application{ctx: ctx, env: env, out: out}
	err := app.main(args)
	var usage *usageError
	var exit *exitError
	switch {
	case err == nil, errors.Is(err, errHelp):
		return Fine
	case errors.As(err, &exit):
		return exit.code
	case errors.As(err, &usage):
		out.Flush()
		help := "luapush --help"
		if usage.verb != "" {
			help = "luapush " + usage.verb + " --help"
		}
		fmt.Fprintf(env.Stderr, "luapush: %s; see \"%s\"\n", strings.TrimSuffix(usage.text, "."), help)
	default:
		out.Flush()
		fmt.Fprintf(env.Stderr, "luapush: %s\n", err)
	}
	return CouldNotRun
}

// exitError ends the command with a code, when everything has been said.
type exitError struct{ code ExitCode }

func (e *exitError) Error() string { return fmt.Sprintf("exit code %d", e.code) }

// application is one run of the command.
type application struct {
	ctx context.Context
	env Environment
	out *bufio.Writer
}

func (a *application) main(args []string) (err error) {
	if len(args) == 0 {
		args = []string{"--help"}
	}
	var c commands
	defer func() {
		// kong ends the process after help; here it must end the function.
		if r := recover(); r != nil {
			if r != any(errHelp) {
				panic(r)
			}
			err = errHelp
		}
	}()
	parser, err := kong.New(&c,
		kong.Name("luapush"), kong.Description(about),
		kong.Writers(a.out, a.env.Stderr),
		kong.Exit(func(int) { panic(errHelp) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true}),
		kong.UsageOnError(),
	)
	if err != nil {
		return err
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return asUsage(err)
	}
	return parsed.Run(a)
}

// asUsage names the verb whose help says more.
func asUsage(err error) error {
	var parse *kong.ParseError
	if !errors.As(err, &parse) {
		return &usageError{text: err.Error()}
	}
	verb := ""
	if parse.Context != nil && parse.Context.Selected() != nil {
		verb = parse.Context.Selected().Name
	} else if parse.Context != nil {
		for _, p := range parse.Context.Path {
			if p.Command != nil {
				verb = p.Command.Name
			}
		}
	}
	return &usageError{text: parse.Error(), verb: verb}
}
