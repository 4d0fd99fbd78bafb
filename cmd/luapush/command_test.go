package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// TestAnInterruptEndsWaitingForInput gives each verb that reads standard input
// one on which nothing comes, and interrupts it.
func TestAnInterruptEndsWaitingForInput(t *testing.T) {
	for _, c := range []struct {
		args string
		code ExitCode
		says string
	}{
		{"run $ROOT/examples/read-state/handler.lua -", CouldNotRun, "luapush: interrupted\n"},
		{"event MessageNew --from -", CouldNotRun, "luapush: interrupted\n"},
		{"record -", Fine, "luapush: interrupted; the rest has not been recorded\n"},
	} {
		t.Run(c.args, func(t *testing.T) {
			defer goleak.VerifyNone(t)
			in, feed := io.Pipe()
			defer feed.Close()
			ctx, interrupt := context.WithCancel(t.Context())
			reading := &firstRead{from: in, then: interrupt}
			var out, errs bytes.Buffer
			code := Main(ctx, strings.Fields(strings.ReplaceAll(c.args, "$ROOT", "../..")), Environment{
				Stdin: reading, Stdout: &out, Stderr: &errs, Getenv: func(string) string { return "" },
			})
			if code != c.code || errs.String() != c.says {
				t.Errorf("exit code %d, want %d; standard error %q, want %q", code, c.code, errs.String(), c.says)
			}
		})
	}
}

// firstRead tells when reading begins.
type firstRead struct {
	from io.Reader
	then func()
}

// Read implements io.Reader.
func (f *firstRead) Read(p []byte) (int, error) {
	f.then()
	return f.from.Read(p)
}

// TestInterruptibleReadsEverything reads through it in pieces of any size.
func TestInterruptibleReadsEverything(t *testing.T) {
	text := strings.Repeat("0123456789", 500)
	a := &application{ctx: t.Context(), env: Environment{Stdin: strings.NewReader(text)}}
	in := a.stdin()
	var got []byte
	for size := 1; ; size++ {
		p := make([]byte, size%97)
		n, err := in.Read(p)
		got = append(got, p[:n]...)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if string(got) != text {
		t.Errorf("%d bytes, want %d", len(got), len(text))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	a.ctx = ctx
	if _, err := a.stdin().Read(make([]byte, 1)); !errors.Is(err, context.Canceled) {
		t.Errorf("after an interrupt: %v", err)
	}
}

// TestReadingEndsAtALimit reads what never ends.
func TestReadingEndsAtALimit(t *testing.T) {
	for _, c := range []struct {
		size int
		says string
	}{
		{1 << 20, ""},
		{1<<20 + 1, "standard input: is larger than 1 MiB; give a message"},
	} {
		_, err := readAll(strings.NewReader(strings.Repeat("x", c.size)), "standard input", "a message", 1<<20)
		if got := fmt.Sprint(err); c.says == "" && err != nil || c.says != "" && got != c.says {
			t.Errorf("%d bytes: %v, want %q", c.size, err, c.says)
		}
	}
}

// TestAnInterruptOfAScript interrupts a handler that does not end by itself.
func TestAnInterruptOfAScript(t *testing.T) {
	defer goleak.VerifyNone(t)
	interrupted, interrupt := context.WithCancel(t.Context())
	defer time.AfterFunc(200*time.Millisecond, interrupt).Stop()
	dir := t.TempDir()
	var out, errs bytes.Buffer
	handler, fixture := filepath.Join(dir, "handler.lua"), filepath.Join(dir, "fixture.jsonl")
	for path, text := range map[string]string{
		handler: "while true do end",
		fixture: `{"version":1,"user":{"username":"a"},"events":[],"success":true}`,
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	code := Main(interrupted, []string{"run", handler, fixture}, Environment{
		Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Getenv: func(string) string { return "" },
	})
	if code != CouldNotRun || errs.String() != "luapush: interrupted\n" {
		t.Errorf("exit code %d, standard error %q", code, errs.String())
	}
}

// TestColours says when standard output has colours.
func TestColours(t *testing.T) {
	for _, c := range []struct {
		flag, noColor, term string
		terminal, want      bool
	}{
		{"auto", "", "xterm", true, true},
		{"auto", "", "xterm", false, false},
		{"auto", "1", "xterm", true, false},
		{"auto", "", "dumb", true, false},
		{"always", "1", "dumb", false, true},
		{"never", "", "xterm", true, false},
	} {
		env := Environment{Terminal: c.terminal, Getenv: func(name string) string {
			return map[string]string{"NO_COLOR": c.noColor, "TERM": c.term}[name]
		}}
		if got := env.colored(c.flag); got != c.want {
			t.Errorf("--color %s, NO_COLOR %q, TERM %q, terminal %t: %t", c.flag, c.noColor, c.term, c.terminal, got)
		}
	}
}
