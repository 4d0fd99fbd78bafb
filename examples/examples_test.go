// Package examples holds handlers to start from. Each folder is one: the
// handler, recorded events, and the trace that playing them gives.
package examples_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/source"
	"github.com/luapush/luapush/runtime/trace"
	"github.com/luapush/luapush/stdlib"
)

// TestExamples plays each example's events and holds what it does to its
// trace.jsonl. With LUAPUSH_UPDATE set, it writes the traces instead.
func TestExamples(t *testing.T) {
	handlers, err := filepath.Glob("*/handler.lua")
	if err != nil || len(handlers) < 4 {
		t.Fatalf("only %d examples: %v", len(handlers), err)
	}
	for _, handler := range handlers {
		dir := filepath.Dir(handler)
		t.Run(dir, func(t *testing.T) {
			got := play(t, dir)
			golden := filepath.Join(dir, "trace.jsonl")
			if os.Getenv("LUAPUSH_UPDATE") != "" {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func play(t *testing.T, dir string) []byte {
	t.Helper()
	var out bytes.Buffer
	errors := 0
	host := runtime.New(runtime.Options{
		API: bindings.NewDovecot(), Modules: stdlib.Modules(), Strict: true,
		// A clock that stands still keeps times out of the trace.
		Now: func() time.Time { return time.Unix(1795290011, 0) },
		Observer: trace.Tee(trace.Ordered(trace.NewJSON(&out), 1000), trace.ObserverFunc(func(r trace.Record) {
			switch r.(type) {
			case *trace.Error, *trace.Note:
				errors++
			}
		})),
	})
	code, err := os.ReadFile(filepath.Join(dir, "handler.lua"))
	if err != nil {
		t.Fatal(err)
	}
	program, err := host.Compile("handler.lua", code)
	if err != nil {
		t.Fatal(err)
	}
	fixture, err := os.Open(filepath.Join(dir, "fixture.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	from := source.NewReader(fixture, "fixture.jsonl")
	defer from.Close()
	summary, err := host.Run(context.Background(), program, from)
	if err != nil {
		t.Fatal(err)
	}
	if summary.Requests == 0 || errors > 0 {
		t.Errorf("%d requests, %d errors or notes: an example must do its job without fault", summary.Requests, errors)
	}
	return out.Bytes()
}
