//go:build !unix

package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
)

// Dovecot runs on Unix. Elsewhere a spool folder is a copy, of which only
// reading and writing can be tried.

var errOtherUser = errors.New("another user can be tried on Unix only; leave out --user and --reader")

func folderOwner(string) (int, bool) { return 0, false }

func (c *relayCheck) sameFileSystem() {
	c.note("whether tmp and new are on the same file system cannot be told here; check on the machine where Dovecot runs")
}

func (c *relayCheck) room() {
	c.note("how much room there is cannot be told here; check on the machine where Dovecot runs")
}

func writeAs(_ context.Context, who account, dir, name string, document []byte) error {
	if who.other {
		return errOtherUser
	}
	tmp := filepath.Join(dir, "tmp", name)
	if err := os.WriteFile(tmp, document, 0o600); err != nil {
		return err
	}
	return os.Rename(tmp, filepath.Join(dir, "new", name))
}

func readAs(_ context.Context, who account, path string) ([]byte, error) {
	if who.other {
		return nil, errOtherUser
	}
	return os.ReadFile(path)
}

func removeAs(_ context.Context, who account, path string) error {
	if who.other {
		return errOtherUser
	}
	return os.Remove(path)
}
