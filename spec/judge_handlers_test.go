package spec_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/cmd/luapush/verify"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/spec/oracle/oracletest"
	"github.com/luapush/luapush/stdlib"
)

// judgedHandler is a handler that runs on both sides.
type judgedHandler struct {
	name string
	text []byte
}

// readHandlers reads Lua files; names are taken from the files or their folders.
func readHandlers(t *testing.T, pattern string) []judgedHandler {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	var list []judgedHandler
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(f), ".lua")
		if name == "handler" {
			name = filepath.Base(filepath.Dir(f))
		}
		list = append(list, judgedHandler{name, text})
	}
	return list
}

// judgeHandlers runs handlers in Dovecot, and in luapush on what the relay wrote
// of the same steps: first for users with nothing, then for registered ones.
func judgeHandlers(t *testing.T, p *part) {
	handlers := readHandlers(t, "judge/handlers/*.lua")
	handlers = append(handlers, readHandlers(t, "../examples/*/handler.lua")...)
	// Dovecot's documented scripts are not ours to ship.
	documented := readHandlers(t, "../../shared/documented/*.lua")
	if len(documented) == 0 {
		if os.Getenv("CI") != "" {
			t.Fatal("../shared/documented is missing, and CI must have it")
		}
		t.Log("Dovecot's documented scripts are not here, and so are not judged; the report is not compared")
		p.partial = true
	}
	handlers = append(handlers, documented...)
	stage := openStage(t, verify.Options{
		Settings: map[string]string{
			"push_lua_url": "http://@@RECORDER@@/handler", "status_url": "http://@@RECORDER@@/status",
			"webhook_url": "http://login:word@@@RECORDER@@/hook?a=b", "webhook_token": "secret", "read_state_url": "http://@@RECORDER@@/read/",
			"percent": "100%u %% done", "blank": " a  b ", "empty": "", "quotes": `"a\b"`, "utf8": "grün",
		},
		Watch: []string{"/private/vendor/vendor.dovecot/http-notify", "/private/judge/a", "/private/judge/b"},
	})
	steps := append(recordedSteps(true), furtherSteps()...)
	runHandlers(t, p, stage, "", handlers, steps)
	registered := map[string]string{
		"/private/vendor/example.com/notify": "http://@@RECORDER@@/device/17", "/private/vendor/vendor.dovecot/http-notify": "user=7@9",
	}
	if err := stage.SetMetadata(t.Context(), registered, "/private/judge/a", "/private/vendor/example.com/newest"); err != nil {
		t.Fatal(err)
	}
	runHandlers(t, p, stage, "registered-", handlers, steps)
}

func openStage(t *testing.T, o verify.Options) *verify.Stage {
	t.Helper()
	oracletest.Need(t)
	stage, err := verify.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stage.Close(); err != nil {
			t.Error(err)
		}
	})
	return stage
}

func runHandlers(t *testing.T, p *part, stage *verify.Stage, prefix string, handlers []judgedHandler, steps []verify.Step) {
	t.Helper()
	documents, err := stage.Record(steps)
	if err != nil {
		t.Fatal(err)
	}
	live := liveTransport(t)
	for _, h := range handlers {
		luapush, err := verify.Play(context.Background(), documents, verify.Played{
			Options: runtime.Options{
				API: bindings.NewDovecot(), Modules: stdlib.Modules(), Strict: true, HTTP: live, LoadedBy: runtime.ByDriver,
			},
			Drivers: verify.Only("handler.lua", h.text), Script: "handler.lua", Recorder: stage.Recorder,
		})
		if err != nil {
			t.Fatal(err)
		}
		dovecot, err := stage.Run(h.text, steps, luapush)
		if err != nil {
			t.Fatal(err)
		}
		p.judgeResults(t, prefix+h.name, steps, dovecot, luapush)
	}
}

// judgeResults judges each step, and the metadata that is left; then, as a case of
// its own, each kind of difference that is known wherever it comes up.
func (p *part) judgeResults(t *testing.T, name string, steps []verify.Step, dovecot, luapush *verify.Result) {
	t.Helper()
	found := map[int][]string{}
	known := map[verify.Known]string{}
	for _, d := range verify.Compare(dovecot, luapush) {
		text := fmt.Sprintf("%s\n  dovecot: %q\n  luapush: %q", d.Kind, d.Dovecot, d.Luapush)
		switch {
		case d.Known != "":
			known[d.Known] = text
		case !d.Same:
			found[d.Step] = append(found[d.Step], text)
		}
	}
	for n := -1; n < len(steps); n++ {
		step := "metadata"
		if n >= 0 {
			step = steps[n].Name
		}
		p.judge(t, name+"/"+step, strings.Join(found[n], "\n"))
	}
	for _, k := range []verify.Known{verify.Numbers, verify.Order, verify.Crashed} {
		id := name + "/" + string(k)
		if _, named := p.named.find(p.name + "/" + id); named || known[k] != "" {
			p.judge(t, id, known[k])
		}
	}
}
