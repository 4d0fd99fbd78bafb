//go:build linux

package oracle_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/textproto"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/luapush/luapush/spec/oracle"
	"github.com/luapush/luapush/spec/oracle/oracletest"
)

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) != "" {
		os.Exit(child())
	}
	goleak.VerifyTestMain(m)
}

const user = "alice@example.com"

const handler = `
function script_init() dovecot.i_info("script_init") return 0 end
function script_deinit() dovecot.i_info("script_deinit") end
function dovecot_lua_notify_begin_txn(user) return {user = user} end
function dovecot_lua_notify_event_message_new(ctx, event)
  dovecot.i_info("new " .. event.subject)
  if event.subject == "fail" then error("two\nlines") end
  if event.subject == "exit" then os.exit(3) end
  dovecot.i_info("setting " .. tostring(ctx.user:plugin_getenv("word")))
end
function dovecot_lua_notify_event_message_append(ctx, event) dovecot.i_warning("append " .. event.mailbox) end
function dovecot_lua_notify_end_txn() end
`

func mail(subject string) []byte {
	return oracle.CRLF("From: dana@example.net\nSubject: " + subject + "\n\nHello\n.dot\n")
}

// said gives the texts of a session's lines.
func said(lines []oracle.Line, session string) string {
	var b strings.Builder
	for _, l := range lines {
		if l.Session == session {
			b.WriteString(l.Level + " " + l.Text + "|")
		}
	}
	return b.String()
}

