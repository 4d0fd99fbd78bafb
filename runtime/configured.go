package runtime

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"sync"
	"syscall"

	"github.com/luapush/luapush/runtime/config"
	"github.com/luapush/luapush/runtime/driver"
	"github.com/luapush/luapush/runtime/httpclient"
	"github.com/luapush/luapush/runtime/mail"
)

// Configured says which drivers mail sessions have, in Dovecot's own settings.
type Configured struct {
	// Settings are a configuration file; nil if there is none, and then the
	// drivers of Set need no plugin.
	Settings *config.Settings
	// Set goes before all other settings, as --set does.
	Set []config.Setting
	// Protocol is whose settings hold for all sessions; "" is each user's own
	// service.
	Protocol string
	// Bundled gives the text of a driver that comes with luapush; see package
	// scripts.
	Bundled func(name string) ([]byte, bool)
	// ReadFile reads the scripts of Lua drivers; nil is os.ReadFile.
	ReadFile func(path string) ([]byte, error)
	// ScriptPath gives the script path of a Lua driver's script; nil is that
	// of the host's options for all.
	ScriptPath func(script string) string
}

// List works out the drivers of a user, without reading their scripts.
func (c *Configured) List(h *Host, u *mail.User) *driver.List {
	o := driver.Options{
		Release: h.options.Dovecot, User: u, Set: c.Set, AnyPlugin: c.Settings == nil,
		CheckURL: func(url string) error { _, err := httpclient.ParseURL(url); return err },
	}
	var view *config.View
	if c.Settings != nil {
		o.Protocol = c.Protocol
		if o.Protocol == "" {
			o.Protocol = u.Service.Value
		}
		view = c.Settings.For(o.Protocol)
	}
	return driver.New(view, o)
}

// Configured gives the drivers of mail sessions from settings. Each session has
// a list of its own, since settings depend on the user. A script is read when a
// session first needs it, and kept. The result is safe for concurrent use.
func (h *Host) Configured(c Configured) Drivers {
	if c.ReadFile == nil {
		c.ReadFile = os.ReadFile
	}
	if c.ScriptPath == nil {
		c.ScriptPath = func(string) string { return h.options.ScriptPath }
	}
	m := &driverMaker{host: h, Configured: c, programs: map[string]loaded{}}
	return m.list
}

// driverMaker makes the drivers of sessions, and keeps their programs.
type driverMaker struct {
	Configured
	host *Host

	mu       sync.Mutex
	programs map[string]loaded
}

// loaded is a program, or why there is none.
type loaded struct {
	program *Program
	fault   *Error
}

func (m *driverMaker) list(first *mail.Transaction) DriverList {
	list := m.List(m.host, &first.User)
	settings := make(map[string]string, len(list.Settings))
	for _, s := range list.Settings {
		settings[s.Name] = s.Value
	}
	var result DriverList
	for i := range list.Problems {
		result.Notes = append(result.Notes, list.Problems[i].String())
	}
	if list.Off != nil && len(list.Drivers) > 0 {
		result.Notes = append(result.Notes, list.Off.String())
	}
	// Which scripts can be loaded decides what dlog shows of their events.
	faults := m.scripts(list)
	for _, d := range list.Drivers {
		if d.Ignored {
			if d.Fault != list.Off {
				result.Notes = append(result.Notes, d.Fault.String())
			}
			continue
		}
		for i := range d.Warnings {
			result.Notes = append(result.Notes, d.Warnings[i].String())
		}
		made := m.driver(list, d, settings)
		if fault := faults[d]; fault != nil {
			made.Fault = fault
		}
		result.Drivers = append(result.Drivers, made)
	}
	return result
}

// scripts loads the scripts of the Lua drivers, and takes those that cannot be
// loaded off the list.
func (m *driverMaker) scripts(list *driver.List) map[*driver.Driver]*Error {
	faults := map[*driver.Driver]*Error{}
	for _, d := range list.Running() {
		if d.Kind != driver.Lua {
			continue
		}
		if _, fault := m.script(d); fault != nil {
			faults[d] = fault
			d.Fault = &driver.Problem{Origin: d.FileOrigin, Setting: d.Setting.Name, Text: fault.Message, Hint: fault.Hint}
		}
	}
	return faults
}

