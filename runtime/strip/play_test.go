package strip_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/source"
	"github.com/luapush/luapush/runtime/strip"
	"github.com/luapush/luapush/runtime/trace"
	"github.com/luapush/luapush/scripts"
	"github.com/luapush/luapush/stdlib"
)

// memory is a source of transactions that are there already.
type memory struct{ all []*mail.Transaction }

func (m *memory) Next(context.Context) (*source.Delivery, error) {
	if len(m.all) == 0 {
		return nil, io.EOF
	}
	t := m.all[0]
	m.all = m.all[1:]
	last := true
	for _, later := range m.all {
		last = last && later.User.SessionID != t.User.SessionID
	}
	return &source.Delivery{Transaction: t, Last: last}, nil
}

func (m *memory) Settle(*source.Delivery, source.Outcome) error { return nil }

func (m *memory) Close() error { return nil }

// played is what a handler did, as far as it must not change.
func played(t *testing.T, name string, program []byte, options map[string]string, all []*mail.Transaction) []string {
	t.Helper()
	var did []string
	note := func(format string, args ...any) { did = append(did, fmt.Sprintf(format, args...)) }
	observer := trace.ObserverFunc(func(r trace.Record) {
		at := r.Transaction()
		switch r := r.(type) {
		case *trace.Call:
			note("%d call %s %s %d", at, r.Function, r.Event, r.UID)
		case *trace.HTTP:
			note("%d http %s %d, %d bytes to %d", at, r.Method, r.Status, len(r.Body), len(r.URL))
		case *trace.Log:
			note("%d log %s %s of %d bytes, %d fields", at, r.Level, r.Event, len(r.Message), len(r.Fields))
		case *trace.Metadata:
			note("%d metadata %s %s", at, r.Op, r.Key)
		case *trace.Error:
			note("%d error %s line %d", at, r.Code, r.Line)
		}
	})
	host := runtime.New(runtime.Options{
		API: bindings.NewDovecot(), Modules: stdlib.Modules(),
		Observer: trace.Ordered(observer, 10000), Now: func() time.Time { return time.Unix(1795290011, 0) },
	})
	compiled, err := host.Compile(name, program)
	if err != nil {
		t.Fatal(err)
	}
	list := runtime.DriverList{Drivers: []*runtime.Driver{{Program: compiled, Options: options, Bundled: options != nil}}}
	if _, err := host.RunDrivers(context.Background(), func(*mail.Transaction) runtime.DriverList { return list }, &memory{all: all}); err != nil && !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	return did
}

// A handler does the same with what was stripped: the same calls, requests as long
// as before, log lines, writes, and errors.
func TestHandlersDoTheSame(t *testing.T) {
	const examples = "../../examples/"
	type play struct {
		name, handler, fixture string
		options                map[string]string
	}
	plays := []play{}
	handlers, err := filepath.Glob(examples + "*/handler.lua")
	if err != nil || len(handlers) < 4 {
		t.Fatalf("only %d examples: %v", len(handlers), err)
	}
	for _, h := range handlers {
		name := filepath.Base(filepath.Dir(h))
		plays = append(plays,
			play{name, h, filepath.Join(filepath.Dir(h), "fixture.jsonl"), nil},
			play{name + ", recordings", h, recordings, nil},
			play{name + ", hostile mail", h, deliveries, nil})
	}
	url := map[string]string{"url": "http://127.0.0.1:8080/notify", "user_from_metadata": ""}
	plays = append(plays,
		play{"ox", "ox", "../../scripts/testdata/ox/sessions.jsonl", url},
		play{"ox, deliveries", "ox", "../../scripts/testdata/ox/deliveries.jsonl", url},
		play{"dlog", "dlog", "../../scripts/testdata/dlog/both.jsonl", map[string]string{}})
	for _, p := range plays {
		t.Run(p.name, func(t *testing.T) {
			program, bundled := scripts.Source(p.handler)
			if !bundled {
				var err error
				if program, err = os.ReadFile(p.handler); err != nil {
					t.Fatal(err)
				}
			}
			s := strip.New(testKey(t), strip.Options{})
			original := documents(t, p.fixture)
			var copies []*mail.Transaction
			for _, txn := range original {
				copies = append(copies, stripped(t, s, txn))
			}
			want := played(t, p.handler, program, p.options, original)
			got := played(t, p.handler, program, p.options, copies)
			if len(want) < 2 {
				t.Fatalf("nothing was done: %v", want)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-original +stripped):\n%s", diff)
			}
		})
	}
}
