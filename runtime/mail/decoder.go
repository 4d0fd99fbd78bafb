package mail

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// decoder reads one document that lies in memory as a whole.
type decoder struct {
	json    jsontext.Decoder
	input   bytes.Buffer
	doc     []byte
	at      position // of doc's first byte
	scratch []byte
}

// position is a place in the input.
type position struct {
	file         string
	line, column int
}

// transaction reads doc. whole is false when doc is known to end too early.
func (d *decoder) transaction(doc []byte, at position) (*Transaction, error) {
	d.doc, d.at = doc, at
	d.input = *bytes.NewBuffer(doc)
	d.json.Reset(&d.input)
	t := &Transaction{Version: Version, Success: true, Source: Source{at.file, at.line}}
	if err := readObject(d, transactionFields, t, &t.Unknown); err != nil {
		return nil, err
	}
	if rest := doc[d.json.InputOffset():]; len(rest) > 0 {
		return nil, d.fail(len(doc)-len(rest), "", "more than one object where one was expected", "", nil)
	}
	return t, nil
}

// readObject reads the object that comes next into t, and the fields that are
// not listed into unknown.
func readObject[T any](d *decoder, fields []field[T], t *T, unknown *[]Field) error {
	start, err := d.open('{', "an object", "")
	if err != nil {
		return err
	}
	var seen uint64
	next := 0 // documents are mostly in canonical order
	for d.json.PeekKind() != '}' {
		name, err := d.name()
		if err != nil {
			return err
		}
		i := findField(fields, name, next)
		if i < 0 {
			if err := d.unknown(string(name), unknown); err != nil {
				return err
			}
			continue
		}
		if err := fields[i].read(d, t); err != nil {
			return err
		}
		seen |= 1 << i
		next = i + 1
	}
	if _, err := d.json.ReadToken(); err != nil {
		return d.syntax(err)
	}
	for i := range fields {
		if fields[i].required && seen&(1<<i) == 0 {
			return d.missing(start, fields[i].name)
		}
	}
	return nil
}

func findField[T any](fields []field[T], name []byte, from int) int {
	for k := range fields {
		i := from + k
		if i >= len(fields) {
			i -= len(fields)
		}
		if fields[i].name == string(name) {
			return i
		}
	}
	return -1
}

// readMap reads an object with members of any name. value gets the name.
func readMap[V any](d *decoder, m *Map[V], value func(string) (V, error)) error {
	if _, err := d.open('{', "an object", ""); err != nil {
		return err
	}
	*m = Map[V]{}
	for d.json.PeekKind() != '}' {
		name, err := d.name()
		if err != nil {
			return err
		}
		key := string(name)
		v, err := value(key)
		if err != nil {
			return err
		}
		*m = append(*m, Entry[V]{key, v})
	}
	_, err := d.json.ReadToken()
	return d.syntax(err)
}

// elements reads an array, element by element.
func (d *decoder) elements(expected string, element func() error) error {
	if _, err := d.open('[', expected, ""); err != nil {
		return err
	}
	for d.json.PeekKind() != ']' {
		if err := element(); err != nil {
			return err
		}
	}
	_, err := d.json.ReadToken()
	return d.syntax(err)
}

// open reads the start of an object or array, and returns where it is.
func (d *decoder) open(kind jsontext.Kind, expected, hint string) (int, error) {
	switch d.json.PeekKind() {
	case kind:
		_, err := d.json.ReadToken()
		return int(d.json.InputOffset()) - 1, d.syntax(err)
	default:
		v, err := d.json.ReadValue()
		if err != nil {
			return 0, d.syntax(err)
		}
		return 0, d.mismatch(v, expected, hint)
	}
}

// name reads the name of an object's next member. It is valid until the next
// read.
func (d *decoder) name() ([]byte, error) {
	v, err := d.json.ReadValue()
	if err != nil {
		return nil, d.syntax(err)
	}
	if bytes.IndexByte(v, '\\') < 0 {
		return v[1 : len(v)-1], nil
	}
	return d.unquote(v)
}

// unknown keeps the value that comes next as it is, less the blanks.
func (d *decoder) unknown(name string, fields *[]Field) error {
	v, err := d.json.ReadValue()
	if err != nil {
		return d.syntax(err)
	}
	raw := v.Clone()
	if err := raw.Compact(); err != nil {
		return d.syntax(err)
	}
	*fields = append(*fields, Field{name, string(raw)})
	return nil
}

