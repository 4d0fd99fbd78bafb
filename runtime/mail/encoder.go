package mail

import (
	"encoding/base64"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// AppendJSON appends the transaction's document to dst, in canonical form,
// without a line end. It fails for what a Reader would not accept back: an
// unknown event, a name that is not UTF-8 or that is there twice, a Field
// whose Raw is not JSON. dst then is as it was.
func (t *Transaction) AppendJSON(dst []byte) ([]byte, error) {
	e := encoder{dst: dst}
	writeObject(&e, transactionFields, t, t.Unknown)
	if e.err != nil {
		if at := strings.TrimPrefix(e.at, "."); at != "" {
			e.err = fmt.Errorf("%s: %w", at, e.err)
		}
		return dst, fmt.Errorf("mail: the transaction cannot be written: %w", e.err)
	}
	return e.dst, nil
}

// Writer writes transactions, one a line.
type Writer struct {
	w   io.Writer
	buf []byte
}

// NewWriter returns a Writer to w. It does not buffer: each transaction is one
// Write, so that what several processes append to a file stays whole.
func NewWriter(w io.Writer) *Writer { return &Writer{w: w} }

// Write writes t in canonical form and a line end. An error of AppendJSON
// leaves nothing written.
func (w *Writer) Write(t *Transaction) error {
	line, err := t.AppendJSON(w.buf[:0])
	if err != nil {
		return err
	}
	line = append(line, '\n')
	if cap(line) <= keepBuffer {
		w.buf = line
	}
	_, err = w.w.Write(line)
	return err
}

// encoder appends a document. The first error sticks; at is the path to it,
// which is put together on the way back up.
type encoder struct {
	dst []byte
	err error
	at  string
}

func (e *encoder) fail(err error) {
	if e.err == nil {
		e.err = err
	}
}

func (e *encoder) failf(format string, args ...any) { e.fail(fmt.Errorf(format, args...)) }

// within runs write, whose errors belong to the field or element called name.
func (e *encoder) within(name func() string, write func()) {
	good := e.err == nil
	write()
	if good && e.err != nil {
		e.at = name() + e.at
	}
}

func writeObject[T any](e *encoder, fields []field[T], t *T, unknown []Field) {
	e.dst = append(e.dst, '{')
	start := len(e.dst)
	for i := range fields {
		f := &fields[i]
		if f.present != nil && !f.required && !f.present(t) {
			continue
		}
		e.comma(start)
		e.dst = append(append(append(e.dst, '"'), f.name...), '"', ':') // known names need no escapes
		e.within(func() string { return "." + f.name }, func() { f.write(e, t) })
	}
	for i := range unknown {
		u := &unknown[i]
		e.comma(start)
		e.within(func() string { return "[" + quoteShort(u.Name) + "]" }, func() {
			if findField(fields, []byte(u.Name), 0) >= 0 {
				e.failf("an unknown field has the name of a known one")
			}
			e.name(u.Name)
			e.raw(u.Raw)
		})
	}
	e.unique(len(unknown), func(i int) string { return unknown[i].Name })
	e.dst = append(e.dst, '}')
}

func writeMap[V any](e *encoder, m Map[V], value func(string, V)) {
	e.dst = append(e.dst, '{')
	start := len(e.dst)
	for i := range m {
		e.comma(start)
		e.within(func() string { return "[" + quoteShort(m[i].Key) + "]" }, func() {
			e.name(m[i].Key)
			value(m[i].Key, m[i].Value)
		})
	}
	e.unique(len(m), func(i int) string { return m[i].Key })
	e.dst = append(e.dst, '}')
}

// unique fails when two of the n names are the same.
func (e *encoder) unique(n int, name func(int) string) {
	if n < 2 {
		return
	}
	seen := make(map[string]struct{}, n)
	for i := range n {
		if _, twice := seen[name(i)]; twice {
			e.failf("the name %s is there twice", quoteShort(name(i)))
			return
		}
		seen[name(i)] = struct{}{}
	}
}

// array appends n elements.
func (e *encoder) array(n int, element func(int)) {
	e.dst = append(e.dst, '[')
	start := len(e.dst)
	for i := range n {
		e.comma(start)
		e.within(func() string { return "[" + strconv.Itoa(i) + "]" }, func() { element(i) })
	}
	e.dst = append(e.dst, ']')
}

// comma separates from the member before, unless the object begins at start.
func (e *encoder) comma(start int) {
	if len(e.dst) > start {
		e.dst = append(e.dst, ',')
	}
}

func (e *encoder) name(s string) {
	if !utf8.ValidString(s) {
		e.failf("the name %s is not valid UTF-8", quoteShort(s))
		return
	}
	e.quote(s)
	e.dst = append(e.dst, ':')
}

func (e *encoder) text(s string) {
	if utf8.ValidString(s) {
		e.quote(s)
		return
	}
	e.dst = append(e.dst, `{"`+base64Name+`":"`...)
	e.dst = base64.StdEncoding.AppendEncode(e.dst, []byte(s))
	e.dst = append(e.dst, `"}`...)
}

// quote appends a string that is valid UTF-8, which AppendQuote cannot refuse.
func (e *encoder) quote(s string) {
	dst, err := jsontext.AppendQuote(e.dst, s)
	if err != nil {
		e.fail(err)
		return
	}
	e.dst = dst
}

func (e *encoder) texts(list []string) {
	e.array(len(list), func(i int) { e.text(list[i]) })
}

func (e *encoder) boolean(b bool)    { e.dst = strconv.AppendBool(e.dst, b) }
func (e *encoder) negative(n int64)  { e.dst = strconv.AppendInt(e.dst, n, 10) }
func (e *encoder) unsigned(n uint64) { e.dst = strconv.AppendUint(e.dst, n, 10) }

// raw appends the value of an unknown field as it was read.
func (e *encoder) raw(s string) {
	v := jsontext.Value(s)
	if !v.IsValid() {
		e.failf("%s is not valid JSON", quoteShort(s))
		return
	}
	if err := v.Compact(); err != nil {
		e.fail(err)
		return
	}
	e.dst = append(e.dst, v...)
}
