package check_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/cmd/luapush/check"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/source"
	"github.com/luapush/luapush/runtime/trace"
)

func TestPlaceAndSource(t *testing.T) {
	findings := check.Check("a/b.lua", "#!/usr/bin/lua\r\nlocal x = \"ä\" .. True\r\nreturn x", check.Options{})
	if len(findings) != 1 {
		t.Fatalf("got %v", findings)
	}
	f := findings[0]
	if f.File != "a/b.lua" || f.Line != 2 || f.Column != 19 || f.Source != "local x = \"ä\" .. True" || f.Rule != "global-undefined" {
		t.Errorf("got %+v", f)
	}
}

// TestNothingIsChecked: texts without anything to say.
func TestNothingIsChecked(t *testing.T) {
	for _, text := range []string{"return 1", "\xEF\xBB\xBF#!x\nreturn {}", "return function(...) return ... end"} {
		if findings := check.Check("x.lua", text, check.Options{}); len(findings) != 0 {
			t.Errorf("%q: %v", text, findings)
		}
	}
}

func TestParseSeverity(t *testing.T) {
	for _, s := range []check.Severity{check.Info, check.Warning, check.Error} {
		if got, err := check.ParseSeverity(s.String()); err != nil || got != s {
			t.Errorf("%v: %v, %v", s, got, err)
		}
	}
	if _, err := check.ParseSeverity("fatal"); err == nil {
		t.Error("fatal is no severity")
	}
}

// TestReleasesAreTheRuntimes holds what the check says of releases to what
// scripts find when they run: the members that a release has are found there,
// the others are reported and are nil.
func TestReleasesAreTheRuntimes(t *testing.T) {
	members := []string{
		"dovecot.http", "dovecot.base64", "dovecot.restrict_global_variables", "dovecot.gettimeofday", "dovecot.var_expand",
		"user.plugin_getenv", "user.metadata_get", "user.mail_debug", "event.set_forced_debug",
		"dovecot.storage.MAILBOX_SYNC_FLAG_FULL_WRITE", "dovecot.storage.MAILBOX_ATTRIBUTE_PREFIX_DOVECOT",
		"notification.message_id", "notification.from_address", "notification.flags", "notification.keywords",
	}
	for _, name := range []string{"2.3.4", "2.3.5", "2.3.7", "2.3.8", "2.3.9", "2.3.16", "2.3.17", "2.3.18", "2.3.19", "2.3.21", "2.4.0", "2.4.1", "2.4.2", "2.4.3"} {
		release := releases(t, name)[0]
		for _, m := range members {
			script := "function dovecot_lua_notify_begin_txn(user) return user end\n" +
				"function dovecot_lua_notify_event_message_new(user, notification)\n" +
				"local event = dovecot.event() local member = " + m + "\n" +
				"dovecot.i_info(type(member)) end\n" +
				"function dovecot_lua_notify_end_txn(ctx, success) end\n"
			there := runs(t, script, release) != "nil"
			reported := ""
			for _, f := range check.Check("x.lua", script, check.Options{Releases: []dovecot.Release{release}}) {
				reported += f.Rule + ": " + f.Message
			}
			if there != (reported == "") {
				t.Errorf("%s on %s: there %v, but check says %q", m, name, there, reported)
			}
		}
	}
}

// runs plays a message to a script, and gives what it logs.
func runs(t *testing.T, script string, release dovecot.Release) string {
	t.Helper()
	logged := ""
	host := runtime.New(runtime.Options{
		API: bindings.NewDovecot(), Dovecot: release, Strict: true,
		Observer: trace.ObserverFunc(func(r trace.Record) {
			switch r := r.(type) {
			case *trace.Log:
				logged += r.Message
			case *trace.Error:
				t.Errorf("%s: %s", release, r.Message)
			}
		}),
	})
	program, err := host.Compile("x.lua", []byte(script))
	if err != nil {
		t.Fatal(err)
	}
	const document = `{"version":1,"user":{"username":"a@b"},"mailboxes":{"INBOX":{"name":"INBOX","vname":"INBOX"}},"success":true,` +
		`"events":[{"name":"MessageNew","mailbox":"INBOX","uid":1,"uid_validity":1,"message_id":"<x>","from_address":"a@b","flags":[],"keywords":[]}]}`
	reader := source.NewReader(strings.NewReader(document), "x.jsonl")
	defer reader.Close()
	if _, err := host.Run(t.Context(), program, reader); err != nil {
		t.Fatal(err)
	}
	return logged
}

// thousand is a script of 1,000 lines, made of the handlers that public scripts
// are made of.
func thousand(t testing.TB) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("local url = require \"socket.url\"\nlocal client\n")
	for i := 0; strings.Count(b.String(), "\n") < 1000; i++ {
		n := strings.Repeat("x", i%7+1) + string(rune('a'+i%26)) + strings.Repeat("y", i/26)
		b.WriteString(strings.ReplaceAll(`
local function send_NAME(ctx, event, list)
  local mailbox = ctx.user:mailbox(event.mailbox)
  mailbox:sync()
  local status = mailbox:status(dovecot.storage.STATUS_UNSEEN, dovecot.storage.STATUS_MESSAGES)
  mailbox:free()
  for i, message in ipairs(list or {}) do
    local body = "mailbox=" .. url.escape(message.mailbox) .. "&unseen=" .. tostring(status.unseen)
    local request = client:request({url = ctx.ep, method = "POST"})
    request:set_payload(body)
    if request:submit():status() ~= 200 and event.user then
      dovecot.i_error(string.format("uid %s", event.uid))
    end
  end
  table.insert(ctx.messages, {from = event.from, subject = event.subject, next = ctx.last})
  ctx.last = ctx.messages[#ctx.messages]
end
function dovecot_lua_notify_event_message_new(ctx, event) send_NAME(ctx, event, ctx.messages) end
function dovecot_lua_notify_begin_txn(user) return {user = user, ep = user:plugin_getenv("NAME"), messages = {}} end
`, "NAME", n))
	}
	return b.String()
}

func BenchmarkThousandLines(b *testing.B) {
	script := thousand(b)
	b.ReportMetric(float64(strings.Count(script, "\n")), "lines")
	for b.Loop() {
		if len(check.Check("x.lua", script, check.Options{})) == 0 {
			b.Fatal("nothing was found")
		}
	}
}

// FuzzCheck: no text makes the check panic, take long, or say something that is
// not about a line of it.
func FuzzCheck(f *testing.F) {
	for _, pattern := range []string{"testdata/rules/*.lua", "testdata/scripts/*.lua", root + "/examples/*/*.lua"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			for _, chunk := range strings.Split("\n"+string(text), "\n--- ") {
				f.Add(chunk)
			}
		}
	}
	options := check.Options{Releases: []dovecot.Release{dovecot.First, dovecot.Default, dovecot.Latest24}}
	f.Fuzz(func(t *testing.T, text string) {
		start := time.Now()
		findings := check.Check("x.lua", text, options)
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("took %v", took)
		}
		count := strings.Count(text, "\n") + strings.Count(text, "\r") + 1
		for _, finding := range findings {
			if finding.Line < 1 || finding.Line > count || finding.Column < 1 || finding.Column > len(finding.Source)+1 {
				t.Errorf("no such place: %+v", finding)
			}
			if _, ok := check.FindRule(finding.Rule); !ok || finding.Message == "" {
				t.Errorf("no such rule, or no message: %+v", finding)
			}
			if utf8.ValidString(text) && !utf8.ValidString(finding.Message) {
				t.Errorf("the message is not UTF-8: %q", finding.Message)
			}
		}
	})
}
