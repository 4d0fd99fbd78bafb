package library

import (
	"bytes"
	"strings"
	"testing"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/lua/repair"
	"github.com/luapush/luapush/runtime/lua/syntax"
)

func compile(name string, source []byte) (*vm.FunctionProto, error) {
	chunk, err := syntax.Parse(string(source), name)
	if err != nil {
		return nil, err
	}
	return repair.Compile(chunk)
}

func newLibrary(t testing.TB, o Options) *Library {
	t.Helper()
	if o.Compile == nil {
		o.Compile = compile
	}
	for _, m := range repair.StringMetamethods() {
		o.StringMetamethods = append(o.StringMetamethods, Preloaded{m.Name, m.Function.GFunction})
	}
	lib, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

// newState makes a state with the library opened; out takes what it prints.
func newState(t testing.TB, lib *Library, out *bytes.Buffer) *vm.LState {
	t.Helper()
	l := native.NewState()
	native.Attach(l, nil).SetHooks(repair.Hooks())
	lib.Open(l, StateOptions{Stdout: out, Stderr: out, Stdin: strings.NewReader(""), Seed: 42})
	t.Cleanup(func() {
		Close(l)
		l.Close()
	})
	return l
}

// do runs a source in protected mode.
func do(t testing.TB, l *vm.LState, source string, args ...vm.LValue) ([]vm.LValue, vm.LValue) {
	t.Helper()
	proto, err := compile("t", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return native.PCall(l, nil, l.NewFunctionFromProto(proto), args...)
}
