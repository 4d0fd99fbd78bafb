package driver

import (
	"slices"
	"strconv"
	"strings"

	"github.com/luapush/luapush/runtime/config"
	"github.com/luapush/luapush/runtime/spelling"
)

// optionRule is an option that a driver knows.
type optionRule struct {
	name string
	// preset is what holds without it; "" is nothing.
	preset string
	// check looks at a value that was given, and may fail the driver or warn.
	check func(b *builder, d *Driver, o *Option)
	// ours marks an option that only luapush has.
	ours bool
}

// rules are the options of the drivers that luapush brings along (dovecot.md
// §8).
func rules(k Kind) []optionRule {
	switch k {
	case OX:
		return []optionRule{
			{name: "url", check: checkURL},
			{name: "cache_lifetime", preset: "60s", check: checkLifetime},
			{name: "max_retries", preset: "1", check: lenientNumber},
			{name: "timeout_msecs", preset: "2000", check: lenientNumber},
			{name: "user_from_metadata", check: checkPresence},
			{name: "event_name", preset: "messageNew", ours: true},
		}
	case Chronos:
		return []optionRule{
			{name: "url", check: checkURL},
			{name: "max_retries", preset: "1", check: warnNumber},
			{name: "timeout", preset: "2s", check: warnTime},
			{name: "msg_max_size", preset: "1mb", check: warnSize},
			{name: "event_name", preset: "messageNew", ours: true},
		}
	}
	return nil
}

// check looks at the options of a driver that luapush brings along, and adds
// the defaults of those that are not given.
func (b *builder) check(d *Driver) {
	known := rules(d.Kind)
	for i := range d.Options {
		o := &d.Options[i]
		at := slices.IndexFunc(known, func(r optionRule) bool { return r.name == o.Name })
		if at < 0 {
			b.unknownOption(d, o, known)
			continue
		}
		r := known[at]
		if r.check != nil {
			r.check(b, d, o)
		}
		if r.ours {
			d.warn(o.Origin, o.Setting, "Dovecot's "+string(d.Kind)+" driver has no option "+o.Setting+" and ignores it", "it is an option of luapush")
		}
	}
	if len(known) > 0 {
		if _, ok := d.Option("url"); !ok && d.Fault == nil {
			b.missingURL(d)
		}
	}
	for _, r := range known {
		if _, given := d.Option(r.name); !given && r.preset != "" {
			d.Options = append(d.Options, Option{Name: r.name, Setting: r.name, Value: r.preset, Default: true})
		}
	}
}

func (b *builder) unknownOption(d *Driver, o *Option, known []optionRule) {
	var names []string
	for _, r := range known {
		names = append(names, r.name)
	}
	hint := "it has none"
	if near := spelling.Nearest(o.Name, names); near != "" {
		hint = "did you mean " + near + "?"
	} else if len(names) > 0 {
		hint = "its options are " + strings.Join(names, ", ")
	}
	if splitAtBlank(o) {
		hint = "a value cannot contain a blank: write 60s, not 60 seconds"
	}
	d.warn(o.Origin, o.Setting, "the "+string(d.Kind)+" driver has no option "+o.Setting+", and Dovecot ignores it", hint)
}

// splitAtBlank tells that an option is the unit of the time in front of it.
func splitAtBlank(o *Option) bool {
	_, err := config.ParseTime("1" + o.Name)
	return o.Named && err == nil
}

func (b *builder) missingURL(d *Driver) {
	if b.blocks {
		name := "push_notification_" + string(d.Kind) + "_url"
		d.failInit(d.Setting.Origin, name, name+" is missing or empty", "write "+string(d.Kind)+"_url = https://… inside the block")
		return
	}
	d.failInit(d.Setting.Origin, "url", "Driver requires the url parameter",
		"write "+d.Name+":url=https://login:password@host/path")
}

// Mask gives a URL as it may be shown where it lacks the scheme by which
// credentials are known elsewhere: "login:password@host" is "***@host".
func Mask(url string) string {
	at := strings.LastIndexByte(url, '@')
	if at < 0 || strings.Contains(url, "://") {
		return url
	}
	return "***" + url[at:]
}

func checkURL(b *builder, d *Driver, o *Option) {
	if b.blocks {
		if o.Value == "" {
			b.missingURL(d)
			return
		}
		if b.CheckURL != nil {
			if err := b.CheckURL(o.Value); err != nil {
				d.failInit(o.Origin, o.Setting, "Invalid "+o.Setting+" '"+Mask(o.Value)+"': "+err.Error(), urlHint)
			}
		}
		return
	}
	what := "OX REST URL " + Mask(o.Value)
	if d.Kind == Chronos {
		what = "Chronos Push Notification URL '" + Mask(o.Value) + "'"
	}
	if b.CheckURL == nil {
		return
	}
	if err := b.CheckURL(o.Value); err != nil {
		d.failInit(o.Origin, o.Setting, "Failed to parse "+what+": "+err.Error(), urlHint)
	}
}

const urlHint = "the form is http://login:password@host:port/path, or https://…"

func checkLifetime(b *builder, d *Driver, o *Option) {
	seconds, err := config.ParseTimeSeconds(o.Value)
	if b.blocks {
		switch {
		case err != nil:
			d.failInit(o.Origin, o.Setting, o.Setting+"="+o.Value+": "+err.Error(), timeHint)
		case seconds == 0:
			d.failInit(o.Origin, o.Setting, o.Setting+" must not be 0", timeHint)
		}
		return
	}
	if err != nil {
		d.failInit(o.Origin, o.Setting, "Failed to parse OX cache_lifetime "+o.Value+": "+err.Error(), timeHint)
	}
}

const timeHint = "write a number and a unit without a blank, such as 60s, 5min or 2h"

// lenientNumber is a number that Dovecot takes the default for when it is none.
func lenientNumber(_ *builder, d *Driver, o *Option) {
	if !isNumber(o.Value) {
		hint := "write digits only"
		if o.Name == "timeout_msecs" {
			hint = "write milliseconds without a unit, such as 10000"
		}
		d.warn(o.Origin, o.Setting, o.Setting+"="+o.Value+" is no number; Dovecot says nothing and takes its default", hint)
	}
}

func isNumber(text string) bool {
	_, err := strconv.ParseUint(text, 10, 32)
	return err == nil && strings.Trim(text, "0123456789") == ""
}

func checkPresence(_ *builder, d *Driver, o *Option) {
	if !o.Named && !config.PluginBool(o.Value, true) {
		d.warn(o.Origin, o.Setting, o.Setting+"="+o.Value+" turns it on all the same: only that it is there counts", "take it out to turn it off")
	}
}

func warnNumber(_ *builder, d *Driver, o *Option) {
	if !isNumber(o.Value) {
		badValue(d, o, "1", "write digits only")
	}
}

func warnTime(_ *builder, d *Driver, o *Option) {
	if _, err := config.ParseTime(o.Value); err != nil {
		badValue(d, o, "2s", timeHint)
	}
}

func warnSize(_ *builder, d *Driver, o *Option) {
	if _, err := config.ParseSize(o.Value); err != nil {
		badValue(d, o, "1mb", "write a number and a unit, such as 500kb or 1mb")
	}
}

// badValue is chronos's answer to a value that it cannot read.
func badValue(d *Driver, o *Option, preset, hint string) {
	d.warn(o.Origin, o.Setting, "Unable to parse setting for \""+o.Setting+"\" value: "+o.Value+". Using default value: "+preset, hint)
}
