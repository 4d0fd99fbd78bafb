package oracle

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// dirPrefix begins the name of temporary directories.
const dirPrefix = "luapush-dovecot-"

// maxDir is how long the path of the directory may be: below it are unix
// sockets, whose paths have at most 107 bytes.
const maxDir = 70

// makeDir makes the directory and what Dovecot wants to find in it.
func (i *Instance) makeDir() error {
	if i.options.Dir == "" {
		dir, err := i.temporary()
		if err != nil {
			return fmt.Errorf("oracle: %w", err)
		}
		i.dir, i.made = dir, true
	} else {
		dir, err := filepath.Abs(i.options.Dir)
		if err != nil {
			return fmt.Errorf("oracle: %w", err)
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("oracle: %w", err)
		}
		i.dir = dir
	}
	if len(i.dir) > maxDir {
		return errors.Join(i.Stop(), fmt.Errorf("oracle: %s: the path is too long for unix sockets below it; at most %d bytes", i.dir, maxDir))
	}
	if err := i.furnish(); err != nil {
		return errors.Join(i.Stop(), fmt.Errorf("oracle: %w", err))
	}
	return nil
}

func (i *Instance) furnish() error {
	// The processes that work in it run under other user ids, as root.
	if i.made {
		if err := os.Chmod(i.dir, 0o755); err != nil {
			return err
		}
	}
	for _, name := range []string{"run", "state", "mail"} {
		if err := os.MkdirAll(i.path(name), 0o755); err != nil {
			return err
		}
	}
	if i.user.root {
		// Users may have different ids: anybody may make a home.
		if err := os.Chmod(i.path("mail"), 0o1777); err != nil {
			return err
		}
	}
	log, err := os.OpenFile(i.path("dovecot.log"), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	if err := errors.Join(log.Chmod(0o666), log.Close()); err != nil {
		return err
	}
	i.lock, err = lockFile(i.path("owner.lock"))
	return err
}

// temporary makes a directory that mail processes can reach, and removes those
// of processes that died before they could.
func (i *Instance) temporary() (string, error) {
	candidates := []string{os.TempDir()}
	if i.user.root {
		candidates = append(candidates, "/var/tmp", "/srv")
	}
	for _, c := range candidates {
		if i.user.root && !open(c) || len(c)+len(dirPrefix)+12 > maxDir {
			continue
		}
		sweep(c)
		return os.MkdirTemp(c, dirPrefix)
	}
	return "", fmt.Errorf("no directory of %v can be used: its path must be short, and open to mail processes; set TMPDIR", candidates)
}

// open tells whether every user can reach a directory.
func open(dir string) bool {
	for {
		info, err := os.Stat(dir)
		if err != nil || info.Mode().Perm()&0o001 == 0 {
			return false
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return true
		}
		dir = parent
	}
}

// sweep removes directories whose process has died: nobody holds their lock.
// What cannot be removed stays; it hinders nobody.
func sweep(dir string) {
	paths, err := filepath.Glob(filepath.Join(dir, dirPrefix+"*"))
	if err != nil {
		return
	}
	for _, path := range paths {
		info, err := os.Lstat(path)
		// A young one may not have been locked yet.
		if err != nil || !info.IsDir() || !ownedByUs(info) || time.Since(info.ModTime()) < time.Minute {
			continue
		}
		lock, err := lockFile(filepath.Join(path, "owner.lock"))
		if err != nil {
			continue
		}
		if os.RemoveAll(path) != nil {
			_ = lock.Close()
			continue
		}
		_ = lock.Close()
	}
}

// newToken makes what begins each line of the log, so that no message can pass
// for another line.
func newToken() (string, error) {
	var b [9]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", err
	}
	return "@" + hex.EncodeToString(b[:]) + " ", nil
}
