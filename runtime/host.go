package runtime

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/lua"
	"github.com/luapush/luapush/runtime/lua/library"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/store"
	"github.com/luapush/luapush/runtime/trace"
	"github.com/luapush/luapush/runtime/transport"
)

// Observer is told everything that scripts do; see package trace.
type Observer = trace.Observer

// Error is a fault of a script; see package lua.
type Error = lua.Error

// Limits bound what one call of a script may use; see package lua.
type Limits = lua.Limits

// DefaultTimeout is how long one call of a script may take when Options name
// nothing else.
const DefaultTimeout = 30 * time.Second

// DefaultMemory is what a session's live values may take when Options name
// nothing else.
const DefaultMemory = 256 << 20

// API is what a script sees of the host. Package bindings makes Dovecot's.
// Its methods are called by the goroutine that runs the session.
type API interface {
	// Open gives a new session's state its names.
	Open(s *Session) error
	// User makes the object that begin_txn and the mail_user functions get;
	// each call makes a new one, as in Dovecot.
	User(s *Session) vm.LValue
	// Event makes the table that an event function gets.
	Event(s *Session, e *mail.Event) vm.LValue
}

// Module is something that a script may require. Open is the loader: it is
// called in the session's state with the module's name and pushes the module.
// It is shared by all sessions, so it must keep no state of its own.
type Module struct {
	Name string
	Open vm.LGFunction
}

// LoadedBy says which Dovecot plugin a script is loaded by, which decides
// whether its mail_user functions are called (dovecot.md §1.5).
type LoadedBy int

const (
	// ByEither is the mail_lua plugin if the script defines
	// mail_user_created, else the push driver.
	ByEither LoadedBy = iota
	// ByDriver is push_notification_driver = lua:file=…
	ByDriver
	// ByMailLua is mail_lua_script = …
	ByMailLua
)

// Options are what a Host is made with. Only API is required.
type Options struct {
	API     API
	Modules []Module
	// Dovecot is the release whose behaviour scripts see; the zero value is
	// dovecot.Default.
	Dovecot dovecot.Release
	// Strict takes away what only Dovecot's documentation has.
	Strict   bool
	LoadedBy LoadedBy
	// HTTP carries the requests of scripts; nil answers 200 without a network.
	HTTP http.RoundTripper
	// Store answers mailbox status, metadata and message text; nil is the
	// transaction document itself.
	Store store.Store
	// Settings go before those of a transaction (plugin {} settings).
	Settings map[string]string
	// LuaSettings is what script_init gets from Dovecot 2.4 on.
	LuaSettings map[string]string
	// Limits of each call of a script. A Time of 0 is DefaultTimeout, a Memory
	// of 0 DefaultMemory.
	Limits Limits
	// Observer is told what scripts do; nil is nobody.
	Observer Observer
	// Debug is mail_debug=yes: it adds the driver's own debug lines, and debug
	// lines of events are written.
	Debug bool
	// Lua are the options of new states: where print goes, the seed, the clock of
	// limits, which nil makes Now.
	Lua lua.Options
	// LuaPath is package.path; "" is that of Lua 5.4 on Unix.
	LuaPath string
	// ScriptPath are templates in front of LuaPath, separated by semicolons. A
	// module that they find is loaded even where Modules have one of its name.
	ScriptPath string
	// System is the files, the processes and the environment that scripts see;
	// nil is the host's own. See library.SandboxSystem.
	System *library.System
	// Now is the clock that scripts see; nil is time.Now. It is that of limits
	// too, unless Lua.Now is another.
	Now func() time.Time
	// Sleep is how scripts wait: socket.sleep, and the pauses between the
	// attempts of a request. It returns the context's error where that ends
	// first, and d may be as long as a time.Duration gets. It is called from the
	// goroutines of all sessions; nil really waits.
	Sleep func(ctx context.Context, d time.Duration) error
	// Coverage counts which lines of scripts are reached; nil counts nothing. A
	// host that has one belongs to one goroutine at a time.
	Coverage *lua.Coverage
}

// Host is what sessions share. It is safe for concurrent use.
type Host struct {
	options Options
	preload []library.Preloaded
	// engines has one for each script path that programs were compiled with.
	engines map[string]*lua.Engine
	mu      sync.Mutex
	// events are all events in the order in which Dovecot looks for their
	// functions.
	events []eventFunction
	// txns counts the transactions played.
	txns atomic.Int64
}

type eventFunction struct {
	name     mail.EventName
	function string
}

// New makes a Host.
func New(o Options) *Host {
	if o.Dovecot == (dovecot.Release{}) {
		o.Dovecot = dovecot.Default
	}
	if o.HTTP == nil {
		o.HTTP = transport.Dry()
	}
	if o.Store == nil {
		o.Store = store.NewDocument()
	}
	if o.Observer == nil {
		o.Observer = trace.Discard
	}
	if o.Limits.Time == 0 {
		o.Limits.Time = DefaultTimeout
	}
	if o.Limits.Memory == 0 {
		o.Limits.Memory = DefaultMemory
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	if o.Lua.Now == nil {
		o.Lua.Now = o.Now
	}
	o.Lua.Limits = o.Limits
	preload := make([]library.Preloaded, len(o.Modules))
	for i, m := range o.Modules {
		preload[i] = library.Preloaded{Name: m.Name, Loader: m.Open}
	}
	h := &Host{options: o, preload: preload, engines: map[string]*lua.Engine{}}
	for _, name := range mail.EventNames() {
		h.events = append(h.events, eventFunction{name, name.HandlerFunction()})
	}
	return h
}

// engine gives the engine whose states look for modules at a script path.
func (h *Host) engine(scriptPath string) *lua.Engine {
	h.mu.Lock()
	defer h.mu.Unlock()
	e, ok := h.engines[scriptPath]
	if !ok {
		e = lua.NewEngine(lua.EngineOptions{
			Path: h.options.LuaPath, First: scriptPath, Preload: h.preload, System: h.options.System,
			Coverage: h.options.Coverage,
		})
		h.engines[scriptPath] = e
	}
	return e
}

// Compile compiles a script. The name stands in messages; it is usually the
// file's path. The error is an *[Error] with its place.
func (h *Host) Compile(name string, source []byte) (*Program, error) {
	return h.CompileAt(name, source, h.options.ScriptPath)
}

// CompileAt compiles a script that has a script path of its own instead of
// that of the host's options.
func (h *Host) CompileAt(name string, source []byte, scriptPath string) (*Program, error) {
	engine := h.engine(scriptPath)
	chunk, err := engine.Compile(name, source)
	if err != nil {
		return nil, err
	}
	return &Program{chunk: chunk, engine: engine}, nil
}

// Program is a compiled script. It is immutable and safe for concurrent use.
type Program struct {
	chunk  *lua.Chunk
	engine *lua.Engine
	// told has the names of the drivers of whom a session has been reported as
	// loaded.
	told sync.Map
}

// Name is the name the program was compiled under.
func (p *Program) Name() string { return p.chunk.Name() }
