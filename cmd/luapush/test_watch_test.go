package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// watched is "luapush test --watch" at work in a folder.
type watched struct {
	t     testing.TB
	keys  *io.PipeWriter
	said  chan string
	ended chan ExitCode
}

// untilWatching tells what was written when the tests wait for a change.
type untilWatching struct {
	text bytes.Buffer
	said chan string
}

// Write implements io.Writer.
func (u *untilWatching) Write(p []byte) (int, error) {
	u.text.Write(p)
	if strings.Contains(u.text.String(), "\nwatching ") {
		u.said <- u.text.String()
		u.text.Reset()
	}
	return len(p), nil
}

// startWatching begins to watch a small project: a handler, a module, a test.
func startWatching(t testing.TB) *watched {
	t.Helper()
	dir := t.TempDir()
	t.Chdir(dir)
	for name, text := range map[string]string{
		"lib.lua": `return "a"`,
		"handler.lua": `local text = require "lib"
function dovecot_lua_notify_begin_txn(user) return {} end
function dovecot_lua_notify_event_message_new(ctx, event) dovecot.i_info(text .. event.subject) end
function dovecot_lua_notify_end_txn(ctx, success) end`,
		"handler_test.lua": `local t = require "luapush.test"
t.case("logs", function()
  local h = t.load("handler.lua")
  h:play(t.message_new{subject = "b"})
  h:expect_log{message = "ab"}
end)`,
	} {
		saveFile(t, name, text)
	}
	in, keys := io.Pipe()
	w := &watched{t: t, keys: keys, said: make(chan string, 100), ended: make(chan ExitCode, 1)}
	go func() {
		w.ended <- Main(context.Background(), []string{"test", "--watch"}, Environment{
			Stdin: in, Stdout: &untilWatching{said: w.said}, Stderr: io.Discard, Getenv: func(string) string { return "" },
		})
		in.Close()
	}()
	return w
}

func saveFile(t testing.TB, name, text string) {
	t.Helper()
	// As most editors do: a new file takes the old one's place.
	if err := os.WriteFile(name+"~", []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(name+"~", filepath.Clean(name)); err != nil {
		t.Fatal(err)
	}
}

// verdict waits for the next one.
func (w *watched) verdict() string {
	w.t.Helper()
	select {
	case text := <-w.said:
		return text
	case code := <-w.ended:
		w.t.Fatalf("it ended with %d", code)
	case <-time.After(20 * time.Second):
		w.t.Fatal("there is no verdict")
	}
	return ""
}

func (w *watched) quit() ExitCode {
	w.t.Helper()
	if _, err := io.WriteString(w.keys, "q"); err != nil {
		w.t.Fatal(err)
	}
	select {
	case code := <-w.ended:
		return code
	case <-time.After(20 * time.Second):
		w.t.Fatal("it does not end")
	}
	return 0
}

// TestWatch: a change of a module runs the test of the handler that requires
// it, and nothing is left when the user quits.
func TestWatch(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	w := startWatching(t)
	if text := w.verdict(); !strings.Contains(text, "\n1 passed") {
		t.Errorf("%s", text)
	}
	saveFile(t, "lib.lua", `return "x"`)
	if text := w.verdict(); !strings.Contains(text, "lib.lua changed\n") || !strings.Contains(text, "\n1 failed") {
		t.Errorf("%s", text)
	}
	if code := w.quit(); code != ScriptFailed {
		t.Errorf("the exit code is %d", code)
	}
}

// BenchmarkSaveToVerdict is how long it takes from the saving of a handler until
// the results are there; a tenth of a second is what people take for at once.
func BenchmarkSaveToVerdict(b *testing.B) {
	w := startWatching(b)
	w.verdict()
	source, err := os.ReadFile("handler.lua")
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for i := range b.N {
		saveFile(b, "handler.lua", fmt.Sprintf("%s\n-- %d", source, i))
		if text := w.verdict(); !strings.Contains(text, "\n1 passed") {
			b.Fatal(text)
		}
	}
	b.StopTimer()
	w.quit()
}
