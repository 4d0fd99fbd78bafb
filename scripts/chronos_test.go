package scripts_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/cmd/luapush/check"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/config"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/trace"
	"github.com/luapush/luapush/runtime/transport"
	"github.com/luapush/luapush/scripts"
	"github.com/luapush/luapush/stdlib"
)

var updateChronos = flag.Bool("update-chronos", false, "write the golden files of chronos anew")

// chronosMessage is a message that chronos is shown.
type chronosMessage struct {
	name, folder, raw string
	// missing tells that the recording does not have the text.
	missing bool
}

const (
	ics      = "BEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR\n"
	icsPart  = "Content-Type: text/calendar; method=REQUEST; charset=utf-8\n\n" + ics
	textPart = "Content-Type: text/plain\n\nHello.\n"
)

// multipart puts parts together.
func multipart(boundary, kind string, parts ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Content-Type: multipart/%s; boundary=%q\n\n", kind, boundary)
	for _, p := range parts {
		fmt.Fprintf(&b, "--%s\n%s\n", boundary, p)
	}
	fmt.Fprintf(&b, "--%s--\n", boundary)
	return b.String()
}

// attached is a part that is an invite only by its file name.
func attached(disposition string) string {
	return multipart("b", "mixed", textPart, "Content-Type: application/octet-stream; name=\"never.ics\"\nContent-Disposition: "+disposition+"\n\n"+ics)
}

// chronosMessages are played one after the other in one session. Each gets a Message-ID unless it has a field of its own.
func chronosMessages() []chronosMessage {
	list := []chronosMessage{
		{name: "plain", raw: textPart},
		{name: "invite", raw: icsPart},
		{name: "mixed", raw: multipart("b", "mixed", textPart, icsPart)},
		{name: "nested", raw: multipart("o", "mixed", multipart("i", "alternative", textPart, "Content-Type: text/html\n\n<p>", icsPart), textPart)},
		{name: "base64", raw: multipart("b", "mixed", textPart, "Content-Type: Text/CALENDAR\nContent-Transfer-Encoding: base64\n\nQkVHSU46VkNBTEVOREFS\n")},
		{name: "two invites", raw: multipart("b", "mixed", icsPart, icsPart)},
		{name: "forwarded", raw: multipart("b", "mixed", textPart, "Content-Type: message/rfc822\n\nSubject: inner\n"+multipart("i", "mixed", textPart, icsPart))},
		{name: "digest", raw: multipart("b", "digest", "\nSubject: inner\n"+icsPart)},
		{name: "file name", raw: attached(`attachment; filename="INVITE.ICS"`)},
		{name: "file name of RFC 2231", raw: attached("attachment;\n filename*=utf-8''Einladung%20f%C3%BCr%20Dana.ics")},
		{name: "file name in pieces", raw: attached("attachment;\n filename*0=\"a long way to the inv\";\n filename*1=\"ite.ics\"")},
		{name: "file name of RFC 2047", raw: attached("attachment; filename=\"=?iso-8859-1?q?Gr=FC=DFe=2Eics?=\"")},
		{name: "inline file", raw: attached("inline; filename=x.ics")},
		{name: "other file", raw: attached(`attachment; filename="x.ics.txt"`)},
		{name: "file without disposition", raw: attached("")},
		{name: "type in words only", raw: multipart("b", "mixed", "Content-Type: text/plain; name=calendar\n\ntext/calendar "+ics)},
		{name: "no text", raw: icsPart, missing: true},
		{name: "without Message-ID", raw: "Message-ID-Not: <x>\n" + icsPart},
		{name: "without Message-ID again", raw: "Message-ID-Not: <x>\n" + icsPart},
		{name: "empty Message-ID", raw: "Message-ID:\n" + icsPart},
		{name: "empty Message-ID again", raw: "Message-ID: \n" + icsPart},
		{name: "one", raw: "Message-ID: <same@example.net>\n" + icsPart},
		{name: "one again", folder: "Archive/2026", raw: "message-id: <same@example.net>\n" + icsPart},
		{name: "met without invite", raw: "Message-ID: <changed@example.net>\n" + textPart},
		{name: "met without invite, with one", raw: "Message-ID: <changed@example.net>\n" + icsPart},
		{name: "folded Message-ID", raw: "Message-ID:\n <folded@example.net>\n" + icsPart},
		{name: "folder", folder: "Entwürfe/\"2026\"", raw: icsPart},
		{name: "CR LF", raw: strings.ReplaceAll(multipart("b", "mixed", textPart, icsPart), "\n", "\r\n")},
		{name: "characters", raw: "X: \b\f\t\v\x01\x1b\x7f/\"\\\u2028\u2029\u00e4\U0001f4c5\n" + icsPart},
		{name: "8-bit", raw: multipart("b", "mixed", "Content-Type: text/plain; charset=iso-8859-1\n\nGr\xfc\xdfe \xc3 \xe2\x82 \xed\xa0\x80 \xf4\x90\x80\x80 \xc0\xaf\n", icsPart)},
		{name: "NUL", raw: icsPart + "before\x00after\n"},
		{name: "no end", raw: "Content-Type: multipart/mixed; boundary=b\n\n--b\n" + textPart + "--b\n" + icsPart},
		{name: "malformed header", raw: "no field at all\nContent-Type: multipart/mixed; boundary=b\n\n--b\nneither here\n: nor here\n" + icsPart + "--b--\n"},
		{name: "no boundary", raw: "Content-Type: multipart/mixed\n\n--b\n" + icsPart + "--b--\n"},
		{name: "malformed base64", raw: "Content-Type: text/calendar\nContent-Transfer-Encoding: base64\n\n!!!!\n"},
		{name: "too deep", raw: tooDeep()},
		{name: "no header", raw: "\n" + ics},
		{name: "empty"},
		{name: "the largest", raw: sized(4096)},
		{name: "too large", raw: sized(4097)},
	}
	for i := range list {
		m := &list[i]
		if m.folder == "" {
			m.folder = "INBOX"
		}
		if !strings.Contains(strings.ToLower(m.raw), "message-id") && m.raw != "" && !strings.HasPrefix(m.raw, "\n") && !strings.HasPrefix(m.name, "the largest") && m.name != "too large" {
			m.raw = fmt.Sprintf("Message-ID: <%d@example.net>\n", i) + m.raw
		}
	}
	return list
}

