package kit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/cmd/luapush/testkit/result"
	"github.com/luapush/luapush/runtime/lua"
	"github.com/luapush/luapush/runtime/lua/native"
)

// File is a test file that was run once, and so has its cases.
type File struct {
	loader *Loader
	path   string
	folder string
	engine *lua.Engine
	chunk  *lua.Chunk
	source []byte
	state  *lua.State
	// entries are its cases, in the order of the file, as it was opened. live
	// are the same with the functions of the present state, being collected
	// while the file runs.
	entries, live []*Entry
	// Subtests chooses among the subtests of the cases that Run runs, by their
	// paths; nil is all.
	Subtests func(path []string) bool
	// scope is the group being collected; nil once that is over.
	scope *scope
	// run is the case that is running, or nil.
	run *run
	// out takes what the file prints while it is collected.
	out io.Writer
	// metas are the metatables of the objects of this state.
	metas map[string]*vm.LTable
}

// Entry is a case, or a benchmark, that a file has.
type Entry struct {
	Path    []string
	Line    int
	Tags    []string
	Bench   bool
	skip    string
	todo    string
	isTodo  bool
	timeout time.Duration
	fn      *vm.LFunction
	scope   *scope
}

// Name is the path as one text.
func (e *Entry) Name() string { return strings.Join(e.Path, " / ") }

// scope is a group of cases with its hooks.
type scope struct {
	outer         *scope
	name          string
	before, after []*vm.LFunction
	tags          []string
}

// maxEntries bounds what a hostile file may collect.
const maxEntries = 100_000

// fileKey is where a state keeps its File.
type fileKey struct{}

func fileOf(l *vm.LState) *File { return native.Of(l).Value(fileKey{}).(*File) }

// Entries are the cases of the file.
func (f *File) Entries() []*Entry { return f.entries }

// Close frees the state.
func (f *File) Close() {
	if f.state != nil {
		f.state.Close()
		f.state = nil
	}
}

// load makes a state and runs the file, which collects the cases.
func (f *File) load(ctx context.Context) *result.Failure {
	f.Close()
	ctx, cancel := context.WithTimeoutCause(ctx, f.loader.options.Timeout, errTimeout)
	defer cancel()
	f.loader.options.Stage.Begin()
	f.live, f.metas, f.out = nil, map[string]*vm.LTable{}, io.Discard
	f.state = f.engine.NewState(lua.Options{
		Limits: lua.Limits{Memory: testMemory}, Stdout: (*output)(f), Stderr: (*output)(f), Seed: f.loader.options.Seed,
	})
	native.Of(f.state.L).Set(fileKey{}, f)
	f.scope = &scope{}
	defer func() { f.scope = nil }()
	if err := f.state.Run(ctx, f.chunk); err != nil {
		return f.timed(ctx, f.loader.options.Timeout, f.failureOf(asError(err)))
	}
	return nil
}

// revive makes a new state after the old one had to be given up, and gives the
// entry that stands for the old one's.
func (f *File) revive(ctx context.Context, i int, old *Entry) (*Entry, *result.Failure) {
	if failure := f.load(ctx); failure != nil {
		f.Close()
		failure.Message = "the file could not be run again after a case that had to be given up: " + failure.Message
		return nil, failure
	}
	if i >= len(f.live) || f.live[i].Name() != old.Name() {
		return nil, f.otherCases(old)
	}
	return f.live[i], nil
}

// otherCases is the failure of an entry that is not there any more.
func (f *File) otherCases(old *Entry) *result.Failure {
	return &result.Failure{
		Message: "the file gives other cases each time it is run; it was run again after a case that had to be given up",
		File:    f.path, Line: old.Line, SourceLine: f.chunk.Line(old.Line),
	}
}

// output is where a test file prints to: the output of the case that runs.
type output File

// Write implements io.Writer.
func (o *output) Write(p []byte) (int, error) {
	if o.run != nil {
		return o.run.root().output.Write(p)
	}
	return o.out.Write(p)
}

// capped keeps the beginning of what is written.
type capped struct {
	text strings.Builder
	cut  bool
}

const outputLimit = 64 << 10

// Write implements io.Writer.
func (c *capped) Write(p []byte) (int, error) {
	if room := outputLimit - c.text.Len(); len(p) <= room {
		c.text.Write(p)
	} else if !c.cut {
		c.text.Write(p[:room])
		c.cut = true
	}
	return len(p), nil
}

func (c *capped) String() string {
	if c.cut {
		return c.text.String() + fmt.Sprintf("\n… (cut after %d bytes)\n", outputLimit)
	}
	return c.text.String()
}

func asError(err error) *lua.Error {
	var e *lua.Error
	if errors.As(err, &e) {
		return e
	}
	return &lua.Error{Code: lua.CodeInternal, Message: err.Error(), Cause: err}
}
