package source

import (
	"context"
	"io"

	"github.com/luapush/luapush/runtime/mail"
)

// Window is how many transactions a reader looks ahead to see whether a
// session goes on.
const Window = 256

// NewReader yields the documents that mail's reader gives. It looks [Window]
// transactions ahead: a session ends with the last transaction of its id in
// that window, so that a file of any length needs little memory, and the
// sessions of a recording end when they ended in Dovecot. A transaction
// without a session id is a session of its own. Close closes in, if it is an
// io.Closer.
func NewReader(in io.Reader, name string) Source {
	return &reader{in: in, documents: mail.NewReader(in, name), ahead: map[string]int{}}
}

type reader struct {
	in        io.Reader
	documents *mail.Reader
	// queue is what has been read and not yet given out.
	queue []*mail.Transaction
	// ahead counts the transactions in the queue by session id.
	ahead map[string]int
	// err is how reading ended; it is told after what was read before it.
	err error
}

func (r *reader) Next(ctx context.Context) (*Delivery, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for r.err == nil && len(r.queue) < Window {
		t, err := r.documents.Next()
		if err != nil {
			r.err = err
			break
		}
		r.queue = append(r.queue, t)
		if id := t.User.SessionID.Value; id != "" {
			r.ahead[id]++
		}
	}
	if len(r.queue) == 0 {
		return nil, r.err
	}
	t := r.queue[0]
	r.queue[0] = nil
	r.queue = r.queue[1:]
	id := t.User.SessionID.Value
	if id == "" {
		return &Delivery{Transaction: t, Last: true}, nil
	}
	r.ahead[id]--
	if r.ahead[id] > 0 {
		return &Delivery{Transaction: t}, nil
	}
	delete(r.ahead, id)
	return &Delivery{Transaction: t, Last: true}, nil
}

func (r *reader) Settle(*Delivery, Outcome) error { return nil }

func (r *reader) Close() error {
	if c, ok := r.in.(io.Closer); ok {
		return c.Close()
	}
	return nil
}