// tooDeep hides an invite below more levels than Dovecot follows.
func tooDeep() string {
	raw := icsPart
	for i := range 120 {
		raw = multipart(fmt.Sprintf("%d.", i), "mixed", raw)
	}
	return raw
}

// sized is an invite of that many bytes, header and body together.
func sized(bytes int) string {
	raw := fmt.Sprintf("Message-ID: <%d.bytes@example.net>\n", bytes) + icsPart
	return raw + strings.Repeat("x", bytes-len(raw))
}

// transaction is the delivery of a message.
func (m chronosMessage) transaction(uid uint32) *mail.Transaction {
	t := &mail.Transaction{
		Scenario: m.name, User: mail.User{Username: "dana@example.com"}, Success: true,
		Events: []mail.Event{{Name: mail.MessageNew, Mailbox: m.folder, UID: uid, HasUID: true, UIDValidity: 1, HasUIDValidity: true}},
	}
	if !m.missing {
		t.Messages = []mail.Message{{Mailbox: m.folder, UID: uid, Raw: m.raw}}
	}
	return t
}

// chronos is a run of the driver: what it logged, sent and raised.
type chronos struct {
	log    []string
	sent   []*trace.HTTP
	raised string
	failed error
}

// playChronos plays messages in one session.
func playChronos(t testing.TB, options map[string]string, carrier http.RoundTripper, release dovecot.Release, messages []chronosMessage) chronos {
	t.Helper()
	source, ok := scripts.Source("chronos")
	if !ok {
		t.Fatal("there is no chronos")
	}
	var run chronos
	host := runtime.New(runtime.Options{
		API: bindings.NewDovecot(), Modules: stdlib.Modules(), HTTP: carrier, Dovecot: release, Debug: true,
		Observer: trace.ObserverFunc(func(r trace.Record) {
			switch r := r.(type) {
			case *trace.Log:
				run.log = append(run.log, string(r.Level)+" "+r.Message)
			case *trace.HTTP:
				run.sent = append(run.sent, r)
			case *trace.Error:
				run.raised = r.Message
			}
		}),
	})
	program, err := host.Compile("chronos.lua", source)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	driver := &runtime.Driver{Name: "chronos", Program: program, Bundled: true, Options: options}
	session, err := host.OpenDriver(ctx, driver, &mail.Transaction{User: mail.User{Username: "dana@example.com"}})
	if err != nil {
		run.failed = err
		return run
	}
	defer session.Close(ctx)
	for i, m := range messages {
		run.log = append(run.log, "# "+m.name)
		session.Play(ctx, m.transaction(uint32(i+1)))
	}
	return run
}

