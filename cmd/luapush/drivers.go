package main

import (
	"cmp"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/config"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/driver"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/spelling"
	"github.com/luapush/luapush/runtime/trace"
	"github.com/luapush/luapush/scripts"
)

// driversCommand is "luapush drivers".
type driversCommand struct {
	List driversListCommand `cmd:"" default:"withargs" help:"List the drivers of a configuration, and say why one would not run. The word list may be left out."`
	Show driversShowCommand `cmd:"" help:"Print the Lua of a driver that comes with luapush."`
}

// driversShowCommand is "luapush drivers show".
type driversShowCommand struct {
	Name string `arg:"" help:"ox, chronos or dlog."`
}

// comes are the drivers that come with luapush.
func comes() []string {
	var names []string
	for _, k := range []driver.Kind{driver.OX, driver.Chronos, driver.DLog} {
		if _, ok := scripts.Source(string(k)); ok {
			names = append(names, string(k))
		}
	}
	return names
}

// Run prints the script.
func (s *driversShowCommand) Run(a *application) error {
	for _, name := range comes() {
		if name == s.Name {
			source, _ := scripts.Source(name)
			_, err := a.out.Write(source)
			return err
		}
	}
	text := fmt.Sprintf("there is no driver %q that comes with luapush", s.Name)
	if near := spelling.Nearest(s.Name, comes()); near != "" {
		text += fmt.Sprintf("; did you mean %s?", near)
	} else {
		text += "; there are " + strings.Join(comes(), ", ")
	}
	return &usageError{text: text}
}

// driversListCommand lists the drivers of a configuration.
type driversListCommand struct {
	Config   string   `placeholder:"FILE" help:"A dovecot.conf, or the output of doveconf -n."`
	Set      []string `short:"s" sep:"none" placeholder:"NAME=VALUE" help:"A plugin setting, such as push_notification_driver=dlog. Goes before the configuration's. Can be repeated."`
	Protocol string   `default:"lmtp" placeholder:"lmtp|imap|…" help:"Whose settings hold."`
	User     string   `default:"user@example.com" placeholder:"USER" help:"Whose settings: what variables such as %u stand for."`
	Dovecot  string   `placeholder:"2.3|2.4|RELEASE" help:"The Dovecot whose settings they are. By default the configuration says it, else 2.3."`
	Format   string   `default:"text" enum:"text,json" placeholder:"text|json" help:"How to show them: text for people, json for programs (one object a line)."`
}

// Run lists them. A driver that does not run makes it fail.
func (c *driversListCommand) Run(a *application) error {
	flags := hostFlags{
		Config: c.Config, Set: c.Set, Protocol: c.Protocol, Dovecot: c.Dovecot,
		HTTP: "dry", Timeout: time.Minute, LoadedBy: "driver",
	}
	if !flags.byDrivers() {
		if len(c.Set) > 0 {
			return &usageError{text: "--set: none of these is push_notification_driver=…; give that, or --config FILE"}
		}
		return c.bundled(a)
	}
	if err := flags.load(a); err != nil {
		return err
	}
	options, err := flags.options(a, "")
	if err != nil {
		return err
	}
	host := runtime.New(options)
	configured := flags.configured()
	user := mail.User{Username: c.User, Service: mail.Some(c.Protocol)}
	list := configured.List(host, &user)
	// Whether the scripts can be read and compiled is known only now.
	faults := map[string]*runtime.Error{}
	for _, d := range host.Configured(configured)(&mail.Transaction{User: user}).Drivers {
		if d.Fault != nil {
			faults[d.Name] = d.Fault
		}
	}
	shown := driverList{List: list, faults: faults, command: c, release: options.Dovecot}
	if shown.release == (dovecot.Release{}) {
		shown.release = dovecot.Default
	}
	if c.Format == "json" {
		err = shown.json(a.out)
	} else {
		err = shown.text(a)
	}
	if err == nil && shown.failed() {
		return &exitError{ScriptFailed}
	}
	return err
}

// bundled lists what comes with luapush, when no configuration is given.
func (c *driversListCommand) bundled(a *application) error {
	if c.Format == "json" {
		return &usageError{text: "give --config FILE, or --set push_notification_driver=…"}
	}
	fmt.Fprint(a.out, "Drivers that come with luapush; \"luapush drivers show NAME\" prints one:\n\n")
	table := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	for _, name := range comes() {
		source, _ := scripts.Source(name)
		fmt.Fprintf(table, "  %s\t%s\n", name, summary(string(source)))
	}
	fmt.Fprint(table, "  lua\ta script of your own: lua:file=/path/to/handler.lua\n")
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprint(a.out, "\n--config FILE lists those of a dovecot.conf.\n")
	return nil
}

