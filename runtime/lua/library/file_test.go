package library

import (
	"bytes"
	"testing"

	vm "github.com/yuin/gopher-lua"
)

// TestOpenFiles opens more files than a state may have, which is an error that
// goes away when one is closed.
func TestOpenFiles(t *testing.T) {
	l := newState(t, newLibrary(t, Options{}), &bytes.Buffer{})
	defer Close(l)
	results, raised := do(t, l, `
		local t, last, message = {}
		for i = 1, 2000 do
			t[i], message = io.open("/dev/null")
			if not t[i] then last = i break end
		end
		local process = select(2, io.popen("true"))
		t[1]:close()
		return last, message, process, io.type(io.open("/dev/null"))`)
	if raised != nil {
		t.Fatal(raised)
	}
	want := []vm.LValue{
		vm.LNumber(maxOpen + 1), vm.LString("/dev/null: Too many open files"),
		vm.LString("true: Too many open files"), vm.LString("file"),
	}
	for i, v := range want {
		if results[i] != v {
			t.Errorf("result %d is %v, want %v", i+1, results[i], v)
		}
	}
}