// TestChronos plays all messages, and compares the log lines and the requests with the golden files. What a request has as
// its body must be the message.
func TestChronos(t *testing.T) {
	messages := chronosMessages()
	run := playChronos(t, map[string]string{"url": "https://user:secret@ox.example/chronos/v1/itip/pushmail", "msg_max_size": "4kb", "timeout": "3s"}, transport.Dry(), dovecot.Default, messages)
	if run.raised != "" {
		t.Fatal(run.raised)
	}
	if len(messages) < 12 {
		t.Errorf("%d messages", len(messages))
	}
	var wire strings.Builder
	for _, r := range run.sent {
		fmt.Fprintf(&wire, "%s %s\n", r.Method, r.URL)
		for _, h := range r.Headers {
			fmt.Fprintf(&wire, "%s: %s\n", h.Name, h.Value)
		}
		fmt.Fprintf(&wire, "\n%s\n\n", r.Body)
	}
	golden(t, "chronos.log", strings.Join(run.log, "\n")+"\n")
	golden(t, "chronos.wire", wire.String())
	bodies := map[string]bool{}
	for _, m := range messages {
		bodies[expectedBody(m.raw)] = true
	}
	for _, r := range run.sent {
		var payload map[string]string
		if err := json.Unmarshal([]byte(r.Body), &payload); err != nil {
			t.Errorf("%s: %v", r.Body, err)
		}
		if len(payload) != 4 || payload["user"] != "dana@example.com" || payload["event"] != "messageNew" || !bodies[payload["body"]] {
			t.Errorf("%s", r.Body)
		}
	}
}

