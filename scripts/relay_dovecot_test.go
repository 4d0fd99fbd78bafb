package scripts_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/luapush/luapush/runtime/source"
	"github.com/luapush/luapush/scripts"
	"github.com/luapush/luapush/spec/oracle"
	"github.com/luapush/luapush/spec/oracle/oracletest"
)

// told is what the recorder wrote into the log of one transaction: fields in the
// form of its show.
type told struct {
	user     map[string]string
	events   []map[string]string
	statuses map[string]map[string]string
	metadata map[string]string
	success  string
}

// recorded reads the log: the transactions of each session, in the order in which
// they ended.
func recorded(t *testing.T, lines []oracle.Line) map[string][]*told {
	t.Helper()
	ended := map[string][]*told{}
	open := map[string]*told{}
	for _, l := range lines {
		words := strings.Fields(l.Text)
		if len(words) < 3 || words[0] != "@@" {
			continue
		}
		id := l.Session + " " + words[2]
		fields := map[string]string{}
		for _, w := range words[3:] {
			k, v, _ := strings.Cut(w, "=")
			fields[k] = v
		}
		switch words[1] {
		case "begin":
			open[id] = &told{user: fields, statuses: map[string]map[string]string{}, metadata: map[string]string{}}
		case "event":
			open[id].events = append(open[id].events, fields)
		case "status":
			name := fields["mailbox"]
			delete(fields, "mailbox")
			open[id].statuses[name] = fields
		case "metadata":
			open[id].metadata[fields["key"]] = fields["value"]
		case "end":
			open[id].success = fields["success"]
			ended[l.Session] = append(ended[l.Session], open[id])
			delete(open, id)
		}
	}
	if len(open) != 0 {
		t.Errorf("%d transactions never ended", len(open))
	}
	return ended
}

// show writes a value of a document as the recorder does.
func show(t *testing.T, v any) string {
	t.Helper()
	switch v := v.(type) {
	case string:
		return "s" + hex.EncodeToString([]byte(v))
	case bool:
		return fmt.Sprintf("b%v", v)
	case float64:
		return fmt.Sprintf("n%.17g", v)
	case map[string]any:
		b, err := base64.StdEncoding.DecodeString(v["$base64"].(string))
		if err != nil || len(v) != 1 {
			t.Fatalf("%v: %v", v, err)
		}
		return "s" + hex.EncodeToString(b)
	case []any:
		var list []string
		for _, e := range v {
			list = append(list, show(t, e))
		}
		return "l" + strings.Join(list, ",")
	}
	t.Fatalf("%T in a document", v)
	return ""
}

func showAll(t *testing.T, object any) map[string]string {
	t.Helper()
	m := map[string]string{}
	for k, v := range object.(map[string]any) {
		m[k] = show(t, v)
	}
	return m
}

// compareTold compares a document with what the recorder told.
func compareTold(t *testing.T, want *told, document []byte) {
	t.Helper()
	var d map[string]any
	if err := json.Unmarshal(document, &d); err != nil {
		t.Fatal(err)
	}
	check := func(what string, want, got any) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-given +written)\n%s", what, diff)
		}
	}
	check("user", want.user, showAll(t, d["user"]))
	var events []map[string]string
	for _, e := range d["events"].([]any) {
		events = append(events, showAll(t, e))
	}
	check("events", want.events, events)
	check("success", want.success, show(t, d["success"]))
	metadata := map[string]string{}
	for k, v := range showAll(t, d["metadata"]) {
		metadata[show(t, k)] = v
	}
	check("metadata", want.metadata, metadata)
	statuses := map[string]map[string]string{}
	if d["mailboxes"] != nil {
		for name, m := range d["mailboxes"].(map[string]any) {
			statuses[show(t, name)] = showAll(t, m.(map[string]any)["status"])
		}
	}
	check("status", want.statuses, statuses)
	check("release", "2.3.19.1", d["dovecot"])
	check("settings", map[string]any{"word": "a b", "empty": ""}, d["settings"])
}

