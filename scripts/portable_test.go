package scripts_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/luapush/luapush/cmd/luapush/check"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/scripts"
)

// luaText writes a string as Lua source that every version reads.
func luaText(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		fmt.Fprintf(&b, "\\%03d", s[i])
	}
	b.WriteByte('"')
	return b.String()
}

// luaTransactions writes documents as the table that testdata/host.lua reads.
func luaTransactions(t *testing.T, options map[string]string, documents string) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("return {options = {")
	for name, value := range options {
		fmt.Fprintf(&b, "[%s] = %s, ", luaText(name), luaText(value))
	}
	b.WriteString("},\n")
	for line := range strings.Lines(documents) {
		txn, err := mail.Parse([]byte(line), "documents")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "{user = %s, ", luaText(txn.User.Username))
		if m, ok := txn.Mailbox("INBOX"); ok {
			fmt.Fprintf(&b, "unseen = %d, ", m.Status.Unseen.Value)
		}
		if entry, ok := txn.MetadataValue("/private/vendor/vendor.dovecot/http-notify"); ok {
			fmt.Fprintf(&b, "registration = %s, ", luaText(entry))
		}
		for i := range txn.Events {
			b.WriteString(luaEvent(&txn.Events[i]))
		}
		b.WriteString("},\n")
	}
	b.WriteString("}\n")
	return b.String()
}

func luaEvent(e *mail.Event) string {
	var b strings.Builder
	fmt.Fprintf(&b, "{name = %s, mailbox = %s, date = %d, tz = %d, ", luaText(string(e.Name)), luaText(e.Mailbox), e.Date, e.TZ)
	if e.Name.IsMessage() {
		fmt.Fprintf(&b, "uid = %d, uid_validity = %d, ", e.UID, e.UIDValidity)
	}
	for name, text := range map[string]mail.Text{
		"mailbox_old": e.MailboxOld, "from": e.From, "to": e.To, "subject": e.Subject, "snippet": e.Snippet,
	} {
		if text.Set {
			fmt.Fprintf(&b, "%s = %s, ", name, luaText(text.Value))
		}
	}
	for name, list := range map[string][]string{"flags": e.Flags, "keywords": e.Keywords} {
		b.WriteString(name + " = {")
		for _, item := range list {
			b.WriteString(luaText(item) + ", ")
		}
		b.WriteString("}, ")
	}
	return b.String() + "}, "
}

// TestDriversOnEveryLua holds that the drivers do the same on the Lua versions
// that Dovecot is built with.
func TestDriversOnEveryLua(t *testing.T) {
	all := "date from snippet subject to"
	for _, d := range []struct {
		driver
		file string
	}{
		{driver{name: "ox", options: map[string]string{"url": notifyURL, "user_from_metadata": ""}}, "ox/deliveries.jsonl"},
		{driver{name: "ox", options: map[string]string{"url": notifyURL, "luapush_release": "2.3.8", "cache_lifetime": "0"}}, "ox/deliveries.jsonl"},
		{driver{name: "dlog", options: map[string]string{"luapush_new_fields": all, "luapush_append_fields": all}}, "dlog/both.jsonl"},
		{driver{name: "dlog", options: map[string]string{"luapush_options": "x"}}, "dlog/imap.jsonl"},
	} {
		d.textless = true
		documents := read(t, "testdata/"+d.file)
		var want []string
		for _, l := range d.play(t, d.file, documents).log {
			want = append(want, strings.ReplaceAll(l, "\n", "\\n"))
		}
		// The stand-in has one session for all.
		once := func(l string) bool {
			return strings.Contains(l, ": Using ") || strings.Contains(l, " init ") || strings.Contains(l, "Config string") ||
				strings.Contains(l, " deinit ") || strings.Contains(l, " cleanup ")
		}
		want = slices.DeleteFunc(want, once)
		for _, lua := range luas {
			t.Run(lua+"/"+d.name+"/"+d.file, func(t *testing.T) {
				got := runOnLua(t, lua, d.name, luaTransactions(t, d.options, documents))
				same(t, want, slices.DeleteFunc(got, once))
			})
		}
	}
}

func runOnLua(t *testing.T, lua, name, transactions string) []string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "transactions.lua")
	if err := os.WriteFile(path, []byte(transactions), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, needLua(t, lua), "testdata/host.lua", name+".lua", path)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.Bytes())
	}
	return lines(string(out))
}

// TestDriversAreClean holds that check finds nothing in the drivers, for either
// generation.
func TestDriversAreClean(t *testing.T) {
	for _, name := range []string{"ox", "dlog"} {
		source, _ := scripts.Source(name)
		for _, f := range check.Check(name+".lua", string(source), check.Options{Releases: []dovecot.Release{dovecot.Default, dovecot.Latest24}}) {
			t.Errorf("%s.lua:%d: %s: %s", name, f.Line, f.Rule, f.Message)
		}
	}
}
