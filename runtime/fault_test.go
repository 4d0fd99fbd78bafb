package runtime_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/source"
	"github.com/luapush/luapush/runtime/trace"
)

// faultyAPI panics in its call of a number.
type faultyAPI struct {
	runtime.API
	calls, at int
}

func (f *faultyAPI) count() {
	f.calls++
	if f.calls == f.at {
		panic("a fault")
	}
}

func (f *faultyAPI) Open(s *runtime.Session) error {
	f.count()
	return f.API.Open(s)
}

func (f *faultyAPI) User(s *runtime.Session) vm.LValue {
	f.count()
	return f.API.User(s)
}

func (f *faultyAPI) Event(s *runtime.Session, e *mail.Event) vm.LValue {
	f.count()
	return f.API.Event(s, e)
}

// settled keeps how its transactions were settled.
type settled struct {
	source.Source
	outcomes []source.Outcome
}

func (s *settled) Settle(d *source.Delivery, o source.Outcome) error {
	s.outcomes = append(s.outcomes, o)
	return s.Source.Settle(d, o)
}

// settle plays documents through a script and gives how each was settled, and
// the errors told.
func settle(ctx context.Context, t *testing.T, o runtime.Options, script string, documents ...string) ([]source.Outcome, []string, error) {
	t.Helper()
	var faults []string
	o.Observer = trace.ObserverFunc(func(r trace.Record) {
		if e, ok := r.(*trace.Error); ok {
			faults = append(faults, e.Message)
		}
	})
	host := runtime.New(o)
	program, err := host.Compile("handler.lua", []byte(script))
	if err != nil {
		t.Fatal(err)
	}
	from := &settled{Source: source.NewReader(strings.NewReader(strings.Join(documents, "")), "test")}
	_, err = host.Run(ctx, program, from)
	return from.outcomes, faults, err
}

// TestFaultsOfTheHostEndNoRun lets each call of the API panic, one after the
// other: it is told once, and the run goes on.
func TestFaultsOfTheHostEndNoRun(t *testing.T) {
	script := whole + `
function mail_user_created(user) return 0 end
function mail_user_deinit_pre(user) end
function mail_user_deinit(user) end`
	first, second := document("s", "true", "MessageNew:1"), document("s", "true", "MessageNew:2")
	count := &faultyAPI{API: bindings.NewDovecot()}
	if _, _, err := settle(t.Context(), t, runtime.Options{API: count}, script, first, second); err != nil || count.calls < 8 {
		t.Fatalf("%d calls, %v", count.calls, err)
	}
	for at := 1; at <= count.calls; at++ {
		o := runtime.Options{API: &faultyAPI{API: bindings.NewDovecot(), at: at}}
		outcomes, faults, err := settle(t.Context(), t, o, script, first, second)
		if err != nil || len(outcomes) != 2 || !slices.Equal(faults, []string{"internal error: a fault"}) {
			t.Errorf("call %d: %v, %q, %v", at, outcomes, faults, err)
		}
	}
}

// TestOutcomes holds that nothing is given up for good that was only
// interrupted.
func TestOutcomes(t *testing.T) {
	const endless = "while true do end"
	for _, c := range []struct {
		name, script string
		// cancelled ends the context with the first request or wait.
		cancelled bool
		want      []source.Outcome
	}{
		{"all is well", whole, false, []source.Outcome{source.Done, source.Done}},
		{"main chunk fails", "error('no')", false, []source.Outcome{source.FailedForGood, source.FailedForGood}},
		{"main chunk takes too long", endless, false, []source.Outcome{source.FailedForNow, source.FailedForNow}},
		{"script_init takes too long", whole + "function script_init() " + endless + " end", false, []source.Outcome{source.FailedForNow, source.FailedForNow}},
		{"cancelled in the main chunk", "dovecot.http.client({}):request({url = 'http://h/'}):submit() " + endless, true, []source.Outcome{source.FailedForNow}},
		{"cancelled in a request that the script makes nothing of",
			whole + "function dovecot_lua_notify_event_message_new() dovecot.http.client({}):request({url = 'http://h/'}):submit() end",
			true, []source.Outcome{source.FailedForNow}},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			o := runtime.Options{API: bindings.NewDovecot(), Limits: runtime.Limits{Time: 50 * time.Millisecond}}
			if c.cancelled {
				o.Limits.Time = 10 * time.Second
				o.HTTP = interrupting(cancel)
			}
			outcomes, _, err := settle(ctx, t, o, c.script, document("s", "true", "MessageNew:1"), document("s", "true", "MessageNew:2"))
			if cancelled := err == context.Canceled; cancelled != c.cancelled || !slices.Equal(outcomes, c.want) {
				t.Errorf("%v, %v; want %v", outcomes, err, c.want)
			}
		})
	}
}

// interrupting is a transport that ends the context of the run in the middle of a
// request.
type interrupting func()

func (i interrupting) RoundTrip(r *http.Request) (*http.Response, error) {
	i()
	<-r.Context().Done()
	return nil, fmt.Errorf("interrupted: %w", r.Context().Err())
}
