package main

import (
	"context"
	"io"
)

// stdin is standard input, whose reading ends when the user interrupts luapush.
func (a *application) stdin() io.Reader { return &interruptible{ctx: a.ctx, from: a.env.Stdin} }

// interruptible is a reader that does not wait longer than its context lasts. A
// read of a terminal or pipe cannot be called back: its goroutine stays until
// there is input, or the process ends.
type interruptible struct {
	ctx  context.Context
	from io.Reader
	buf  []byte
}

// Read implements io.Reader.
func (r *interruptible) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	if len(r.buf) < len(p) {
		r.buf = make([]byte, len(p))
	}
	type outcome struct {
		n   int
		err error
	}
	done := make(chan outcome, 1)
	// The read has a buffer of its own, since p is the caller's again after an
	// interrupt.
	buf := r.buf[:len(p)]
	go func() {
		n, err := r.from.Read(buf)
		done <- outcome{n, err}
	}()
	select {
	case o := <-done:
		return copy(p, buf[:o.n]), o.err
	case <-r.ctx.Done():
		return 0, r.ctx.Err()
	}
}
