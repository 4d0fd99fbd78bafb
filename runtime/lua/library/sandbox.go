package library

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

// Denied is the error of a [System] that does not let scripts do something. The
// call that meets it raises it.
type Denied struct {
	// By is the setting that forbids it.
	By string
	// Instead says how to allow it.
	Instead string
}

// Error implements error.
func (d *Denied) Error() string { return "denied by " + d.By + "; " + d.Instead }

// refuse raises a denial, with the name of the call.
func refuse(l *vm.LState, call string, err error) {
	var denied *Denied
	if errors.As(err, &denied) {
		native.Raise(l, "%s: %s", call, denied.Error())
	}
}

// sandbox lets scripts write below one folder.
type sandbox struct {
	by string
	// dir is the folder as it was given, made absolute; "" is none. real is the
	// same without symbolic links.
	dir, real string
}

// SandboxSystem is the host's system without processes, in which files can be
// read, and written only below dir; with "" nowhere. By is the name of the
// setting, for messages. Neither .. nor symbolic links lead out of dir; hard
// links that somebody made there before do. The error is that of a dir that is
// not a folder.
func SandboxSystem(dir, by string) (*System, error) {
	b := &sandbox{by: by}
	if dir != "" {
		var err error
		if b.dir, err = filepath.Abs(dir); err != nil {
			return nil, err
		}
		if b.real, err = filepath.EvalSymlinks(b.dir); err != nil {
			return nil, err
		}
		root, err := os.OpenRoot(b.real)
		if err != nil {
			return nil, err
		}
		if err := root.Close(); err != nil {
			return nil, err
		}
	}
	system := HostSystem()
	system.Open, system.Temporary = b.open, b.temporary
	system.Remove, system.Rename = b.remove, b.rename
	system.NoShell = true
	system.Execute = func(context.Context, string) (string, int, error) { return "", 0, b.noProcesses() }
	system.Popen = func(context.Context, string, string) (Process, error) { return nil, b.noProcesses() }
	return system, nil
}

func (b *sandbox) noProcesses() error {
	return &Denied{b.by, "run without it, or use the modules that luapush has instead of programs"}
}

// outside is the denial of writing to a place.
func (b *sandbox) outside() error {
	if b.dir == "" {
		return &Denied{b.by, "run without it, or name a folder to write in: " + b.by + "=DIR"}
	}
	return &Denied{b.by + "=" + b.dir, "write below that folder, or name another one"}
}

// within opens the folder and gives the name that a file has in it.
func (b *sandbox) within(name string) (*os.Root, string, error) {
	full, err := filepath.Abs(name)
	if err != nil {
		return nil, "", err
	}
	if b.dir == "" || strings.ContainsRune(name, 0) {
		return nil, "", b.outside()
	}
	for _, dir := range []string{b.dir, b.real} {
		if inner, err := filepath.Rel(dir, full); err == nil && filepath.IsLocal(inner) {
			root, err := os.OpenRoot(b.real)
			return root, inner, err
		}
	}
	return nil, "", b.outside()
}

// told gives the error that a script gets. The package os has no value for a
// symbolic link that leads out of its root, only the text.
func (b *sandbox) told(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path) && escapes(path.Err), errors.As(err, &link) && escapes(link.Err):
		return b.outside()
	}
	return err
}

func escapes(err error) bool { return strings.Contains(err.Error(), "escapes from parent") }

func (b *sandbox) open(name, mode string) (File, error) {
	if mode == "r" {
		return openHost(name, mode)
	}
	root, inner, err := b.within(name)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	f, err := root.OpenFile(inner, openFlags[mode]|syscall.O_NONBLOCK, 0o666)
	if err != nil {
		return nil, b.told(err)
	}
	return f, nil
}

func (b *sandbox) temporary() (string, error) {
	name := filepath.Join(b.dir, "lua_"+rand.Text()[:12])
	root, inner, err := b.within(name)
	if err != nil {
		return "", err
	}
	defer root.Close()
	f, err := root.OpenFile(inner, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", fmt.Errorf("no temporary file: %w", b.told(err))
	}
	return name, f.Close()
}

func (b *sandbox) remove(name string) error {
	root, inner, err := b.within(name)
	if err != nil {
		return err
	}
	defer root.Close()
	return b.told(root.Remove(inner))
}

func (b *sandbox) rename(from, to string) error {
	root, inner, err := b.within(from)
	if err != nil {
		return err
	}
	defer root.Close()
	other, target, err := b.within(to)
	if err != nil {
		return err
	}
	defer other.Close()
	return b.told(root.Rename(inner, target))
}
