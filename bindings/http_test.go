package bindings_test

import (
	"context"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/httpclient"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/transport"
)

const asking = `
local client = dovecot.http.client({request_timeout_msecs = 1500, max_attempts = 3, max_connect_attempts = 3, max_auto_retry_delay_secs = 5})
local response = client:request({url = "http://hook.example/"}):submit()
status = response:status()`

// played runs a script and gives what it left in the global status.
func played(t *testing.T, o runtime.Options, script string) string {
	t.Helper()
	o.API = bindings.NewDovecot()
	host := runtime.New(o)
	program, err := host.Compile("handler.lua", []byte(script))
	if err != nil {
		t.Fatal(err)
	}
	session, err := host.Open(context.Background(), program, &mail.Transaction{})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close(context.Background())
	return session.L().G.Global.RawGetString("status").String()
}

// answers gives a status after the other, the last for ever; 0 is a connection
// that is refused.
type answers struct {
	status []int
	asked  int
	header http.Header
}

func (a *answers) RoundTrip(r *http.Request) (*http.Response, error) {
	status := a.status[min(a.asked, len(a.status)-1)]
	a.asked++
	if status == 0 {
		return nil, &transport.Error{Kind: transport.KindConnect, Addr: "hook.example:80"}
	}
	return &http.Response{
		Status: http.StatusText(status), StatusCode: status, Header: a.header.Clone(), Body: http.NoBody, Request: r,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}, nil
}

// TestClientWaitsAsTheHost has clients wait before they ask again, by the clock
// and the Sleep of the host.
func TestClientWaitsAsTheHost(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name    string
		answers *answers
		status  string
		want    []time.Duration
	}{
		{"refused", &answers{status: []int{0, 0, 200}}, "200", []time.Duration{100 * time.Millisecond, 200 * time.Millisecond}},
		{"Retry-After", &answers{status: []int{503, 200}, header: http.Header{"Retry-After": {"3"}, "Date": {"Thu, 01 Jan 2026 00:00:00 GMT"}}}, "200", []time.Duration{3 * time.Second}},
		{"Retry-After as a time", &answers{status: []int{503, 200}, header: http.Header{"Retry-After": {"Thu, 01 Jan 2026 00:00:04 GMT"}}}, "200", []time.Duration{4 * time.Second}},
		{"Retry-After too late", &answers{status: []int{503, 200}, header: http.Header{"Retry-After": {"6"}}}, "503", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			now, waited := start, []time.Duration(nil)
			got := played(t, runtime.Options{
				HTTP: test.answers, Limits: runtime.Limits{Time: -1},
				Now: func() time.Time { return now },
				Sleep: func(_ context.Context, d time.Duration) error {
					waited = append(waited, d)
					now = now.Add(d)
					return nil
				},
			}, asking)
			if got != test.status || !slices.Equal(waited, test.want) {
				t.Errorf("status %s after %v, want %s after %v", got, waited, test.status, test.want)
			}
		})
	}
}

// knowing is a transport that is told of clients.
type knowing struct {
	answers
	told []time.Duration
}

var _ bindings.ClientTransport = (*knowing)(nil)

func (k *knowing) Client(s *httpclient.Settings) http.RoundTripper {
	k.told = append(k.told, s.RequestTimeout)
	return &k.answers
}

// TestClientTransport tells a transport what each client waits for.
func TestClientTransport(t *testing.T) {
	k := &knowing{answers: answers{status: []int{204}}}
	if got := played(t, runtime.Options{HTTP: k}, asking); got != "204" || !slices.Equal(k.told, []time.Duration{1500 * time.Millisecond}) {
		t.Errorf("status %s, told of %v", got, k.told)
	}
}
