package library

import (
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

// The paths of PUC Lua on Unix.
const (
	DefaultPath = "/usr/local/share/lua/5.4/?.lua;/usr/local/share/lua/5.4/?/init.lua;" +
		"/usr/local/lib/lua/5.4/?.lua;/usr/local/lib/lua/5.4/?/init.lua;" +
		"/usr/share/lua/5.4/?.lua;/usr/share/lua/5.4/?/init.lua;./?.lua;./?/init.lua"
	DefaultCPath = "/usr/local/lib/lua/5.4/?.so;/usr/lib/x86_64-linux-gnu/lua/5.4/?.so;" +
		"/usr/lib/lua/5.4/?.so;/usr/local/lib/lua/5.4/loadall.so;./?.so"
)

const noLibraries = "dynamic libraries not enabled; check your Lua installation"

var packageFunctions = []function{
	{"loadlib", packageLoadLib},
	{"searchpath", packageSearchPath},
}

// openPackage fills the package table, wherever the script has put it.
func (s *state) openPackage() {
	if t := s.modules[modulePackage]; s.loaded == nil {
		s.fill(modulePackage, t)
	}
}

func (s *state) fillPackage(t *vm.LTable) {
	if s.loaded != nil {
		return
	}
	s.loaded, s.preload = s.l.CreateTable(0, 16), s.l.CreateTable(0, 0)
	s.loaded.RawSetString("_G", s.l.G.Global)
	for _, e := range s.lib.preload {
		s.preload.RawSetString(e.name, e.value)
	}
	for m, module := range s.modules {
		s.loaded.RawSetString(moduleNames[m], module)
	}
	searchers := s.l.CreateTable(len(s.lib.search), 0)
	for i, fn := range s.lib.search {
		searchers.RawSetInt(i+1, fn)
	}
	t.RawSetString("path", vm.LString(s.lib.options.Path))
	t.RawSetString("cpath", vm.LString(s.lib.options.CPath))
	t.RawSetString("config", vm.LString("/\n;\n?\n!\n-\n"))
	t.RawSetString("loaded", s.loaded)
	t.RawSetString("preload", s.preload)
	t.RawSetString("searchers", searchers)
}

func packageLoadLib(l *vm.LState) int {
	native.CheckString(l, 1)
	native.CheckString(l, 2)
	l.Push(vm.LNil)
	l.Push(vm.LString(noLibraries))
	l.Push(vm.LString("absent"))
	return 3
}

func packageSearchPath(l *vm.LState) int {
	path := native.CheckString(l, 2)
	file, problem := searchPath(l, native.CheckString(l, 1), path,
		native.OptString(l, 3, "."), native.OptString(l, 4, "/"))
	if file != "" {
		l.Push(vm.LString(file))
		return 1
	}
	l.Push(vm.LNil)
	l.Push(vm.LString(problem))
	return 2
}

// searchPath gives the first file of a path's templates that can be read, or
// PUC's list of those that cannot.
func searchPath(l *vm.LState, name, path, separator, directory string) (file, problem string) {
	if separator != "" {
		name = strings.ReplaceAll(name, separator, directory)
	}
	s := stateOf(l)
	var missed []string
	for template := range strings.SplitSeq(path, ";") {
		file := strings.ReplaceAll(template, "?", name)
		native.Step(l, 100)
		if f, err := s.lib.system.Open(file, "r"); err == nil {
			_ = f.Close()
			return file, ""
		}
		missed = append(missed, "no file '"+file+"'")
	}
	return "", strings.Join(missed, "\n\t")
}

func baseRequire(l *vm.LState) int {
	name := native.CheckString(l, 1)
	s := stateOf(l)
	s.openPackage()
	l.SetTop(1)
	if v := index(l, s.loaded, vm.LString(name)); vm.LVAsBool(v) {
		l.Push(v)
		return 1
	}
	loader, data := s.findLoader(l, name)
	l.Push(loader)
	l.Push(vm.LString(name))
	l.Push(data)
	native.Call(l, 2, 1)
	if v := l.Get(-1); v != vm.LNil {
		setIndex(l, s.loaded, vm.LString(name), v)
	}
	v := index(l, s.loaded, vm.LString(name))
	if v == vm.LNil {
		v = vm.LTrue
		setIndex(l, s.loaded, vm.LString(name), v)
	}
	l.Push(v)
	l.Push(data)
	return 2
}

// findLoader asks the searchers in turn, or raises what they all said.
func (s *state) findLoader(l *vm.LState, name string) (loader, data vm.LValue) {
	searchers, ok := index(l, s.modules[modulePackage], vm.LString("searchers")).(*vm.LTable)
	if !ok {
		native.Raise(l, "'package.searchers' must be a table")
	}
	var said strings.Builder
	for i := 1; ; i++ {
		searcher := searchers.RawGet(vm.LNumber(i))
		if searcher == vm.LNil {
			native.Raise(l, "module '%s' not found:%s", name, said.String())
		}
		l.Push(searcher)
		l.Push(vm.LString(name))
		native.Call(l, 1, 2)
		first, second := l.Get(-2), l.Get(-1)
		l.Pop(2)
		switch first := first.(type) {
		case *vm.LFunction:
			return first, second
		case vm.LString, vm.LNumber:
			said.WriteString("\n\t" + native.ToString(first))
		}
	}
}

func searchPreload(l *vm.LState) int {
	name := native.CheckString(l, 1)
	s := stateOf(l)
	v := index(l, s.preload, vm.LString(name))
	if v == vm.LNil {
		l.Push(vm.LString("no field package.preload['" + name + "']"))
		return 1
	}
	if first := s.lib.options.First; first != "" && s.lib.isHosts(name, v) {
		if file, _ := searchPath(l, name, first, ".", "/"); file != "" {
			return loadModule(l, name, file)
		}
	}
	l.Push(v)
	l.Push(vm.LString(":preload:"))
	return 2
}

// isHosts tells the loader that the host gave for a name from one that the
// script has put in its place.
func (lib *Library) isHosts(name string, loader vm.LValue) bool {
	for _, e := range lib.preload {
		if e.name == name {
			return e.value == loader
		}
	}
	return false
}

// pathField gives a path of the package table.
func pathField(l *vm.LState, field string) string {
	v := index(l, stateOf(l).modules[modulePackage], vm.LString(field))
	switch v.(type) {
	case vm.LString, vm.LNumber:
	default:
		native.Raise(l, "'package.%s' must be a string", field)
	}
	return native.ToString(v)
}

func searchLua(l *vm.LState) int {
	name := native.CheckString(l, 1)
	file, problem := searchPath(l, name, pathField(l, "path"), ".", "/")
	if file == "" {
		l.Push(vm.LString(problem))
		return 1
	}
	return loadModule(l, name, file)
}

// loadModule pushes what runs a module's file, and the file's name.
func loadModule(l *vm.LState, name, file string) int {
	source, chunk, problem := readSource(l, file)
	if problem == "" {
		if load(l, source, chunk, "bt", 0) == 1 {
			l.Push(vm.LString(file))
			return 2
		}
		problem = native.ToString(l.Get(-1))
	}
	native.Raise(l, "error loading module '%s' from file '%s':\n\t%s", name, file, problem)
	return 0
}

func searchC(l *vm.LState) int { return searchLibrary(l, native.CheckString(l, 1)) }

// searchRoot looks for the library of a submodule's first part.
func searchRoot(l *vm.LState) int {
	root, _, ok := strings.Cut(native.CheckString(l, 1), ".")
	if !ok {
		return 0
	}
	return searchLibrary(l, root)
}

// searchLibrary finds C libraries only to say that they cannot be loaded.
func searchLibrary(l *vm.LState, name string) int {
	file, problem := searchPath(l, name, pathField(l, "cpath"), ".", "/")
	if file == "" {
		l.Push(vm.LString(problem))
		return 1
	}
	native.Raise(l, "error loading module '%s' from file '%s':\n\t%s", native.CheckString(l, 1), file, noLibraries)
	return 0
}
