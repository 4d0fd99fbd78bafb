//go:build linux

package oracle_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/luapush/luapush/scripts"
	"github.com/luapush/luapush/spec/oracle"
	"github.com/luapush/luapush/spec/oracle/oracletest"
)

const emptyHandler = `
function dovecot_lua_notify_begin_txn() end
function dovecot_lua_notify_event_message_new() end
function dovecot_lua_notify_end_txn() end
`

// webHandler does what Dovecot's documentation shows a handler to do: one request
// a message, and waiting for the answer.
const webHandler = `
local client
function script_init()
  client = dovecot.http.client({timeout = 10000, max_attempts = 3})
  return 0
end
function dovecot_lua_notify_begin_txn(user)
  return {user = user, url = user:plugin_getenv("url")}
end
function dovecot_lua_notify_event_message_new(ctx, event)
  local r = client:request({url = ctx.url, method = "POST"})
  r:add_header("content-type", "application/x-www-form-url.escaped")
  r:set_payload("mailbox=" .. event.mailbox .. "&from=" .. event.from .. "&subject=" .. event.subject)
  local answer = r:submit()
  if answer:status() ~= 200 then dovecot.i_error("answered " .. answer:status()) end
end
function dovecot_lua_notify_end_txn() end
`

// BenchmarkDelivery measures what a handler costs a delivery: from the end of the
// message to the reply, in one run, turn by turn. The metrics are medians in
// microseconds; x-empty is the compiled relay's time by that of the empty handler,
// text-x-empty that of the relay as it stands. It says little while other programs
// use the machine. The temporary folder should lie where mail would: an ext4 without
// a journal takes ten times as long to create a file where many were deleted within
// the last minute, and Dovecot deletes some in each delivery.
func BenchmarkDelivery(b *testing.B) {
	oracletest.Need(b)
	relay, ok := scripts.Source("relay")
	if !ok {
		b.Fatal("no relay")
	}
	spool := map[string]string{"luapush_spool": "@@DIR@@/spool"}
	status := map[string]string{"luapush_spool": "@@DIR@@/spool", "luapush_status": "yes"}
	kinds := []struct {
		name    string
		options oracle.Options
	}{
		{"no-push", oracle.Options{Conf: "mail_plugins ="}},
		{"empty", oracle.Options{Handler: emptyHandler}},
		{"relay", oracle.Options{Handler: string(relay), Plugin: spool}},
		{"relay-compiled", oracle.Options{Handler: compiled(b, relay), Plugin: spool}},
		{"relay-status", oracle.Options{Handler: string(relay), Plugin: status}},
		{"http-instant", oracle.Options{Handler: webHandler, Plugin: map[string]string{"url": endpoint(b, 0)}}},
		{"http-50ms", oracle.Options{Handler: webHandler, Plugin: map[string]string{"url": endpoint(b, 50*time.Millisecond)}}},
	}
	times := make([][]time.Duration, len(kinds))
	instances := make([]*oracle.Instance, len(kinds))
	for k := range kinds {
		// As in production: what is delivered is on the disk.
		kinds[k].options.Conf += "\nmail_fsync = optimized"
		instances[k] = oracletest.Start(b, kinds[k].options)
		if kinds[k].options.Plugin["luapush_spool"] != "" {
			makeSpool(b, instances[k])
		}
	}
	// A block of deliveries a turn: what one leaves to the disk, the next one of
	// its kind pays for; the first of a block is not counted.
	turn := func(block int) {
		for k, i := range instances {
			for n := range block {
				user := fmt.Sprintf("u%d@example.com", n)
				took, err := i.Time(oracle.Envelope{To: []string{user}}, mail("Lunch on Friday?"))
				if err != nil {
					b.Fatalf("%s: %v", kinds[k].name, err)
				}
				if n > 0 && block > 1 {
					times[k] = append(times[k], took)
				}
			}
		}
	}
	turn(1)
	turn(20)
	for k := range times {
		times[k] = nil
	}
	for b.Loop() {
		turn(11)
	}
	medians := map[string]float64{}
	for k, t := range times {
		slices.Sort(t)
		medians[kinds[k].name] = float64(t[len(t)/2].Microseconds())
		b.ReportMetric(medians[kinds[k].name], kinds[k].name+"-µs")
	}
	b.ReportMetric(medians["relay-compiled"]/medians["empty"], "x-empty")
	b.ReportMetric(medians["relay"]/medians["empty"], "text-x-empty")
	b.ReportMetric(0, "ns/op") // a turn is nothing anybody asks about
}

// compiled is what "luapush relay show" says to install.
func compiled(b *testing.B, script []byte) string {
	cmd := exec.Command("luac5.4", "-s", "-o", "-", "-")
	cmd.Stdin = bytes.NewReader(script)
	out, err := cmd.Output()
	if err != nil {
		b.Fatalf("luac5.4 (package lua5.4): %v", err)
	}
	return string(out)
}

func endpoint(b *testing.B, delay time.Duration) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		time.Sleep(delay)
		w.WriteHeader(http.StatusOK)
	}))
	b.Cleanup(s.Close)
	return s.URL
}

func makeSpool(b *testing.B, i *oracle.Instance) {
	for _, name := range []string{"spool", "spool/tmp", "spool/new"} {
		dir := filepath.Join(i.Dir(), name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			b.Fatal(err)
		}
		if err := os.Chmod(dir, 0o777); err != nil {
			b.Fatal(err)
		}
	}
}