func (m *driverMaker) driver(list *driver.List, d *driver.Driver, settings map[string]string) *Driver {
	made := &Driver{Name: d.Label, Settings: settings, Bundled: d.Kind != driver.Lua}
	switch {
	case d.Fault != nil:
		made.Fault = settingsError(d.Fault)
	case made.Bundled:
		made.Options = list.ScriptOptions(d, m.host.options.Dovecot.String())
		made.Program, made.Fault = m.bundled(string(d.Kind))
	default:
		made.LoadedBy = ByDriver
		if d.Shared {
			made.LoadedBy = ByMailLua
		}
		if d.LuaSettings != nil {
			made.Options = list.ScriptOptions(d, "")
		}
		made.Program, made.Fault = m.script(d)
	}
	return made
}

// settingsError is a problem as the error of a driver that cannot run.
func settingsError(p *driver.Problem) *Error {
	return &Error{
		Code: CodeSettings, Message: p.Text, Script: p.Origin.File, Line: p.Origin.Line, Hint: p.Hint,
	}
}

// once gives what was loaded under a key, or loads it.
func (m *driverMaker) once(key string, load func() (*Program, *Error)) (*Program, *Error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	l, ok := m.programs[key]
	if !ok {
		l.program, l.fault = load()
		m.programs[key] = l
	}
	return l.program, l.fault
}

func (m *driverMaker) bundled(name string) (*Program, *Error) {
	return m.once(name, func() (*Program, *Error) {
		var source []byte
		found := false
		if m.Bundled != nil {
			source, found = m.Bundled(name)
		}
		if !found {
			return nil, &Error{Code: CodeSettings, Message: "the driver " + name + " does not come with this luapush"}
		}
		// No folder is searched for the modules of such a script.
		return asProgram(m.host.CompileAt(name+".lua", source, ""))
	})
}

func asProgram(p *Program, err error) (*Program, *Error) {
	if err != nil {
		return nil, asError(err)
	}
	return p, nil
}

// script reads and compiles the script of a Lua driver.
func (m *driverMaker) script(d *driver.Driver) (*Program, *Error) {
	return m.once("file "+d.File, func() (*Program, *Error) {
		source, err := m.ReadFile(d.File)
		if err != nil {
			return nil, fileFault(d, m.host.options.Dovecot.AtLeast(2, 4), err)
		}
		return asProgram(m.host.CompileAt(d.File, source, m.ScriptPath(d.File)))
	})
}

// fileFault says in Dovecot's words that a script cannot be read (dovecot.md
// §1.2).
func fileFault(d *driver.Driver, modern bool, err error) *Error {
	reason := err.Error()
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		reason = pathError.Err.Error()
	}
	e := &Error{Code: CodeSettings, Script: d.FileOrigin.File, Line: d.FileOrigin.Line, Cause: err}
	prefix := d.Name + ": "
	if modern {
		prefix += "Lua script '" + d.File + "': "
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.Message, e.Hint = "access("+d.File+") failed: No such file or directory", "check the path; it is looked for on this machine"
	case errors.Is(err, fs.ErrPermission):
		e.Message = "lua_load(" + d.File + ") failed: cannot open " + d.File + ": Permission denied"
		e.Hint = "make the file readable for the user that runs Dovecot, and for yourself"
	case errors.Is(err, syscall.EISDIR):
		e.Message = "lua_load(" + d.File + ") failed: cannot read " + d.File + ": Is a directory"
		e.Hint = "give the script's own path"
	default:
		e.Message = "lua_load(" + d.File + ") failed: cannot read " + d.File + ": " + strings.ToUpper(reason[:1]) + reason[1:]
	}
	e.Message = prefix + e.Message
	return e
}
