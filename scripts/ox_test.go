package scripts_test

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/trace"
	"github.com/luapush/luapush/runtime/transport"
)

const notifyURL = "http://login:pass@127.0.0.1:21180/preliminary/http-notify/v1/notify"

func bodies(p played) []string {
	var list []string
	for _, r := range p.requests {
		list = append(list, r.Body)
	}
	return list
}

// TestOXDeliveries holds the requests and the log of recorded deliveries to
// those of the real driver, which delivered the same mail in the same sessions.
func TestOXDeliveries(t *testing.T) {
	ox := driver{name: "ox", options: map[string]string{"url": notifyURL, "user_from_metadata": ""}}
	p := ox.play(t, "deliveries.jsonl", read(t, "testdata/ox/deliveries.jsonl"))
	same(t, lines(read(t, "testdata/ox/deliveries.wire")), bodies(p))
	same(t, lines(read(t, "testdata/ox/deliveries.log")), p.log)
	for _, r := range p.requests {
		last := r.Headers[len(r.Headers)-1]
		if r.Method != "PUT" || last.Name != "Content-Type" || last.Value != "application/json; charset=utf-8" {
			t.Errorf("%s %v", r.Method, r.Headers)
		}
	}
	if len(p.errors) > 0 {
		t.Error(p.errors)
	}
}

// TestOXSessions holds the log of sessions with all kinds of METADATA entries,
// and of an IMAP session, to that of the real driver.
func TestOXSessions(t *testing.T) {
	refusing, err := transport.Parse("404", transport.LiveOptions{})
	if err != nil {
		t.Fatal(err)
	}
	ox := driver{name: "ox", http: refusing, options: map[string]string{
		"url": notifyURL + "?code=404", "user_from_metadata": "", "cache_lifetime": "5min",
	}}
	p := ox.play(t, "sessions.jsonl", read(t, "testdata/ox/sessions.jsonl"))
	same(t, lines(read(t, "testdata/ox/sessions.log")), p.log)
	if len(p.errors) > 0 {
		t.Error(p.errors)
	}
}

