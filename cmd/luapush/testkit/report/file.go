package report

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// File is a file that is written as a whole or not at all: what is written goes
// to a new file beside it, which takes its place with Commit. A target that is
// no regular file, such as a pipe, is written to directly.
type File struct {
	*bufio.Writer
	out    *os.File
	target string
	// temporary is the new file; "" where the target is written to directly,
	// and when the file is done with.
	temporary string
}

// Create begins a file and the folders it needs. The error says what is wrong
// with the path.
func Create(path string) (*File, error) {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return nil, fmt.Errorf("%s is a folder; give a file", path)
	case err == nil && !info.Mode().IsRegular():
		out, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return nil, unwritable(path, err)
		}
		return &File{Writer: bufio.NewWriter(out), out: out, target: path}, nil
	}
	target := path
	if real, err := filepath.EvalSymlinks(path); err == nil {
		target = real // a link stays one
	}
	folder := filepath.Dir(target)
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return nil, unwritable(path, err)
	}
	if info != nil {
		if err := mayWrite(target); err != nil {
			return nil, unwritable(path, err)
		}
	}
	out, err := beside(target)
	if err != nil {
		return nil, unwritable(path, err)
	}
	f := &File{Writer: bufio.NewWriter(out), out: out, target: target, temporary: out.Name()}
	if info != nil {
		if err := out.Chmod(info.Mode().Perm()); err != nil {
			f.Discard()
			return nil, unwritable(path, err)
		}
	}
	return f, nil
}

// mayWrite tells that a file may be written; to replace one that may not would
// go round its owner.
func mayWrite(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return f.Close()
}

// beside makes a new file in the folder of another, with the permissions that
// any new file gets.
func beside(target string) (*os.File, error) {
	folder, name := filepath.Split(target)
	for i := 0; ; i++ {
		out, err := os.OpenFile(filepath.Join(folder, fmt.Sprintf(".%s.%d~", name, i)), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		// One may be left of a run that was killed.
		if !errors.Is(err, fs.ErrExist) || i == 1000 {
			return out, err
		}
	}
}

// Commit puts the file in its place.
func (f *File) Commit() error {
	if f.out == nil {
		return nil
	}
	err := f.Flush()
	if closing := f.out.Close(); err == nil {
		err = closing
	}
	f.out = nil
	if f.temporary == "" {
		return named(f.target, err)
	}
	temporary := f.temporary
	f.temporary = ""
	if err == nil {
		err = os.Rename(temporary, f.target)
	}
	if err != nil {
		_ = os.Remove(temporary) // the first error is the one to tell
	}
	return named(f.target, err)
}

// Discard takes a file away that is not to be; after Commit it does nothing.
func (f *File) Discard() {
	if f.out != nil {
		_ = f.out.Close() // nobody wants it any more
		f.out = nil
	}
	if f.temporary != "" {
		_ = os.Remove(f.temporary)
		f.temporary = ""
	}
}

func named(path string, err error) error {
	if err == nil {
		return nil
	}
	return unwritable(path, err)
}

// unwritable says that a file cannot be written, without naming the temporary
// one.
func unwritable(path string, err error) error {
	var at *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &at):
		err = at.Err
	case errors.As(err, &link):
		err = link.Err
	}
	return fmt.Errorf("%s cannot be written: %w; check the folder and its permissions, or give another file", path, err)
}
