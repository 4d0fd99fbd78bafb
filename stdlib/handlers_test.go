package stdlib_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"flag"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/source"
	"github.com/luapush/luapush/runtime/trace"
	"github.com/luapush/luapush/runtime/transport"
	"github.com/luapush/luapush/stdlib"
)

// scenarios are the recorded transactions that the handlers are played.
var scenarios = []string{"deliver-plain", "deliver-encoded-headers", "deliver-invalid-bytes", "imap-copy", "imap-flag-many", "imap-delete-mark", "imap-expunge"}

// recorded gives those transactions.
func recorded(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("../spec/recordings/dovecot-2.3.19.1.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for line := range strings.Lines(string(data)) {
		if slices.ContainsFunc(scenarios, func(s string) bool { return strings.Contains(line, `"scenario":"`+s+`"`) }) {
			out.WriteString(line)
		}
	}
	return out.String()
}

// receiver is the push service: it keeps what it got.
type receiver struct {
	mu  sync.Mutex
	got []string
}

// ServeHTTP answers with a little JSON.
func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, _ := io.ReadAll(request.Body)
	text := fmt.Sprintf("%s %s %s", request.Method, request.URL.RequestURI(), body)
	for _, name := range slices.Sorted(maps.Keys(request.Header)) {
		if name != "Date" {
			text += fmt.Sprintf(" %s=%s", name, strings.Join(request.Header[name], ","))
		}
	}
	r.mu.Lock()
	r.got = append(r.got, text)
	r.mu.Unlock()
	io.WriteString(w, `{"ok":true}`)
}

