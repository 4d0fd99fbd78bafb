package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/config"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/lua"
	"github.com/luapush/luapush/runtime/trace"
	"github.com/luapush/luapush/runtime/transport"
	"github.com/luapush/luapush/scripts"
	"github.com/luapush/luapush/stdlib"
)

// byDrivers tells that the settings name drivers.
func (f *hostFlags) byDrivers() bool {
	for _, item := range f.Set {
		if strings.HasPrefix(item, "push_notification_driver") {
			return true
		}
	}
	return f.Config != ""
}

// release is what --dovecot says, or the zero value.
func (f *hostFlags) release() (dovecot.Release, error) {
	if f.Dovecot == "" {
		return dovecot.Release{}, nil
	}
	release, err := dovecot.Parse(f.Dovecot)
	if err != nil {
		return release, &usageError{text: "--dovecot: " + err.Error()}
	}
	return release, nil
}

// load reads the configuration, if there is one, and says what is odd about it.
func (f *hostFlags) load(a *application) error {
	if f.Config == "" {
		return nil
	}
	release, err := f.release()
	if err != nil {
		return err
	}
	if err := readable(f.Config, "a dovecot.conf"); err != nil {
		return err
	}
	f.conf, err = config.Load(f.Config, config.LoadOptions{Release: release, Getenv: a.env.Getenv})
	if err != nil {
		return errors.New(trace.Redact(err.Error()))
	}
	for _, w := range f.conf.Warnings() {
		a.complain("warning: %s", trace.Redact(w.Error()))
	}
	return nil
}

// configured says where drivers come from.
func (f *hostFlags) configured() runtime.Configured {
	c := runtime.Configured{Settings: f.conf, Protocol: f.Protocol, Bundled: scripts.Source, ScriptPath: func(script string) string {
		// The folders were looked at when the options were made.
		path, err := f.scriptPath(script)
		if err != nil {
			return ""
		}
		return path
	}}
	for _, item := range f.Set {
		name, value, _ := strings.Cut(item, "=")
		c.Set = append(c.Set, config.Setting{Name: name, Value: value, Origin: config.Origin{File: "--set"}})
	}
	return c
}

// hostFlags are the flags of every verb that runs scripts.
type hostFlags struct {
	Set        []string      `short:"s" sep:"none" placeholder:"NAME=VALUE" help:"A plugin setting, as user:plugin_getenv answers it. Goes before the configuration's and the recording's. Can be repeated. push_notification_driver=… gives a driver without a configuration."`
	Config     string        `placeholder:"FILE" help:"A dovecot.conf, or the output of doveconf -n: which drivers there are, and what user:plugin_getenv answers."`
	Protocol   string        `placeholder:"lmtp|imap|…" help:"Whose settings of the configuration hold. By default the service that each transaction was recorded in."`
	Dovecot    string        `placeholder:"2.3|2.4|RELEASE" help:"The Dovecot whose API the script sees; exact releases such as 2.3.4 work, too. By default that of the configuration, else 2.3."`
	LuaSetting []string      `sep:"none" placeholder:"NAME=VALUE" help:"A setting that script_init gets from Dovecot 2.4 on. Can be repeated."`
	Strict     bool          `help:"Leave out what Dovecot itself does not have: event.user, keywords_set, keywords_clear, flags as a bitmask, and modules in the script's own folder."`
	HTTP       string        `name:"http" default:"dry" placeholder:"MODE" help:"Where requests go: dry (no network, answers 200), live, or a failure on purpose: refused, timeout, dns, reset, badresponse, or a status such as 503."`
	Timeout    time.Duration `default:"30s" placeholder:"30s" help:"How long one call of the script may take."`
	Debug      bool          `help:"mail_debug=yes: show the driver's debug lines, and those of the script's events."`
	LuaPath    []string      `sep:"none" placeholder:"DIR" help:"Where else require looks for Lua files: a folder, or templates such as lib/?.lua. It comes after the script's own folder, where Dovecot itself does not look (only in its package.path), and before package.path. Can be repeated."`
	Sandbox    sandboxFlag   `help:"Take processes and writing files away from the script. --sandbox=DIR lets it write below that folder. Reading stays allowed. Off by default, as in Dovecot."`
	LoadedBy   string        `default:"either" enum:"either,driver,mail_lua" placeholder:"driver|mail_lua" help:"Which plugin loads the script. By default mail_lua if it defines mail_user_created, else the push driver."`

	// conf is the configuration, once it is loaded; nil without one.
	conf *config.Settings
}

// options makes the runtime's options of the flags, for a script at a path, ""
// if there is none.
func (f *hostFlags) options(a *application, script string) (runtime.Options, error) {
	release, err := f.release()
	if err != nil {
		return runtime.Options{}, err
	}
	if f.conf != nil {
		release = f.conf.Release()
	}
	carrier, err := transport.Parse(f.HTTP, transport.LiveOptions{})
	if err != nil {
		return runtime.Options{}, &usageError{text: "--http: " + err.Error()}
	}
	if f.Timeout <= 0 {
		return runtime.Options{}, &usageError{text: "--timeout: give a time such as 500ms or 30s, more than 0"}
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
		Limits: runtime.Limits{Time: f.Timeout}, Debug: f.Debug || debugging(f.conf), ScriptPath: scriptPath, System: system,
		Lua: lua.Options{Stdout: a.out, Stderr: a.env.Stderr},
	}, nil
}

// debugging tells whether a configuration has mail_debug = yes.
func debugging(conf *config.Settings) bool {
	if conf == nil {
		return false
	}
	s, _ := conf.For("").Get("mail_debug")
	on, err := config.ParseBool(s.Value)
	return err == nil && on
}

// pairs reads NAME=VALUE flags.
func pairs(flag string, list []string) (map[string]string, error) {
	m := make(map[string]string, len(list))
	for _, item := range list {
		name, value, ok := strings.Cut(item, "=")
		if !ok || name == "" {
			return nil, &usageError{text: fmt.Sprintf("%s: %q is not NAME=VALUE", flag, item)}
		}
		m[name] = value
	}
	return m, nil
}
