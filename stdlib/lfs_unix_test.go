//go:build unix

package stdlib

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestLfsDirOfAFIFO holds that a FIFO that nobody writes to does not stop the host.
func TestLfsDirOfAFIFO(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	L := newState(t)
	module := open(t, L, LFS)
	said := make(chan string, 1)
	go func() {
		said <- experiment{Call: "dir", Arguments: arguments(path)}.run(L, module).outcome()
	}()
	select {
	case got := <-said:
		if want := "error: cannot open " + path + ": Not a directory"; !strings.HasSuffix(got, want) {
			t.Errorf("got %s, want %s", got, want)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("lfs.dir waits for a writer")
	}
}
