package library

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// File is an open file of a script.
type File interface {
	io.Reader
	io.Writer
	io.Seeker
	io.Closer
}

// Process is a program that io.popen started: one end of it can be read or
// written.
type Process interface {
	io.Reader
	io.Writer
	// Kill ends the program and whatever waits for it. It may be called from
	// any goroutine.
	Kill()
	// Close waits for the end. The result is as that of [System].Execute.
	Close() (how string, code int, err error)
}

// System is what lies outside of the program. Every function is called with
// the state's goroutine and may be called from many at the same time. Errors
// are shown to scripts: a syscall.Errno inside gives the number. A *[Denied] is
// raised, whatever the call would give for other errors.
type System struct {
	// Open opens a file in one of C's modes: r, w, a, r+, w+ or a+.
	Open func(name, mode string) (File, error)
	// Temporary makes an empty file that nobody else has and gives its name.
	Temporary func() (name string, err error)
	Remove    func(name string) error
	Rename    func(from, to string) error
	Getenv    func(name string) (string, bool)
	// NoShell makes os.execute() say that there are no commands.
	NoShell bool
	// Execute runs a command to its end: how is "exit" or "signal".
	Execute func(ctx context.Context, command string) (how string, code int, err error)
	// Popen starts a command whose output is read, mode "r", or whose input
	// is written, mode "w".
	Popen func(ctx context.Context, command, mode string) (Process, error)
	// Now is the time.
	Now func() time.Time
	// Zone is the time zone of os.date and os.time.
	Zone *time.Location
	// Used is the processor time that the program took.
	Used func() time.Duration
}

// HostSystem is the host's own files, environment, processes and clock.
func HostSystem() *System {
	began := time.Now()
	return &System{
		Open: openHost, Temporary: temporaryHost,
		Remove: removeHost, Rename: os.Rename, Getenv: os.LookupEnv,
		Execute: executeHost, Popen: popenHost,
		Now: time.Now, Zone: time.Local,
		Used: func() time.Duration { return time.Since(began) },
	}
}

// openFlags are what C's modes mean.
var openFlags = map[string]int{
	"r": os.O_RDONLY, "r+": os.O_RDWR,
	"w": os.O_WRONLY | os.O_CREATE | os.O_TRUNC, "w+": os.O_RDWR | os.O_CREATE | os.O_TRUNC,
	"a": os.O_WRONLY | os.O_CREATE | os.O_APPEND, "a+": os.O_RDWR | os.O_CREATE | os.O_APPEND,
}

// openHost does not wait: a FIFO opens at once for reading, and not at all for
// writing while nobody reads.
func openHost(name, mode string) (File, error) {
	f, err := os.OpenFile(name, openFlags[mode]|syscall.O_NONBLOCK, 0o666)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func temporaryHost() (string, error) {
	f, err := os.CreateTemp("", "lua_")
	if err != nil {
		return "", err
	}
	return f.Name(), f.Close()
}

// removeHost gives the error of C's remove: that of removing a file, or a
// directory where it is one.
func removeHost(name string) error { return os.Remove(name) }

func shell(ctx context.Context, command string) *exec.Cmd {
	return exec.CommandContext(ctx, "/bin/sh", "-c", command)
}

// ended says how a process ended.
func ended(err error) (how string, code int, failure error) {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return "exit", 0, nil
	case !errors.As(err, &exit):
		return "", 0, err
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return "signal", int(status.Signal()), nil
	}
	return "exit", exit.ExitCode(), nil
}

func executeHost(ctx context.Context, command string) (string, int, error) {
	cmd := shell(ctx, command)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	return ended(cmd.Run())
}

type process struct {
	cmd *exec.Cmd
	r   io.ReadCloser
	w   io.WriteCloser
}

func popenHost(ctx context.Context, command, mode string) (Process, error) {
	p := &process{cmd: shell(ctx, command)}
	p.cmd.Stderr = os.Stderr
	var err error
	if mode == "w" {
		p.cmd.Stdout = os.Stdout
		p.w, err = p.cmd.StdinPipe()
	} else {
		p.r, err = p.cmd.StdoutPipe()
	}
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		return nil, err
	}
	return p, nil
}

func (p *process) Read(b []byte) (int, error) {
	if p.r == nil {
		return 0, syscall.EBADF
	}
	return p.r.Read(b)
}

func (p *process) Write(b []byte) (int, error) {
	if p.w == nil {
		return 0, syscall.EBADF
	}
	return p.w.Write(b)
}

func (p *process) Kill() {
	_ = p.cmd.Process.Kill()
	// A child of the shell may hold the other end.
	if p.w != nil {
		_ = p.w.Close()
	}
	if p.r != nil {
		_ = p.r.Close()
	}
}

func (p *process) Close() (string, int, error) {
	if p.w != nil {
		_ = p.w.Close()
	}
	if p.r != nil {
		_ = p.r.Close()
	}
	return ended(p.cmd.Wait())
}

// errorText is the operating system's text for an error, as strerror has it.
func errorText(err error) string {
	text := err.Error()
	var number syscall.Errno
	if errors.As(err, &number) {
		text = number.Error()
	}
	if text != "" && text[0] >= 'a' && text[0] <= 'z' {
		text = string(text[0]&^0x20) + text[1:]
	}
	return text
}

// errorNumber is errno, 0 where the error has none.
func errorNumber(err error) int {
	var number syscall.Errno
	if errors.As(err, &number) {
		return int(number)
	}
	return 0
}
