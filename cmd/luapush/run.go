package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/source"
	"github.com/luapush/luapush/runtime/trace"
)

// runCommand is "luapush run".
type runCommand struct {
	Script   string   `arg:"" optional:"" help:"The handler, a Lua file (.lua). With --config it may be left out: the drivers of the configuration are run then."`
	Fixtures []string `arg:"" optional:"" name:"fixture" help:"Recorded transactions, one JSON document a line; - reads them from standard input."`

	hostFlags `embed:""`

	Metadata string `placeholder:"WHERE" help:"Where metadata is read and written: in memory, beginning with the recording's (the default); dict, the file of the configuration's mail_attribute_dict; dict:PATH, such a file; doveadm:FILE, a Dovecot that the properties of OX App Suite's connector name, which also answers status and message text that the recording has not. See spec/metadata.md."`
	Format   string `default:"text" enum:"text,json" placeholder:"text|json" help:"How to show what happened: text for people, json for programs (one object a line)."`
	Color    string `default:"auto" enum:"auto,always,never" placeholder:"auto|always|never" help:"Colours in the text. auto is on for a terminal, unless NO_COLOR is set."`
	Full     bool   `help:"Show long bodies and messages whole."`
}

// arrange tells the script from the fixtures. Drivers of a configuration need
// no script, and then the first argument is one only if its name says so.
func (r *runCommand) arrange() error {
	if r.byDrivers() && r.Script != "" && !strings.HasSuffix(r.Script, ".lua") {
		r.Fixtures = append([]string{r.Script}, r.Fixtures...)
		r.Script = ""
	}
	switch {
	case r.Script == "" && !r.byDrivers():
		return &usageError{text: "expected \"<script> <fixture> ...\""}
	case len(r.Fixtures) == 0:
		return &usageError{text: "expected \"<fixture> ...\""}
	}
	return nil
}

// Run plays the fixtures.
func (r *runCommand) Run(a *application) error {
	if err := r.arrange(); err != nil {
		return err
	}
	if err := r.load(a); err != nil {
		return err
	}
	options, err := r.options(a, r.Script)
	if err != nil {
		return err
	}
	metadata, closeStore, err := openMetadata(a, r.Metadata, options.Dovecot, r.conf)
	if err != nil {
		return err
	}
	defer closeStore()
	options.Store = metadata
	var program []byte
	if r.Script != "" {
		if program, err = readProgram(r.Script); err != nil {
			return a.syntax(err)
		}
	}
	if r.Format == "json" {
		// Programs read standard output: what the script prints goes beside it.
		options.Lua.Stdout = a.env.Stderr
	}
	watch := &watcher{}
	options.Observer = trace.Tee(watch, trace.Ordered(r.writer(a), 1000))
	host := runtime.New(options)
	drivers, err := r.drivers(host, program)
	if err != nil {
		return a.syntax(hinted(err, program))
	}
	total, err := r.playAll(a, host, drivers)
	if err != nil {
		return err
	}
	if r.Format == "text" {
		fmt.Fprintf(a.out, "\n%s, %s, %s\n", count(total.Transactions, "transaction"), count(total.Requests, "request"), count(total.Errors, "error"))
	}
	return r.judge(a, total, watch)
}

// drivers gives those of each session: the script alone, or those of the
// configuration.
func (r *runCommand) drivers(host *runtime.Host, script []byte) (runtime.Drivers, error) {
	configured := r.configured()
	if r.Script == "" {
		return host.Configured(configured), nil
	}
	program, err := host.Compile(r.Script, script)
	if err != nil {
		return nil, err
	}
	if r.conf == nil {
		only := runtime.DriverList{Drivers: []*runtime.Driver{{Program: program}}}
		return func(*mail.Transaction) runtime.DriverList { return only }, nil
	}
	return func(first *mail.Transaction) runtime.DriverList {
		own := map[string]string{}
		for _, s := range configured.List(host, &first.User).Settings {
			own[s.Name] = s.Value
		}
		return runtime.DriverList{Drivers: []*runtime.Driver{{Program: program, Settings: own}}}
	}, nil
}

// playAll plays all fixtures.
func (r *runCommand) playAll(a *application, host *runtime.Host, drivers runtime.Drivers) (runtime.Summary, error) {
	var total runtime.Summary
	for _, fixture := range r.Fixtures {
		in, name, err := a.open(fixture)
		if err != nil {
			return total, err
		}
		from := source.NewReader(in, name)
		summary, err := host.RunDrivers(a.ctx, drivers, from)
		from.Close()
		total.Transactions += summary.Transactions
		total.Requests += summary.Requests
		total.Errors += summary.Errors
		total.Skipped += summary.Skipped
		var format *mail.FormatError
		if errors.As(err, &format) && filepath.Ext(fixture) == ".eml" {
			return total, fmt.Errorf("%w; of a message, make one: luapush event MessageNew --from %s", err, shellWord(fixture))
		}
		if err != nil {
			return total, err
		}
	}
	return total, nil
}

// judge makes the exit code.
func (r *runCommand) judge(a *application, total runtime.Summary, watch *watcher) error {
	nothing := total.Skipped == total.Transactions
	switch {
	case r.Script == "" && nothing:
		a.complain("no driver handled anything; \"luapush drivers\" with the same flags says which there are, and why one would not run")
		return &exitError{ScriptFailed}
	case r.Script != "" && watch.loaded && watch.handlers == 0 && nothing:
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
		Color: a.env.colored(r.Color),
		Debug: r.Debug, Width: 400,
	}
	if r.Full {
		options.Width = 0
	}
	return trace.NewText(a.out, options)
}

// open opens a fixture; - is standard input, which stays open.
func (a *application) open(fixture string) (io.Reader, string, error) {
	if fixture == "-" {
		return a.stdin(), "standard input", nil
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
	return readWhole(path, "a Lua file", maxProgram)
}

// What is larger is no script, and no message that a mail server takes.
const (
	maxProgram = 64 << 20
	maxMessage = 512 << 20
)

// readWhole reads a file of which is known what it should be.
func readWhole(path, want string, limit int64) ([]byte, error) {
	if err := readable(path, want); err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fileError(path, err)
	}
	defer f.Close()
	return readAll(f, path, want, limit)
}

// readAll reads to the end, but no more than the limit.
func readAll(from io.Reader, name, want string, limit int64) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(from, limit+1))
	if err != nil {
		return nil, fileError(name, err)
	}
	if int64(len(text)) > limit {
		return nil, fmt.Errorf("%s: is larger than %d MiB; give %s", name, limit>>20, want)
	}
	return text, nil
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
	case errors.Is(err, syscall.ENOTDIR):
		return fmt.Errorf("%s: this, or a part of it, is a file and not a folder; check the path", path)
	case errors.Is(err, syscall.ENAMETOOLONG):
		return fmt.Errorf("%s: the name is too long; give a shorter one", path)
	}
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		err = pathError.Err
	}
	return fmt.Errorf("%s: %w", path, err)
}

// hinted adds what to do with a file that is no script at all.
func hinted(err error, source []byte) error {
	var e *runtime.Error
	if !errors.As(err, &e) || e.Hint != "" {
		return err
	}
	switch {
	case bytes.HasPrefix(source, []byte("\xff\xfe")), bytes.HasPrefix(source, []byte("\xfe\xff")):
		e.Hint = "the file is UTF-16 text; save it as UTF-8"
	case bytes.HasPrefix(bytes.TrimSpace(source), []byte("{")):
		e.Hint = "the file looks like recorded transactions; the script comes first, then they"
	}
	return err
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
