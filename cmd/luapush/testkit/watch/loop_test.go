package watch

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/luapush/luapush/cmd/luapush/testkit/result"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestTouched: a change runs what depends on it, and nothing else.
func TestTouched(t *testing.T) {
	for changed, want := range map[string]string{
		"a_test.lua":          "a_test.lua",
		"handler.lua":         "a_test.lua b_test.lua",
		"lib/mod.lua":         "a_test.lua",
		"fixture.jsonl":       "a_test.lua",
		"x/other.lua":         "x/c_test.lua",
		"x/state.txt":         "x/c_test.lua",
		"g/handler.lua":       "g/handler.lua",
		"g/testdata/a.jsonl":  "g/handler.lua",
		"g/testdata/a.golden": "g/handler.lua",
		// What was not there before may be used from now on.
		"lib/new.lua":        "a_test.lua",
		"g/testdata/b.jsonl": "g/handler.lua",
		"x/mail.eml":         "x/c_test.lua",
	} {
		t.Run(strings.ReplaceAll(changed, "/", "_"), func(t *testing.T) {
			s := start(t, nil)
			s.first()
			s.mu.Lock()
			s.stamps[changed] = "changed"
			s.mu.Unlock()
			s.change(changed)
			s.expect(s.ran, want)
		})
	}
}

// TestUntouched: what no test can depend on runs nothing.
func TestUntouched(t *testing.T) {
	s := start(t, nil)
	s.first()
	s.change("README.md", "x/.c_test.lua.swp", "x/4913", "x/c_test.lua~", "#a_test.lua#", "elsewhere/y.lua")
	s.change("handler.lua")
	s.expect(s.ran, "a_test.lua b_test.lua")
}

// TestDebounce: many changes make one run; and changes without end do not keep
// it from coming.
func TestDebounce(t *testing.T) {
	s := start(t, nil)
	s.first()
	s.change("handler.lua", "handler.lua", "x/other.lua")
	s.expect(s.ran, "a_test.lua b_test.lua x/c_test.lua")
	<-s.shown
	s.says("handler.lua and 1 more file changed\n")
	s.take(patience)
	s.changes <- "x/other.lua"
	s.changes <- "x/other.lua"
	s.take(patience).fire <- time.Time{}
	s.expect(s.ran, "x/c_test.lua")
}

// TestFailureStays: what fails is shown until it is mended, whatever else runs.
func TestFailureStays(t *testing.T) {
	s := start(t, failing("b_test.lua"))
	s.expect(s.ran, allFiles)
	s.expect(s.shown, "a_test.lua passed, b_test.lua failed, g/handler.lua passed, x/c_test.lua passed; 4 files, 1 failed")
	s.change("x/other.lua")
	s.expect(s.ran, "x/c_test.lua")
	s.expect(s.shown, "b_test.lua failed, x/c_test.lua passed; 4 files, 1 failed")
	s.set("b_test.lua", false)
	s.change("b_test.lua")
	s.expect(s.ran, "b_test.lua")
	s.expect(s.shown, "b_test.lua passed; 4 files, 0 failed")
	if bad, err := s.end(); bad || err != nil {
		t.Errorf("%v %v", bad, err)
	}
}

func TestKeys(t *testing.T) {
	s := start(t, failing("b_test.lua", "g/handler.lua"))
	s.expect(s.ran, allFiles)
	<-s.shown
	press := func(key byte, want string) {
		t.Helper()
		s.keys <- key
		s.expect(s.ran, want)
		<-s.shown
	}
	press('f', "b_test.lua g/handler.lua")
	press('\r', "b_test.lua g/handler.lua")
	press('a', allFiles)
	press('\n', allFiles)
	press('u', "g/handler.lua (update)")
	press('f', "b_test.lua")
	press('U', allFiles+" (update)") // nothing differs: new ones may be missing
	s.set("b_test.lua", false)
	press('a', allFiles)
	s.says("watching 4 files")
	s.keys <- 'f'
	s.says("nothing has failed\n")
	s.keys <- 'q'
	if bad, err := s.end(); bad || err != nil {
		t.Errorf("%v %v", bad, err)
	}
}

// TestQuit: every way out ends what is running, and tells how things stand.
func TestQuit(t *testing.T) {
	for _, key := range []byte{'q', interrupt, endOfText, 0} {
		s := start(t, failing("a_test.lua"))
		s.expect(s.ran, allFiles)
		<-s.shown
		s.mu.Lock()
		s.gate = make(chan struct{})
		s.mu.Unlock()
		s.keys <- 'a'
		s.expect(s.ran, allFiles)
		if key != 0 {
			s.keys <- key
		}
		if bad, err := s.end(); !bad || err != nil {
			t.Errorf("%d: %v %v", key, bad, err)
		}
	}
}

// TestChangeWhileRunning: the run is given up and made again with the change.
func TestChangeWhileRunning(t *testing.T) {
	s := start(t, nil)
	s.first()
	s.mu.Lock()
	s.gate = make(chan struct{})
	gate := s.gate
	s.mu.Unlock()
	s.change("x/other.lua")
	s.expect(s.ran, "x/c_test.lua")
	s.change("lib/mod.lua")
	s.expect(s.ran, "a_test.lua x/c_test.lua")
	s.take(slow) // of the first run
	s.take(slow) // of the one that was given up
	s.take(slow).fire <- time.Time{}
	s.says("running …\n")
	close(gate)
	s.expect(s.shown, "a_test.lua passed, x/c_test.lua passed; 4 files, 0 failed")
}

