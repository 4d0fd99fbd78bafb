package driver

import (
	"strconv"
	"strings"

	"github.com/luapush/luapush/runtime/config"
)

// names24 gives the settings of Dovecot 2.4 the names they have for scripts,
// which are those of 2.3 (dovecot.md §7.2).
var names24 = map[string]string{
	"push_notification_ox_url":                "url",
	"push_notification_ox_cache_ttl":          "cache_lifetime",
	"push_notification_ox_user_from_metadata": "user_from_metadata",
	"push_notification_chronos_url":           "url",
	"push_notification_chronos_msg_max_size":  "msg_max_size",
}

// list24 reads the push_notification blocks, in their order.
func (b *builder) list24() {
	for i, block := range b.view.Blocks("push_notification") {
		b.list.Drivers = append(b.list.Drivers, b.driver24(block, i+1))
	}
}

func (b *builder) driver24(block config.Block, n int) *Driver {
	s, ok := block.Get("push_notification_driver")
	if !ok || s.Value == "" {
		s = config.Setting{Name: "push_notification " + block.Name, Value: block.Name, Origin: block.Origin}
	}
	d := &Driver{Setting: s, Number: n, Name: block.Name, Kind: kindOf(s.Value)}
	if d.Kind == "" {
		d.fail(s.Origin, s.Name, unidentified(s.Value), unknownHint(s.Value))
		return d
	}
	if d.Kind == Lua {
		b.lua24(d, block)
		return d
	}
	http := block.Settings
	if inner, ok := block.Block("push_notification_" + string(d.Kind)); ok {
		http = inner.Settings
	}
	for _, s := range block.Settings {
		if name, ok := names24[s.Name]; ok && strings.HasPrefix(s.Name, "push_notification_"+string(d.Kind)+"_") {
			b.option24(d, name, s)
		}
	}
	for _, s := range http {
		if name, isHTTP := strings.CutPrefix(s.Name, "http_client_"); isHTTP {
			b.http24(d, name, s)
		}
	}
	b.presetHTTP24(d)
	b.check(d)
	return d
}

func unidentified(name string) string {
	return "Unable to identify push notification driver '" + name + "': Name does not match any registered drivers"
}

// option24 takes over one setting of the block.
func (b *builder) option24(d *Driver, name string, s config.Setting) {
	value, err := b.expander.Expand(s.Value)
	if err != nil {
		d.failInit(s.Origin, s.Name, err.Error(), "variables are written %{user}, and a % itself %%")
		return
	}
	o := Option{Name: name, Setting: s.Name, Value: value, Origin: s.Origin}
	if name == "user_from_metadata" {
		on, err := config.ParseBool(value)
		if err != nil {
			d.failInit(s.Origin, s.Name, s.Name+"="+value+": "+err.Error(), "write yes or no")
		}
		if !on {
			return
		}
		o.Value, o.Named = "", true
	}
	d.Options = append(d.Options, o)
}

// http24 takes over a setting of the driver's HTTP client that the scripts
// have an option for.
func (b *builder) http24(d *Driver, name string, s config.Setting) {
	switch name {
	case "request_timeout":
		milliseconds, err := config.ParseTimeMilliseconds(s.Value)
		if err != nil {
			d.failInit(s.Origin, s.Name, s.Name+"="+s.Value+": "+err.Error(), timeHint)
			return
		}
		o := Option{
			Name: "timeout_msecs", Setting: s.Name, Value: strconv.FormatUint(uint64(milliseconds), 10), Written: s.Value, Origin: s.Origin,
		}
		if d.Kind == Chronos {
			o.Name, o.Value = "timeout", o.Value+"ms"
		}
		d.Options = append(d.Options, o)
	case "request_max_attempts":
		attempts, err := strconv.ParseUint(s.Value, 10, 32)
		if err != nil || attempts == 0 {
			d.failInit(s.Origin, s.Name, s.Name+"="+s.Value+": Invalid number", "write how often a request is sent at most, such as 2")
			return
		}
		d.Options = append(d.Options, Option{
			Name: "max_retries", Setting: s.Name, Value: strconv.FormatUint(attempts-1, 10), Written: s.Value, Origin: s.Origin,
		})
	default:
		d.warn(s.Origin, s.Name, s.Name+" has no effect in luapush", "it knows http_client_request_timeout and http_client_request_max_attempts here")
	}
}

// presetHTTP24 gives the defaults of 2.4.0 to 2.4.3, which had lost those of ox.
func (b *builder) presetHTTP24(d *Driver) {
	if d.Kind != OX || b.Release.AtLeast(2, 4, 4) {
		return
	}
	for _, o := range []Option{{Name: "timeout_msecs", Value: "60000"}, {Name: "max_retries", Value: "0"}} {
		if _, given := d.Option(o.Name); !given {
			o.Setting, o.Default = o.Name, true
			d.Options = append(d.Options, o)
		}
	}
}

// lua24 finds the script of a Lua driver: there is no other place for it than
// the block.
func (b *builder) lua24(d *Driver, block config.Block) {
	s, ok := block.Get("lua_file")
	switch {
	case !ok || s.Value == "":
		d.failInit(d.Setting.Origin, "lua_file", "lua_file setting is empty", "write lua_file = /path/to/script.lua inside the block")
	default:
		d.File, d.FileOrigin = s.Value, s.Origin
		b.relative(d)
	}
	settings, ok := block.Block("lua_settings")
	if !ok {
		return
	}
	for _, s := range settings.Settings {
		value, err := b.expander.Expand(s.Value)
		if err != nil {
			d.failInit(s.Origin, s.Name, err.Error(), "variables are written %{user}, and a % itself %%")
			continue
		}
		s.Value = value
		d.LuaSettings = append(d.LuaSettings, s)
	}
}