// summary is what a script's first sentence says about it.
func summary(source string) string {
	var words []string
	for line := range strings.Lines(source) {
		text, ok := strings.CutPrefix(strings.TrimSpace(line), "--")
		if !ok || strings.TrimSpace(text) == "" {
			break
		}
		words = append(words, strings.Fields(text)...)
		if strings.HasSuffix(words[len(words)-1], ".") {
			break
		}
	}
	_, text, _ := strings.Cut(strings.Join(words, " "), ": ")
	sentence, _, _ := strings.Cut(text, ". ")
	return strings.TrimSuffix(sentence, ".")
}

// driverList is a list to be shown.
type driverList struct {
	*driver.List
	// faults are of the drivers whose script cannot be loaded, by label.
	faults  map[string]*runtime.Error
	command *driversListCommand
	release dovecot.Release
}

// fault is why a driver does not run, "" if it does.
func (l *driverList) fault(d *driver.Driver) (text, hint, place string) {
	if d.Fault != nil {
		return d.Fault.Text, d.Fault.Hint, d.Fault.Origin.String()
	}
	if e := l.faults[d.Label]; e != nil {
		return e.Message, e.Hint, config.Origin{File: e.Script, Line: e.Line}.String()
	}
	return "", "", ""
}

func (l *driverList) failed() bool {
	for _, d := range l.Drivers {
		if text, _, _ := l.fault(d); text != "" {
			return true
		}
	}
	return len(l.Problems) > 0 || len(l.Drivers) == 0
}

func (l *driverList) text(a *application) error {
	where := "--set"
	if l.command.Config != "" {
		where = l.command.Config
	}
	fmt.Fprintf(a.out, "%s: Dovecot %s, protocol %s, user %s\n", where, l.release, l.command.Protocol, l.command.User)
	if len(l.Drivers) == 0 {
		fmt.Fprint(a.out, "\nThere is no driver. Name one in plugin { push_notification_driver = … } (Dovecot 2.3) or push_notification NAME { … } (2.4).\n")
	}
	stopped := ""
	for _, d := range l.Drivers {
		fmt.Fprintln(a.out)
		if err := l.driver(a, d, stopped); err != nil {
			return err
		}
		if text, _, _ := l.fault(d); stopped == "" && text != "" && !d.Ignored {
			stopped = d.Label
		}
	}
	for i := range l.Problems {
		fmt.Fprintln(a.out)
		l.remark(a, "", "problem", l.Problems[i].Text, l.Problems[i].Hint, l.Problems[i].Origin.String())
	}
	return nil
}

func (l *driverList) driver(a *application, d *driver.Driver, stopped string) error {
	name := d.Label
	if d.Kind != "" && !strings.EqualFold(d.Name, string(d.Kind)) {
		name += " (" + string(d.Kind) + ")"
	}
	fmt.Fprintf(a.out, "%s  %s  %s\n", orDash(name), d.Setting.Name, d.Setting.Origin)
	table := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	row := func(name, value, origin string) {
		fmt.Fprintf(table, "  %s\t%s\t%s\n", name, orDash(trace.Redact(value)), origin)
	}
	for _, o := range d.Options {
		origin := o.Origin.String()
		if o.Default {
			origin = "default"
		}
		row(o.Setting, shownValue(o), origin)
	}
	if d.File != "" && !given(d, "file") {
		row("file", d.File, d.FileOrigin.String())
	}
	for _, s := range d.LuaSettings {
		row("lua_settings "+s.Name, s.Value, s.Origin.String())
	}
	if err := table.Flush(); err != nil {
		return err
	}
	text, hint, place := l.fault(d)
	switch {
	case text != "":
		l.remark(a, "  ", "does not run", text, hint, place)
	case stopped != "":
		fmt.Fprintf(a.out, "  runs in luapush only: Dovecot ends the list at %s, which fails\n", stopped)
	}
	for _, w := range d.Warnings {
		l.remark(a, "  ", "warning", w.Text, w.Hint, w.Origin.String())
	}
	return nil
}

// shownValue is an option's value without credentials.
func shownValue(o driver.Option) string {
	value := cmp.Or(o.Written, o.Value)
	if o.Name == "url" {
		value = driver.Mask(value)
	}
	return trace.Redact(value)
}

// given tells that an option of that value is shown already.
func given(d *driver.Driver, name string) bool {
	o, ok := d.Option(name)
	return ok && o.Value == d.File
}

func (l *driverList) remark(a *application, indent, what, text, hint, place string) {
	if place != "" {
		text = place + ": " + text
	}
	fmt.Fprintf(a.out, "%s%s: %s\n", indent, what, trace.Redact(text))
	if hint != "" {
		fmt.Fprintf(a.out, "%s  hint: %s\n", indent, hint)
	}
}