// unquote returns what the JSON string v stands for, in the scratch buffer.
func (d *decoder) unquote(v []byte) ([]byte, error) {
	b, err := jsontext.AppendUnquote(d.scratch[:0], v)
	if err != nil {
		return nil, d.syntax(err)
	}
	if cap(b) <= keepBuffer {
		d.scratch = b
	}
	return b, nil
}

// fail builds the error for what stands at offset of the document.
func (d *decoder) fail(offset int, field, message, hint string, cause error) *FormatError {
	offset = min(max(offset, 0), len(d.doc))
	before := d.doc[:offset]
	line, column := d.at.line+bytes.Count(before, []byte{'\n'}), d.at.column+offset
	if nl := bytes.LastIndexByte(before, '\n'); nl >= 0 {
		column = offset - nl
	}
	return &FormatError{
		File: d.at.file, Line: line, Column: column,
		Field: field, Message: message, Hint: hint, Cause: cause,
	}
}

// path is the path of the value read last.
func (d *decoder) path() string { return d.pathOf(string(d.json.StackPointer())) }

func (d *decoder) pathOf(pointer string) string {
	return fieldPath(pointer, func(level int, token string) bool {
		if level < d.json.StackDepth() {
			kind, _ := d.json.StackIndex(level + 1)
			return kind == '['
		}
		// Inside a value that was to be read in one go: only the token tells.
		return strings.Trim(token, "0123456789") == ""
	})
}

func (d *decoder) missing(start int, name string) error {
	path := d.path()
	if path != "" {
		path += "."
	}
	return d.fail(start, path+name, "the field is missing", "every "+owner(path)+" has one", nil)
}

func owner(path string) string {
	switch {
	case strings.HasPrefix(path, "events["):
		return "event"
	case strings.HasPrefix(path, "messages["):
		return "message"
	case strings.HasPrefix(path, "user"):
		return "user"
	}
	return "transaction"
}

// mismatch is the error for the value v, which was read last.
func (d *decoder) mismatch(v []byte, expected, hint string) error {
	got := describeValue(v)
	if v[0] == 'n' {
		hint = "leave a field without a value out"
	}
	return d.fail(int(d.json.InputOffset())-len(v), d.path(), "expected "+expected+", got "+got, hint, nil)
}

func describeValue(v []byte) string {
	switch v[0] {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case 'n':
		return "null"
	case 't', 'f':
		return "a boolean"
	}
	return "a number"
}

// syntax turns an error of the JSON decoder into ours; nil stays nil.
func (d *decoder) syntax(err error) error {
	if err == nil {
		return nil
	}
	var syn *jsontext.SyntacticError
	if !errors.As(err, &syn) { // the decoder reads from memory: only its end is left
		return d.fail(len(d.doc), "", "the document ends in the middle", truncatedHint, io.ErrUnexpectedEOF)
	}
	offset := int(syn.ByteOffset)
	path := d.pathOf(string(syn.JSONPointer))
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return d.fail(len(d.doc), path, "the document ends in the middle", truncatedHint, err)
	}
	if errors.Is(err, jsontext.ErrDuplicateName) {
		return d.fail(offset, path, "the field is there twice", "keep one of the two", err)
	}
	message, hint := describeSyntax(syn.Err.Error(), d.doc[min(offset, len(d.doc)):])
	return d.fail(offset, path, message, hint, err)
}

const truncatedHint = "the file was cut off, or is still being written"

// describeSyntax says what is wrong with rest, of which the JSON decoder says
// what.
func describeSyntax(what string, rest []byte) (message, hint string) {
	if len(rest) == 0 {
		return "not valid JSON: " + what, ""
	}
	switch c := rest[0]; {
	case c == 0:
		return "a NUL byte", `write \u0000 inside a string; a file full of them is binary or UTF-16, and must be UTF-8`
	case c == '\n' || c == '\r':
		return "a line ends inside a string", `close the string with ", or write \n for a line break in it`
	case c < ' ' || c == 0x7f:
		return "not valid JSON: " + what, `write control characters as \u00XX`
	case c >= utf8.RuneSelf && !startsWithRune(rest):
		return "bytes that are not valid UTF-8", `write such a string as {"$base64":"…"}`
	case c == ',':
		return "not valid JSON: " + what, "there is a comma too many"
	case strings.Contains(what, "surrogate"):
		return "not valid JSON: " + what, `half a character cannot be written; write such bytes as {"$base64":"…"}`
	}
	return "not valid JSON: " + what, ""
}

func startsWithRune(b []byte) bool {
	r, size := utf8.DecodeRune(b)
	return r != utf8.RuneError || size > 1
}
