//go:build unix

package lua_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/luapush/luapush/runtime/lua"
)

// TestFIFOs lets scripts wait for somebody who never comes, or who says nothing.
func TestFIFOs(t *testing.T) {
	dir := t.TempDir()
	alone, silent := filepath.Join(dir, "alone"), filepath.Join(dir, "silent")
	for _, path := range []string{alone, silent} {
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	other, err := os.OpenFile(silent, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	engine := lua.NewEngine(lua.EngineOptions{})
	tests := []struct {
		name, code string
		stopped    bool
	}{
		{"nobody writes", `assert(io.open(ALONE):read("a") == "")`, false},
		{"nobody reads", `local f, problem = io.open(ALONE, "w") assert(not f and problem:find("No such device", 1, true), problem)`, false},
		{"a chunk that nobody writes", `assert(loadfile(ALONE))`, false},
		{"a silent writer", `io.open(SILENT):read("a")`, true},
		{"lines of a silent writer", `for _ in io.lines(SILENT) do end`, true},
		{"a chunk of a silent writer", `dofile(SILENT)`, true},
		{"a reader that reads nothing", `local f = io.open(SILENT, "w") while true do f:write(("x"):rep(1e5)) end`, true},
		{"a full FIFO left open", `io.open(SILENT, "w"):write("x")`, false},
		{"a device without an end", `dofile("/dev/zero")`, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			code := strings.NewReplacer("ALONE", strconv.Quote(alone), "SILENT", strconv.Quote(silent)).Replace(test.code)
			chunk, err := engine.Compile("fifo.lua", []byte(code))
			if err != nil {
				t.Fatal(err)
			}
			state := engine.NewState(lua.Options{Limits: lua.Limits{Time: 300 * time.Millisecond, Memory: 32 << 20}})
			start := time.Now()
			err = state.Run(context.Background(), chunk)
			state.Close()
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("it took %s", took)
			}
			var e *lua.Error
			if errors.As(err, &e) != test.stopped || test.stopped && !e.Fatal() {
				t.Errorf("got %v", err)
			}
		})
	}
}
