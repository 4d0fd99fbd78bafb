package trace

import (
	"encoding/base64"
	"io"
	"strconv"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// JSON writes each record as one line of JSON. The names and the order of the
// fields are stable: golden files depend on them. A text that is not UTF-8 is
// written as {"$base64":"…"}, as in the transaction document.
//
// It is safe for concurrent use. Write errors are kept for Err.
type JSON struct {
	mu  sync.Mutex
	out io.Writer
	buf []byte
	err error
}

// NewJSON gives a writer of records to out, each in a single Write.
func NewJSON(out io.Writer) *JSON { return &JSON{out: out} }

// Err is the first error of the writer below.
func (j *JSON) Err() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.err
}

// Observe implements [Observer].
func (j *JSON) Observe(r Record) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.err != nil {
		return
	}
	o := object{buf: append(j.buf[:0], `{"type":"`...)}
	o.buf = append(o.buf, r.Kind()...)
	o.buf = append(o.buf, '"')
	if n := r.Transaction(); n != 0 {
		o.int("txn", n)
	}
	o.optional("driver", DriverOf(r))
	o.record(r)
	o.buf = append(o.buf, '}', '\n')
	j.buf = o.buf
	_, j.err = j.out.Write(o.buf)
}

// object appends members to a JSON object whose first member is written.
type object struct{ buf []byte }

func (o *object) record(r Record) {
	switch r := r.(type) {
	case *Load:
		o.text("script", r.Script)
		o.text("lua", r.Lua)
		o.list("handlers", r.Handlers)
	case *Begin:
		o.optional("scenario", r.Scenario)
		o.text("user", r.User)
		o.place("file", r.File, r.Line)
	case *Call:
		o.text("function", r.Function)
		o.optional("event", r.Event)
		o.optional("mailbox", r.Mailbox)
		if r.HasUID {
			o.int("uid", int64(r.UID))
		}
		o.int("micros", r.Took.Microseconds())
	case *HTTP:
		o.http(r)
	case *Log:
		o.log(r)
	case *Metadata:
		o.text("op", r.Op)
		o.text("mailbox", r.Mailbox)
		o.text("key", r.Key)
		if r.Op == "set" {
			o.text("value", r.Value)
		}
	case *Note:
		o.text("message", Redact(r.Message))
	case *Error:
		o.fault(r)
	case *End:
		o.bool("success", r.Success)
		o.int("requests", int64(r.Requests))
		o.int("errors", int64(r.Errors))
		o.optional("skipped", r.Skipped)
		if r.Aborted {
			o.bool("aborted", true)
		}
	}
}

func (o *object) http(r *HTTP) {
	o.text("method", r.Method)
	o.text("url", Redact(r.URL))
	o.name("headers")
	o.buf = append(o.buf, '{')
	// A header that is given twice has its values in one list, at the place
	// of the first.
	first := true
	for i, h := range r.Headers {
		if indexHeader(r.Headers[:i], h.Name) >= 0 {
			continue
		}
		if !first {
			o.buf = append(o.buf, ',')
		}
		first = false
		o.buf = appendText(o.buf, h.Name)
		o.buf = append(o.buf, ":["...)
		for k, same := range r.Headers[i:] {
			if same.Name != h.Name {
				continue
			}
			if k > 0 {
				o.buf = append(o.buf, ',')
			}
			o.buf = appendText(o.buf, RedactHeader(same.Name, same.Value))
		}
		o.buf = append(o.buf, ']')
	}
	o.buf = append(o.buf, '}')
	o.text("body", r.Body)
	o.int("status", int64(r.Status))
	o.text("reason", Redact(r.Reason))
	o.int("attempts", int64(r.Attempts))
	if r.Dry {
		o.bool("dry", true)
	}
	o.place("script", r.Script, r.Line)
}

func indexHeader(headers []Header, name string) int {
	for i, h := range headers {
		if h.Name == name {
			return i
		}
	}
	return -1
}

func (o *object) log(r *Log) {
	o.text("level", string(r.Level))
	o.text("message", Redact(r.Message))
	o.optional("event", r.Event)
	if len(r.Fields) > 0 {
		o.name("fields")
		o.buf = append(o.buf, '{')
		for i, f := range r.Fields {
			if i > 0 {
				o.buf = append(o.buf, ',')
			}
			o.buf = appendText(o.buf, f.Key)
			o.buf = append(o.buf, ':')
			switch v := f.Value.(type) {
			case int64:
				o.buf = strconv.AppendInt(o.buf, v, 10)
			case time.Time:
				o.buf = appendText(o.buf, v.UTC().Format("2006-01-02T15:04:05.000000Z"))
			case string:
				o.buf = appendText(o.buf, Redact(v))
			}
		}
		o.buf = append(o.buf, '}')
	}
	if r.Suppressed {
		o.bool("suppressed", true)
	}
	if r.Replaced {
		o.bool("replaced", true)
	}
	o.place("script", r.Script, r.Line)
}

func (o *object) fault(r *Error) {
	o.text("code", r.Code)
	o.text("message", Redact(r.Message))
	o.optional("function", r.Function)
	o.place("script", r.Script, r.Line)
	if r.Column > 0 {
		o.int("column", int64(r.Column))
	}
	o.list("traceback", r.Traceback)
	o.optional("hint", r.Hint)
	if r.Temporary {
		o.bool("temporary", true)
	}
}

func (o *object) name(name string) {
	o.buf = append(o.buf, ',', '"')
	o.buf = append(o.buf, name...)
	o.buf = append(o.buf, '"', ':')
}

func (o *object) text(name, value string) {
	o.name(name)
	o.buf = appendText(o.buf, value)
}

func (o *object) optional(name, value string) {
	if value != "" {
		o.text(name, value)
	}
}

func (o *object) place(name, file string, line int) {
	if file == "" {
		return
	}
	o.text(name, file)
	if line > 0 {
		o.int("line", int64(line))
	}
}

func (o *object) int(name string, value int64) {
	o.name(name)
	o.buf = strconv.AppendInt(o.buf, value, 10)
}

func (o *object) bool(name string, value bool) {
	o.name(name)
	o.buf = strconv.AppendBool(o.buf, value)
}

func (o *object) list(name string, values []string) {
	o.name(name)
	o.buf = append(o.buf, '[')
	for i, v := range values {
		if i > 0 {
			o.buf = append(o.buf, ',')
		}
		o.buf = appendText(o.buf, Redact(v))
	}
	o.buf = append(o.buf, ']')
}

// appendText appends a JSON string, or the document's form of bytes that are
// not UTF-8.
func appendText(buf []byte, s string) []byte {
	if utf8.ValidString(s) {
		// The string is valid UTF-8, for which AppendQuote has no error.
		quoted, _ := jsontext.AppendQuote(buf, s)
		return quoted
	}
	buf = append(buf, `{"$base64":"`...)
	buf = base64.StdEncoding.AppendEncode(buf, []byte(s))
	return append(buf, `"}`...)
}