// expectedBody is a message as it must reach the receiver: up to the first NUL, and U+FFFD for each byte that is not UTF-8.
func expectedBody(raw string) string {
	raw, _, _ = strings.Cut(raw, "\x00")
	return string([]rune(raw))
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "chronos", name)
	if *updateChronos {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// TestChronosHugeHeader sends a message with a header of almost 1 MB, and keeps back one of 2 MB.
func TestChronosHugeHeader(t *testing.T) {
	huge := chronosMessage{name: "huge header", folder: "INBOX", raw: "Received: " + strings.Repeat("by somebody\n ", 80000) + "\n" + icsPart}
	run := playChronos(t, map[string]string{"url": "http://h/"}, transport.Dry(), dovecot.Default, []chronosMessage{huge})
	if run.raised != "" || len(run.sent) != 1 || !strings.Contains(run.sent[0].Body, "BEGIN:VCALENDAR") {
		t.Errorf("%q, %d requests", run.raised, len(run.sent))
	}
	huge.raw = "Received: " + strings.Repeat("by somebody\n ", 160000) + "\n" + icsPart
	run = playChronos(t, map[string]string{"url": "http://h/"}, transport.Dry(), dovecot.Default, []chronosMessage{huge})
	want := fmt.Sprintf("debug push-notification-chronos: Mail exceeds configured max size. Mail: %dB vs. Max Size: 1048576B", len(huge.raw))
	if last := run.log[len(run.log)-1]; run.raised != "" || len(run.sent) != 0 || last != want {
		t.Errorf("%q, %d requests, %s", run.raised, len(run.sent), last)
	}
}

// TestChronosAnswers looks at the line about every kind of answer, and at the attempts.
func TestChronosAnswers(t *testing.T) {
	invite := []chronosMessage{{name: "invite", folder: "INBOX", raw: icsPart}}
	for _, c := range []struct {
		mode, retries, line string
		attempts            int
	}{
		{"200", "", "debug push-notification-chronos: http callback: Notification sent successfully: 200 OK", 1},
		{"204", "", "debug push-notification-chronos: http callback: Notification sent successfully: 204 No Content", 1},
		{"299", "", "debug push-notification-chronos: http callback: Notification sent successfully: 299 ", 1},
		{"302", "", "error push-notification-chronos: http callback: Error when sending notification: 302 Found", 1},
		{"404", "", "error push-notification-chronos: http callback: Error when sending notification: 404 Not Found", 1},
		{"500", "5", "error push-notification-chronos: http callback: Error when sending notification: 500 Internal Server Error", 1},
		{"refused", "", "error push-notification-chronos: http callback: Error when sending notification: connect(192.0.2.1:80) failed: Connection refused", 1},
		{"reset", "0", "error push-notification-chronos: http callback: Error when sending notification: Connection lost: ", 1},
		{"reset", "", "error push-notification-chronos: http callback: Error when sending notification: Connection lost: ", 2},
		{"timeout", "2", "error push-notification-chronos: http callback: Error when sending notification: Request timed out (", 3},
		{"dns", "", "error push-notification-chronos: http callback: Error when sending notification: Failed to lookup host ox.example: Name or service not known", 1},
	} {
		carrier, err := transport.Parse(c.mode, transport.LiveOptions{})
		if err != nil {
			t.Fatal(err)
		}
		options := map[string]string{"url": "http://ox.example/", "event_name": "MessageNew"}
		if c.retries != "" {
			options["max_retries"] = c.retries
		}
		for _, release := range []dovecot.Release{dovecot.Default, dovecot.Latest24} {
			run := playChronos(t, options, carrier, release, invite)
			if last := run.log[len(run.log)-1]; run.raised != "" || len(run.sent) != 1 || !strings.HasPrefix(last, c.line) || run.sent[0].Attempts != c.attempts ||
				!strings.Contains(run.sent[0].Body, `"event":"MessageNew"`) {
				t.Errorf("%s, %s retries, %s: %q, %+v, %s", c.mode, c.retries, release, run.raised, run.sent, last)
			}
		}
	}
}

// TestChronosOnlyNewMessages: other events are nothing to it.
func TestChronosOnlyNewMessages(t *testing.T) {
	source, _ := scripts.Source("chronos")
	for _, name := range mail.EventNames() {
		if has := strings.Contains(string(source), "function "+name.HandlerFunction()+"("); has != (name == mail.MessageNew) {
			t.Errorf("%s: %v", name, has)
		}
	}
}

// TestChronosOptions compares the reading of the options with that of the configuration, by the line that says what is used.
func TestChronosOptions(t *testing.T) {
	for _, text := range []string{
		"", "0", "1", "5", "007", "4294967295", "4294967296", "18446744073709551615", "18446744073709551616", "99999999999999999999999", "-1", "+1", "1.5", "x", " 1", "1 ",
		"1s", "1 s", "1  sec", "1secs", "1sec ", "1second", "1seconds", "1secondss", "5m", "5M", "5mi", "5min", "5mins", "5minutes", "5ms", "5MSEC", "5mil", "5millis",
		"5milliseconds", "5mseconds", "2h", "2hr", "2hours", "1d", "49d", "50d", "1w", "7weeks", "8weeks", "1b", "1B", "1k", "1kb", "1KiB", "1 KIB", "1ki", "1mb", "1M", "1g", "1T",
		"16777215t", "16777216T", "1kbb", "1p", "1ib", "1s\n", "s", "4294967295ms", "4294967296ms", "4294967s", "4294968s", "5\tm", "0x", "0 ", "0s", "1 b", "mb",
	} {
		run := playChronos(t, map[string]string{"url": "http://h/", "timeout": text, "msg_max_size": text, "max_retries": text}, transport.Dry(), dovecot.Default, nil)
		if run.failed != nil {
			t.Fatalf("%q: %v", text, run.failed)
		}
		var want []string
		warn := func(name, used, reason string) {
			want = append(want, strings.TrimSuffix(fmt.Sprintf("warning push-notification-chronos: Unable to parse setting for %q value: %s. Using default value: %s. %s", name, text, used, reason), " "))
		}
		retries := uint64(1)
		if _, err := fmt.Sscanf(text, "%d", &retries); err != nil || strings.Trim(text, "0123456789") != "" || retries >= 1<<32 {
			retries = 1
			warn("max_retries", "1", "")
		}
		timeout, err := config.ParseTimeMilliseconds(text)
		if err != nil {
			timeout = 2000
			warn("timeout", "2000ms", err.Error())
		}
		size, err := config.ParseSize(text)
		if err != nil {
			size = 1 << 20
			warn("msg_max_size", "1048576B", err.Error())
		}
		shown := fmt.Sprintf("%dB", size)
		if size > 1<<53 {
			shown = fmt.Sprintf("%.0fB", float64(size)) // Lua's numbers are floats
		}
		want = append(want, fmt.Sprintf("debug push-notification-chronos: Using config: max retries = %d, timeout = %dms, msg max size = %s", retries, timeout, shown))
		if diff := cmp.Diff(want, run.log); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

// TestChronosTimeout: the time that a request may take is the option's, and a minute for 0.
func TestChronosTimeout(t *testing.T) {
	invite := []chronosMessage{{name: "invite", folder: "INBOX", raw: icsPart}}
	for text, want := range map[string]string{"": "2.000 secs", "7s": "7.000 secs", "0": "60.000 secs"} {
		options := map[string]string{"url": "http://ox.example/", "max_retries": "0"}
		if text != "" {
			options["timeout"] = text
		}
		for _, release := range []dovecot.Release{dovecot.Default, dovecot.Latest24} {
			run := playChronos(t, options, transport.Failing(transport.Timeout), release, invite)
			if len(run.sent) != 1 || !strings.Contains(run.sent[0].Reason, want) {
				t.Errorf("%s, %s: %+v", text, release, run)
			}
		}
	}
}

// TestChronosFaults has what keeps the driver from starting.
func TestChronosFaults(t *testing.T) {
	for url, want := range map[string]string{
		"none":       "Driver requires the url parameter",
		"":           "Failed to parse Chronos Push Notification URL '': Relative HTTP URL not allowed",
		"ftp://x/":   "Failed to parse Chronos Push Notification URL 'ftp://x/': Not an HTTP URL",
		"http://":    "Failed to parse Chronos Push Notification URL 'http://': HTTP URL does not allow empty host identifier",
		"http://h:x": "Failed to parse Chronos Push Notification URL 'http://h:x': Invalid host port",
	} {
		options := map[string]string{"url": url}
		if url == "none" {
			options = nil
		}
		run := playChronos(t, options, transport.Dry(), dovecot.Default, nil)
		if run.failed == nil || !strings.HasSuffix(run.failed.Error(), want) {
			t.Errorf("%q: %v", url, run.failed)
		}
	}
	// In Dovecot there is no module with the text of messages.
	source, _ := scripts.Source("chronos")
	host := runtime.New(runtime.Options{API: bindings.NewDovecot()})
	program, err := host.Compile("chronos.lua", source)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := host.Open(context.Background(), program, &mail.Transaction{}); err == nil || !strings.Contains(err.Error(), "only luapush gives to scripts") {
		t.Error(err)
	}
}

// TestChronosIsClean: nothing is found in it, for either generation.
func TestChronosIsClean(t *testing.T) {
	source, _ := scripts.Source("chronos")
	for _, f := range check.Check("chronos.lua", string(source), check.Options{Releases: []dovecot.Release{dovecot.Default, dovecot.Latest24}}) {
		t.Errorf("%d: %s: %s", f.Line, f.Rule, f.Message)
	}
}

// BenchmarkChronos hands over an invite of 100 kB.
func BenchmarkChronos(b *testing.B) {
	raw := multipart("b", "mixed", textPart, icsPart, "Content-Type: image/png\nContent-Transfer-Encoding: base64\n\n"+strings.Repeat(strings.Repeat("QUJD", 19)+"\n", 1300))
	message := []chronosMessage{{name: "invite", folder: "INBOX", raw: raw}}
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		if run := playChronos(b, map[string]string{"url": "http://h/"}, transport.Dry(), dovecot.Default, message); len(run.sent) != 1 {
			b.Fatal(run.raised)
		}
	}
}
