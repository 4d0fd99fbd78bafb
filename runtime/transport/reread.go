package transport

import (
	"fmt"
	"io"
	"sync/atomic"
)

// rereader stands between a connection and net/http: it reads the answer as Dovecot does and hands net/http one that
// says the same without anything odd in it. What the head really was is kept in answer.
type rereader struct {
	method string
	head   headReader
	// answer is set once it has come. The connection's lock guards everything else, and the next request may have the
	// connection before this one looks here.
	answer atomic.Pointer[Answer]

	chunked bool
	chunks  chunkReader
	left    int64 // of a body without chunks; -1 is all there is
	over    bool  // the answer has been read
	out     []byte
	err     error // comes after out
}

// take takes what was read, and the error that came with it.
func (r *rereader) take(data []byte, err error) {
	if !r.head.done() {
		n := r.head.feed(data)
		data = data[n:]
		if r.head.done() {
			r.begin()
		}
	}
	if r.answer.Load() != nil {
		r.body(data)
	}
	if err == nil || r.err != nil {
		return
	}
	r.err = err
	if r.chunked && !r.over {
		r.err = cut(err, r.chunks.end())
	}
}

// begin writes the head for net/http.
func (r *rereader) begin() {
	a := r.head.answer
	defer r.answer.Store(&a)
	if a.Fault == "" {
		r.left, r.chunked = a.framing(r.method)
	}
	more := ""
	if a.last() {
		more = "Connection: close\r\n"
	}
	switch {
	case a.Fault != "":
		r.left, r.chunked, r.over = 0, false, true
		more += "Content-Length: 0\r\n"
	case r.chunked:
		more += "Transfer-Encoding: chunked\r\n"
	case r.left >= 0:
		more += fmt.Sprintf("Content-Length: %d\r\n", r.left)
		r.over = r.left == 0
	}
	r.out = append(r.out, "HTTP/1.1 200 OK\r\n"+more+"\r\n"...)
}

// body hands on what has come of the body.
func (r *rereader) body(data []byte) {
	for len(data) > 0 && r.err == nil {
		switch {
		case r.over:
			r.err = io.EOF // nobody asked for more, so the connection cannot be used again
			return
		case r.chunked:
			piece, used, err := r.chunks.next(data)
			data = data[used:]
			if len(piece) > 0 {
				r.out = fmt.Appendf(r.out, "%x\r\n", len(piece))
				r.out = append(append(r.out, piece...), "\r\n"...)
			}
			if r.err = err; r.chunks.state == chunksDone {
				r.over = true
				r.out = append(r.out, "0\r\n\r\n"...)
			}
		case r.left < 0:
			r.out = append(r.out, data...)
			return
		default:
			n := min(int64(len(data)), r.left)
			r.out = append(r.out, data[:n]...)
			data = data[n:]
			r.left -= n
			r.over = r.left == 0
		}
	}
}

// give hands out what is ready; ok is false when more must be read first.
func (r *rereader) give(p []byte) (n int, err error, ok bool) { //nolint:revive // the error comes with n, as in Read
	if len(r.out) > 0 {
		n = copy(p, r.out)
		r.out = append(r.out[:0], r.out[n:]...)
		return n, nil, true
	}
	return 0, r.err, r.err != nil
}
