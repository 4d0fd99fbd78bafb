package watch

import (
	"io"
	"os"
	"sync"

	"golang.org/x/term"
)

// Keyboard gives the keys that are pressed. In a terminal they come at once,
// without Enter; the terminal is as before after Close.
type Keyboard struct {
	keys    chan byte
	end     chan struct{}
	restore func() error
	// file is what was opened for reading, nil if that is somebody else's.
	file     *os.File
	terminal bool
	once     sync.Once
}

// OpenKeyboard reads keys from the terminal that in is. If in is no terminal,
// its bytes are the keys.
func OpenKeyboard(in io.Reader) (*Keyboard, error) {
	k := &Keyboard{keys: make(chan byte), end: make(chan struct{}), restore: func() error { return nil }}
	if f, ok := in.(*os.File); ok && isTerminal(f) {
		// One of our own can be closed while it is being read.
		if own, err := os.Open("/dev/tty"); err == nil {
			k.file, f = own, own
		}
		if err := k.raw(f); err != nil {
			k.close()
			return nil, err
		}
		in, k.terminal = f, true
	}
	go k.read(in)
	return k, nil
}

// isTerminal tells without changing how the file is read, as Fd does.
func isTerminal(f *os.File) (is bool) {
	c, err := f.SyscallConn()
	if err != nil {
		return false
	}
	_ = c.Control(func(fd uintptr) { is = term.IsTerminal(int(fd)) })
	return is
}

// raw turns off that the terminal collects lines, echoes, and makes signals.
func (k *Keyboard) raw(f *os.File) error {
	c, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var before *term.State
	var failed error
	if err := c.Control(func(fd uintptr) { before, failed = term.MakeRaw(int(fd)) }); err != nil {
		return err
	}
	if failed != nil {
		return failed
	}
	k.restore = func() error {
		var failed error
		if err := c.Control(func(fd uintptr) { failed = term.Restore(int(fd), before) }); err != nil {
			return err
		}
		return failed
	}
	return nil
}

// Terminal tells whether keys come from a terminal, which is in raw mode then:
// a line that is written to it must end with a carriage return, too.
func (k *Keyboard) Terminal() bool { return k.terminal }

// Keys gives the keys; it is closed at the end of the input.
func (k *Keyboard) Keys() <-chan byte { return k.keys }

// Close puts the terminal back as it was. It may be called more than once.
func (k *Keyboard) Close() (err error) {
	k.once.Do(func() {
		err = k.restore()
		k.close()
	})
	return err
}

func (k *Keyboard) close() {
	close(k.end)
	if k.file != nil {
		_ = k.file.Close() // nothing was written to it
	}
}

func (k *Keyboard) read(in io.Reader) {
	defer close(k.keys)
	var b [64]byte
	for {
		n, err := in.Read(b[:])
		for _, key := range b[:n] {
			select {
			case k.keys <- key:
			case <-k.end:
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// NewLines gives a writer that ends lines for a terminal in raw mode.
func NewLines(out io.Writer) io.Writer { return &lines{out} }

type lines struct{ out io.Writer }

// Write implements io.Writer.
func (l *lines) Write(p []byte) (int, error) {
	made := make([]byte, 0, len(p)+8)
	for i, b := range p {
		if b == '\n' && (i == 0 || p[i-1] != '\r') {
			made = append(made, '\r')
		}
		made = append(made, b)
	}
	if _, err := l.out.Write(made); err != nil {
		return 0, err
	}
	return len(p), nil
}
