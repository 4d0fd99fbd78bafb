// Package lua is Lua 5.4 for scripts: compiling a source once, and running it
// in states that are kept within limits.
//
// It stands on the gopher-lua virtual machine and must be the only way by
// which a script's source reaches that machine: its own compiler gets ordinary
// Lua wrong. The package knows nothing of mail or of Dovecot.
//
// Order of calls: an [Engine] once for a process; [Engine.Compile] once for a
// script; [Engine.NewState] for each mail session; then any number of
// [State.Run] and [State.Call], one at a time, and [State.Close]. After an
// error whose Fatal method says so a state answers every call with that error.
package lua

import (
	"errors"
	"io"
	"strings"
	"sync"
	"time"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/library"
	"github.com/luapush/luapush/runtime/lua/native/list"
	"github.com/luapush/luapush/runtime/lua/native/machine"
	"github.com/luapush/luapush/runtime/lua/repair"
	"github.com/luapush/luapush/runtime/lua/syntax"
)

// Version is the Lua version that scripts see.
const Version = "5.4"

// Engine holds what all states share: the compiler and the library's
// functions. It is immutable and safe for concurrent use, but for one that has a
// Coverage.
type Engine struct {
	library  *library.Library
	coverage *Coverage
	// err is why the library could not be made; Compile tells it.
	err error
}

// EngineOptions are what an engine is made with.
type EngineOptions struct {
	// Path is package.path; "" is that of Lua 5.4 on Unix.
	Path string
	// First are templates in front of Path; what they find goes before Preload.
	First string
	// Preload are loaders of modules that require finds without a file.
	Preload []library.Preloaded
	// Coverage counts which lines of files are reached, in all states of the
	// engine; nil counts nothing. Such an engine, its chunks and its states
	// belong to one goroutine.
	Coverage *Coverage
	// System is what lies outside of the program; nil is the host's own.
	System *library.System
}

// limitArrays bounds how far a table's array part reaches, which is a variable
// of the machine's package: by default t[5000000] = true takes 85 MB, and
// t[uid] is natural in a handler (lua.md §4). Longer lists go on in the hash,
// of which only our own loop and package list know: without them the bound must
// stay where it is.
var limitArrays = sync.OnceFunc(func() {
	if machine.Fits() == nil && list.Fits() {
		vm.MaxArrayIndex = 1 << 17
	}
})

// NewEngine makes an engine. That takes about a millisecond: one serves a whole
// process.
func NewEngine(o EngineOptions) *Engine {
	limitArrays()
	var arithmetic []library.Preloaded
	for _, m := range repair.StringMetamethods() {
		arithmetic = append(arithmetic, library.Preloaded{Name: m.Name, Loader: m.Function.GFunction})
	}
	e := &Engine{coverage: o.Coverage}
	e.library, e.err = library.New(library.Options{
		StringMetamethods: arithmetic,

		Compile: e.compile, Path: o.Path, First: o.First, Preload: o.Preload, System: o.System,
	})
	return e
}

// Chunk is a compiled source. It is immutable, and may run in any number of
// states at the same time.
type Chunk struct {
	name  string
	proto *vm.FunctionProto
	lines []string
}

// Name is the name it was compiled under, usually the file's path.
func (c *Chunk) Name() string { return c.name }

// Line is the text of a line of the source, counted from 1, or "".
func (c *Chunk) Line(n int) string {
	if n < 1 || n > len(c.lines) {
		return ""
	}
	return c.lines[n-1]
}

// Compile compiles a source file. The name stands in messages and tracebacks.
// The error is an *[Error] with CodeSyntax.
func (e *Engine) Compile(name string, source []byte) (*Chunk, error) {
	if e.err != nil {
		return nil, &Error{Code: CodeInternal, Message: e.err.Error(), Cause: e.err}
	}
	if len(source) > 0 && source[0] == 0x1b {
		return nil, &Error{
			Code: CodeSyntax, Script: name, Message: "bad binary format (version mismatch)",
			Text: name + ": bad binary format (version mismatch)",
			Hint: "this is a compiled chunk (luac): Dovecot runs it if its Lua is the same, luapush runs Lua source only",
		}
	}
	tree, err := syntax.ParseFile(string(source), "@"+name)
	if err != nil {
		return nil, syntaxError(name, err)
	}
	proto, err := e.coverage.compile(tree, string(source))
	if err != nil {
		return nil, syntaxError(name, err)
	}
	return &Chunk{name: name, proto: proto, lines: splitLines(source)}, nil
}

// compile is how load and require compile.
func (e *Engine) compile(name string, source []byte) (*vm.FunctionProto, error) {
	tree, err := syntax.Parse(string(source), name)
	if err != nil {
		return nil, err
	}
	return e.coverage.compile(tree, string(source))
}

func splitLines(source []byte) []string {
	return strings.Split(strings.ReplaceAll(string(source), "\r\n", "\n"), "\n")
}

func syntaxError(name string, err error) *Error {
	e := &Error{Code: CodeSyntax, Message: err.Error(), Text: err.Error(), Script: name, Cause: err}
	var fault *syntax.Error
	if errors.As(err, &fault) {
		e.Line, e.Column, e.SourceLine = fault.Line, fault.Column, fault.SourceLine
		e.Message = fault.Message
		if fault.Near != "" {
			e.Message += " near " + fault.Near
		}
	}
	return e
}

// Limits bound what one call of a script may use. Zero means no limit.
type Limits struct {
	// Instructions of the virtual machine, and their like in library
	// functions.
	Instructions int64
	// Memory that the state's live values may take, in bytes.
	Memory int64
	// Time is the wall clock time of a call.
	Time time.Duration
}

// Options are what a state is made with.
type Options struct {
	Limits Limits
	// Stdin is what io.stdin reads; nil is empty.
	Stdin io.Reader
	// Stdout and Stderr are what print and io.write go to; nil discards.
	Stdout io.Writer
	Stderr io.Writer
	// Seed starts math.random; 0 takes one from the clock.
	Seed uint64
	// Now is the clock of limits; nil is time.Now.
	Now func() time.Time
}
