//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

func folderOwner(path string) (int, bool) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, false
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return int(s.Uid), true
}

// sameFileSystem: a file is renamed from tmp into new, which no Lua can do across
// file systems.
func (c *relayCheck) sameFileSystem() {
	var stat [2]syscall.Stat_t
	for i, name := range []string{"tmp", "new"} {
		if err := syscall.Stat(filepath.Join(c.dir, name), &stat[i]); err != nil {
			c.bad(fmt.Sprintf("%s: %v", filepath.Join(c.dir, name), err))
			return
		}
	}
	if stat[0].Dev != stat[1].Dev {
		c.bad("tmp and new are on different file systems, so that no file can be renamed from one into the other",
			"umount one of them, or move both onto the same one")
		return
	}
	c.good("tmp and new are on the same file system")
}

// room: space and, where the file system counts them, files.
func (c *relayCheck) room() {
	var s syscall.Statfs_t
	if err := syscall.Statfs(c.dir, &s); err != nil {
		c.note("how much room there is cannot be told: %v", err)
		return
	}
	free := uint64(s.Bavail) * uint64(s.Bsize) //nolint:unconvert // the types differ between systems
	switch {
	case free < roomWanted:
		c.bad(fmt.Sprintf("only %d MiB are free; transactions are lost when the disk is full", free>>20), "make room, or move the folder: luapush_spool")
	case s.Files > 0 && s.Ffree < 10000:
		c.bad(fmt.Sprintf("the file system has room for only %d more files", s.Ffree), "make room, or move the folder: luapush_spool")
	default:
		c.good("%d MiB are free", free>>20)
	}
}

// as runs a line of shell as a system user, or this process's own: only a
// process of its own can be somebody else for sure.
func as(ctx context.Context, who account, stdin []byte, script string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "/bin/sh", append([]string{"-c", script, "sh"}, args...)...)
	if who.other {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(who.uid), Gid: uint32(who.gid)}}
	}
	cmd.Dir = "/"
	cmd.Stdin = bytes.NewReader(stdin)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		text := strings.TrimSpace(stderr.String())
		if at := strings.LastIndex(text, ": "); at >= 0 {
			text = text[at+2:]
		}
		return nil, errors.New(text)
	}
	return out, err
}

// writeAs does what the relay does, with the umask that Dovecot has.
func writeAs(ctx context.Context, who account, dir, name string, document []byte) error {
	_, err := as(ctx, who, document, `umask 077; cat > "$1/tmp/$2" && mv -f "$1/tmp/$2" "$1/new/$2"`, dir, name)
	return err
}

func readAs(ctx context.Context, who account, path string) ([]byte, error) {
	return as(ctx, who, nil, `cat "$1"`, path)
}

func removeAs(ctx context.Context, who account, path string) error {
	_, err := as(ctx, who, nil, `rm -f "$1"`, path)
	return err
}
