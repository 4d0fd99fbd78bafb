package library

import (
	"io"
	"strings"

	vm "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"

	"github.com/luapush/luapush/runtime/lua/native"
)

// Options are what all states of a library share.
type Options struct {
	// Compile makes the function of a chunk, for load, require and their kin.
	// The name is the chunk's as lua_load has it: "@file", "=text" or the
	// source itself. The error's text is what the script gets to see.
	Compile func(name string, source []byte) (*vm.FunctionProto, error)
	// Path and CPath are the first values of package.path and package.cpath;
	// "" is the default of PUC Lua on Unix.
	Path, CPath string
	// First are templates that stand in front of Path. What they find goes
	// before Preload, too, so that a script's own json.lua is what it gets.
	First string
	// StringMetamethods are what strings do in arithmetic, by event: the
	// compiler has them, whose loops must tell them from its own checks.
	StringMetamethods []Preloaded
	// Preload are loaders of the host's own modules, which package.preload holds
	// in every state. A state gets them when it first looks for a module.
	Preload []Preloaded
	// System is what lies outside of the program; nil is the host's own.
	System *System
}

// Preloaded is a module of the host: the loader is called with the module's
// name, and shared by all states.
type Preloaded struct {
	Name   string
	Loader vm.LGFunction
}

// StateOptions are what belongs to one state.
type StateOptions struct {
	// Stdin is what io.stdin reads; nil is empty.
	Stdin io.Reader
	// Stdout and Stderr take what is printed; nil discards it.
	Stdout, Stderr io.Writer
	// Seed starts math.random; 0 takes one from the clock.
	Seed uint64
	// Warn is what warn reports, one whole message at a time, once the script
	// has switched it on; nil writes to Stderr as PUC Lua does.
	Warn func(message string)
}

// Library is the set of all library functions.
type Library struct {
	options Options
	system  *System
	base    []entry
	modules [moduleCount][]entry
	// lazy are the metatables of module tables that are still empty.
	lazy  [moduleCount]*vm.LTable
	which map[*vm.LTable]int
	// preload are the loaders of the host's modules.
	preload []entry
	names   map[*vm.LFunction]string
	// meta are the metamethods of strings.
	meta    []entry
	fileMT  []entry
	fileFns []entry
	next    vm.LValue
	ipairs  vm.LValue
	search  []vm.LValue
}

type entry struct {
	name  string
	value vm.LValue
}

type function struct {
	name string
	fn   vm.LGFunction
}

// state is what one state adds to the library.
type state struct {
	lib     *Library
	l       *vm.LState
	options StateOptions
	modules [moduleCount]*vm.LTable
	loaded  *vm.LTable
	preload *vm.LTable
	random  *generator
	files   *files
	sources sources
	warn    warning
	// strings is the metatable of strings.
	strings *vm.LTable
	// nextTable and nextKey are what next returned at last.
	nextTable *vm.LTable
	nextKey   vm.LValue
	// types are the metatables that debug.setmetatable gave to types.
	types map[vm.LValueType]vm.LValue
	// upvalues are the values that debug.upvalueid gave out.
	upvalues map[*vm.Upvalue]*vm.LUserData
}

const (
	modulePackage = iota
	moduleCoroutine
	moduleTable
	moduleIO
	moduleOS
	moduleString
	moduleMath
	moduleUTF8
	moduleDebug
	moduleCount
)

var moduleNames = [moduleCount]string{"package", "coroutine", "table", "io", "os", "string", "math", "utf8", "debug"}

var moduleFunctions = [moduleCount][]function{
	packageFunctions, coroutineFunctions, tableFunctions, ioFunctions, osFunctions,
	stringFunctions, mathFunctions, utf8Functions, debugFunctions,
}