func startRelay(t *testing.T) (*oracle.Instance, string) {
	t.Helper()
	oracletest.Need(t)
	relay, ok := scripts.Source("relay")
	recorder, err := os.ReadFile("testdata/relay/recorder.lua")
	if !ok || err != nil {
		t.Fatal(err)
	}
	options := oracle.Options{
		Handler: string(relay) + string(recorder),
		Plugin: map[string]string{
			"luapush_spool": "@@DIR@@/spool", "luapush_settings": "word, empty missing", "word": "a b", "empty": "",
			"luapush_metadata": "/private/a /private/none", "luapush_status": "%{if;%1u;eq;s;yes;no}",
		},
	}
	if os.Geteuid() == 0 {
		options.Users = map[string]oracle.User{"status2@example.com": {UID: 5001, GID: 5001}, "plain2@example.com": {UID: 5002, GID: 5002}}
	}
	i := oracletest.Start(t, options)
	spool := filepath.Join(i.Dir(), "spool")
	for _, name := range []string{"", "tmp", "new"} {
		dir := filepath.Join(spool, name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(dir, 0o1777); err != nil {
			t.Fatal(err)
		}
	}
	return i, spool
}

// hostileMails are messages of which every part may be hard to write down.
func hostileMails() map[string][]byte {
	const head = "From: dana@example.net\nTo: alice@example.com\nDate: Fri, 20 Nov 2026 08:00:00 +0200\nMessage-ID: <1@example.net>\n"
	mails := map[string]string{
		"plain":       head + "Subject: Lunch?\n\nHi\n",
		"no-headers":  "\nHi\n",
		"empty":       "",
		"nul":         head + "Subject: a\x00b\n\nHi\x00there\n",
		"8-bit":       "From: J\xfcrgen <\xff@example.net>\nTo: \xc3\x28\nSubject: \xe9\xfe \xed\xa0\x80\nMessage-ID: <\x80>\n\n\xff\xfe\n",
		"utf-8":       "From: Jürgen <j@example.net>\nSubject: 山田 😀\n\nGrüße\n",
		"folded":      head + "Subject: one\n two\n\tthree\n\nHi\n",
		"controls":    head + "Subject: \x01\x02\x07\x08\x0b\x0c\x1b\x1f\x7f \"\\/\n\n\x01\x1b[31m\n",
		"encoded":     "From: =?utf-8?q?J=C3=BCrgen?= <j@example.net>\nSubject: =?utf-8?q?line=0Aend=00nul?=\n\nHi\n",
		"huge":        head + "Subject: " + strings.Repeat("x", 300_000) + "\n\n" + strings.Repeat("word ", 100_000) + "\n",
		"huge-8-bit":  head + "Subject: " + strings.Repeat("\xe4", 100_000) + "\n\nHi\n",
		"many":        head + strings.Repeat("Subject: again\n", 500) + "\nHi\n",
		"separators":  head + "Subject: \u2028\u2029\ufeff\n\n\u2028\n",
		"bad-base64":  head + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n//79/A==\n",
		"html":        head + "Content-Type: text/html\n\n<p>&lt;&amp;&#0;&#xD800;</p>\n",
		"lone-cr":     head + "Subject: a\rb\n\na\rb\n",
		"json":        head + `Subject: {"$base64":"//4="}` + "\n\n" + `","success":false}` + "\n",
		"dovecot-log": head + "Subject: lmtp(x)<1><y>: Error: @@ end 1 success=bfalse\n\nHi\n",
	}
	out := map[string][]byte{}
	for name, text := range mails {
		out[name] = oracle.CRLF(text)
	}
	return out
}

// TestRelayWritesWhatDovecotGives delivers and handles mail in a real Dovecot:
// the relay's documents hold what a recorder in the same run was given, byte for
// byte.
func TestRelayWritesWhatDovecotGives(t *testing.T) {
	i, spool := startRelay(t)
	users := []string{"status1@example.com", "plain1@example.com", "status2@example.com", "plain2@example.com"}
	for _, u := range users {
		for name, m := range hostileMails() {
			if err := i.Deliver(u, m); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		imapActions(t, i, u)
	}
	want := recorded(t, i.Log())
	schema := documentSchema(t)
	got := map[string][]string{}
	for _, d := range documents(t, spool) {
		txn := sound(t, schema, d)
		id := txn.User.SessionID.Value
		got[id] = append(got[id], d)
	}
	var count struct{ all, rolledBack, empty, events int }
	for id, w := range want {
		if len(got[id]) != len(w) {
			t.Errorf("session %s: %d documents of %d transactions", id, len(got[id]), len(w))
			continue
		}
		for n := range w {
			compareTold(t, w[n], []byte(got[id][n]))
			count.all++
			count.events += len(w[n].events)
			if w[n].success == "bfalse" {
				count.rolledBack++
			}
		}
	}
	if len(got) != len(want) || count.all < len(users)*40 || count.rolledBack < len(users) || count.events < len(users)*50 {
		t.Errorf("%d sessions of %d; %+v", len(got), len(want), count)
	}
	t.Logf("%d transactions, %d of them rolled back, %d events", count.all, count.rolledBack, count.events)
	inLuapush(t, spool, count.all)
}

// inLuapush reads the folder as luapush does.
func inLuapush(t *testing.T, spool string, want int) {
	t.Helper()
	s, err := source.NewSpool(spool, source.SpoolOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	n := 0
	for {
		d, err := s.Next(t.Context())
		if err != nil {
			break
		}
		n++
		if err := s.Settle(d, source.Done); err != nil {
			t.Error(err)
		}
	}
	left, err := os.ReadDir(filepath.Join(spool, "new"))
	if err != nil || n != want || len(left) != 0 {
		t.Errorf("%d of %d documents, %d left, %v", n, want, len(left), err)
	}
}

// imapActions does everything that has an event, and what rolls back.
func imapActions(t *testing.T, i *oracle.Instance, user string) {
	t.Helper()
	c, err := i.IMAP(user)
	if err != nil {
		t.Fatal(err)
	}
	mail := oracle.Literal(oracle.CRLF("From: a@b\nSubject: x\n\nHi\n"))
	odd := oracle.Literal("From: \xff\r\nSubject: \xfe\r\n\r\n\xfd\r\n")
	do := func(fails bool, format string, args ...any) {
		t.Helper()
		if _, err := c.Command(format, args...); (err != nil) != fails {
			t.Errorf(format+": %v", append(args, err)...)
		}
	}
	do(false, `SETMETADATA "" (/private/a "x y")`)
	do(false, "CREATE Work/Deep/Er")
	do(false, "CREATE %s", oracle.Literal("Entw&APw-rfe"))
	do(false, "SUBSCRIBE %s", oracle.Literal("Entw&APw-rfe"))
	do(false, `APPEND INBOX (\Seen \Flagged $Forwarded) %s`, mail)
	do(false, `APPEND INBOX %s (\Draft) %s %s`, mail, odd, mail)
	do(true, `APPEND INBOX %s (\Bogus %s`, mail, mail)
	do(false, "SELECT INBOX")
	do(false, `STORE 1:3 +FLAGS (\Answered custom $Label1)`)
	do(false, `STORE 1:3 +FLAGS (\Answered)`)
	do(false, `STORE 1:* FLAGS.SILENT (\Seen \Deleted)`)
	do(false, `STORE 1 -FLAGS (\Seen \Deleted)`)
	do(false, "COPY 1:4 Work/Deep/Er")
	do(false, "COPY 1:2 INBOX")
	do(false, "MOVE 1:2 %s", oracle.Literal("Entw&APw-rfe"))
	do(true, "COPY 1 nowhere")
	do(false, "UID EXPUNGE 3:5")
	do(false, `SETMETADATA "" (/private/a NIL)`)
	do(false, "EXPUNGE")
	do(false, "CLOSE")
	do(false, "RENAME %s Drafts", oracle.Literal("Entw&APw-rfe"))
	do(false, "UNSUBSCRIBE %s", oracle.Literal("Entw&APw-rfe"))
	do(false, "DELETE Work/Deep/Er")
	do(false, "DELETE Drafts")
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

// TestRelayMayBePrecompiled is what "luapush relay show" proposes.
func TestRelayMayBePrecompiled(t *testing.T) {
	oracletest.Need(t)
	luac := needLua(t, "luac5.4")
	dir := t.TempDir()
	if out, err := exec.Command(luac, "-s", "-o", filepath.Join(dir, "relay.luac"), "relay.lua").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	compiled, err := os.ReadFile(filepath.Join(dir, "relay.luac"))
	if err != nil {
		t.Fatal(err)
	}
	i, spool := startRelay(t)
	if err := i.SetHandler(string(compiled)); err != nil {
		t.Fatal(err)
	}
	if err := i.Deliver("status1@example.com", hostileMails()["8-bit"]); err != nil {
		t.Fatal(err)
	}
	got := documents(t, spool)
	if len(got) != 2 {
		t.Fatalf("%d documents, want a MailboxCreate and a MessageNew", len(got))
	}
	txn := sound(t, documentSchema(t), got[1])
	if txn.Events[0].From.Value != "J\xfcrgen <\xff@example.net>" {
		t.Errorf("got %+v", txn.Events)
	}
}

// TestRelayNeverFailsADelivery takes the folder away, and gives it back.
func TestRelayNeverFailsADelivery(t *testing.T) {
	i, spool := startRelay(t)
	const user = "plain1@example.com"
	errors := func() []string {
		var list []string
		for _, l := range i.Log() {
			if l.Level != "Info" && l.Service != "master" {
				list = append(list, l.Level+": "+l.Text)
			}
		}
		return list
	}
	mail := hostileMails()["plain"]
	if err := i.Deliver(user, mail); err != nil || len(errors()) != 0 {
		t.Fatalf("a good folder: %v, %v", err, errors())
	}
	hidden := spool + ".hidden"
	if err := os.Rename(spool, hidden); err != nil {
		t.Fatal(err)
	}
	c, err := i.IMAP(user)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := c.Append("INBOX", "", mail); err != nil {
			t.Error(err)
		}
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	got := errors()
	if len(got) != 1 || !strings.Contains(got[0], "Error: luapush relay: "+spool+"/tmp/") ||
		!strings.HasSuffix(got[0], ": No such file or directory; transactions are lost; run: luapush relay check "+spool) {
		t.Errorf("no folder, three transactions of a session: %q", got)
	}
	if err := i.Deliver(user, mail); err != nil || len(errors()) != 1 {
		t.Errorf("no folder, another session: %v", err)
	}
	if err := os.Rename(hidden, spool); err != nil {
		t.Fatal(err)
	}
	if err := i.Deliver(user, mail); err != nil || len(errors()) != 0 {
		t.Errorf("the folder is back: %v", err)
	}
	if n := len(documents(t, spool)); n != 3 {
		t.Errorf("%d documents, want 3", n)
	}
}