// TestOXWithoutText shows what the receiver gets when only the event is there:
// the subject is encoded again, and decodes to the same.
func TestOXWithoutText(t *testing.T) {
	ox := driver{name: "ox", textless: true, options: map[string]string{"url": notifyURL}}
	got := bodies(ox.play(t, "deliveries.jsonl", read(t, "testdata/ox/deliveries.jsonl")))
	want := lines(read(t, "testdata/ox/textless.wire"))
	if os.Getenv("LUAPUSH_UPDATE") != "" {
		want = got
		if err := os.WriteFile("testdata/ox/textless.wire", []byte(strings.Join(got, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	same(t, want, got)
	documents := mail.NewReader(strings.NewReader(read(t, "testdata/ox/deliveries.jsonl")), "deliveries.jsonl")
	for i, text := range got {
		document, err := documents.Next()
		if err != nil {
			t.Fatal(err)
		}
		var body struct{ Subject string }
		if err := json.Unmarshal([]byte(text), &body); err != nil {
			t.Fatalf("delivery %d: %v", i+1, err)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(body.Subject)
		if want := document.Events[0].Subject.Value; err != nil || subject != want {
			t.Errorf("delivery %d: the subject %q decodes to %q, want %q: %v", i+1, body.Subject, subject, want, err)
		}
	}
}

// TestOXRecordings plays every recorded delivery of the specification.
func TestOXRecordings(t *testing.T) {
	documents := strings.ReplaceAll(read(t, "../spec/recordings/dovecot-2.3.19.1.jsonl"),
		`"metadata":{}`, `"metadata":{"/private/vendor/vendor.dovecot/http-notify":"user=4@464646669"}`)
	ox := driver{name: "ox", options: map[string]string{"url": notifyURL}}
	got := bodies(ox.play(t, "dovecot-2.3.19.1.jsonl", documents))
	if os.Getenv("LUAPUSH_UPDATE") != "" {
		if err := os.WriteFile("testdata/ox/recordings.wire", []byte(strings.Join(got, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	same(t, lines(read(t, "testdata/ox/recordings.wire")), got)
	deliveries := strings.Count(documents, `"name":"MessageNew","mailbox":"INBOX"`)
	if len(got) == 0 || len(got) != deliveries {
		t.Errorf("%d requests for %d deliveries", len(got), deliveries)
	}
}

// delivery is a document of one delivery, with more of it given.
func delivery(session string, uid int, mailbox, metadata string, more string) string {
	return fmt.Sprintf(`{"version":1,"user":{"username":"alice@example.com","session_id":%q},"metadata":%s,`+
		`"mailboxes":{%q:{"status":{"unseen":%d}}},"events":[{"name":"MessageNew","mailbox":%q,"uid":%d,"uid_validity":9%s}],"success":true}`+"\n",
		session, metadata, mailbox, uid, mailbox, uid, more)
}

const registered = `{"/private/vendor/vendor.dovecot/http-notify":"user=11@3"}`

func TestOXOptions(t *testing.T) {
	document := delivery("s", 1, "INBOX", registered, `,"subject":"x"`)
	for _, c := range []struct {
		name    string
		options map[string]string
		release dovecot.Release
		body    string
	}{
		{
			name: "the login by default", options: map[string]string{},
			body: `{"user":"alice@example.com","event":"messageNew","folder":"INBOX","imap-uidvalidity":9,"imap-uid":1,"subject":"x","unseen":1}`,
		},
		{
			name: "user_from_metadata", options: map[string]string{"user_from_metadata": "no"},
			body: `{"user":"11@3","event":"messageNew","folder":"INBOX","imap-uidvalidity":9,"imap-uid":1,"subject":"x","unseen":1}`,
		},
		{
			name: "event_name", options: map[string]string{"event_name": "MessageNew"},
			body: `{"user":"alice@example.com","event":"MessageNew","folder":"INBOX","imap-uidvalidity":9,"imap-uid":1,"subject":"x","unseen":1}`,
		},
		{
			name: "Dovecot 2.4", options: map[string]string{"timeout_msecs": "500", "max_retries": "3"}, release: dovecot.Latest24,
			body: `{"user":"alice@example.com","event":"messageNew","folder":"INBOX","imap-uidvalidity":9,"imap-uid":1,"subject":"x","unseen":1}`,
		},
		{
			name: "a Dovecot without dovecot.http", release: dovecot.First, options: map[string]string{},
			body: `{"user":"alice@example.com","event":"messageNew","folder":"INBOX","imap-uidvalidity":9,"imap-uid":1,"subject":"x","unseen":1}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.options["url"] = notifyURL
			p := driver{name: "ox", options: c.options, release: c.release}.play(t, "test", document)
			same(t, []string{c.body}, bodies(p))
			if len(p.errors) > 0 {
				t.Error(p.errors)
			}
		})
	}
}

// TestOXOldEscapes holds the JSON of Dovecot up to 2.3.8: nothing but ASCII.
func TestOXOldEscapes(t *testing.T) {
	options := map[string]string{"url": notifyURL, "luapush_release": "2.3.8"}
	p := driver{name: "ox", options: options}.play(t, "test", delivery("s", 1, "INBOX", registered, `,"snippet":"ä€😀"`))
	want := `{"user":"alice@example.com","event":"messageNew","folder":"INBOX","imap-uidvalidity":9,"imap-uid":1,"snippet":"\u00e4\u20ac\ud83d\ude00","unseen":1}`
	same(t, []string{want}, bodies(p))
}

func TestOXRefusesBadOptions(t *testing.T) {
	for _, c := range []struct {
		options map[string]string
		want    string
	}{
		{map[string]string{}, "Driver requires the url parameter"},
		{map[string]string{"url": "ftp://x/"}, "Failed to parse OX REST URL ftp://x/: Not an HTTP URL"},
		{map[string]string{"url": "x"}, "Failed to parse OX REST URL x: Relative HTTP URL not allowed"},
		{map[string]string{"url": "http://h:99999/"}, "Failed to parse OX REST URL http://h:99999/: Invalid port number"},
		{
			map[string]string{"url": notifyURL, "cache_lifetime": "60"},
			"Failed to parse OX cache_lifetime 60: Time interval '60' is missing units (add e.g. 's' for seconds)",
		},
		{map[string]string{"url": notifyURL, "cache_lifetime": "-1"}, "Failed to parse OX cache_lifetime -1: Invalid time interval: -1"},
		{map[string]string{"url": notifyURL, "cache_lifetime": "1hr"}, "Failed to parse OX cache_lifetime 1hr: Invalid time interval: 1hr"},
		{
			map[string]string{"url": notifyURL, "cache_lifetime": "1500ms"},
			"Failed to parse OX cache_lifetime 1500ms: Milliseconds not supported for this setting: 1500ms",
		},
		{
			map[string]string{"url": notifyURL, "cache_lifetime": "9999999999w"},
			"Failed to parse OX cache_lifetime 9999999999w: Time interval is too large: 9999999999w",
		},
	} {
		p := driver{name: "ox", options: c.options}.play(t, "test", delivery("s", 1, "INBOX", registered, ""))
		same(t, []string{c.want}, p.errors)
		if len(p.requests) > 0 {
			t.Error("a driver that failed sent something")
		}
	}
}

func TestOXLifetimes(t *testing.T) {
	for text, want := range map[string]string{
		"0": "0", "60s": "60", "10secs": "10", "5 mins": "300", "1m": "60", "2H": "7200", "3000ms": "3", "1week": "604800", "1d": "86400",
	} {
		options := map[string]string{"url": notifyURL, "cache_lifetime": text}
		p := driver{name: "ox", options: options}.play(t, "test", delivery("s", 1, "INBOX", "{}", ""))
		if got := p.log[1]; got != "debug push-notification-ox: Using cache lifetime: "+want {
			t.Errorf("%s: %s", text, got)
		}
	}
}

// TestOXRemembersTheEntry holds that an entry that was found is kept for
// cache_lifetime, and that none is looked for again each time.
func TestOXRemembersTheEntry(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	one, other := `{"/private/vendor/vendor.dovecot/http-notify":"user=1@1"}`, `{"/private/vendor/vendor.dovecot/http-notify":"user=2@2"}`
	documents := delivery("s", 1, "INBOX", "{}", "") + delivery("s", 2, "INBOX", one, "") +
		delivery("s", 3, "INBOX", other, "") + delivery("s", 4, "INBOX", other, "") + delivery("t", 5, "INBOX", other, "")
	calls := 0
	clock := func() time.Time { calls++; return now.Add(time.Duration(calls) * time.Millisecond) }
	users := func(lifetime string) (list []string) {
		options := map[string]string{"url": notifyURL, "user_from_metadata": "", "cache_lifetime": lifetime}
		for _, b := range bodies(driver{name: "ox", options: options, now: clock}.play(t, "test", documents)) {
			var body struct{ User string }
			if err := json.Unmarshal([]byte(b), &body); err != nil {
				t.Fatal(err)
			}
			list = append(list, body.User)
		}
		return list
	}
	same(t, []string{"1@1", "1@1", "1@1", "2@2"}, users("60s"))
	same(t, []string{"1@1", "2@2", "2@2", "2@2"}, users("0"))
}

// TestOXOnlyINBOX holds that other folders, and INBOX in other letters, get no
// notification.
func TestOXOnlyINBOX(t *testing.T) {
	for _, folder := range []string{"Work", "Inbox", "INBOX/Work"} {
		p := driver{name: "ox", options: map[string]string{"url": notifyURL}}.play(t, "test", delivery("s", 1, folder, registered, ""))
		if len(p.requests) > 0 || p.log[2] != "debug push-notification-ox: Skipped because "+folder+" is not a watched mailbox" {
			t.Errorf("%s: %d requests, %v", folder, len(p.requests), p.log)
		}
	}
}

// TestOXFailures holds the line of each kind of failure.
func TestOXFailures(t *testing.T) {
	for mode, want := range map[string]string{
		"503":     "503 Service Unavailable",
		"302":     "302 Found",
		"refused": "connect(127.0.0.1:21180) failed: Connection refused",
		"dns":     "Failed to lookup host 127.0.0.1: Name or service not known",
	} {
		carrier, err := transport.Parse(mode, transport.LiveOptions{})
		if err != nil {
			t.Fatal(err)
		}
		p := driver{name: "ox", http: carrier, options: map[string]string{"url": notifyURL}}.play(t, "test", delivery("s", 1, "INBOX", registered, ""))
		if got := p.log[len(p.log)-1]; got != "error push-notification-ox: Error when sending notification: "+want {
			t.Errorf("%s: %s", mode, got)
		}
	}
}

// TestOXRetries holds that a request is sent max_retries more times.
func TestOXRetries(t *testing.T) {
	carrier, err := transport.Parse("reset", transport.LiveOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for retries, want := range map[string]int{"": 2, "0": 1, "3": 4, "x": 2, "4294967295": 1, "4294967296": 2} {
		options := map[string]string{"url": notifyURL, "max_retries": retries}
		p := driver{name: "ox", http: carrier, options: options}.play(t, "test", delivery("s", 1, "INBOX", registered, ""))
		if got := attempts(p.requests); got != want {
			t.Errorf("max_retries=%q: %d attempts, want %d", retries, got, want)
		}
	}
}

func attempts(requests []*trace.HTTP) (n int) {
	for _, r := range requests {
		n += r.Attempts
	}
	return n
}

// TestOXTimeout holds that an answer which does not come in time is a failure,
// after timeout_msecs for each attempt.
func TestOXTimeout(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer server.Close()
	defer close(release)
	live, err := transport.Parse("live", transport.LiveOptions{})
	if err != nil {
		t.Fatal(err)
	}
	options := map[string]string{"url": server.URL, "timeout_msecs": "50", "max_retries": "1"}
	p := driver{name: "ox", http: live, options: options}.play(t, "test", delivery("s", 1, "INBOX", registered, ""))
	if got := p.log[len(p.log)-1]; !strings.HasPrefix(got, "error push-notification-ox: Error when sending notification: Request timed out (") {
		t.Error(got)
	}
	if got := attempts(p.requests); got != 2 {
		t.Errorf("%d attempts, want 2", got)
	}
	// What is no number counts as not given, as in Dovecot.
	fast := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer fast.Close()
	options = map[string]string{"url": fast.URL, "timeout_msecs": "2s"}
	p = driver{name: "ox", http: live, options: options}.play(t, "test", delivery("s", 1, "INBOX", registered, ""))
	if got := p.log[len(p.log)-1]; got != "debug push-notification-ox: Notification sent successfully: 200 OK" {
		t.Error(got)
	}
}