// TestHandlers plays recorded mail through handlers written as public ones are, with a live receiver and with every way
// in which a receiver fails. No failure of the network may become an error of the script.
func TestHandlers(t *testing.T) {
	defer goleak.VerifyNone(t)
	scripts, err := filepath.Glob("testdata/handlers/*.lua")
	if err != nil || len(scripts) < 5 {
		t.Fatalf("handlers: %v, %v", scripts, err)
	}
	transactions := recorded(t)
	for _, script := range scripts {
		t.Run(filepath.Base(script), func(t *testing.T) {
			var out strings.Builder
			for _, mode := range []string{"live", "dry", "refused", "timeout", "dns", "reset", "badresponse", "503"} {
				fmt.Fprintf(&out, "== %s\n%s", mode, handle(t, script, transactions, mode))
			}
			frozen := strings.TrimSuffix(script, ".lua") + ".txt"
			if flag.Lookup("update").Value.String() == "true" {
				if err := os.WriteFile(frozen, []byte(out.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(frozen)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(out.String(), "\n")); diff != "" {
				t.Errorf("-frozen +now:\n%s", diff)
			}
		})
	}
}

// handle plays the transactions and says what happened: requests and log lines of the trace, and what was received.
func handle(t *testing.T, script, transactions, mode string) string {
	t.Helper()
	receiver := &receiver{}
	server := httptest.NewServer(receiver)
	defer server.Close()
	carrier, err := transport.Parse(mode, transport.LiveOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer carrier.Close()
	program, err := os.ReadFile(script)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	settings := map[string]string{"push_url": server.URL + "/hook"}
	release := dovecot.Default
	if strings.HasSuffix(script, "_24.lua") {
		release = dovecot.Latest24
	}
	host := runtime.New(runtime.Options{
		API: bindings.NewDovecot(), Modules: stdlib.Modules(), HTTP: carrier, Dovecot: release,
		Settings: settings, LuaSettings: settings,
		Observer: trace.ObserverFunc(func(r trace.Record) {
			switch r := r.(type) {
			case *trace.HTTP:
				// Dovecot's reasons have times in them.
				reason, _, _ := strings.Cut(r.Reason, " (")
				if r.Status == 9005 {
					reason, _, _ = strings.Cut(reason, ": ")
				}
				said = append(said, fmt.Sprintf("%d %s %s:%d", r.Status, reason, filepath.Base(r.Script), r.Line))
				if r.Dry != (mode != "live") {
					t.Errorf("%s %s: dry is %t", script, mode, r.Dry)
				}
			case *trace.Log:
				if !r.Suppressed {
					said = append(said, fmt.Sprintf("%s %s", r.Level, r.Message))
				}
			case *trace.Metadata:
				said = append(said, strings.TrimSpace(fmt.Sprintf("%s %s %s", r.Op, r.Key, r.Value)))
			case *trace.Error:
				t.Errorf("%s %s: %s (%s:%d)", script, mode, r.Message, r.Script, r.Line)
			case *trace.Note:
				said = append(said, "note "+r.Message)
			}
		}),
	})
	compiled, err := host.Compile(filepath.Base(script), program)
	if err != nil {
		t.Fatal(err)
	}
	summary, err := host.Run(context.Background(), compiled, source.NewReader(strings.NewReader(transactions), "recording"))
	quiet := strings.HasSuffix(script, "metadata_only.lua")
	if err != nil || summary.Errors > 0 || (summary.Requests == 0) != quiet {
		t.Errorf("%s %s: %+v, %v", script, mode, summary, err)
	}
	if mode == "live" {
		for _, got := range receiver.got {
			said = append(said, "received "+got)
		}
	} else if len(receiver.got) > 0 {
		t.Errorf("%s %s: %d requests reached the network", script, mode, len(receiver.got))
	}
	return strings.ReplaceAll(runs(said), server.Listener.Addr().String(), "RECEIVER")
}

// runs writes lines, those that repeat only once with their number.
func runs(lines []string) string {
	var out strings.Builder
	for i := 0; i < len(lines); {
		n := 1
		for i+n < len(lines) && lines[i+n] == lines[i] {
			n++
		}
		if n > 1 {
			fmt.Fprintf(&out, "%d times ", n)
		}
		out.WriteString(lines[i] + "\n")
		i += n
	}
	return out.String()
}

// TestMissingModule looks at what require says of a module that is not there: PUC Lua's words, and a line about what
// luapush has instead; and that one which is installed is loaded all the same.
func TestMissingModule(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "redis.lua"), []byte("return {name = ...}"), 0o644); err != nil {
		t.Fatal(err)
	}
	program := `
print(#package.searchers)
local ok, message = pcall(require, "mqtt")
print(message:match("^[^\n]*"), message:match("[^\n]*$"))
print(select(2, pcall(require, "unheard.of")):match("[^\n]*$"))
local place = select(2, pcall(function()
  require "luasql.mysql"
end))
print(place:match("^[^\n]*"))
package.path = "` + folder + `/?.lua;" .. package.path
print(require "redis".name, require "redis" == package.loaded.redis)
print(pcall(require("dkjson").use_lpeg))
`
	out, err := play(t, "missing.lua", program, runtime.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"4",
		"module 'mqtt' not found:\t\tluapush does not have it: use socket.http to a bridge; a script's own sockets are not available",
		"\tno file './unheard.so'",
		"missing.lua:7: module 'luasql.mysql' not found:",
		"redis\ttrue",
		"false\tdkjson.use_lpeg: luapush has no lpeg; decode works without it and is as fast",
	}
	if diff := cmp.Diff(want, strings.Split(strings.TrimSuffix(out, "\n"), "\n")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestCatalog makes sure that every module is described, and that what is described is there.
func TestCatalog(t *testing.T) {
	entries := stdlib.Catalog()
	modules := stdlib.Modules()
	var program strings.Builder
	for i, e := range entries {
		if modules[i].Name != e.Name {
			t.Errorf("module %d is %s, and its description is of %s", i, modules[i].Name, e.Name)
		}
		if !strings.HasSuffix(e.Doc, ".") || strings.Count(e.Doc, ". ") > 0 || e.Library == "" || e.Debian == "" && e.LuaRocks == "" && !strings.HasSuffix(e.Doc, "; only luapush has it, a Dovecot installation does not.") {
			t.Errorf("%+v", e)
		}
		fmt.Fprintf(&program, "print(type(require %q), require %q == package.loaded[%q])\n", e.Name, e.Name, e.Name)
	}
	for _, m := range modules[len(entries):] {
		fmt.Fprintf(&program, "print(select(2, pcall(require, %q)):match('luapush does not have it: .'))\n", m.Name)
	}
	out, err := play(t, "catalog.lua", program.String(), runtime.Options{LuaPath: "/nonexistent/?.lua"})
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(strings.NewReader(out))
	for n := 0; lines.Scan(); n++ {
		line := lines.Text()
		if n < len(entries) && line != "table\ttrue" || n >= len(entries) && !strings.HasPrefix(line, "luapush does not have it: ") {
			t.Errorf("%s: %s", modules[n].Name, line)
		}
	}
}
