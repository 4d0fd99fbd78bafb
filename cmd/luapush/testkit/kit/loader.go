package kit

import (
	"context"
	"path/filepath"
	"strings"
	"time"

	"github.com/luapush/luapush/cmd/luapush/testkit/host"
	"github.com/luapush/luapush/cmd/luapush/testkit/result"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/lua"
	"github.com/luapush/luapush/runtime/lua/library"
)

// testMemory is what the values of a test file may take.
const testMemory = 64 << 20

// Options are what test files are loaded with.
type Options struct {
	Stage   *host.Stage
	Modules []runtime.Module
	Release dovecot.Release
	// Timeout is how long a case may take in real time.
	Timeout time.Duration
	Seed    uint64
	// Bench makes benchmarks run as long as it takes to measure.
	Bench time.Duration
}

// Loader loads test files.
type Loader struct {
	options Options
	system  *library.System
	preload []library.Preloaded
	// engines are those of the folders of test files.
	engines map[string]*lua.Engine
}

// keepEngines is how many engines a loader keeps.
const keepEngines = 16

// NewLoader makes a loader.
func NewLoader(o Options) (*Loader, error) {
	system, err := o.Stage.TestSystem()
	if err != nil {
		return nil, err
	}
	d := &Loader{options: o, system: system, engines: map[string]*lua.Engine{}}
	d.preload = append(d.preload, library.Preloaded{Name: ModuleName, Loader: openModule})
	for _, m := range host.TestModules(o.Modules) {
		d.preload = append(d.preload, library.Preloaded{Name: m.Name, Loader: m.Open})
	}
	return d, nil
}

// engine gives the engine for test files of a folder, whose own modules they may
// require.
func (d *Loader) engine(folder string) *lua.Engine {
	if e, ok := d.engines[folder]; ok {
		return e
	}
	first := ""
	if !strings.ContainsAny(folder, "?;") {
		first = filepath.Join(folder, "?.lua") + ";" + filepath.Join(folder, "?", "init.lua")
	}
	e := lua.NewEngine(lua.EngineOptions{Preload: d.preload, System: d.system, First: first})
	if len(d.engines) >= keepEngines {
		clear(d.engines)
	}
	d.engines[folder] = e
	return e
}

// Open compiles and runs a test file, which collects its cases. The failure says
// why that did not work, nil if it did.
func (d *Loader) Open(ctx context.Context, path string) (*File, *result.Failure) {
	f := &File{loader: d, path: path, folder: filepath.Dir(path)}
	source, err := host.Read(path, "a test file")
	f.source = source
	if err != nil {
		return nil, &result.Failure{Message: err.Error(), File: path}
	}
	f.engine = d.engine(f.folder)
	f.chunk, err = f.engine.Compile(path, source)
	if err != nil {
		return nil, f.failureOf(asError(err))
	}
	if failure := f.load(ctx); failure != nil {
		f.Close()
		return nil, failure
	}
	f.entries = f.live
	return f, nil
}
