package spec_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/trace"
	"github.com/luapush/luapush/stdlib"
)

// wholeScript is a handler of its own, and the log of one delivery to it.
type wholeScript struct {
	ID       string            `json:"id"`
	Script   string            `json:"script"`
	File     string            `json:"file"`
	Settings map[string]string `json:"settings"`
	Log      []probeLog        `json:"log"`
	Crash    bool              `json:"crash"`
}

// TestScripts runs the whole scripts of probes/lifecycle.jsonl and
// probes/load-errors.jsonl: what is called when, and what errors in each
// function log, traceback and all, must be as in real Dovecot.
func TestScripts(t *testing.T) {
	server := newProbeServer(t)
	live := liveTransport(t)
	world := newProbeWorld(t, server, live)
	named := divergences(t, "probes/script-divergences.txt")
	var count counter
	t.Run("scripts", func(t *testing.T) {
		for _, file := range []string{"probes/lifecycle.jsonl", "probes/load-errors.jsonl"} {
			for _, s := range readScripts(t, file) {
				if strings.HasPrefix(s.ID, "config/") || s.File == "missing" || s.File == "directory" || s.File == "unreadable" {
					// Dovecot's configuration and the files themselves are not
					// what a session is given.
					continue
				}
				t.Run(s.ID, func(t *testing.T) {
					t.Parallel()
					got, broken := world.script(t, s)
					difference := ""
					if broken != "" {
						difference = "the run itself failed: " + broken
					} else if !s.Crash {
						difference = s.compare(world, got)
					}
					named.judge(t, s.ID, s.Script, difference, &count)
				})
			}
		}
	})
	named.unused(t)
	t.Logf("%d scripts agree with real Dovecot, %d differ by name", count.agreed, count.differed)
}

func readScripts(t *testing.T, file string) []wholeScript {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []wholeScript
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var s wholeScript
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all = append(all, s)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// script runs a whole script on the world's transaction and gives the lines
// that Dovecot would have logged.
func (w *probeWorld) script(t *testing.T, s wholeScript) (lines []string, broken string) {
	t.Helper()
	host := runtime.New(runtime.Options{
		API: bindings.NewDovecot(), Modules: stdlib.Modules(), Strict: true, HTTP: w.live, LoadedBy: runtime.ByDriver,
		Limits: runtime.Limits{Time: 20 * time.Second},
		Observer: trace.ObserverFunc(func(r trace.Record) {
			switch r := r.(type) {
			case *trace.Log:
				if !r.Suppressed {
					lines = append(lines, string(r.Level)+" "+r.Message)
				}
			case *trace.Error:
				if r.Code == "internal" {
					broken = r.Message
				}
				lines = append(lines, "error lua: "+dovecotLine(r))
			}
		}),
	})
	source := []byte(w.fill(s.Script))
	if s.File == "bom" && !strings.HasPrefix(s.Script, "\ufeff") {
		source = append([]byte("\ufeff"), source...)
	}
	program, err := host.Compile("handler.lua", source)
	if err != nil {
		return []string{"error lua: lua_load(handler.lua) failed: " + err.Error()}, ""
	}
	txn, err := mail.Parse([]byte(w.environment), "probes/environment.json")
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	if session, err := host.Open(ctx, program, txn); err == nil {
		session.Play(ctx, txn)
		session.Close(ctx)
	}
	return lines, broken
}

// dovecotLine writes an error as Dovecot logs it, after its prefix.
func dovecotLine(r *trace.Error) string {
	if r.Text == "" && r.Message != "nil" {
		return r.Message
	}
	call := fmt.Sprintf("lua_pcall(%s, 2, 0)", r.Function)
	switch {
	case r.Function == "":
		call = "lua_pcall(handler.lua)"
	case r.Function == "script_init":
		call = "lua_pcall(script_init, 0, 1)"
	case r.Function == "script_deinit":
		call = "script_deinit() failed: lua_pcall(script_deinit, 0, 0)"
	case strings.HasSuffix(r.Function, "begin_txn"):
		call = "lua_pcall(" + r.Function + ", 1, 1)"
	}
	text := r.Text
	if text != "(null)" {
		if text != "" {
			text += "\n"
		}
		text += "stack traceback:\n\t" + strings.Join(r.Traceback, "\n\t")
	}
	return call + " failed: " + text
}

func (s *wholeScript) compare(w *probeWorld, got []string) string {
	var want []string
	for _, l := range s.Log {
		want = append(want, w.plain(strings.ReplaceAll(l.String(), "@@SCRIPT@@", "handler.lua")))
	}
	for i := range got {
		got[i] = w.plain(got[i])
	}
	if strings.Join(want, "\n") == strings.Join(got, "\n") {
		return ""
	}
	return fmt.Sprintf("dovecot: %s\nluapush: %s", strings.Join(want, "\n         "), strings.Join(got, "\n         "))
}
