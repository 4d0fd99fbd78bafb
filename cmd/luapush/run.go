package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/lua"
	"github.com/luapush/luapush/runtime/source"
	"github.com/luapush/luapush/runtime/trace"
	"github.com/luapush/luapush/runtime/transport"
	"github.com/luapush/luapush/stdlib"
)

// runCommand is "luapush run".
type runCommand struct {
	Script   string   `arg:"" help:"The handler, a Lua file."`
	Fixtures []string `arg:"" name:"fixture" help:"Recorded transactions, one JSON document a line; - reads them from standard input."`

	hostFlags `embed:""`

	Format string `default:"text" enum:"text,json" placeholder:"text|json" help:"How to show what happened: text for people, json for programs (one object a line)."`
	Color  string `default:"auto" enum:"auto,always,never" placeholder:"auto|always|never" help:"Colours in the text. auto is on for a terminal, unless NO_COLOR is set."`
	Full   bool   `help:"Show long bodies and messages whole."`
}

// hostFlags are the flags of every verb that runs scripts.
type hostFlags struct {
	Set        []string      `short:"s" sep:"none" placeholder:"NAME=VALUE" help:"A plugin setting, as user:plugin_getenv answers it. Goes before the recording's. Can be repeated."`
	LuaSetting []string      `sep:"none" placeholder:"NAME=VALUE" help:"A setting that script_init gets from Dovecot 2.4 on. Can be repeated."`
	Dovecot    string        `default:"2.3" placeholder:"2.3|2.4|RELEASE" help:"The Dovecot whose API the script sees; exact releases such as 2.3.4 work, too."`
	Strict     bool          `help:"Leave out what Dovecot itself does not have: event.user, keywords_set, keywords_clear, flags as a bitmask, and modules in the script's own folder."`
	HTTP       string        `name:"http" default:"dry" placeholder:"MODE" help:"Where requests go: dry (no network, answers 200), live, or a failure on purpose: refused, timeout, dns, reset, badresponse, or a status such as 503."`
	Timeout    time.Duration `default:"30s" placeholder:"30s" help:"How long one call of the script may take."`
	Debug      bool          `help:"mail_debug=yes: show the driver's debug lines, and those of the script's events."`
	LuaPath    []string      `sep:"none" placeholder:"DIR" help:"Where else require looks for Lua files: a folder, or templates such as lib/?.lua. It comes after the script's own folder, where Dovecot itself does not look (only in its package.path), and before package.path. Can be repeated."`
	Sandbox    sandboxFlag   `help:"Take processes and writing files away from the script. --sandbox=DIR lets it write below that folder. Reading stays allowed. Off by default, as in Dovecot."`
	LoadedBy   string        `default:"either" enum:"either,driver,mail_lua" placeholder:"driver|mail_lua" help:"Which plugin loads the script. By default mail_lua if it defines mail_user_created, else the push driver."`
}

// options makes the runtime's options of the flags, for a script at a path.
func (f *hostFlags) options(a *application, script string) (runtime.Options, error) {
	release, err := dovecot.Parse(f.Dovecot)
	if err != nil {
		return runtime.Options{}, &usageError{text: "--dovecot: " + err.Error(), verb: "run"}
	}
	carrier, err := transport.Parse(f.HTTP, transport.LiveOptions{})
	if err != nil {
		return runtime.Options{}, &usageError{text: "--http: " + err.Error(), verb: "run"}
	}
	if f.Timeout <= 0 {
		return runtime.Options{}, &usageError{text: "--timeout: give a time such as 500ms or 30s, more than 0", verb: "run"}
	}
	settings, err := pairs("--set", f.Set)
	if err != nil {
		return runtime.Options{}, err
	}
	luaSettings, err := pairs("--lua-setting", f.LuaSetting)
	if err != nil {
		return runtime.Options{}, err
	}
	scriptPath, err := f.scriptPath(script)
	if err != nil {
		return runtime.Options{}, err
	}
	system, err := f.Sandbox.system()
	if err != nil {
		return runtime.Options{}, err
	}
	loadedBy := map[string]runtime.LoadedBy{
		"either": runtime.ByEither, "driver": runtime.ByDriver, "mail_lua": runtime.ByMailLua,
	}[f.LoadedBy]
	return runtime.Options{
		API: bindings.NewDovecot(), Modules: stdlib.Modules(), Dovecot: release, Strict: f.Strict,
		LoadedBy: loadedBy, HTTP: carrier, Settings: settings, LuaSettings: luaSettings,
		Limits: runtime.Limits{Time: f.Timeout}, Debug: f.Debug, ScriptPath: scriptPath, System: system,
		Lua: lua.Options{Stdout: a.out, Stderr: a.env.Stderr},
	}, nil
}

