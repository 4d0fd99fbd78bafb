package watch

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// changed waits for the change of a path; others may come before.
func changed(t *testing.T, w Watcher, path string) {
	t.Helper()
	deadline := time.After(patienceOfTests)
	for {
		select {
		case got, ok := <-w.Changes():
			if !ok {
				t.Fatal("the watcher ended")
			}
			if got == path {
				return
			}
		case <-deadline:
			t.Fatalf("no change of %s", path)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// TestWatchers: both kinds see what editors do to files.
func TestWatchers(t *testing.T) {
	for name, open := range map[string]func() Watcher{
		"system": NewWatcher,
		"poll": func() Watcher {
			return newPoller(func() (<-chan time.Time, func()) {
				ticker := time.NewTicker(time.Millisecond)
				return ticker.C, ticker.Stop
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			if err := os.Mkdir("sub", 0o777); err != nil {
				t.Fatal(err)
			}
			write(t, "handler.lua", "1")
			w := open()
			defer func() {
				if err := w.Close(); err != nil {
					t.Error(err)
				}
				if _, open := <-w.Changes(); open {
					t.Error("a change after the end")
				}
			}()
			w.Watch([]string{"."})
			write(t, "handler.lua", "22")
			changed(t, w, "handler.lua")
			// As vim and many others save.
			write(t, "4913~", "333")
			if err := os.Rename("4913~", "handler.lua"); err != nil {
				t.Fatal(err)
			}
			changed(t, w, "handler.lua")
			if err := os.Remove("handler.lua"); err != nil {
				t.Fatal(err)
			}
			changed(t, w, "handler.lua")
			w.Watch([]string{"sub", "not there"})
			write(t, "sub/a.jsonl", "{}")
			changed(t, w, filepath.Join("sub", "a.jsonl"))
			// Another folder by the same name, twice: made anew, and renamed.
			for _, away := range []func() error{
				func() error { return os.RemoveAll("sub") },
				func() error { return os.Rename("sub", "old") },
			} {
				if err := away(); err != nil {
					t.Fatal(err)
				}
				if err := os.Mkdir("sub", 0o777); err != nil {
					t.Fatal(err)
				}
				w.Watch([]string{"sub"})
				write(t, "sub/c.lua", "1")
				changed(t, w, filepath.Join("sub", "c.lua"))
			}
			// What nobody takes must not be in the way.
			for range 100 {
				write(t, "sub/b.lua", time.Now().String())
			}
			w.Watch([]string{"."})
			w.Watch([]string{"sub"})
		})
	}
}

// TestPollerKeepsWhatItSaw: a change is not lost when other folders are watched
// before the next look.
func TestPollerKeepsWhatItSaw(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "a.lua", "1")
	tick := make(chan time.Time)
	p := newPoller(func() (<-chan time.Time, func()) { return tick, func() {} })
	defer p.Close()
	p.Watch([]string{"."})
	write(t, "a.lua", "22")
	p.Watch([]string{".", ".."})
	tick <- time.Time{}
	changed(t, p, "a.lua")
}

func TestDifferences(t *testing.T) {
	got := differences(map[string]string{"same": "1", "gone": "1", "other": "1"}, map[string]string{"same": "1", "other": "2", "new": "1"})
	if want := []string{"gone", "new", "other"}; len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("%q", got)
	}
}
