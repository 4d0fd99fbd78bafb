package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/luapush/luapush/spec/oracle"
	"github.com/luapush/luapush/spec/oracle/oracletest"
)

// relay runs "luapush relay" in this process.
func relay(t *testing.T, args ...string) (stdout string, code ExitCode) {
	t.Helper()
	var out, errs bytes.Buffer
	code = Main(t.Context(), append([]string{"relay"}, args...), Environment{
		Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Getenv: func(string) string { return "" },
	})
	if errs.Len() > 0 {
		t.Errorf("standard error: %s", errs.String())
	}
	return out.String(), code
}

// TestRelayShowMakesAWorkingConfiguration gives a real Dovecot what the command
// prints, word for word.
func TestRelayShowMakesAWorkingConfiguration(t *testing.T) {
	oracletest.Need(t)
	dir, err := os.MkdirTemp("", "luapush-relay-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	spool := filepath.Join(dir, "spool100%")
	for _, d := range []string{dir, spool, spool + "/tmp", spool + "/new"} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	script, code := relay(t, "show", "script")
	file := filepath.Join(dir, "relay.lua")
	if err := os.WriteFile(file, []byte(script), 0o644); err != nil || code != Fine {
		t.Fatal(err, code)
	}
	conf, code := relay(t, "show", "config", "--spool", spool, "--script", file, "--settings", "luapush_spool", "--status")
	if code != Fine {
		t.Fatal(conf)
	}
	i := oracletest.Start(t, oracle.Options{Conf: "mail_plugins =\n" + conf})
	for _, d := range []string{spool, spool + "/tmp", spool + "/new"} {
		if err := os.Chown(d, i.UID(), i.GID()); err != nil {
			t.Fatal(err)
		}
	}
	checked, code := relay(t, "check", spool)
	if code != Fine || strings.Contains(checked, "WRONG") {
		t.Errorf("check ends with %d:\n%s", code, checked)
	}
	if err := i.Deliver("alice@example.com", oracle.CRLF("Subject: x\n\nHi\n")); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(spool + "/new/*.json")
	if err != nil || len(files) != 2 {
		t.Fatalf("%v, %v", files, err)
	}
	text, err := os.ReadFile(files[1])
	if err != nil || !strings.Contains(string(text), `"settings":{"luapush_spool":"`+spool+`"},"mailboxes":{"INBOX":`) {
		t.Errorf("got %s, %v", text, err)
	}
	if checked, _ := relay(t, "check", spool); !strings.Contains(checked, "note   2 transactions in new\n") {
		t.Errorf("got %s", checked)
	}
}

// TestRelayCheckActsAsOthers: whether another user may do it is only known when
// that user tries.
func TestRelayCheckActsAsOthers(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Log("only root can act as others")
		return
	}
	dir, err := os.MkdirTemp("", "luapush-relay-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	set := func(mode os.FileMode, names ...string) {
		t.Helper()
		for _, n := range names {
			path := filepath.Join(dir, n)
			if err := os.MkdirAll(path, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
		}
	}
	set(0o700, "", "tmp", "new")
	got, code := relay(t, "check", dir, "--user", "nobody")
	if code != ScriptFailed || !strings.Contains(got, "WRONG  nobody cannot write: Permission denied\n") ||
		!strings.Contains(got, "chmod 711 "+dir+" && chmod 1733 "+dir+"/tmp "+dir+"/new\n") {
		t.Errorf("a closed folder: %d\n%s", code, got)
	}
	// What it says to type helps.
	set(0o711, "")
	set(os.ModeSticky|0o733, "tmp", "new")
	got, code = relay(t, "check", dir, "--user", "nobody")
	if code != Fine || !strings.Contains(got, "ok     nobody can write there\nok     root can read and remove what nobody wrote\n") {
		t.Errorf("an open folder: %d\n%s", code, got)
	}
	got, code = relay(t, "check", dir, "--reader", "nobody")
	if code != ScriptFailed || !strings.Contains(got, "WRONG  nobody cannot read what root wrote: Permission denied\n") {
		t.Errorf("another reader: %d\n%s", code, got)
	}
	for _, folder := range []string{"tmp", "new"} {
		left, err := os.ReadDir(filepath.Join(dir, folder))
		if err != nil || len(left) != 0 {
			t.Errorf("%s: left %v, %v", folder, left, err)
		}
	}
}
