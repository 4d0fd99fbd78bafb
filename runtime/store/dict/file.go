package dict

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/luapush/luapush/runtime/mail"
)

// Path takes the file out of a mail_attribute_dict setting, file:PATH, whose
// variables have been expanded. Other dicts, and the other ways to lock a file
// (file:PATH:lock=fcntl, lock=flock), are errors.
func Path(setting string) (string, error) {
	path, ok := strings.CutPrefix(setting, "file:")
	if !ok {
		return "", fmt.Errorf("mail_attribute_dict = %s: luapush reads file: dicts; ask Dovecot for others, through doveadm", setting)
	}
	path, option, _ := strings.Cut(path, ":")
	switch {
	case path == "":
		return "", fmt.Errorf("mail_attribute_dict = %s: the path is missing", setting)
	case option != "" && option != "lock=dotlock":
		return "", fmt.Errorf("mail_attribute_dict = %s: luapush locks with PATH.lock only (lock=dotlock, the default); ask Dovecot through doveadm", setting)
	case strings.Contains(path, "%"):
		return "", fmt.Errorf("mail_attribute_dict = %s: the variables are not expanded", setting)
	}
	return path, nil
}

// File is a dict file. The zero values of the limits are Dovecot's, but for
// LockTimeout. Its methods are safe from any goroutine.
type File struct {
	Path string
	// LockTimeout is how long Update waits for the lock of another process; 0 is
	// 10 seconds. Dovecot waits for two minutes.
	LockTimeout time.Duration
	// StaleAfter is the age from which a lock that does not change is taken away
	// from its holder; 0 is a minute.
	StaleAfter time.Duration
}

const (
	defaultLockTimeout = 10 * time.Second
	defaultStaleAfter  = time.Minute
)

// Change is an entry's new value, or its removal when the value is not Set.
type Change struct {
	Key   string
	Value mail.Text
}

// Read gives the entries in the order of the file; a file that is not there has
// none. Errors are *FormatError, or from the system with the path in them.
func (f File) Read() ([]Entry, error) {
	entries, _, err := f.read()
	return entries, err
}

// read also gives what is known of the file, nil if it is not there.
func (f File) read() ([]Entry, fs.FileInfo, error) {
	file, info, err := openFile(f.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, MaxSize+1))
	if err != nil {
		return nil, nil, err
	}
	if len(data) > MaxSize {
		return nil, nil, &FormatError{Path: f.Path, Line: 1, Reason: fmt.Sprintf("it is larger than %d MiB", MaxSize>>20)}
	}
	entries, err := Parse(data, f.Path)
	return entries, info, err
}

// openFile opens a file to read, but nothing that could be waited for, as a pipe.
func openFile(path string) (*os.File, fs.FileInfo, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a regular file", path)
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, info, nil
}

// Update makes the changes in one step: others see all of them or none. Keys
// must begin with priv/ or shared/, and the file must not become larger than
// [MaxSize]. Mode and owner of the file stay; a new file
// gets those of its folder, which must be there. The context ends the wait for
// the lock only.
func (f File) Update(ctx context.Context, changes ...Change) error {
	for _, c := range changes {
		if !strings.HasPrefix(c.Key, "priv/") && !strings.HasPrefix(c.Key, "shared/") {
			return fmt.Errorf("%s: the key %q does not begin with priv/ or shared/", f.Path, c.Key)
		}
	}
	if f.LockTimeout <= 0 {
		f.LockTimeout = defaultLockTimeout
	}
	if f.StaleAfter <= 0 {
		f.StaleAfter = defaultStaleAfter
	}
	ctx, cancel := context.WithTimeoutCause(ctx, f.LockTimeout, errLockTimeout)
	defer cancel()
	for {
		err := f.update(ctx, changes)
		if !errors.Is(err, errLockLost) || ctx.Err() != nil {
			return err
		}
		// Another process took the lock for a stale one. What it wrote is read
		// with the next lock.
	}
}

// update is one try with one lock.
func (f File) update(ctx context.Context, changes []Change) error {
	l, err := acquire(ctx, f.Path, f.StaleAfter)
	if err != nil {
		return err
	}
	defer l.release()
	entries, info, err := f.read()
	if err != nil {
		return err
	}
	entries, changed := apply(entries, changes)
	if !changed {
		return nil
	}
	data := Append(nil, entries)
	if len(data) > MaxSize {
		return fmt.Errorf("%s: with this change it would be larger than %d MiB, and luapush could not read it any more: nothing was changed", f.Path, MaxSize>>20)
	}
	if err := keepOwner(l.file, info, filepath.Dir(f.Path)); err != nil {
		return fmt.Errorf("%s: %w", f.Path, err)
	}
	if _, err := l.file.Write(data); err != nil {
		return err
	}
	return l.commit()
}

// apply gives the entries with the changes made, and whether there were any.
func apply(entries []Entry, changes []Change) ([]Entry, bool) {
	changed := false
	for _, c := range changes {
		at := -1
		for i := range entries {
			if entries[i].Key == c.Key {
				at = i
				break
			}
		}
		switch {
		case at < 0 && c.Value.Set:
			entries = append(entries, Entry{c.Key, c.Value.Value})
		case at < 0 || c.Value.Set && entries[at].Value == c.Value.Value:
			continue
		case c.Value.Set:
			entries[at].Value = c.Value.Value
		default:
			entries = append(entries[:at], entries[at+1:]...)
		}
		changed = true
	}
	return entries, changed
}