// New makes all functions of the library.
func New(o Options) (*Library, error) {
	if o.Path == "" {
		o.Path = DefaultPath
	}
	if o.CPath == "" {
		o.CPath = DefaultCPath
	}
	if o.First != "" {
		o.Path = o.First + ";" + o.Path
	}
	lib := &Library{options: o, system: o.System, which: map[*vm.LTable]int{}, names: map[*vm.LFunction]string{}}
	if lib.system == nil {
		lib.system = HostSystem()
	}
	for _, f := range baseFunctions {
		lib.base = append(lib.base, lib.entry("", f))
	}
	drivers, err := protectedCalls()
	if err != nil {
		return nil, err
	}
	for _, e := range drivers {
		lib.names[e.value.(*vm.LFunction)] = e.name
		lib.base = append(lib.base, e)
	}
	lib.base = append(lib.base, entry{"_VERSION", vm.LString("Lua 5.4")})
	for m, functions := range moduleFunctions {
		for _, f := range functions {
			lib.modules[m] = append(lib.modules[m], lib.entry(moduleNames[m]+".", f))
		}
		lib.lazy[m] = lib.lazyMetatable(m)
		lib.which[lib.lazy[m]] = m
	}
	for _, m := range o.StringMetamethods {
		lib.meta = append(lib.meta, entry{m.Name, native1(m.Loader)})
	}
	for _, f := range fileMetamethods {
		lib.fileMT = append(lib.fileMT, lib.entry("?", f))
	}
	for _, f := range fileMethods {
		lib.fileFns = append(lib.fileFns, lib.entry("?", f))
	}
	for _, fn := range []vm.LGFunction{searchPreload, searchLua, searchC, searchRoot} {
		lib.search = append(lib.search, native1(fn))
	}
	for _, p := range o.Preload {
		lib.preload = append(lib.preload, entry{p.Name, native1(p.Loader)})
	}
	lib.next = lib.find("next")
	lib.ipairs = native1(ipairsNext)
	return lib, nil
}

func native1(fn vm.LGFunction) *vm.LFunction { return &vm.LFunction{IsG: true, GFunction: fn} }

// entry makes a function; a prefix of "?" gives it no public name.
func (lib *Library) entry(prefix string, f function) entry {
	fn := native1(f.fn)
	if prefix != "?" {
		lib.names[fn] = prefix + f.name
	}
	return entry{f.name, fn}
}

func (lib *Library) find(name string) vm.LValue {
	for _, e := range lib.base {
		if e.name == name {
			return e.value
		}
	}
	return vm.LNil
}

// lazyMetatable is what a module table has that nobody has written to or looked
// at as a whole: then it is filled, and the metatable taken away. Until then
// what is read comes from a table that all states share; a module that holds
// values of the state's own is filled when it is first read.
func (lib *Library) lazyMetatable(m int) *vm.LTable {
	mt := &vm.LTable{Metatable: vm.LNil}
	if m == modulePackage || m == moduleIO {
		mt.RawSetString("__index", native1(func(l *vm.LState) int {
			t := l.Get(1).(*vm.LTable)
			stateOf(l).fill(m, t)
			l.Push(t.RawGet(l.Get(2)))
			return 1
		}))
	} else {
		shared := &vm.LTable{Metatable: vm.LNil}
		lib.fillShared(m, shared)
		mt.RawSetString("__index", shared)
	}
	mt.RawSetString("__newindex", native1(func(l *vm.LState) int {
		t := l.Get(1).(*vm.LTable)
		stateOf(l).fill(m, t)
		rawSet(l, t, l.Get(2), l.Get(3))
		return 0
	}))
	return mt
}

// Open gives a state, which has a budget, its globals.
func (lib *Library) Open(l *vm.LState, o StateOptions) {
	s := &state{lib: lib, l: l, options: o}
	b := native.Of(l).Budget
	b.SetLibrary(s)
	g := l.G.Global
	for _, e := range lib.base {
		g.RawSetString(e.name, e.value)
	}
	g.RawSetString("_G", g)
	tables := make([]vm.LTable, moduleCount+1)
	for m := range s.modules {
		t := &tables[m]
		t.Metatable = lib.lazy[m]
		s.modules[m] = t
		g.RawSetString(moduleNames[m], t)
	}
	mt := &tables[moduleCount]
	mt.Metatable = vm.LNil
	mt.RawSetString("__index", s.modules[moduleString])
	// The machine would do without these, but takes "010" for eight.
	for _, e := range lib.meta {
		mt.RawSetString(e.name, e.value)
	}
	s.strings = mt
	l.SetMetatable(vm.LString(""), mt)
	b.SetNames(lib.Names)
}

