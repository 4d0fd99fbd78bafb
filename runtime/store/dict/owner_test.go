//go:build unix && !solaris && !illumos && !aix

package dict_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/luapush/luapush/runtime/store/dict"
)

// TestTheFileKeepsItsOwner is about a luapush that runs as another user than the
// one whose files Dovecot's processes use. Only root can try it; another user
// finds that its own file stays its own.
func TestTheFileKeepsItsOwner(t *testing.T) {
	f := content(t, "priv/a\n1\n")
	owner, group := os.Getuid(), os.Getgid()
	if owner == 0 {
		owner, group = 12345, 23456
		if err := os.Chown(f.Path, owner, group); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Update(t.Context(), change); err != nil {
		t.Fatal(err)
	}
	belongs(t, f.Path, owner, group)
	if os.Getuid() != 0 {
		return
	}
	// A new file belongs to the owner of its folder.
	fresh := dict.File{Path: filepath.Join(t.TempDir(), "dovecot-attributes")}
	if err := os.Chown(filepath.Dir(fresh.Path), owner, group); err != nil {
		t.Fatal(err)
	}
	if err := fresh.Update(t.Context(), change); err != nil {
		t.Fatal(err)
	}
	belongs(t, fresh.Path, owner, group)
	refusedToOthers(t, f)
}

func belongs(t *testing.T, path string, owner, group int) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if s := info.Sys().(*syscall.Stat_t); int(s.Uid) != owner || int(s.Gid) != group {
		t.Errorf("%s belongs to %d:%d, not to %d:%d", path, s.Uid, s.Gid, owner, group)
	}
}

// refusedToOthers lets a process of a third user try: with a file of its own
// Dovecot could not go on, so nothing is written.
func refusedToOthers(t *testing.T, f dict.File) {
	t.Helper()
	// The folders above that of the test are closed to others.
	folder, err := os.MkdirTemp("", "luapush-dict-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(folder)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	copied, path := filepath.Join(folder, "writer"), filepath.Join(folder, "dovecot-attributes")
	if err := os.WriteFile(copied, program, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(read(t, f.Path)), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), copied, "p", "1")
	c.Env = append(os.Environ(), writerVariable+"="+path)
	c.Dir = folder
	c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 34567, Gid: 34567}}
	out, err := c.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "would not belong to the user 0 any more") {
		t.Errorf("%v: %s", err, out)
	}
	if got := read(t, path); got != read(t, f.Path) {
		t.Errorf("the file is now %q", got)
	}
}

// TestWhatIsNoFileIsNotWaitedFor: opening a pipe without a writer never ends.
func TestWhatIsNoFileIsNotWaitedFor(t *testing.T) {
	f := dict.File{Path: filepath.Join(t.TempDir(), "dovecot-attributes")}
	if err := syscall.Mkfifo(f.Path, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Read(); err == nil || !strings.Contains(err.Error(), f.Path+" is not a regular file") {
		t.Errorf("got %v", err)
	}
}
