package dict_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/store"
	"github.com/luapush/luapush/runtime/store/dict"
	"github.com/luapush/luapush/spec/oracle"
	"github.com/luapush/luapush/spec/oracle/oracletest"
)

// odd is a value with everything that the file escapes or might trip over.
const odd = "user=11@3\tevents=MessageNew\r\n\x01t\x01 \xc3\xa4 \xff\xfe \x7f end"

// session is a user of a Dovecot, seen by IMAP and by the file.
type session struct {
	*testing.T
	user    string
	dovecot *oracle.Instance
	imap    *oracle.IMAP
	view    store.View
}

func login(t *testing.T, user string) *session {
	t.Helper()
	dovecot := oracletest.Start(t, oracle.Options{})
	imap, err := dovecot.IMAP(user)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { imap.Close() })
	return &session{t, user, dovecot, imap, dovecotView(t, dovecot, user)}
}

func (s *session) command(format string, args ...any) string {
	s.Helper()
	lines, err := s.imap.Command(format, args...)
	if err != nil {
		s.Fatalf(format+": %v", append(args, err)...)
	}
	return strings.Join(lines, "\n")
}

func TestWhatRealDovecotWritesLuapushReads(t *testing.T) {
	s := login(t, "reads@example.com")
	s.command("CREATE %s", "Entw&APw-rfe/Alt")
	s.command(`SETMETADATA "" (/private/vendor/vendor.dovecot/http-notify %s)`, oracle.Literal(odd))
	s.command(`SETMETADATA "" (/shared/vendor/own "")`)
	s.command(`SETMETADATA INBOX (/private/comment "of INBOX")`)
	s.command(`SETMETADATA %s (/private/comment "of another")`, "Entw&APw-rfe/Alt")
	for _, c := range []struct {
		mailbox, key string
		want         mail.Text
	}{
		{"", "/private/vendor/vendor.dovecot/http-notify", mail.Some(odd)},
		{"", "/shared/vendor/own", mail.Some("")},
		{"", "/private/vendor/none", mail.Text{}},
		{"INBOX", "/private/comment", mail.Some("of INBOX")},
		{"Entwürfe/Alt", "/private/comment", mail.Some("of another")},
	} {
		if got, err := s.view.Metadata(c.mailbox, c.key); err != nil || got != c.want {
			t.Errorf("Metadata(%q, %q) = %+v, %v; want %+v", c.mailbox, c.key, got, err, c.want)
		}
	}
	sameBytes(t, filepath.Join(s.dovecot.Home(s.user), "dovecot-attributes"))
}

// TestWhatLuapushWritesRealDovecotReads: in a file that Dovecot has in mind
// already, and goes on to change.
func TestWhatLuapushWritesRealDovecotReads(t *testing.T) {
	s := login(t, "writes@example.com")
	s.command("CREATE %s", "Entw&APw-rfe/Alt")
	s.command(`SETMETADATA "" (/private/vendor/vendor.dovecot/http-notify "first" /shared/vendor/own "")`)
	s.command(`SETMETADATA INBOX (/private/comment "of INBOX")`)
	for _, c := range []struct {
		mailbox, key string
		value        mail.Text
	}{
		{"", "/private/vendor/mine", mail.Some(odd)},
		{"", "/private/vendor/vendor.dovecot/http-notify", mail.Some("changed")},
		{"Entwürfe/Alt", "/shared/comment", mail.Some("mine")},
		{"INBOX", "/private/comment", mail.Text{}},
	} {
		if err := s.view.SetMetadata(c.mailbox, c.key, c.value); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ mailbox, key, want string }{
		{`""`, "/private/vendor/mine", fmt.Sprintf("{%d}\r\n%s)", len(odd), odd)},
		{`""`, "/private/vendor/vendor.dovecot/http-notify", "{7}\r\nchanged)"},
		{"INBOX", "/private/comment", "NIL)"},
		{"Entw&APw-rfe/Alt", "/shared/comment", "{4}\r\nmine)"},
		{`""`, "/shared/vendor/own", "{0}\r\n)"},
	} {
		got := s.command(`GETMETADATA %s (%s)`, c.mailbox, c.key)
		if !strings.HasSuffix(got, " "+c.want) && !strings.HasSuffix(got, "~"+c.want) {
			t.Errorf("Dovecot reads %s of %s as %q, want …%q", c.key, c.mailbox, got, c.want)
		}
	}
	got, err := s.dovecot.Doveadm("mailbox", "metadata", "get", "-u", s.user, "-s", "", "/private/vendor/vendor.dovecot/http-notify")
	if err != nil || strings.TrimSpace(got) != "changed" {
		t.Errorf("doveadm reads %q, %v", got, err)
	}
	s.command(`SETMETADATA "" (/private/vendor/later "1")`)
	list, err := s.view.ListMetadata("", "/private/")
	if err != nil || fmt.Sprint(keys(list)) != "[/private/vendor/later /private/vendor/mine /private/vendor/vendor.dovecot/http-notify]" {
		t.Errorf("%v, %v", keys(list), err)
	}
}

func dovecotView(t *testing.T, dovecot *oracle.Instance, user string) store.View {
	t.Helper()
	home := dovecot.Home(user)
	return dict.New(dict.Options{
		File: func(*mail.Transaction) (dict.File, error) {
			return dict.File{Path: filepath.Join(home, "dovecot-attributes")}, nil
		},
		GUIDs: []dict.GUID{dict.MaildirGUID(func(*mail.Transaction) (string, error) { return filepath.Join(home, "Maildir"), nil })},
	}).View(transaction(t, `{"version":1,"user":{"username":"`+user+`"},"events":[],"success":true}`))
}

func keys(list []mail.Entry[string]) []string {
	var keys []string
	for _, e := range list {
		keys = append(keys, e.Key)
	}
	return keys
}

// sameBytes: a file that Dovecot wrote is what luapush would have written.
func sameBytes(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	entries, err := dict.Parse(data, path)
	if err != nil {
		t.Fatal(err)
	}
	if written := dict.Append(nil, entries); string(written) != string(data) {
		t.Errorf("Dovecot wrote %q, luapush would %q", data, written)
	}
}

// TestRealDovecotAndLuapushWriteAtTheSameTime: the lock of one is a lock to the
// other.
func TestRealDovecotAndLuapushWriteAtTheSameTime(t *testing.T) {
	const each = 60
	s := login(t, "both@example.com")
	s.command(`SETMETADATA "" (/private/vendor/first "1")`)
	done := make(chan error, 1)
	go func() {
		for i := range each {
			if _, err := s.imap.Command(`SETMETADATA "" (/private/vendor/dovecot%d "%d")`, i, i); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for i := range each {
		if err := s.view.SetMetadata("", fmt.Sprintf("/private/vendor/luapush%d", i), mail.Some(fmt.Sprint(i))); err != nil {
			t.Error(err)
			break
		}
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	list, err := s.view.ListMetadata("", "/private/vendor/")
	if err != nil || len(list) != 1+2*each {
		t.Errorf("%d entries of %d, %v", len(list), 1+2*each, err)
	}
}
