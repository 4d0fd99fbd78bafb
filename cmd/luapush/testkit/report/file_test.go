package report_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/luapush/luapush/cmd/luapush/testkit/report"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestFileIsWhole: until the report is complete the old one stays, and nothing
// is left of one that was given up.
func TestFileIsWhole(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "new", "report.xml")
	targets := []report.Target{{Format: report.JUnit, File: path}}
	set, err := report.Open(targets, report.Options{})
	if err != nil {
		t.Fatal(err)
	}
	play(t, set.Reporter)
	set.Close()
	first := read(t, path)
	if !strings.HasSuffix(first, "</testsuites>\n") {
		t.Errorf("%s", first)
	}

	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	set, err = report.Open(targets, report.Options{})
	if err != nil {
		t.Fatal(err)
	}
	run, cases, _ := sample()
	set.Reporter.Begin(run)
	set.Reporter.Case(cases[0])
	if read(t, path) != first {
		t.Error("the file changed before the end")
	}
	set.Close()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("left over: %v %v", entries, err)
	}

	link := filepath.Join(folder, "link.xml")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	set, err = report.Open([]report.Target{{Format: report.TAP, File: link}}, report.Options{})
	if err != nil {
		t.Fatal(err)
	}
	play(t, set.Reporter)
	info, err := os.Lstat(link)
	if err != nil || info.Mode()&os.ModeSymlink == 0 || !strings.HasPrefix(read(t, path), "TAP version 14\n") {
		t.Errorf("the link was not followed: %v %v", info, err)
	}
	if info, err = os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the mode is %v, %v", info.Mode(), err)
	}
}

func TestUnwritable(t *testing.T) {
	folder := t.TempDir()
	write(t, filepath.Join(folder, "file"), "")
	for path, want := range map[string]string{
		folder:                               "is a folder; give a file",
		filepath.Join(folder, "file", "x"):   "cannot be written: not a directory; check the folder and its permissions, or give another file",
		filepath.Join(folder, "a\x00b", "x"): "cannot be written: invalid argument",
	} {
		good := filepath.Join(folder, "good.tap")
		_, err := report.Open([]report.Target{{Format: report.TAP, File: good}, {Format: report.JUnit, File: path}}, report.Options{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", path, err, want)
		}
		entries, err := os.ReadDir(folder)
		if err != nil || len(entries) != 1 {
			t.Errorf("%q: left over: %v %v", path, entries, err)
		}
	}
}

// TestDevice: what is no regular file is written to, and not replaced.
func TestDevice(t *testing.T) {
	set, err := report.Open([]report.Target{{Format: report.TAP, File: "/dev/null"}}, report.Options{})
	if err != nil {
		t.Fatal(err)
	}
	play(t, set.Reporter)
	info, err := os.Stat("/dev/null")
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		t.Errorf("%v %v", info, err)
	}
}