func TestADeliveryRunsTheHandler(t *testing.T) {
	i := oracletest.Start(t, oracle.Options{Handler: handler, Plugin: map[string]string{"word": ` "a" \b # c$d`}})
	replies, err := i.Send(oracle.Envelope{To: []string{user}, Session: "ONE"}, mail("Lunch"))
	if err != nil || len(replies) != 1 || !strings.HasPrefix(replies[0], "250 2.0.0 <"+user+"> ONE Saved") {
		t.Fatalf("replies %q, %v", replies, err)
	}
	lines := i.Log()
	const want = `Info script_init|Info new Lunch|Info setting  "a" \b # c$d|Info msgid=unspecified: saved mail to INBOX|`
	if got := said(lines, "ONE"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for _, l := range lines {
		if l.Session == "ONE" && (l.Service != "lmtp" || l.User != user || l.PID == 0) {
			t.Errorf("line %+v", l)
		}
	}
	if got := i.LogSince(i.Mark()); len(got) != 0 {
		t.Errorf("after the last line: %v", got)
	}
	if _, err := os.Stat(i.Home(user) + "/Maildir"); err != nil {
		t.Error(err)
	}
	if err := i.Forget(user); err != nil {
		t.Error(err)
	}
}

func TestALineKeepsItsLineEnds(t *testing.T) {
	i := oracletest.Start(t, oracle.Options{Handler: handler})
	if _, err := i.Send(oracle.Envelope{To: []string{user}, Session: "ONE"}, mail("fail")); err != nil {
		t.Fatal(err)
	}
	got := said(i.Log(), "ONE")
	if !strings.Contains(got, "handler.lua:7: two\nlines\nstack traceback:\n\t[C]: in function 'error'\n") {
		t.Errorf("got %s", got)
	}
}

func TestAProcessThatDiesIsAnErrorAndStandsInTheLog(t *testing.T) {
	i := oracletest.Start(t, oracle.Options{Handler: handler})
	mark := i.Mark()
	if err := i.Deliver(user, mail("exit")); !errors.Is(err, io.EOF) {
		t.Errorf("got %v", err)
	}
	found := false
	for _, l := range i.LogSince(mark) {
		found = found || strings.Contains(l.Text, "killed with signal 6")
	}
	if !found {
		t.Errorf("got %v", i.LogSince(mark))
	}
	if err := i.Deliver(user, mail("on")); err != nil {
		t.Errorf("the next delivery: %v", err)
	}
}

func TestARefusalIsAnError(t *testing.T) {
	i := oracletest.Start(t, oracle.Options{Conf: "lmtp_save_to_detail_mailbox = no\nservice lmtp {\n  executable = lmtp -L\n}\nprotocol lmtp {\n  mail_location = mbox:/dev/null/x\n}"})
	var reply *textproto.Error
	if err := i.Deliver(user, mail("x")); !errors.As(err, &reply) || reply.Code/100 == 2 {
		t.Errorf("got %v", err)
	}
}

func TestTheHandlerAndSettingsCanBeReplaced(t *testing.T) {
	i := oracletest.Start(t, oracle.Options{Handler: handler, Plugin: map[string]string{"word": "one"}})
	deliver := func(session string) string {
		t.Helper()
		if _, err := i.Send(oracle.Envelope{To: []string{user}, Session: session}, mail("x")); err != nil {
			t.Fatal(err)
		}
		return said(i.Log(), session)
	}
	if got := deliver("ONE"); !strings.Contains(got, "setting one|") {
		t.Errorf("got %s", got)
	}
	if err := i.SetPlugin(t.Context(), map[string]string{"word": "two"}); err != nil {
		t.Fatal(err)
	}
	if got := deliver("TWO"); !strings.Contains(got, "setting two|") {
		t.Errorf("got %s", got)
	}
	if err := i.SetHandler(strings.ReplaceAll(handler, "setting ", "other ")); err != nil {
		t.Fatal(err)
	}
	if got := deliver("THREE"); !strings.Contains(got, "other two|") {
		t.Errorf("got %s", got)
	}
	if err := i.SetDrivers(t.Context(), "dlog"); err != nil {
		t.Fatal(err)
	}
	if got := deliver("FOUR"); !strings.Contains(got, "Debug Called begin_txn push_notification plugin hook.|") {
		t.Errorf("got %s", got)
	}
	if err := i.SetConf(t.Context(), "mail_plugins ="); err != nil {
		t.Fatal(err)
	}
	if got := deliver("FIVE"); strings.Contains(got, "hook") {
		t.Errorf("got %s", got)
	}
}

func TestSettingsThatDovecotCannotHoldAreRefused(t *testing.T) {
	oracletest.Need(t)
	for _, plugin := range []map[string]string{{"a": "b\nc"}, {"a b": "c"}, {"": "c"}} {
		i, err := oracle.Start(t.Context(), oracle.Options{Plugin: plugin})
		if err == nil {
			t.Errorf("%v is taken", plugin)
			i.Stop()
		}
	}
}

func TestAConfigurationThatIsWrongIsShown(t *testing.T) {
	oracletest.Need(t)
	_, err := oracle.Start(t.Context(), oracle.Options{Conf: "nonsense = yes"})
	if err == nil || !strings.Contains(err.Error(), "Unknown setting: nonsense") {
		t.Errorf("got %v", err)
	}
}

func TestIMAP(t *testing.T) {
	i := oracletest.Start(t, oracle.Options{Handler: handler})
	c, err := i.IMAPSession(user, "IMAPONE")
	if err != nil {
		t.Fatal(err)
	}
	raw := mail("Literal {3}")
	if err := c.Append("INBOX", `\Seen`, raw); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Command("SELECT INBOX"); err != nil {
		t.Fatal(err)
	}
	got, err := c.Command("FETCH 1 BODY[]")
	want := fmt.Sprintf("1 FETCH (BODY[] {%d}\r\n%s)", len(raw), raw)
	if err != nil || len(got) != 1 || got[0] != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	if got := said(i.Log(), "IMAPONE"); !strings.Contains(got, "Warning append INBOX|") {
		t.Errorf("got %s", got)
	}
	var refused *oracle.IMAPError
	if _, err := c.Command("SELECT %s", oracle.Literal("no such")); !errors.As(err, &refused) || refused.Status != "NO" {
		t.Errorf("got %v", err)
	}
	mark := i.Mark()
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if !i.Await(mark, time.Second, func(l oracle.Line) bool { return l.Text == "script_deinit" && l.Session == "IMAPONE" }) {
		t.Errorf("got %v", i.LogSince(mark))
	}
}

func TestDoveadm(t *testing.T) {
	i := oracletest.Start(t, oracle.Options{})
	if err := i.Deliver(user, mail("x")); err != nil {
		t.Fatal(err)
	}
	out, err := i.Doveadm("mailbox", "status", "-u", user, "messages", "INBOX")
	if err != nil || out != "INBOX messages=1\n" {
		t.Errorf("got %q, %v", out, err)
	}
	if _, err := i.Doveadm("mailbox", "status", "-u", user, "nonsense", "INBOX"); err == nil || !strings.Contains(err.Error(), "nonsense") {
		t.Errorf("got %v", err)
	}
	ask := `[["mailboxStatus",{"user":"` + user + `","field":["messages"],"mailboxMask":["INBOX"]},"t1"]]`
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, i.DoveadmURL(), strings.NewReader(ask))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "X-Dovecot-API "+base64.StdEncoding.EncodeToString([]byte(i.APIKey())))
	answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if want := `[["doveadmResponse",[{"mailbox":"INBOX","messages":"1"}],"t1"]]`; err != nil || string(bytes.TrimSpace(body)) != want {
		t.Errorf("got %s, %v", body, err)
	}
}

