package mail

import (
	"bytes"
	"errors"
	"io"
)

const (
	// readSize is how much is asked of the input at once.
	readSize = 64 << 10
	// keepBuffer is how much memory a buffer may hold on to between documents.
	keepBuffer = 1 << 20
)

// framer finds where each document of a stream ends, so that one document at a
// time lies in memory. It follows nothing but strings and brackets; whether
// what is between them is JSON is the decoder's to say. It stops early where no
// JSON can go on, so that a forgotten quote or bracket is reported there and
// does not swallow the rest of the file.
type framer struct {
	src          io.Reader
	limit        int // of a document, in bytes
	buf          []byte
	start, end   int // of what was read and not yet returned
	line, column int // of buf[start], counted from 1
	eof          bool
}

// next returns the next document, which is valid until the next call, and
// leaves the framer's line and column at its first byte until advance. whole is
// false when the input ends or turns into something else inside it.
// err is io.EOF at the end, ErrTooLarge, or an error of the input.
func (f *framer) next() (doc []byte, whole bool, err error) {
	if err := f.skipBlank(); err != nil {
		return nil, false, err
	}
	if f.buf[f.start] != '{' {
		return f.buf[f.start:f.end], false, nil
	}
	var s scan
	size := 0
	for {
		size += s.scan(f.buf[f.start+size : f.end])
		switch {
		case size > f.limit:
			return nil, false, ErrTooLarge
		case s.ended || s.broken:
			return f.buf[f.start : f.start+size], s.ended, nil
		}
		if err := f.fill(); errors.Is(err, io.EOF) {
			return f.buf[f.start : f.start+size], false, nil
		} else if err != nil {
			return nil, false, err
		}
	}
}

// advance goes past n bytes.
func (f *framer) advance(n int) {
	passed := f.buf[f.start : f.start+n]
	if lines := bytes.Count(passed, []byte{'\n'}); lines > 0 {
		f.line += lines
		f.column = len(passed) - bytes.LastIndexByte(passed, '\n')
	} else {
		f.column += n
	}
	f.start += n
	if f.start == f.end {
		f.start, f.end = 0, 0
		if cap(f.buf) > keepBuffer {
			f.buf = nil
		}
	}
}

// skipBlank goes to the next byte that is no blank and no byte order mark.
func (f *framer) skipBlank() error {
	for {
		rest := f.buf[f.start:f.end]
		n := 0
		for n < len(rest) && isBlank(rest[n]) {
			n++
		}
		f.advance(n)
		rest = rest[n:]
		if len(rest) >= len(byteOrderMark) || len(rest) > 0 && (f.eof || rest[0] != byteOrderMark[0]) {
			if !bytes.HasPrefix(rest, []byte(byteOrderMark)) {
				return nil
			}
			f.advance(len(byteOrderMark))
			f.column -= len(byteOrderMark) // it is no character of the line
			continue
		}
		// A mark may lie across two reads.
		if err := f.fill(); errors.Is(err, io.EOF) && len(rest) > 0 {
			return nil
		} else if err != nil {
			return err
		}
	}
}

const byteOrderMark = "\ufeff"

func isBlank(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// fill reads at least one byte more, or returns io.EOF or the input's error.
func (f *framer) fill() error {
	if f.eof {
		return io.EOF
	}
	if f.start > 0 && len(f.buf)-f.end < readSize {
		f.end = copy(f.buf, f.buf[f.start:f.end])
		f.start = 0
	}
	if len(f.buf)-f.end < readSize/2 {
		bigger := make([]byte, max(2*len(f.buf), readSize))
		f.end = copy(bigger, f.buf[f.start:f.end])
		f.start, f.buf = 0, bigger
	}
	for range 100 { // as bufio does, against readers that return nothing for ever
		n, err := f.src.Read(f.buf[f.end:])
		f.end += n
		if errors.Is(err, io.EOF) {
			f.eof = true
		}
		if n > 0 {
			return nil // an error comes again with the next read
		}
		if err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}

// scan is how far into a document the framer is.
type scan struct {
	depth    int
	inString bool
	escaped  bool // the byte before was a \ in a string
	last     byte // the last byte that is no blank, outside strings
	ended    bool // the document's last bracket was passed
	broken   bool // no JSON goes on after the byte passed last
}

// scan passes bytes until the document ends or breaks, and returns how many.
func (s *scan) scan(b []byte) int {
	for i := 0; i < len(b); {
		if s.inString {
			i += s.scanString(b[i:])
			if s.broken {
				return i
			}
			continue
		}
		c := b[i]
		i++
		switch {
		case isBlank(c):
			continue
		case c == '"':
			s.inString = true
		case c == '{' || c == '[':
			if s.depth > 0 && s.last != ':' && s.last != ',' && s.last != '[' {
				s.broken = true
				return i
			}
			s.depth++
		case c == '}' || c == ']':
			s.depth--
			if s.depth == 0 {
				s.ended = true
				return i
			}
		case c < ' ' || c >= 0x7f:
			s.broken = true
			return i
		}
		s.last = c
	}
	return len(b)
}

// scanString passes bytes until the string ends or breaks.
func (s *scan) scanString(b []byte) int {
	for i := 0; i < len(b); i++ {
		if s.escaped {
			s.escaped = false
			s.broken = b[i] < ' '
		} else {
			for i < len(b) && plain[b[i]] {
				i++
			}
			if i == len(b) {
				return i
			}
			switch b[i] {
			case '"':
				s.inString = false
				return i + 1
			case '\\':
				s.escaped = true
			default:
				s.broken = true
			}
		}
		if s.broken {
			return i + 1
		}
	}
	return len(b)
}

// plain is the bytes that stand for themselves in a string.
var plain = func() (t [256]bool) {
	for c := range t {
		t[c] = c >= ' ' && c != '"' && c != '\\'
	}
	return t
}()
