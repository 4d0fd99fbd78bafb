package runtime_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/trace"
	"github.com/luapush/luapush/runtime/transport"
	"github.com/luapush/luapush/stdlib"
)

// open starts a session whose script is waiting while it loads.
func open(t *testing.T, o runtime.Options, script string) (*runtime.Session, error) {
	t.Helper()
	o.API, o.Modules = bindings.NewDovecot(), stdlib.Modules()
	host := runtime.New(o)
	program, err := host.Compile("handler.lua", []byte(script))
	if err != nil {
		t.Fatal(err)
	}
	return host.Open(context.Background(), program, &mail.Transaction{})
}

// waits is a Sleep that notes what it was asked for, and lets a clock go on.
type waits struct {
	now  time.Time
	list []time.Duration
}

func (w *waits) sleep(ctx context.Context, d time.Duration) error {
	w.list = append(w.list, d)
	w.now = w.now.Add(d)
	return ctx.Err()
}

// TestSleepOfTheHost has scripts wait in each way there is; none takes time.
func TestSleepOfTheHost(t *testing.T) {
	const hour = time.Hour
	refused, err := transport.Parse("reset", transport.LiveOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		script string
		want   []time.Duration
	}{
		{`require "socket".sleep(3600)`, []time.Duration{hour}},
		{`require "socket".select(nil, nil, 0.5)`, []time.Duration{hour / 7200}},
		{`require "socket".select({}, nil, 0)`, nil},
		{`require "time".sleep(3600.25)`, []time.Duration{hour + 250*time.Millisecond}},
		{`require "socket".sleep(math.huge)`, []time.Duration{1<<63 - 1}},
		{`require "socket".sleep(-1) require "socket".sleep(0) require "socket".sleep(0/0)`, nil},
		{`local s = require "socket" local began = s.gettime() s.sleep(7) assert(s.gettime() - began == 7)`, []time.Duration{7 * time.Second}},
		{`local s = require "time" local began = s.unix() s.sleep(7) assert(s.unix() - began == 7)`, []time.Duration{7 * time.Second}},
	} {
		w := &waits{now: time.Unix(1_800_000_000, 0)}
		session, err := open(t, runtime.Options{
			HTTP: refused, Sleep: w.sleep, Now: func() time.Time { return w.now },
			Limits: runtime.Limits{Time: -1},
		}, test.script)
		if err != nil {
			t.Errorf("%s: %v", test.script, err)
			continue
		}
		session.Close(context.Background())
		expectWaits(t, test.script, w.list, test.want)
	}
}

func expectWaits(t *testing.T, script string, got, want []time.Duration) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: waited %v, not %v", script, got, want)
		return
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%s: waited %v, not %v", script, got, want)
		}
	}
}

// TestSleep really waits, and ends with the context.
func TestSleep(t *testing.T) {
	session, err := open(t, runtime.Options{}, "")
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close(context.Background())
	began := time.Now()
	if err := session.Sleep(context.Background(), 20*time.Millisecond); err != nil || time.Since(began) < 20*time.Millisecond {
		t.Errorf("%v after %s", err, time.Since(began))
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	if err := session.Sleep(ctx, time.Hour); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

// TestClockOfLimits has a clock for scripts that stands still, and one for
// limits that does not.
func TestClockOfLimits(t *testing.T) {
	o := runtime.Options{Now: func() time.Time { return time.Unix(0, 0) }, Limits: runtime.Limits{Time: 20 * time.Millisecond}}
	o.Lua.Now = time.Now
	var told *trace.Error
	o.Observer = trace.ObserverFunc(func(r trace.Record) {
		if e, ok := r.(*trace.Error); ok {
			told = e
		}
	})
	if _, err := open(t, o, "while true do end"); err == nil || told == nil || told.Message != "the call took longer than 20ms" {
		t.Errorf("%v, %v", err, told)
	}
}