// TestOwnWrites: what a run wrote itself, such as golden traces, runs nothing.
func TestOwnWrites(t *testing.T) {
	s := start(t, failing("g/handler.lua"))
	s.expect(s.ran, allFiles)
	<-s.shown
	s.keys <- 'u'
	s.expect(s.ran, "g/handler.lua (update)")
	<-s.shown
	s.change("g/testdata/a.golden")
	s.change("x/other.lua")
	s.expect(s.ran, "x/c_test.lua")
}

func TestReadOnly(t *testing.T) {
	s := start(t, func(_ *stage, c *Config) { c.ReadOnly = "CI is set" })
	s.first()
	s.says("watching 4 files")
	s.keys <- 'u'
	s.says("golden traces are not written: CI is set\n")
}

// TestNewAndRemoved: a new test file runs, and one that is gone is forgotten.
func TestNewAndRemoved(t *testing.T) {
	s := start(t, nil)
	s.first()
	path := filepath.Join(t.TempDir(), "d_test.lua")
	if err := os.WriteFile(path, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	s.files[path] = &fakeFile{bad: true}
	delete(s.files, "b_test.lua")
	s.mu.Unlock()
	s.change(path)
	s.expect(s.ran, path)
	s.expect(s.shown, path+" failed; 5 files, 1 failed")
	s.change("b_test.lua")
	s.expect(s.ran, "")
	s.expect(s.shown, path+" failed; 4 files, 1 failed")
	if bad, err := s.end(); !bad || err != nil {
		t.Errorf("%v %v", bad, err)
	}
}

// TestFoldersComeAndGo: a folder with tests may be made, taken away and made
// again, as when branches change; it is watched before it is looked through.
func TestFoldersComeAndGo(t *testing.T) {
	t.Chdir(t.TempDir())
	s := start(t, func(_ *stage, c *Config) { c.Roots = nil })
	s.first()
	s.says("watching 4 files")
	path := filepath.Join("new", "sub", "d_test.lua")
	come := func() {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		write(t, path, "")
		s.mu.Lock()
		s.files[path] = &fakeFile{}
		s.mu.Unlock()
		s.change("new")
		s.expect(s.ran, path)
		s.expect(s.shown, path+" passed; 5 files, 0 failed")
		s.says("new changed\n\nwatching 5 files")
		if folders := <-s.folders; !slices.Contains(folders, filepath.Dir(path)) {
			t.Errorf("%q are watched", folders)
		}
	}
	come()
	if err := os.RemoveAll("new"); err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	delete(s.files, path)
	s.mu.Unlock()
	s.change("new")
	s.expect(s.ran, "")
	s.expect(s.shown, "; 4 files, 0 failed")
	s.says("watching 4 files")
	come()
	// One without tests, and one that is hidden, run nothing.
	for _, folder := range []string{"empty", ".git/x"} {
		if err := os.MkdirAll(folder, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	write(t, ".git/x/e_test.lua", "")
	s.change("empty", ".git")
	s.change("x/other.lua")
	s.expect(s.ran, "x/c_test.lua")
}

// TestErrors: what keeps tests from running is shown, and the watching goes on;
// results that cannot be shown end it.
func TestErrors(t *testing.T) {
	impossible := errors.New("x: no such file or folder; check the path")
	ends := func(s *stage, want error) {
		t.Helper()
		<-s.done
		if _, err := s.end(); !errors.Is(err, want) {
			t.Error(err)
		}
	}
	ends(start(t, func(_ *stage, c *Config) {
		c.Run = func(context.Context, Request) (Results, error) { return Results{}, impossible }
	}), impossible)

	s := start(t, func(_ *stage, c *Config) {
		run := c.Run
		runs := 0
		c.Clear = true
		c.Run = func(ctx context.Context, r Request) (Results, error) {
			if runs++; runs == 2 {
				return Results{}, impossible
			}
			return run(ctx, r)
		}
	})
	s.first()
	const help = "\nwatching 4 files: a all, f failed, u update golden traces, Enter again, q quit\n"
	s.says("\x1b[H\x1b[2J\x1b[3J" + help)
	s.keys <- 'a'
	s.says("\x1b[H\x1b[2J\x1b[3Jluapush: x: no such file or folder; check the path\n" + help)
	s.keys <- 'a'
	s.first()

	broken := errors.New("no space")
	s = start(t, func(_ *stage, c *Config) { c.Show = func(Results) error { return broken } })
	s.expect(s.ran, allFiles)
	ends(s, broken)
}

// TestWithoutKeys: without a keyboard, or when it ends, files are watched all
// the same.
func TestWithoutKeys(t *testing.T) {
	s := start(t, nil)
	s.first()
	close(s.keys)
	s.change("x/other.lua")
	s.expect(s.ran, "x/c_test.lua")
	<-s.shown
	s.says("x/other.lua changed\n\nwatching 4 files\n")
}

func TestFolders(t *testing.T) {
	root := t.TempDir()
	for _, folder := range []string{"sub/testdata", ".git/objects", "node_modules/x"} {
		if err := os.MkdirAll(filepath.Join(root, folder), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	l := &loop{Config: Config{Roots: []string{root, filepath.Join(root, "..", "one_test.lua")}}, files: map[string]*file{
		"a/b_test.lua": {File: result.File{Path: "a/b_test.lua", Uses: []string{"lib/x.lua"}}},
	}}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(root, link); err != nil {
		t.Fatal(err)
	}
	through := (&loop{Config: Config{Roots: []string{link}}}).folders()
	if diff := cmp.Diff([]string{link, filepath.Join(link, "sub"), filepath.Join(link, "sub/testdata")}, through); diff != "" {
		t.Error(diff)
	}
	want := []string{filepath.Dir(root), root, filepath.Join(root, "sub"), filepath.Join(root, "sub/testdata"), "a", "lib"}
	if diff := cmp.Diff(want, l.folders()); diff != "" {
		t.Error(diff)
	}
}
