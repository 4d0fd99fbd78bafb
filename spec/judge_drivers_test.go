package spec_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/cmd/luapush/verify"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/config"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/scripts"
	"github.com/luapush/luapush/spec/oracle"
	"github.com/luapush/luapush/stdlib"
)

// judgedDriver is a list of drivers, in Dovecot's own C and in luapush's Lua.
type judgedDriver struct {
	name    string
	drivers []string
	// text gives the documents the messages' text, which the relay cannot.
	text bool
	// behaviour is how the notified server answers.
	behaviour verify.Behaviour
}

// judgedDrivers are those that are played. Where the settings are wrong, ox-bad,
// each session says the same, and few are enough.
var judgedDrivers = []judgedDriver{
	{name: "dlog", drivers: []string{"dlog"}, text: true},
	{name: "dlog-options", drivers: []string{"dlog:some text=1"}},
	{name: "ox", drivers: []string{"ox:url=http://login:pass@@@RECORDER@@/preliminary/http-notify/v1/notify"}, text: true},
	{name: "ox-without-text", drivers: []string{"ox:url=http://@@RECORDER@@/notify"}},
	{name: "ox-user", drivers: []string{"ox:url=http://@@RECORDER@@/n user_from_metadata timeout_msecs=1500 cache_lifetime=2s"}, text: true},
	{name: "ox-500", drivers: []string{"ox:url=http://@@RECORDER@@/n max_retries=0"}, text: true, behaviour: verify.Behaviour{Status: 500}},
	{name: "ox-refused", drivers: []string{"ox:url=http://127.0.0.1:1/n"}, text: true},
	{name: "ox-bad-no-url", drivers: []string{"ox:max_retries=2"}},
	{name: "ox-bad-url", drivers: []string{"ox:url=ftp://example.com/"}},
	{name: "ox-bad-lifetime", drivers: []string{"ox:url=http://@@RECORDER@@/n cache_lifetime=60"}},
	{name: "ox-dlog", drivers: []string{"ox:url=http://@@RECORDER@@/n", "dlog"}, text: true},
}

// dlogLine is what dlog writes; with mail_debug, Dovecot writes much beside it.
var dlogLine = regexp.MustCompile(`^(Called \w+ push_notification plugin hook\.|Config string for dlog |Mailbox data: |Message data: |(Mailbox|Message|Flags)[A-Z][a-z]+: )`)

func ofDriver(l oracle.Line) bool {
	switch {
	case strings.Contains(l.Text, "push-notification-ox: "):
		return true
	case l.Service != "lmtp" && l.Service != "imap":
		return false
	}
	return l.Level == "Error" || l.Level == "Warning" || l.Level == "Debug" && dlogLine.MatchString(l.Text)
}

// judgeDrivers runs Dovecot's drivers and those of luapush on the same mail, of
// users who have registered and of those who have not.
func judgeDrivers(t *testing.T, p *part) {
	stage := openStage(t, verify.Options{Debug: true, Keep: ofDriver, Watch: []string{"/private/vendor/vendor.dovecot/http-notify"}})
	steps := append(recordedSteps(true), furtherSteps()...)
	const entry = "/private/vendor/vendor.dovecot/http-notify"
	for _, user := range []struct {
		prefix   string
		metadata map[string]string
		steps    []verify.Step
		// plays tells which drivers are played for such users.
		plays func(name string) bool
	}{
		{"", nil, steps, func(name string) bool { return !strings.HasPrefix(name, "ox-bad-") }},
		{"", nil, steps[:2], func(name string) bool { return strings.HasPrefix(name, "ox-bad-") }},
		{"registered-", map[string]string{entry: "user=4@464646669\tevents=messageNew"}, steps, func(name string) bool {
			return strings.HasPrefix(name, "ox") && !strings.HasPrefix(name, "ox-bad-")
		}},
		{"no-user-", map[string]string{entry: "events=messageNew"}, steps, func(name string) bool { return name == "ox" || name == "ox-user" }},
	} {
		if err := stage.SetDrivers(t.Context(), "lua:file=@@SCRIPT@@"); err != nil {
			t.Fatal(err)
		}
		if err := stage.SetMetadata(t.Context(), user.metadata, entry); err != nil {
			t.Fatal(err)
		}
		documents, err := stage.Record(user.steps)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range judgedDrivers {
			if user.plays(d.name) {
				p.judgeDriver(t, stage, user.prefix+d.name, d, user.steps, documents)
			}
		}
	}
}

// judgeDriver judges a list of drivers.
func (p *part) judgeDriver(t *testing.T, stage *verify.Stage, name string, d judgedDriver, steps []verify.Step, documents [][]*mail.Transaction) {
	t.Helper()
	stage.Recorder.Behave(d.behaviour)
	var list []string
	for _, text := range d.drivers {
		list = append(list, strings.ReplaceAll(text, "@@RECORDER@@", stage.Recorder.Addr()))
	}
	if d.text {
		documents = withText(steps, documents)
	}
	luapush := playDrivers(t, stage, list, documents)
	if err := stage.SetDrivers(t.Context(), list...); err != nil {
		t.Fatal(err)
	}
	dovecot, err := stage.RunDrivers(steps, luapush)
	if err != nil {
		t.Fatal(err)
	}
	p.judgeResults(t, name, steps, dovecot, luapush)
}

// withText gives the documents of deliveries their messages' text.
func withText(steps []verify.Step, documents [][]*mail.Transaction) [][]*mail.Transaction {
	all := make([][]*mail.Transaction, len(documents))
	for n, list := range documents {
		for _, txn := range list {
			with := *txn
			for _, e := range txn.Events {
				if e.Name == mail.MessageNew {
					with.Messages = append(with.Messages, mail.Message{Mailbox: e.Mailbox, UID: e.UID, Raw: string(steps[n].Mail)})
				}
			}
			all[n] = append(all[n], &with)
		}
	}
	return all
}

func playDrivers(t *testing.T, stage *verify.Stage, list []string, documents [][]*mail.Transaction) *verify.Result {
	t.Helper()
	var set []config.Setting
	for n, text := range list {
		name := "push_notification_driver"
		if n > 0 {
			name += fmt.Sprint(n + 1)
		}
		set = append(set, config.Setting{Name: name, Value: text})
	}
	result, err := verify.Play(context.Background(), documents, verify.Played{
		Options: runtime.Options{
			API: bindings.NewDovecot(), Modules: stdlib.Modules(), Strict: true, HTTP: liveTransport(t), Debug: true,
		},
		Drivers: func(h *runtime.Host) (runtime.Drivers, error) {
			return h.Configured(runtime.Configured{Set: set, Bundled: scripts.Source}), nil
		},
		Script: "handler.lua", Recorder: stage.Recorder,
	})
	if err != nil {
		t.Fatal(err)
	}
	return result
}
