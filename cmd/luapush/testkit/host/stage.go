package host

import (
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/cmd/luapush/testkit/clock"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/store"
	"github.com/luapush/luapush/runtime/trace"
	"github.com/luapush/luapush/runtime/transport"
)

// Options are what a stage is made with.
type Options struct {
	// Make gives the options of a new host for a script at a path. What the
	// case decides is set by the stage; their observer is told everything, too.
	Make func(release dovecot.Release, script string) (runtime.Options, error)
	// Seed starts math.random in every state.
	Seed uint64
}

// Stage is where the handlers of one worker run.
type Stage struct {
	Clock *clock.Clock
	// Carrier takes the requests of handlers; nil is the way of the options.
	Carrier bindings.ClientTransport
	// Observer is told what handlers do.
	Observer trace.Observer
	// Out takes what handlers print.
	Out io.Writer
	// MetadataFault, unless it is "", fails every change of metadata.
	MetadataFault string
	// Gone are mailboxes that do not exist, whatever events say of them.
	Gone map[string]bool

	options Options
	store   store.Store
	// luaSettings is what script_init gets: one map for all hosts, since only
	// one of them runs at a time.
	luaSettings map[string]string
	hosts       map[key]*Host
	used        map[string]bool
}

type key struct {
	release dovecot.Release
	folder  string
	mode    Mode
}

// Mode is what a handler may want different from the command line.
type Mode struct{ Strict, Debug bool }

// Host is a host with the programs it has compiled.
type Host struct {
	*runtime.Host
	stage    *Stage
	programs map[string]*Program
	// otherwise carries requests where the case says nothing.
	otherwise http.RoundTripper
	// luaSettings are those of the command line.
	luaSettings map[string]string
}

// Program is a compiled script, and the record of its first load.
type Program struct {
	*runtime.Program
	Load *trace.Load
}

// memory is what a session's values may take where the options say nothing:
// less than in production, since many run at the same time.
const memory = 128 << 20

// keep is how many hosts a stage keeps.
const keep = 16

// New makes a stage.
func New(o Options) *Stage {
	s := &Stage{Clock: clock.New(), options: o, hosts: map[key]*Host{}, used: map[string]bool{}, luaSettings: map[string]string{}}
	s.Begin()
	return s
}

// Begin makes everything new for a case.
func (s *Stage) Begin() {
	s.Clock.Reset()
	s.Carrier, s.Observer, s.Out = nil, trace.Discard, io.Discard
	s.MetadataFault, s.Gone = "", nil
	s.store = store.NewDocument()
}

// Used notes a file that the tests depend on.
func (s *Stage) Used(path string) { s.used[filepath.Clean(path)] = true }

// TakeUsed gives the files noted since the last time, sorted.
func (s *Stage) TakeUsed() []string {
	var list []string
	for path := range s.used {
		list = append(list, path)
	}
	slices.Sort(list)
	clear(s.used)
	return list
}

// Host gives the host for a script at a path.
func (s *Stage) Host(release dovecot.Release, script string, mode Mode) (*Host, error) {
	k := key{release, filepath.Dir(script), mode}
	if h, ok := s.hosts[k]; ok {
		return h, nil
	}
	o, err := s.options.Make(release, script)
	if err != nil {
		return nil, err
	}
	h := &Host{stage: s, programs: map[string]*Program{}, otherwise: o.HTTP}
	if h.otherwise == nil {
		h.otherwise = transport.Dry()
	}
	o.Strict, o.Debug = o.Strict || mode.Strict, o.Debug || mode.Debug
	o.HTTP = &carried{h}
	o.Store = &delegated{s}
	h.luaSettings, o.LuaSettings = o.LuaSettings, s.luaSettings
	own := o.Observer
	if own == nil {
		own = trace.Discard
	}
	o.Observer = trace.ObserverFunc(func(r trace.Record) {
		own.Observe(r)
		s.Observer.Observe(r)
	})
	o.Lua.Stdout, o.Lua.Stderr = &output{s}, &output{s}
	o.Lua.Seed = s.options.Seed
	o.System = s.system(o.System)
	o.Now, o.Sleep = s.Clock.Now, s.Clock.Sleep
	if o.Limits.Memory == 0 {
		o.Limits.Memory = memory
	}
	// Time is bound by the case's context, since a test may let hours pass; what
	// else is measured goes by the real clock.
	o.Limits.Time, o.Lua.Now = -1, time.Now
	h.Host = runtime.New(o)
	if len(s.hosts) >= keep {
		clear(s.hosts)
	}
	s.hosts[k] = h
	return h, nil
}

// UseLuaSettings sets what script_init gets from Dovecot 2.4 on, besides what
// the command line gives it. It holds until it is called for another handler.
func (h *Host) UseLuaSettings(own map[string]string) {
	m := h.stage.luaSettings
	clear(m)
	for _, from := range []map[string]string{own, h.luaSettings} {
		for k, v := range from {
			m[k] = v
		}
	}
}

// Program reads and compiles a script, the first time it is asked for.
func (h *Host) Program(path string) (*Program, error) {
	h.stage.Used(path)
	if p, ok := h.programs[path]; ok {
		return p, nil
	}
	p, err := h.Compile(path, path)
	if err == nil {
		h.programs[path] = p
	}
	return p, err
}

// Compile reads and compiles a script under a name of its own.
func (h *Host) Compile(path, name string) (*Program, error) {
	h.stage.Used(path)
	source, err := Read(path, "a Lua file")
	if err != nil {
		return nil, err
	}
	p, err := h.Host.Compile(name, source)
	if err != nil {
		return nil, err
	}
	return &Program{Program: p}, nil
}

// Read reads a file; the error says what to do.
func Read(path, want string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case os.IsNotExist(err):
		return nil, fmt.Errorf("%s: no such file; check the path, which is looked for from the folder of the test", path)
	case err == nil && info.IsDir():
		return nil, fmt.Errorf("%s: is a folder; give %s", path, want)
	case err == nil && info.Mode()&fs.ModeType != 0:
		return nil, fmt.Errorf("%s: is no regular file; give %s", path, want)
	case err != nil:
		return nil, err
	}
	return os.ReadFile(path)
}

// output is where handlers print to.
type output struct{ stage *Stage }

// Write implements io.Writer.
func (o *output) Write(p []byte) (int, error) { return o.stage.Out.Write(p) }

// delegated is the store of the case.
type delegated struct{ stage *Stage }

// View implements store.Store.
func (d *delegated) View(t *mail.Transaction) store.View {
	return &view{View: d.stage.store.View(t), stage: d.stage}
}

type view struct {
	store.View
	stage *Stage
}

// Mailbox implements store.View.
func (v *view) Mailbox(name string) (*mail.Mailbox, error) {
	if v.stage.Gone[name] {
		return nil, &store.Error{Text: "Mailbox doesn't exist: " + name, Hint: "the test says that it is gone", Cause: store.ErrNotFound}
	}
	return v.View.Mailbox(name)
}

// SetMetadata implements store.View.
func (v *view) SetMetadata(mailbox, key string, value mail.Text) error {
	if fault := v.stage.MetadataFault; fault != "" {
		return &store.Error{Text: fault, Hint: "it was made to fail for the test; catch it with pcall where it must not stop the rest"}
	}
	return v.View.SetMetadata(mailbox, key, value)
}
