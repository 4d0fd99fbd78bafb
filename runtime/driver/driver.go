package driver

import (
	"slices"

	"github.com/luapush/luapush/runtime/config"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/mail"
)

// Kind is what a driver is made of.
type Kind string

// The drivers of Dovecot and of its commercial edition (dovecot.md §7.1).
const (
	OX      Kind = "ox"
	Chronos Kind = "chronos"
	DLog    Kind = "dlog"
	Lua     Kind = "lua"
)

// Problem is something that is wrong with a setting.
type Problem struct {
	// Origin is the line, or "userdb" or "--set" for a setting from there.
	Origin config.Origin
	// Setting is its name, "" where none is concerned.
	Setting string
	// Text is Dovecot's where it has one for this case.
	Text string
	// Hint says what to do.
	Hint string
}

// String gives "file:line: text (hint)".
func (p *Problem) String() string {
	text := p.Text
	if at := p.Origin.String(); at != "" {
		text = at + ": " + text
	}
	if p.Hint != "" {
		text += " (" + p.Hint + ")"
	}
	return text
}

// Option is one option of a driver.
type Option struct {
	// Name is the name under which scripts get it, which is that of Dovecot
	// 2.3, and Setting the name that the settings file has.
	Name, Setting string
	// Value is "" for an option that is only named. Written is how the settings
	// file has it, where that is in another unit, else "".
	Value, Written string
	// Named is set for an option of Dovecot 2.3 without "=".
	Named bool
	// Default is set for one that the settings do not have: Value is then what
	// holds instead.
	Default bool
	Origin  config.Origin
}

// Driver is one entry of a user's list.
type Driver struct {
	// Setting is what names the driver: push_notification_driver2, or the block
	// in Dovecot 2.4. Its Value is expanded for the user.
	Setting config.Setting
	// Number is 1 for the first setting, 2 for the one that ends with 2.
	Number int
	// Name is the driver's name as it was written; Dovecot puts it in front of
	// errors. Kind is what it stands for, "" if nothing.
	Name string
	Kind Kind
	// Label names the driver in records: its name, with "#" and its number
	// behind where the list has several of that name.
	Label string
	// Options are in the order of the settings, the last of the same name only,
	// and after them the defaults.
	Options []Option
	// Text is all options as they were written after the colon (2.3), which
	// HasText says was there.
	Text    string
	HasText bool
	// File is the script of a Lua driver, and FileOrigin where it was named.
	// Shared is set when it is that of the mail_lua plugin.
	File       string
	FileOrigin config.Origin
	Shared     bool
	// LuaSettings is what script_init gets (2.4).
	LuaSettings []config.Setting
	// Fault is why the driver does not run, nil if it does.
	Fault *Problem
	// Ignored says of a driver with a Fault that Dovecot does not say a word
	// about it either: nothing reads the setting, or the plugin is not loaded.
	Ignored bool
	// DovecotStops is set when Dovecot would not run the driver, as it ends the
	// list at an earlier one that fails.
	DovecotStops bool
	// Warnings are what does not keep it from running.
	Warnings []Problem
}

// Runs tells whether the driver is played.
func (d *Driver) Runs() bool { return d.Fault == nil }

// Option gives the value of an option, defaults included.
func (d *Driver) Option(name string) (Option, bool) {
	for _, o := range d.Options {
		if o.Name == name {
			return o, true
		}
	}
	return Option{}, false
}

func (d *Driver) fail(origin config.Origin, setting, text, hint string) {
	if d.Fault == nil {
		d.Fault = &Problem{Origin: origin, Setting: setting, Text: text, Hint: hint}
	}
}

// failInit fails the driver with an error of its own, in front of which Dovecot
// puts its name.
func (d *Driver) failInit(origin config.Origin, setting, text, hint string) {
	d.fail(origin, setting, d.Name+": "+text, hint)
}

func (d *Driver) warn(origin config.Origin, setting, text, hint string) {
	d.Warnings = append(d.Warnings, Problem{Origin: origin, Setting: setting, Text: text, Hint: hint})
}

// Options say whose list is wanted.
type Options struct {
	// Release decides between the two languages of settings; the zero value is
	// dovecot.Default.
	Release dovecot.Release
	// User has the list. Its userdb fields go before the file's settings (2.3).
	User *mail.User
	// Protocol is whose mail_plugins are meant; it is only for messages.
	Protocol string
	// Set goes before everything else, as --set does.
	Set []config.Setting
	// AnyPlugin leaves out the question whether mail_plugins load the drivers,
	// for settings that do not come from a whole file.
	AnyPlugin bool
	// CheckURL tells what is wrong with a URL, in Dovecot's words; nil if none
	// shall be checked.
	CheckURL func(string) error
}

// List is the drivers of a user.
type List struct {
	// Drivers is in the order in which Dovecot calls them; those that it never
	// reads come last.
	Drivers []*Driver
	// Settings are the plugin settings that the user has, expanded: what
	// user:plugin_getenv answers (2.3).
	Settings []config.Setting
	// Off is why no driver runs, whatever the list says: the plugin is not
	// loaded for the protocol. nil if it is.
	Off *Problem
	// Problems belong to no driver.
	Problems []Problem
}

// Running are the drivers that are played.
func (l *List) Running() []*Driver {
	var running []*Driver
	for _, d := range l.Drivers {
		if d.Runs() {
			running = append(running, d)
		}
	}
	return running
}

// New works out the list. A View that is nil has no settings.
func New(view *config.View, o Options) *List {
	if o.Release == (dovecot.Release{}) {
		o.Release = dovecot.Default
	}
	if o.User == nil {
		o.User = &mail.User{}
	}
	if view == nil {
		view = &config.View{}
	}
	b := &builder{Options: o, view: view, list: &List{}, broken: map[string]*Problem{}}
	b.expander = NewExpander(o.Release, o.User)
	handmade := slices.ContainsFunc(o.Set, func(s config.Setting) bool { return isDriverSetting(s.Name) })
	b.blocks = o.Release.AtLeast(2, 4) && !handmade
	if b.blocks {
		b.list24()
	} else {
		b.settings23()
		b.list23()
	}
	if !o.AnyPlugin {
		b.plugins()
	}
	b.finish()
	return b.list
}

// builder makes one list.
type builder struct {
	Options
	view     *config.View
	expander *config.Expander
	list     *List
	// blocks is set for the language of Dovecot 2.4. What is set by hand is
	// always in that of 2.3, which fits on one line.
	blocks bool
	// broken are the drivers' settings that cannot be expanded, by name.
	broken map[string]*Problem
}

// finish marks what Dovecot would not have reached, and gives labels.
func (b *builder) finish() {
	stopped := false
	count := map[string]int{}
	for _, d := range b.list.Drivers {
		if !d.Ignored {
			count[d.Name]++
		}
	}
	for _, d := range b.list.Drivers {
		d.Label = d.Name
		if count[d.Name] > 1 && !d.Ignored {
			d.Label += "#" + decimal(d.Number)
		}
		if !d.Ignored {
			d.DovecotStops = stopped
			stopped = stopped || d.Fault != nil
		}
	}
}
