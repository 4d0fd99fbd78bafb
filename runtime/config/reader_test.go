package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
)

// TestUnreadableFiles is about files that exist, and cannot be read.
func TestUnreadableFiles(t *testing.T) {
	broken := errors.New("input/output error")
	for _, test := range []struct {
		text  string
		cause error
		want  string
	}{
		{"!include x\n", fs.ErrPermission, "/etc/dovecot/dovecot.conf:1: Couldn't open include file /etc/dovecot/x: Permission denied"},
		{"\n!include *x\n", &fs.PathError{Op: "read", Path: "x", Err: broken}, "/etc/dovecot/dovecot.conf:2: Couldn't open include file /etc/dovecot/x: input/output error"},
		{"!include_try x\n", fs.ErrPermission, ""},
		{"plugin {\n  a = <x\n", broken, "/etc/dovecot/dovecot.conf:2: plugin/0/a: Can't open file /etc/dovecot/x: input/output error"},
	} {
		o := inMemory(map[string]string{"dovecot.conf": test.text, "x": ""})
		read := o.ReadFile
		o.ReadFile = func(name string) ([]byte, error) {
			if strings.HasSuffix(name, "x") {
				return nil, test.cause
			}
			return read(name)
		}
		_, err := Load("/etc/dovecot/dovecot.conf", o)
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%q: %v", test.text, err)
		case test.want != "" && (err == nil || err.Error() != test.want || !errors.Is(err, test.cause) || !errors.Is(err, ErrInclude)):
			t.Errorf("%q: error\n got %v\nwant %s", test.text, err, test.want)
		}
	}
}

func TestGlobFails(t *testing.T) {
	o := inMemory(map[string]string{"dovecot.conf": "!include [\n"})
	_, err := Load("/etc/dovecot/dovecot.conf", o)
	if want := "/etc/dovecot/dovecot.conf:1: glob() failed: syntax error in pattern"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// TestIncludedFolder tells of an !include that includes nothing, as Dovecot does not.
func TestIncludedFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	writeFile(t, "conf.d/x.conf", "a = 1\n")
	writeFile(t, "dovecot.conf", "\n!include conf.d\n")
	s, err := Load("dovecot.conf", LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := "dovecot.conf:2: conf.d is a directory, and includes nothing (include conf.d/*.conf)"
	if len(s.Warnings()) != 1 || s.Warnings()[0].Error() != want {
		t.Errorf("warnings %v", s.Warnings())
	}
	if err := os.Remove("dovecot.conf"); err != nil {
		t.Fatal(err)
	}
	if _, err := Load("dovecot.conf", LoadOptions{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

// TestWarningsAreOrdered has warnings of several files in the order of files and lines, and not without end.
func TestWarningsAreOrdered(t *testing.T) {
	s, err := Load("/etc/dovecot/dovecot.conf", inMemory(map[string]string{
		"dovecot.conf": "a = b#c\n!include z\n!include b\nd = e#f\n", "b": "a = b#c\n", "z": "\na = b#c\n",
	}))
	if err != nil {
		t.Fatal(err)
	}
	var at []string
	for _, w := range s.Warnings() {
		at = append(at, strings.TrimPrefix(w.Origin.String(), "/etc/dovecot/"))
	}
	if got := strings.Join(at, " "); got != "b:1 dovecot.conf:1 dovecot.conf:4 z:2" {
		t.Errorf("warnings at %s", got)
	}
	if got := len(mustLoad(t, strings.Repeat("a = b#c\n", 5000)).Warnings()); got != maxWarnings {
		t.Errorf("%d warnings", got)
	}
}

// TestKeys24 is about names in quotes, which Dovecot 2.4 allows.
func TestKeys24(t *testing.T) {
	s := mustLoad(t, version24+`lua_settings {
  "a \"b\" \\" = 1
  "c"=2
}
push_notification x {
}
`)
	block, ok := s.For("").Blocks("push_notification")[0].Block("lua_settings")
	if !ok {
		t.Fatal("no lua_settings")
	}
	var names []string
	for _, setting := range block.Settings {
		names = append(names, setting.Name+"="+setting.Value)
	}
	if got, want := fmt.Sprint(names), `[a "b" \=1 c=2]`; got != want {
		t.Errorf("settings %s, want %s", got, want)
	}
	if _, ok := s.For("").Blocks("push_notification")[0].Block("nosuch"); ok {
		t.Error("a block that nobody wrote")
	}
}
