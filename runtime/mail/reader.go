package mail

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"
)

// DefaultMaxDocumentSize is the size of the largest document a Reader takes
// unless told otherwise: 64 MiB.
const DefaultMaxDocumentSize = 64 << 20

// Reader reads transaction documents: one a line, or spread over lines, or one
// after the other without anything between. Blank lines, CRLF and byte order
// marks are passed over. It holds one document at a time.
type Reader struct {
	file   string
	framer framer
	dec    decoder
	found  bool // there was a document, if only a bad one
	done   bool
}

// ReaderOption changes how a Reader reads.
type ReaderOption func(*Reader)

// MaxDocumentSize sets the size in bytes of the largest document to take.
func MaxDocumentSize(n int) ReaderOption {
	return func(r *Reader) { r.framer.limit = n }
}

// NewReader returns a Reader of r. name stands for the input in errors and in
// each transaction's Source; it is usually the file's name.
func NewReader(r io.Reader, name string, opts ...ReaderOption) *Reader {
	rd := &Reader{file: name, framer: framer{src: r, limit: DefaultMaxDocumentSize, line: 1, column: 1}}
	for _, opt := range opts {
		opt(rd)
	}
	return rd
}

// Next returns the next transaction, or io.EOF after the last. Every other
// error is a *FormatError. After one that is about a document whose end is
// known, such as a field of the wrong type, Next goes on with the document that
// follows; after any other the rest cannot be trusted and Next returns io.EOF.
// Input without a document is an error once, with the cause ErrNoTransactions.
func (r *Reader) Next() (*Transaction, error) {
	if r.done {
		return nil, io.EOF
	}
	doc, whole, err := r.framer.next()
	at := position{r.file, r.framer.line, r.framer.column}
	if err != nil {
		r.done = true
		return nil, r.inputError(err, at)
	}
	r.found = true
	if doc[0] != '{' {
		r.done = true
		return nil, notAnObject(doc, at)
	}
	t, err := r.dec.transaction(doc, at)
	if err == nil && !whole { // the framer and the JSON decoder disagree: trust neither
		err = r.dec.fail(len(doc), "", "not valid JSON", "", nil)
	}
	r.done = !whole
	r.framer.advance(len(doc))
	if err != nil {
		return nil, err
	}
	return t, nil
}

// Parse reads data, which must be exactly one document. name is as for
// NewReader.
func Parse(data []byte, name string) (*Transaction, error) {
	r := NewReader(bytes.NewReader(data), name, MaxDocumentSize(max(len(data), 1)))
	t, err := r.Next()
	if err != nil {
		return nil, err
	}
	if _, err := r.Next(); !errors.Is(err, io.EOF) {
		return nil, &FormatError{
			File: name, Line: r.framer.line, Column: r.framer.column,
			Message: "something follows the transaction", Hint: "one document was expected", Cause: err,
		}
	}
	return t, nil
}

func (r *Reader) inputError(err error, at position) error {
	e := &FormatError{File: at.file, Line: at.line, Column: at.column, Cause: err}
	switch {
	case errors.Is(err, io.EOF) && r.found:
		return io.EOF
	case errors.Is(err, io.EOF):
		e.Line, e.Column, e.Cause = 0, 0, ErrNoTransactions
		e.Message, e.Hint = "there are no transactions in it", "a transaction is one JSON object"
	case errors.Is(err, ErrTooLarge):
		e.Message = "the document is larger than " + byteSize(r.framer.limit)
		e.Hint = "leave the messages' full text out"
	default:
		e.Message = "reading failed: " + err.Error()
	}
	return e
}

func byteSize(n int) string {
	for _, unit := range []struct {
		size int
		name string
	}{{1 << 20, "MiB"}, {1 << 10, "KiB"}} {
		if n >= unit.size && n%unit.size == 0 {
			return strconv.Itoa(n/unit.size) + " " + unit.name
		}
	}
	return strconv.Itoa(n) + " bytes"
}

// notAnObject is the error for input that goes on with something else than {.
func notAnObject(rest []byte, at position) error {
	e := &FormatError{File: at.file, Line: at.line, Column: at.column}
	got := ""
	switch c := rest[0]; {
	case c == '[':
		got, e.Hint = "an array", "write one transaction after the other, without brackets and commas"
	case bytes.HasPrefix(rest, []byte("\x1f\x8b")):
		got, e.Hint = "gzip data", "unpack it first"
	case bytes.HasPrefix(rest, []byte("\xff\xfe")), bytes.HasPrefix(rest, []byte("\xfe\xff")):
		got, e.Hint = "UTF-16 text", "save it as UTF-8"
	case c == 0:
		got, e.Hint = "a NUL byte", "the file is not text"
	case c == '"', c == '-', c >= '0' && c <= '9':
		got = describeValue(rest)
	case bytes.HasPrefix(rest, []byte("null")), bytes.HasPrefix(rest, []byte("true")), bytes.HasPrefix(rest, []byte("false")):
		got = describeValue(rest)
	case startsWithRune(rest) && c >= ' ':
		r, _ := utf8.DecodeRune(rest)
		got = strconv.QuoteRune(r)
	default:
		got, e.Hint = fmt.Sprintf("the byte 0x%02x", c), "the file is not UTF-8 text"
	}
	e.Message = "expected a transaction object, got " + got
	return e
}
