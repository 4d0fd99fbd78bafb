package testkit_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/luapush/luapush/cmd/luapush/testkit"
	"github.com/luapush/luapush/cmd/luapush/testkit/result"
	"github.com/luapush/luapush/runtime/dovecot"
)

const goldenHandler = `
function dovecot_lua_notify_begin_txn(user) return {} end
function dovecot_lua_notify_event_message_new(ctx, event)
  dovecot.i_info(event.subject .. os.date(" %H:%M ") .. math.random(1000))
  if dovecot.nanoseconds then dovecot.i_info("Dovecot 2.4 " .. dovecot.nanoseconds()) end
end
function dovecot_lua_notify_end_txn() end
`

func TestGolden(t *testing.T) {
	dir := folder(t, "handler.lua", goldenHandler, "testdata/mail.jsonl", recorded, "testdata/other.jsonl", recorded)
	file := func(name string) string {
		data, _ := os.ReadFile(filepath.Join(dir, "testdata", name))
		return string(data)
	}
	config := testkit.Config{Paths: []string{dir}, Releases: []dovecot.Release{dovecot.Default, dovecot.At(2, 4, 1)}}

	if c := run(t, config); len(c.cases) != 0 {
		t.Errorf("without golden files there is nothing to compare: %v", c.names())
	}

	update := config
	update.Update = true
	c := run(t, update)
	allPass(t, c, 4)
	if !strings.Contains(c.cases[0].Changed, `+{"type":"begin","txn":1,`) || c.cases[0].Notes == nil {
		t.Errorf("what was written should be shown: %+v", c.cases[0])
	}
	golden := file("mail.golden")
	if strings.Contains(golden, "micros") || strings.Contains(golden, dir) || !strings.Contains(golden, "Hello from a recording 00:00 ") {
		t.Errorf("the golden trace is not steady:\n%s", golden)
	}
	if special := file("mail.2.4.1.golden"); !strings.Contains(special, "Dovecot 2.4 1767225600") {
		t.Errorf("the other release has its own:\n%s", special)
	}

	c = run(t, config)
	allPass(t, c, 4)
	c = run(t, testkit.Config{Paths: []string{dir}, Jobs: 2, Repeat: 2})
	allPass(t, c, 4)
	c = run(t, update)
	if allPass(t, c, 4); c.cases[0].Changed != "" {
		t.Errorf("nothing changed: %s", c.cases[0].Changed)
	}

	// Line ends that version control has changed are no difference.
	crlf := filepath.Join(dir, "testdata", "mail.golden")
	if err := os.WriteFile(crlf, []byte(strings.ReplaceAll(golden, "\n", "\r\n")), 0o666); err != nil {
		t.Fatal(err)
	}
	c = run(t, update)
	if allPass(t, c, 4); c.cases[0].Changed != "" || file("mail.golden") == golden {
		t.Errorf("line ends were changed: %s", c.cases[0].Changed)
	}
	if err := os.WriteFile(crlf, []byte(golden), 0o666); err != nil {
		t.Fatal(err)
	}

	// A change of the handler is shown at the line of the golden file.
	if err := os.WriteFile(filepath.Join(dir, "handler.lua"), []byte(strings.Replace(goldenHandler, "i_info(event", "i_warning(event", 1)), 0o666); err != nil {
		t.Fatal(err)
	}
	c = run(t, testkit.Config{Paths: []string{dir}})
	f := c.find(t, "golden / mail.jsonl").Failures
	if len(f) != 1 || f[0].Line != 5 || !strings.Contains(f[0].Diff, `-{"type":"log","txn":1,"level":"info"`) || !strings.Contains(f[0].Hint, "--update") {
		t.Errorf("%+v", f)
	}
	if file("mail.golden") != golden {
		t.Error("the golden file was written without --update")
	}

	// A fixture that is gone leaves stale golden files.
	if err := os.Remove(filepath.Join(dir, "testdata", "other.jsonl")); err != nil {
		t.Fatal(err)
	}
	c = run(t, testkit.Config{Paths: []string{dir}})
	for _, name := range []string{"golden / other.golden", "golden / other.2.4.1.golden"} {
		if each := c.find(t, name); each.Status != result.Failed || !strings.Contains(each.Failures[0].Message, "stale") {
			t.Error(show(each))
		}
	}
}

func TestGoldenFaults(t *testing.T) {
	for _, test := range []struct{ name, handler, fixture, want string }{
		{"syntax", "local = 1", recorded, "handler.lua:1"},
		{"fixture", goldenHandler, `{"version":1,`, "mail.jsonl:1"},
		{"endless", "while true do end", recorded, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := folder(t, "handler.lua", test.handler, "testdata/mail.jsonl", test.fixture, "testdata/mail.golden", "x\n")
			c := run(t, testkit.Config{Paths: []string{dir}, Timeout: 300e6})
			if each := c.find(t, "golden / mail.jsonl"); !each.Status.Bad() || !strings.Contains(each.Failures[0].Message, test.want) {
				t.Error(show(each))
			}
		})
	}
}