// stateOf gives the data of the state that a thread belongs to.
func stateOf(l *vm.LState) *state {
	s, ok := native.Of(l).Library().(*state)
	if !ok {
		native.RaiseValue(l, vm.LString("the state has no standard library"))
	}
	return s
}

// fill puts the functions of a module into its table.
func (s *state) fill(m int, t *vm.LTable) {
	t.Metatable = vm.LNil
	s.lib.fillShared(m, t)
	switch m {
	case modulePackage:
		s.fillPackage(t)
	case moduleIO:
		s.fillIO(t)
	}
}

// fillShared puts what all states have in common into a module's table.
func (lib *Library) fillShared(m int, t *vm.LTable) {
	for _, e := range lib.modules[m] {
		t.RawSetString(e.name, e.value)
	}
	switch m {
	case moduleMath:
		fillMath(t)
	case moduleUTF8:
		t.RawSetString("charpattern", vm.LString(charPattern))
	}
}

// touch makes sure that a table a native is about to look at directly has its
// contents.
func touch(l *vm.LState, t *vm.LTable) *vm.LTable {
	if mt, ok := t.Metatable.(*vm.LTable); ok {
		s := stateOf(l)
		if m, ok := s.lib.which[mt]; ok {
			s.fill(m, t)
		} else {
			openLazy(l, t, mt)
		}
	}
	return t
}

// touchValue does the same where the value is a table, and gives the strings
// their other metamethods before a script sees those.
func touchValue(l *vm.LState, v vm.LValue) vm.LValue {
	if t, ok := v.(*vm.LTable); ok {
		touch(l, t)
	}
	return v
}

// Loaded gives the table package.loaded, for modules of the host.
func Loaded(l *vm.LState) *vm.LTable {
	s := stateOf(l)
	s.openPackage()
	return s.loaded
}

// Close closes the files that a state left open. It runs no Lua code.
func Close(l *vm.LState) {
	if s, ok := native.Of(l).Library().(*state); ok && s.files != nil {
		s.files.closeAll()
	}
}

// Names gives the name of a library function, for tracebacks: what New made,
// or a function that is a global or in a loaded module.
func (lib *Library) Names(l *vm.LState, fn *vm.LFunction) string {
	if name := lib.names[fn]; name != "" {
		return name
	}
	if fn.IsG && len(fn.Upvalues) == 0 && fn.Env == nil {
		return ""
	}
	best := ""
	look := func(prefix string, t *vm.LTable) {
		t.ForEach(func(k, v vm.LValue) {
			if key, ok := k.(vm.LString); ok && v == vm.LValue(fn) {
				if name := prefix + string(key); best == "" || name < best {
					best = name
				}
			}
		})
	}
	look("", l.G.Global)
	if s := stateOf(l); best == "" && s.loaded != nil {
		s.loaded.ForEach(func(k, v vm.LValue) {
			if t, ok := v.(*vm.LTable); ok {
				look(native.ToString(k)+".", t)
			}
		})
	}
	return best
}

// scratch runs Lua source of the library's own once, on a state of its own,
// and gives what it returns. The machine's own compiler will do for that: the
// source is known and tested.
func scratch(source string, args ...vm.LValue) ([]vm.LValue, error) {
	l := vm.NewState(vm.Options{SkipOpenLibs: true, RegistrySize: 128, CallStackSize: 16})
	defer l.Close()
	chunk, err := parse.Parse(strings.NewReader(source), native.DriverSource)
	if err != nil {
		return nil, err
	}
	proto, err := vm.Compile(chunk, native.DriverSource)
	if err != nil {
		return nil, err
	}
	if err := l.CallByParam(vm.P{Fn: l.NewFunctionFromProto(proto), NRet: vm.MultRet, Protect: true}, args...); err != nil {
		return nil, err
	}
	results := make([]vm.LValue, l.GetTop())
	for i := range results {
		results[i] = l.Get(i + 1)
	}
	return results, nil
}