func TestUsersMayHaveIDsOfTheirOwn(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Log("only root can run mail processes under several user ids; with one, this is what the other tests do")
		return
	}
	i := oracletest.Start(t, oracle.Options{Users: map[string]oracle.User{"a@x": {UID: 5001, GID: 5001}, "b@x": {UID: 5002, GID: 5002}}, Handler: `
		function dovecot_lua_notify_begin_txn(user) dovecot.i_info("uid " .. string.format("%d", user.uid)) end
		function dovecot_lua_notify_event_message_new() end
		function dovecot_lua_notify_end_txn() end`})
	for user, uid := range map[string]int{"a@x": 5001, "b@x": 5002, "c@x": i.UID()} {
		if _, err := i.Send(oracle.Envelope{To: []string{user}, Session: "ONE"}, mail("x")); err != nil {
			t.Fatal(err)
		}
		if got := said(i.Log(), "ONE"); !strings.Contains(got, fmt.Sprintf("uid %d|", uid)) {
			t.Errorf("got %s", got)
		}
		c, err := i.IMAP(user)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Command("SELECT INBOX"); err != nil {
			t.Error(err)
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestStopLeavesNothing(t *testing.T) {
	oracletest.Need(t)
	i, err := oracle.Start(t.Context(), oracle.Options{})
	if err != nil {
		t.Fatal(err)
	}
	// A session that is open, and one that is just beginning.
	c, err := i.IMAP(user)
	if err != nil {
		t.Fatal(err)
	}
	if len(processes(t, i.Dir())) == 0 {
		t.Error("no process of the instance is found while it runs")
	}
	if err := i.Stop(); err != nil {
		t.Error(err)
	}
	if err := c.Close(); err == nil {
		t.Error("the connection is still there")
	}
	if err := i.Stop(); err != nil {
		t.Error(err)
	}
	if left := processes(t, i.Dir()); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
	if _, err := os.Stat(i.Dir()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the directory: %v", err)
	}
}

func TestADirectoryOfOnesOwnStays(t *testing.T) {
	oracletest.Need(t)
	dir, err := os.MkdirTemp("", "luapush-own-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	i, err := oracle.Start(t.Context(), oracle.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := oracle.Start(t.Context(), oracle.Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "another process uses this directory") {
		t.Errorf("a second one in the same directory: %v", err)
	}
	if err := i.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir + "/dovecot.conf"); err != nil {
		t.Error(err)
	}
	long := dir + "/" + strings.Repeat("x", 80)
	if _, err := oracle.Start(t.Context(), oracle.Options{Dir: long}); err == nil || !strings.Contains(err.Error(), "too long") {
		t.Errorf("a long path: %v", err)
	}
}

func TestStartEndsWithTheContext(t *testing.T) {
	oracletest.Need(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := oracle.Start(ctx, oracle.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestMissingNamesThePackages(t *testing.T) {
	for _, p := range []string{"dovecot-core", "dovecot-imapd", "dovecot-lmtpd"} {
		if !strings.Contains(oracle.ErrMissing.Error(), p) {
			t.Errorf("%s is not named", p)
		}
	}
}
