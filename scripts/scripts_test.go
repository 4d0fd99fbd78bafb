package scripts_test

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/source"
	"github.com/luapush/luapush/runtime/trace"
	"github.com/luapush/luapush/scripts"
	"github.com/luapush/luapush/stdlib"
)

// played is what a driver did.
type played struct {
	// log has the lines, each with its level in front.
	log      []string
	requests []*trace.HTTP
	errors   []string
}

// driver is one to play, with the settings of its host.
type driver struct {
	name    string
	options map[string]string
	release dovecot.Release
	http    http.RoundTripper
	now     func() time.Time
	// textless takes the message texts out of the documents.
	textless bool
}

// play plays documents through a driver that luapush brings along.
func (d driver) play(t *testing.T, file, documents string) played {
	t.Helper()
	text, ok := scripts.Source(d.name)
	if !ok {
		t.Fatalf("there is no %s.lua", d.name)
	}
	var p played
	host := runtime.New(runtime.Options{
		API: bindings.NewDovecot(), Modules: stdlib.Modules(), Strict: true, Debug: true,
		Dovecot: d.release, HTTP: d.http, Now: d.now,
		Observer: trace.ObserverFunc(func(r trace.Record) {
			switch r := r.(type) {
			case *trace.Log:
				p.log = append(p.log, string(r.Level)+" "+r.Message)
			case *trace.HTTP:
				p.requests = append(p.requests, r)
			case *trace.Error:
				p.errors = append(p.errors, r.Message)
			}
		}),
	})
	program, err := host.Compile(d.name+".lua", text)
	if err != nil {
		t.Fatal(err)
	}
	list := runtime.DriverList{Drivers: []*runtime.Driver{{Name: d.name, Program: program, Bundled: true, Options: d.options}}}
	from := source.NewReader(strings.NewReader(documents), file)
	if d.textless {
		from = withoutText{from}
	}
	if _, err := host.RunDrivers(context.Background(), func(*mail.Transaction) runtime.DriverList { return list }, from); err != nil {
		t.Fatal(err)
	}
	return p
}

// withoutText takes the message texts out of what a source yields.
type withoutText struct{ source.Source }

func (w withoutText) Next(ctx context.Context) (*source.Delivery, error) {
	d, err := w.Source.Next(ctx)
	if err == nil {
		d.Transaction.Messages = nil
	}
	return d, err
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func lines(text string) []string { return strings.Split(strings.TrimSuffix(text, "\n"), "\n") }

func same(t *testing.T, want, got []string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSources(t *testing.T) {
	names := scripts.Names()
	files, err := filepath.Glob("*.lua")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name, isTest := strings.CutSuffix(strings.TrimSuffix(file, ".lua"), "_test")
		if !slices.Contains(names, name) {
			t.Errorf("%s: %s is not among %v", file, name, names)
		}
		if !isTest {
			if _, err := os.Stat(name + "_test.lua"); err != nil {
				t.Errorf("%s has no tests in Lua: %v", file, err)
			}
		}
	}
	for _, name := range names {
		text, ok := scripts.Source(name)
		if !ok || !bytes.HasPrefix(text, []byte("-- "+name+": ")) {
			t.Errorf("%s.lua does not begin with what it is", name)
		}
	}
	if _, ok := scripts.Source("nothing"); ok {
		t.Error("there is a script called nothing")
	}
}