// pairs reads NAME=VALUE flags.
func pairs(flag string, list []string) (map[string]string, error) {
	m := make(map[string]string, len(list))
	for _, item := range list {
		name, value, ok := strings.Cut(item, "=")
		if !ok || name == "" {
			return nil, &usageError{text: fmt.Sprintf("%s: %q is not NAME=VALUE", flag, item), verb: "run"}
		}
		m[name] = value
	}
	return m, nil
}

// Run plays the fixtures.
func (r *runCommand) Run(a *application) error {
	options, err := r.options(a, r.Script)
	if err != nil {
		return err
	}
	program, err := readProgram(r.Script)
	if err != nil {
		return a.syntax(err)
	}
	if r.Format == "json" {
		// Programs read standard output: what the script prints goes beside it.
		options.Lua.Stdout = a.env.Stderr
	}
	watch := &watcher{}
	options.Observer = trace.Tee(watch, trace.Ordered(r.writer(a), 1000))
	host := runtime.New(options)
	compiled, err := host.Compile(r.Script, program)
	if err != nil {
		return a.syntax(err)
	}
	var total runtime.Summary
	for _, fixture := range r.Fixtures {
		summary, err := r.play(a, host, compiled, fixture)
		total.Transactions += summary.Transactions
		total.Requests += summary.Requests
		total.Errors += summary.Errors
		total.Skipped += summary.Skipped
		if err != nil {
			return err
		}
	}
	if r.Format == "text" {
		fmt.Fprintf(a.out, "\n%s, %s, %s\n", count(total.Transactions, "transaction"), count(total.Requests, "request"), count(total.Errors, "error"))
	}
	switch {
	case watch.loaded && watch.handlers == 0 && total.Skipped == total.Transactions:
		a.complain("%s: the script has no event function, so nothing was called; define one, such as dovecot_lua_notify_event_message_new(ctx, event)", r.Script)
		return &exitError{ScriptFailed}
	case total.Errors > 0:
		return &exitError{ScriptFailed}
	}
	return nil
}

func (r *runCommand) writer(a *application) trace.Observer {
	if r.Format == "json" {
		return trace.NewJSON(a.out)
	}
	options := trace.TextOptions{
		Color: r.Color == "always" || r.Color == "auto" && a.env.Terminal && a.env.Getenv("NO_COLOR") == "",
		Debug: r.Debug, Width: 400,
	}
	if r.Full {
		options.Width = 0
	}
	return trace.NewText(a.out, options)
}

// play plays one fixture file.
func (r *runCommand) play(a *application, host *runtime.Host, p *runtime.Program, fixture string) (runtime.Summary, error) {
	in, name, err := a.open(fixture)
	if err != nil {
		return runtime.Summary{}, err
	}
	from := source.NewReader(in, name)
	defer from.Close()
	return host.Run(a.ctx, p, from)
}

// open opens a fixture; - is standard input, which stays open.
func (a *application) open(fixture string) (io.Reader, string, error) {
	if fixture == "-" {
		return io.MultiReader(a.env.Stdin), "standard input", nil
	}
	if err := readable(fixture, "a file of recorded transactions (.jsonl)"); err != nil {
		return nil, "", err
	}
	f, err := os.Open(fixture)
	if err != nil {
		return nil, "", fileError(fixture, err)
	}
	return f, fixture, nil
}

// readProgram reads a script.
func readProgram(path string) ([]byte, error) {
	if err := readable(path, "a Lua file"); err != nil {
		return nil, err
	}
	source, err := os.ReadFile(path)
	if err != nil {
		return nil, fileError(path, err)
	}
	return source, nil
}

// readable refuses what is there but cannot be read as a file.
func readable(path, want string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fileError(path, err)
	}
	if info.IsDir() {
		return fmt.Errorf("%s: is a directory; give %s", path, want)
	}
	return nil
}

// fileError says what is wrong with a file, and what to do.
func fileError(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: no such file; check the path", path)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s: permission denied; make it readable", path)
	}
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		err = pathError.Err
	}
	return fmt.Errorf("%s: %w", path, err)
}

// syntax shows a script that does not compile, with its line.
func (a *application) syntax(err error) error {
	var e *runtime.Error
	if !errors.As(err, &e) {
		return err
	}
	a.complain("%s", e.Error())
	fmt.Fprint(a.env.Stderr, trace.Frame(e.Line, e.SourceLine, e.Column))
	if e.Hint != "" {
		fmt.Fprintf(a.env.Stderr, "  hint: %s\n", e.Hint)
	}
	return &exitError{CouldNotRun}
}

func (a *application) complain(format string, args ...any) {
	a.out.Flush()
	fmt.Fprintf(a.env.Stderr, "luapush: "+format+"\n", args...)
}

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// watcher remembers what decides the exit code.
type watcher struct {
	loaded   bool
	handlers int
}

// Observe implements trace.Observer.
func (w *watcher) Observe(r trace.Record) {
	if load, ok := r.(*trace.Load); ok {
		w.loaded, w.handlers = true, len(load.Handlers)
	}
}
