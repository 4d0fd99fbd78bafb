package dict_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/store/dict"
)

var change = dict.Change{Key: "priv/mine", Value: mail.Some("1")}

// hold makes the lock of another, of that age.
func hold(t *testing.T, f dict.File, age time.Duration) {
	t.Helper()
	if err := os.WriteFile(f.Path+".lock", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	then := time.Now().Add(-age)
	if err := os.Chtimes(f.Path+".lock", then, then); err != nil {
		t.Fatal(err)
	}
}

func TestUpdateWaitsForTheLock(t *testing.T) {
	f := content(t, "")
	hold(t, f, 0)
	freed := time.AfterFunc(50*time.Millisecond, func() {
		// What the holder does: the lock becomes the file.
		if err := os.WriteFile(f.Path+".lock", []byte("priv/theirs\n2\n"), 0o600); err == nil {
			os.Rename(f.Path+".lock", f.Path)
		}
	})
	defer freed.Stop()
	if err := f.Update(t.Context(), change); err != nil {
		t.Fatal(err)
	}
	if got := read(t, f.Path); got != "priv/theirs\n2\npriv/mine\n1\n" {
		t.Errorf("the file is %q", got)
	}
}

func TestTheWaitForTheLockIsBounded(t *testing.T) {
	f := content(t, "")
	f.LockTimeout = 30 * time.Millisecond
	hold(t, f, time.Second)
	err := f.Update(t.Context(), change)
	if err == nil || !strings.Contains(err.Error(), "waiting for the lock "+f.Path+".lock") || !strings.Contains(err.Error(), "timed out") {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	f.LockTimeout = 0
	if err := f.Update(ctx, change); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if got := read(t, f.Path); got != "" {
		t.Errorf("written without the lock: %q", got)
	}
	if _, err := os.Lstat(f.Path + ".lock"); err != nil {
		t.Errorf("the other's lock is gone: %v", err)
	}
}

func TestAStaleLockIsTakenOver(t *testing.T) {
	t.Run("by its age", func(t *testing.T) {
		f := content(t, "")
		hold(t, f, 2*time.Minute)
		if err := f.Update(t.Context(), change); err != nil {
			t.Fatal(err)
		}
		if got := read(t, f.Path); got != "priv/mine\n1\n" {
			t.Errorf("the file is %q", got)
		}
		left, err := os.ReadDir(filepath.Dir(f.Path))
		if err != nil || len(left) != 1 {
			t.Errorf("left in the folder: %v, %v", left, err)
		}
	})
	t.Run("because it does not change", func(t *testing.T) {
		f := content(t, "")
		f.StaleAfter = 50 * time.Millisecond
		hold(t, f, -time.Hour) // its clock is ahead
		if err := f.Update(t.Context(), change); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("not while it is written to", func(t *testing.T) {
		f := content(t, "")
		f.StaleAfter, f.LockTimeout = 100*time.Millisecond, 300*time.Millisecond
		hold(t, f, -time.Hour)
		var writer sync.WaitGroup
		stop := make(chan struct{})
		writer.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				case <-time.After(10 * time.Millisecond):
					at := time.Now().Add(time.Duration(n) * time.Second)
					os.Chtimes(f.Path+".lock", at, at)
				}
			}
		})
		err := f.Update(t.Context(), change)
		close(stop)
		writer.Wait()
		if err == nil || !strings.Contains(err.Error(), "timed out") {
			t.Errorf("got %v", err)
		}
	})
}

// TestSeveralProcessesLoseNothing lets processes write the same file at the same
// time, the first of them over a lock that a dead process left.
func TestSeveralProcessesLoseNothing(t *testing.T) {
	const processes, each = 4, 40
	f := content(t, "shared/before\nit\n")
	hold(t, f, time.Hour)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	for p := range processes {
		running.Go(func() {
			c := exec.CommandContext(t.Context(), self, fmt.Sprint("p", p), fmt.Sprint(each))
			c.Env = append(os.Environ(), writerVariable+"="+f.Path)
			if out, err := c.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	running.Wait()
	entries, err := f.Read()
	if err != nil {
		t.Fatal(err)
	}
	has := map[string]string{}
	for _, e := range entries {
		has[e.Key] = e.Value
	}
	if len(has) != 1+processes*each || has["shared/before"] != "it" {
		t.Errorf("%d entries", len(has))
	}
	for p := range processes {
		for i := range each {
			if key := fmt.Sprintf("priv/p%d/%d", p, i); has[key] != fmt.Sprint("p", p) {
				t.Errorf("%s is lost", key)
			}
		}
	}
}
