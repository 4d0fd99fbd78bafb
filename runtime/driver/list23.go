package driver

import (
	"slices"
	"strconv"
	"strings"

	"github.com/luapush/luapush/runtime/config"
	"github.com/luapush/luapush/runtime/spelling"
)

// list23 reads the numbered settings as Dovecot 2.3 does (dovecot.md §7.1).
func (b *builder) list23() {
	read := b.numbered(driverSetting)
	working := slices.ContainsFunc(b.list.Drivers, func(d *Driver) bool { return d.Runs() })
	legacy := 0
	if !working {
		// Only when nothing came of the others are the names of 2.2 read.
		legacy = b.numbered(legacySetting)
	}
	b.unread(driverSetting, read)
	b.unread(legacySetting, legacy)
}

// numbered reads the settings of a name in sequence and gives the number of the
// last one that was read. The first has no number, and the second is 2.
func (b *builder) numbered(name string) int {
	for n := 1; ; n++ {
		s, ok := b.setting(numberedName(name, n))
		if !ok || s.Value == "" {
			return n - 1
		}
		b.list.Drivers = append(b.list.Drivers, b.driver23(s, n))
	}
}

func numberedName(name string, n int) string {
	if n == 1 {
		return name
	}
	return name + decimal(n)
}

// byHand is the origin of what --set says; an empty one is meant to end the
// list.
const byHand = "--set"

// unread lists the settings that look like drivers and are never read. What
// ends in something else than a number is no driver, but a misspelling, which
// the reader of the file tells.
func (b *builder) unread(name string, read int) {
	for _, s := range b.list.Settings {
		suffix, ok := strings.CutPrefix(s.Name, name)
		if !ok || strings.Trim(suffix, "0123456789") != "" {
			continue
		}
		n := 1
		if suffix != "" {
			n, _ = strconv.Atoi(suffix)
			if n == 1 || numberedName(name, n) != s.Name {
				n = 0
			}
		}
		if n > 0 && n <= read || s.Value == "" && s.Origin.File == byHand {
			continue
		}
		d := b.parse23(s, n)
		d.Fault, d.Ignored = b.whyUnread(name, s, n, read), true
		b.list.Drivers = append(b.list.Drivers, d)
	}
}

// whyUnread says why Dovecot does not read a setting. A number of 0 is one that
// is not written as Dovecot looks for it.
func (b *builder) whyUnread(name string, s config.Setting, n, read int) *Problem {
	p := &Problem{Origin: s.Origin, Setting: s.Name}
	end := numberedName(name, read+1)
	ending, there := b.setting(end)
	switch {
	case s.Name == name+"1":
		p.Text = s.Name + " is never read: the first driver has no number"
		p.Hint = "name it " + name
	case n == 0:
		p.Text = s.Name + " is never read: the number must not begin with 0"
		p.Hint = "the drivers are " + name + ", " + name + "2, " + name + "3 and so on"
	case name == legacySetting && read == 0 && ending.Value != "":
		p.Text = s.Name + " is not read, as " + driverSetting + " gives a driver"
		p.Hint = "it is the old name; take it out"
	case n == read+1:
		p.Text = s.Name + " is empty, which ends the list"
		p.Hint = "give a driver such as dlog, or take the setting out"
	case there:
		p.Text = s.Name + " is never read: " + end + " is empty, which ends the list"
		p.Hint = "number the drivers without a gap"
	default:
		p.Text = s.Name + " is never read: there is no " + end
		p.Hint = "number the drivers without a gap"
	}
	return p
}

// driver23 makes a driver of one setting.
func (b *builder) driver23(s config.Setting, n int) *Driver {
	d := b.parse23(s, n)
	if problem, broken := b.broken[s.Name]; broken {
		d.Fault = problem
		return d
	}
	switch d.Kind {
	case "":
		d.fail(s.Origin, s.Name, "Unknown push notification driver: "+d.Name, unknownHint(d.Name))
	case Lua:
		b.lua23(d)
	default:
		b.check(d)
	}
	return d
}

// parse23 takes NAME[:OPTIONS] apart. Options are split at single blanks, and
// nothing quotes them.
func (b *builder) parse23(s config.Setting, n int) *Driver {
	d := &Driver{Setting: s, Number: n}
	d.Name, d.Text, d.HasText = strings.Cut(s.Value, ":")
	d.Kind = kindOf(d.Name)
	if d.Text == "" {
		return d
	}
	for item := range strings.SplitSeq(d.Text, " ") {
		key, value, found := strings.Cut(item, "=")
		if item == "" {
			continue
		}
		o := Option{Name: key, Setting: key, Value: value, Named: !found, Origin: s.Origin}
		d.Options = slices.DeleteFunc(d.Options, func(old Option) bool { return old.Name == key })
		d.Options = append(d.Options, o)
	}
	return d
}

// kindOf finds a driver by its name, in any case but without a blank around it.
func kindOf(name string) Kind {
	for _, k := range []Kind{OX, Chronos, DLog, Lua} {
		if strings.EqualFold(name, string(k)) {
			return k
		}
	}
	return ""
}

func unknownHint(name string) string {
	names := []string{string(OX), string(Chronos), string(DLog), string(Lua)}
	if trimmed := strings.TrimSpace(name); trimmed != name && kindOf(trimmed) != "" {
		return "take out the blank before the colon: the name must be exactly " + strings.ToLower(trimmed)
	}
	if near := spelling.Nearest(name, names); near != "" {
		return "did you mean " + near + "?"
	}
	return "the drivers are " + strings.Join(names, ", ")
}

// lua23 finds the script of a Lua driver (dovecot.md §1.1).
func (b *builder) lua23(d *Driver) {
	var misspelt string
	for _, o := range d.Options {
		if o.Name != "file" {
			misspelt = o.Name
			d.warn(o.Origin, o.Name, "the lua driver has no option "+o.Name, "its only option is file=PATH")
			continue
		}
		d.File, d.FileOrigin = o.Value, o.Origin
		if o.Value == "" {
			d.failInit(o.Origin, "file", "access() failed: No such file or directory", "file= is empty; give the script's path")
		}
	}
	if s, ok := b.setting(scriptFileSetting); ok {
		if d.File != "" && d.File != s.Value {
			d.warn(d.FileOrigin, "file", "file="+d.File+" is not used: "+scriptFileSetting+" goes before it",
				"take out one of the two; the setting stands in "+s.Origin.String())
		}
		d.File, d.FileOrigin, d.Fault = s.Value, s.Origin, nil
	}
	if d.File != "" || d.Fault != nil {
		b.relative(d)
		return
	}
	if s, ok := b.setting(mailLuaSetting); ok && s.Value != "" {
		d.File, d.FileOrigin, d.Shared = s.Value, s.Origin, true
		b.relative(d)
		return
	}
	hint := "write lua:file=/path/to/script.lua"
	if misspelt != "" {
		hint += "; " + misspelt + " is no option of the lua driver"
	}
	d.failInit(d.Setting.Origin, d.Setting.Name, "No file in config and no push_notification_lua_script_file set", hint)
}

// relative warns of a path that Dovecot would look for somewhere else.
func (b *builder) relative(d *Driver) {
	if d.File != "" && !strings.HasPrefix(d.File, "/") {
		d.warn(d.FileOrigin, "file", "the path "+d.File+" is relative, and Dovecot's working directory is not defined",
			"give a path that begins with /")
	}
}
