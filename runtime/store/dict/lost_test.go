package dict

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestALockThatWasTakenAwayIsNotCommitted: another process held this one's lock
// for stale and made its own.
func TestALockThatWasTakenAwayIsNotCommitted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dovecot-attributes")
	l, err := acquire(t.Context(), path, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(l.lockPath); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(l.lockPath, []byte("theirs"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := l.commit(); !errors.Is(err, errLockLost) {
		t.Errorf("got %v", err)
	}
	l.release()
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it was committed: %v", err)
	}
	if data, err := os.ReadFile(l.lockPath); err != nil || string(data) != "theirs" {
		t.Errorf("the other's lock: %q, %v", data, err)
	}
}

// TestTheFreshLockOfAnotherIsNotRemovedForAStaleOne: between the look and the
// removal the stale lock was replaced.
func TestTheFreshLockOfAnotherIsNotRemovedForAStaleOne(t *testing.T) {
	dir := t.TempDir()
	lockPath, old := filepath.Join(dir, "x.lock"), filepath.Join(dir, "old")
	for _, p := range []string{old, lockPath} {
		if err := os.WriteFile(p, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	stale, err := os.Lstat(old)
	if err != nil {
		t.Fatal(err)
	}
	if err := removeStale(lockPath, stale); err != nil {
		t.Fatal(err)
	}
	fresh, err := os.Lstat(lockPath)
	if err != nil {
		t.Fatalf("it was removed: %v", err)
	}
	if err := removeStale(lockPath, fresh); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(lockPath); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the stale one stays: %v", err)
	}
	if err := removeStale(lockPath, fresh); err != nil {
		t.Errorf("gone already: %v", err)
	}
}
