package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
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

// colored tells whether standard output has colours, for a flag --color.
func (e *Environment) colored(flag string) bool {
	return flag == "always" || flag == "auto" && e.Terminal && e.Getenv("NO_COLOR") == "" && e.Getenv("TERM") != "dumb"
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
type usageError struct {
	text string
	// verb is the one whose help says more; it is filled in where the error ends up.
	verb string
}

func (e *usageError) Error() string { return e.text }

// Main runs the command with the arguments, without the program's name.
func Main(ctx context.Context, args []string, env Environment) (code ExitCode) {
	out := bufio.NewWriterSize(env.Stdout, 64<<10)
	app := &application{ctx: ctx, env: env, out: out}
	err := app.main(args)
	// Most verbs leave what becomes of their output to bufio, which keeps the error.
	if writing := out.Flush(); writing != nil && !told(err, standardOutput) {
		err = outputError(writing)
	}
	var usage *usageError
	var exit *exitError
	switch {
	case err == nil, errors.Is(err, errHelp):
		return Fine
	case errors.As(err, &exit):
		return exit.code
	case errors.As(err, &usage):
		help := "luapush --help"
		if usage.verb != "" {
			help = "luapush " + usage.verb + " --help"
		}
		fmt.Fprintf(env.Stderr, "luapush: %s; see \"%s\"\n", strings.TrimSuffix(usage.text, "."), help)
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		fmt.Fprintln(env.Stderr, "luapush: interrupted")
	default:
		fmt.Fprintf(env.Stderr, "luapush: %s\n", bareFileError(err))
	}
	return CouldNotRun
}

// standardOutput is how messages call it.
const standardOutput = "standard output"

// told tells whether a verb has a message of its own about a file.
func told(err error, name string) bool {
	return err != nil && strings.HasPrefix(err.Error(), name+": ")
}

// outputError says why standard output could not be written.
func outputError(err error) error {
	if full(err) {
		return errors.New(standardOutput + ": the disk is full; make room, or write it elsewhere")
	}
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		err = pathError.Err
	}
	return fmt.Errorf("%s: %w; the output is not whole", standardOutput, err)
}

// bareFileError says what to do where all there is to an error is that of a file.
func bareFileError(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) && err.Error() == pathError.Error() {
		return fileError(pathError.Path, err)
	}
	return err
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
	)
	if err != nil {
		return err
	}
	parsed, err := parser.Parse(flagsFirst(parser.Model.Node, customary(args)))
	if err != nil {
		return asUsage(err)
	}
	err = parsed.Run(a)
	var usage *usageError
	if errors.As(err, &usage) {
		usage.verb = verbOf(parsed.Selected())
	}
	return err
}

// asUsage says what kong has against the command line, and names the verb whose
// help says more.
func asUsage(err error) error {
	var parse *kong.ParseError
	if !errors.As(err, &parse) || parse.Context == nil {
		return &usageError{text: err.Error()}
	}
	node := parse.Context.Selected()
	for _, p := range parse.Context.Path {
		if p.Command != nil {
			node = p.Command
		}
	}
	return &usageError{text: plainly(parse.Error(), node), verb: verbOf(node)}
}

// verbOf is a verb as the user types it, such as "relay show".
func verbOf(node *kong.Node) string {
	if node == nil {
		return ""
	}
	var words []string
	for ; node.Parent != nil; node = node.Parent {
		words = append([]string{node.Name}, words...)
	}
	return strings.Join(words, " ")
}
