package oracle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options say how the Dovecot to start is configured. In Plugin, Drivers and
// Conf, @@DIR@@ stands for the instance's directory and @@SCRIPT@@ for the
// path of the handler.
type Options struct {
	// Handler is the text of the push handler; "" is none.
	Handler string
	// Plugin is what else stands in plugin {}. Dovecot expands % in the values.
	Plugin map[string]string
	// Drivers are the values of push_notification_driver, …driver2 and so on.
	// Without any it is lua:file=@@SCRIPT@@ where there is a handler, else none.
	Drivers []string
	// Users are those who have system users of their own; as an ordinary user
	// there can be none. All others, who need not be named, share one.
	Users map[string]User
	// Conf is appended to dovecot.conf, and so goes before what stands there.
	Conf string
	// Debug is mail_debug = yes.
	Debug bool
	// Dir is where everything is kept: it is made if it is not there, and not
	// removed. "" is a temporary directory, which Stop removes.
	Dir string
}

// User is whom a mail user's processes run as.
type User struct{ UID, GID int }

// startTime bounds how long Dovecot may take to answer after its start, stopTime
// how long to end before it is killed; askTime is between two times that it is
// asked to end.
const (
	startTime = 20 * time.Second
	stopTime  = 3 * time.Second
	askTime   = 50 * time.Millisecond
)

// portTries is how often ports are chosen anew when somebody else has got them
// meanwhile.
const portTries = 5

// Instance is a running Dovecot.
type Instance struct {
	install install
	user    account
	dir     string
	made    bool // dir is ours to remove
	lock    *os.File
	token   string // begins each line of the log
	ports   ports

	mu      sync.Mutex
	options Options
	master  *process
	read    Mark
}

// Start starts a Dovecot and returns when it answers. The error is [ErrMissing]
// when there is none to start. The context bounds the start only.
func Start(ctx context.Context, o Options) (*Instance, error) {
	found, err := find(ctx)
	if err != nil {
		return nil, err
	}
	i := &Instance{install: found, options: o}
	i.options.Plugin = maps.Clone(o.Plugin)
	i.options.Drivers = slices.Clone(o.Drivers)
	if i.user, err = mailAccount(); err != nil {
		return nil, err
	}
	if i.token, err = newToken(); err != nil {
		return nil, err
	}
	if err := i.makeDir(); err != nil {
		return nil, err
	}
	if err := i.begin(ctx); err != nil {
		return nil, errors.Join(err, i.Stop())
	}
	return i, nil
}

func (i *Instance) begin(ctx context.Context) error {
	if err := writeFile(i.Handler(), []byte(i.options.Handler)); err != nil {
		return err
	}
	if err := writeFile(i.path("users"), []byte(i.users())); err != nil {
		return err
	}
	for try := 1; ; try++ {
		var err error
		if i.ports, err = freePorts(); err != nil {
			return err
		}
		err = i.launch(ctx)
		if err == nil || try == portTries || !strings.Contains(err.Error(), "Address already in use") {
			return err
		}
	}
}

// launch writes the configuration and runs Dovecot with it until it answers.
func (i *Instance) launch(ctx context.Context) error {
	text, err := i.configuration()
	if err != nil {
		return err
	}
	if err := writeFile(i.path("dovecot.conf"), []byte(text)); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	from := i.Mark()
	p, err := run(i.install.dovecot, i.path("stderr"), "-F", "-c", i.path("dovecot.conf"))
	if err != nil {
		return fmt.Errorf("oracle: %w", err)
	}
	if err := i.await(ctx, p); err != nil {
		p.stop()
		said, readErr := os.ReadFile(i.path("stderr"))
		if readErr != nil {
			return readErr
		}
		var b strings.Builder
		for _, l := range i.LogSince(from) {
			if l.Level != "Info" {
				fmt.Fprintf(&b, "\n  %s%s: %s", l.Prefix, l.Level, l.Text)
			}
		}
		return fmt.Errorf("oracle: Dovecot did not start: %w\n  %s%s", err, bytes.TrimSpace(said), b.String())
	}
	i.master = p
	return nil
}

// await waits until LMTP greets, and IMAP with it: all sockets are bound before
// the first process is made.
func (i *Instance) await(ctx context.Context, p *process) error {
	for {
		c, err := i.dialLMTP(ctx)
		if err == nil {
			c.close()
			return nil
		}
		select {
		case <-p.done:
			return errors.New("it ended")
		case <-ctx.Done():
			return fmt.Errorf("%w; last: %w", ctx.Err(), err)
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// Stop ends Dovecot and everything it started, and removes the directory if
// Start made it. Further calls do nothing.
func (i *Instance) Stop() error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.master != nil {
		i.master.stop()
		i.master = nil
	}
	if i.lock != nil {
		i.lock.Close()
		i.lock = nil
	}
	if !i.made {
		return nil
	}
	i.made = false
	return os.RemoveAll(i.dir)
}

// Restart ends Dovecot and starts it again with the same mail, ports and log.
func (i *Instance) Restart(ctx context.Context) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.master != nil {
		i.master.stop()
		i.master = nil
	}
	return i.launch(ctx)
}

// SetHandler replaces the handler, from the next mail session on: the next
// delivery, the next login. Drivers are left as they are.
func (i *Instance) SetHandler(lua string) error { return writeFile(i.Handler(), []byte(lua)) }

// SetPlugin replaces what stands in plugin {} besides the drivers, and restarts
// Dovecot.
func (i *Instance) SetPlugin(ctx context.Context, plugin map[string]string) error {
	return i.configure(ctx, func(o *Options) { o.Plugin = maps.Clone(plugin) })
}

// SetDrivers replaces the drivers, and restarts Dovecot.
func (i *Instance) SetDrivers(ctx context.Context, drivers ...string) error {
	return i.configure(ctx, func(o *Options) { o.Drivers = slices.Clone(drivers) })
}

// SetConf replaces the appended configuration, and restarts Dovecot.
func (i *Instance) SetConf(ctx context.Context, conf string) error {
	return i.configure(ctx, func(o *Options) { o.Conf = conf })
}

func (i *Instance) configure(ctx context.Context, change func(*Options)) error {
	i.mu.Lock()
	change(&i.options)
	i.mu.Unlock()
	return i.Restart(ctx)
}

// Release is Dovecot's version, such as "2.3.19.1".
func (i *Instance) Release() string { return i.install.release }

// Dir is the instance's directory.
func (i *Instance) Dir() string { return i.dir }

// Handler is the path of the handler's file.
func (i *Instance) Handler() string { return i.path("handler.lua") }

// Home is a user's home. The mail is in Maildir below it, metadata in
// dovecot-attributes.
func (i *Instance) Home(user string) string { return filepath.Join(i.dir, "mail", user) }

// Forget removes a user's mail and metadata. The user must have no session.
func (i *Instance) Forget(user string) error { return os.RemoveAll(i.Home(user)) }

// UID is the user id that mail processes run under.
func (i *Instance) UID() int { return i.user.uid }

// GID is the group id that mail processes run under.
func (i *Instance) GID() int { return i.user.gid }

func (i *Instance) path(name string) string { return filepath.Join(i.dir, name) }

// writeFile replaces a file in one step, readable by everybody: the processes
// that read it may run under other user ids.
func writeFile(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
