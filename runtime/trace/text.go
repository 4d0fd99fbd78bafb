package trace

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"
)

// TextOptions are choices of the readable form.
type TextOptions struct {
	// Color marks errors, levels and statuses with terminal colours.
	Color bool
	// Debug shows debug lines that Dovecot would suppress, too.
	Debug bool
	// Width cuts bodies and messages that are longer, in characters; 0 is no
	// limit.
	Width int
}

// Text writes records as a tree that people read: the transaction, below it
// the calls, below them what each call did. It is safe for concurrent use, and
// keeps the first write error for Err.
type Text struct {
	mu      sync.Mutex
	out     io.Writer
	options TextOptions
	buf     strings.Builder
	err     error
}

// NewText gives a writer of the readable form to out, one Write a record.
func NewText(out io.Writer, options TextOptions) *Text {
	return &Text{out: out, options: options}
}

// Err is the first error of the writer below.
func (t *Text) Err() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.err
}

// Observe implements [Observer].
func (t *Text) Observe(r Record) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.err != nil {
		return
	}
	t.buf.Reset()
	t.record(r)
	if t.buf.Len() > 0 {
		_, t.err = io.WriteString(t.out, t.buf.String())
	}
}

func (t *Text) record(r Record) {
	switch r := r.(type) {
	case *Load:
		handlers := "no event functions"
		if len(r.Handlers) > 0 {
			handlers = strings.Join(r.Handlers, ", ")
		}
		t.line(0, "%s%s  Lua %s, %s", t.tag(r), printable(r.Script), r.Lua, handlers)
	case *Begin:
		title := strconv.FormatInt(r.Transaction(), 10)
		if r.Scenario != "" {
			title += " " + printable(r.Scenario)
		}
		place := ""
		if r.File != "" {
			place = t.color(faint, "  "+printable(r.File)+":"+strconv.Itoa(r.Line))
		}
		t.line(0, "")
		t.line(0, "%s  %s%s", t.color(bold, title), printable(r.User), place)
	case *Call:
		if r.Txn == 0 && !t.options.Debug {
			// Sessions come and go between transactions; their own calls are
			// worth a line only to those who look for it.
			return
		}
		name := strings.TrimPrefix(r.Function, "dovecot_lua_notify_")
		name = strings.TrimPrefix(name, "event_")
		what := ""
		if r.Mailbox != "" {
			what = "  " + printable(r.Mailbox)
		}
		if r.HasUID {
			what += " uid " + strconv.FormatUint(uint64(r.UID), 10)
		}
		t.line(1, "%s%s%s%s", t.tag(r), name, what, t.color(faint, "  "+micros(r.Took)))
	case *HTTP:
		t.http(r)
	case *Log:
		t.log(r)
	case *Metadata:
		where := "user"
		if r.Mailbox != "" {
			where = "mailbox " + printable(r.Mailbox)
		}
		if r.Op == "set" {
			t.line(2, "%smetadata of %s: %s = %s", t.outside(r), where, printable(r.Key), t.cut(quoted(r.Value)))
		} else {
			t.line(2, "%smetadata of %s: %s removed", t.outside(r), where, printable(r.Key))
		}
	case *Note:
		depth := 2
		if r.Host {
			depth = 0
		}
		t.line(depth, "%s%s %s", t.outside(r), t.color(yellow, "note"), printable(Redact(r.Message)))
	case *Error:
		t.fault(r)
	case *End:
		t.end(r)
	}
}

// tag names the driver in front of a line, where there are several.
func (t *Text) tag(r Record) string {
	if d := DriverOf(r); d != "" {
		return t.color(faint, "["+printable(d)+"]") + " "
	}
	return ""
}

// outside is the tag of what a call did, which stands below the call's own line
// but for calls outside of transactions, which are not shown.
func (t *Text) outside(r Record) string {
	if r.Transaction() != 0 {
		return ""
	}
	return t.tag(r)
}

func (t *Text) http(r *HTTP) {
	outcome := fmt.Sprintf("%d %s", r.Status, printable(Redact(r.Reason)))
	color := green
	if r.Status < 200 || r.Status > 299 {
		color = red
	}
	extra := ""
	if r.Dry {
		extra = " (dry)"
	}
	if r.Attempts > 1 {
		extra += fmt.Sprintf(" after %d attempts", r.Attempts)
	}
	t.line(2, "%s%s %s  %s%s", t.outside(r), printable(r.Method), printable(Redact(r.URL)), t.color(color, outcome), extra)
	for _, h := range r.Headers {
		t.line(3, "%s: %s", printable(h.Name), t.cut(printable(RedactHeader(h.Name, h.Value))))
	}
	if r.Body != "" {
		t.line(3, "%s", t.cut(printable(r.Body)))
	}
}

func (t *Text) log(r *Log) {
	if r.Suppressed && !t.options.Debug {
		return
	}
	color := faint
	switch r.Level {
	case Warning:
		color = yellow
	case Fault:
		color = red
	}
	event := ""
	if r.Event != "" || len(r.Fields) > 0 {
		parts := make([]string, 0, len(r.Fields)+1)
		if r.Event != "" {
			parts = append(parts, printable(r.Event))
		}
		for _, f := range r.Fields {
			parts = append(parts, printable(f.Key)+"="+fieldText(f.Value))
		}
		event = "  [" + strings.Join(parts, " ") + "]"
	}
	place := ""
	if r.Script != "" {
		place = t.color(faint, "  "+printable(r.Script)+":"+strconv.Itoa(r.Line))
	}
	t.line(2, "%s%s %s%s%s", t.outside(r), t.color(color, string(r.Level)), t.cut(printable(Redact(r.Message))), event, place)
}

func (t *Text) fault(r *Error) {
	place := ""
	if r.Script != "" {
		place = printable(r.Script)
		if r.Line > 0 {
			place += ":" + strconv.Itoa(r.Line)
		}
		place += ": "
	}
	t.line(1, "%s%s %s%s", t.tag(r), t.color(red, "error"), place, printable(Redact(r.Message)))
	if r.SourceLine != "" {
		for line := range strings.Lines(Frame(r.Line, r.SourceLine, r.Column)) {
			t.line(2, "%s", strings.TrimSuffix(line, "\n"))
		}
	}
	for _, f := range r.Traceback {
		t.line(2, "%s", t.color(faint, printable(Redact(f))))
	}
	if r.Hint != "" {
		t.line(2, "hint: %s", r.Hint)
	}
}

func (t *Text) end(r *End) {
	parts := []string{plural(r.Requests, "request"), plural(r.Errors, "error")}
	if r.Skipped != "" {
		parts = []string{"not handled: " + r.Skipped}
		if r.Errors > 0 {
			parts = append(parts, plural(r.Errors, "error"))
		}
	} else if r.Aborted {
		parts = append(parts, "ended in the middle")
	} else if !r.Success {
		parts = append(parts, "rolled back")
	}
	color := green
	if r.Errors > 0 {
		color = red
	}
	t.line(1, "%s%s", t.tag(r), t.color(color, strings.Join(parts, ", ")))
}

// Frame shows a source line with its number, and below it a caret at the column;
// "" without a source line.
func Frame(number int, source string, column int) string {
	if source == "" {
		return ""
	}
	line, caret := frame(source, column)
	gutter := strconv.Itoa(number)
	return fmt.Sprintf("%s | %s\n%s | %s\n", gutter, line, strings.Repeat(" ", len(gutter)), caret)
}

// frame gives a source line, tabs made blanks and both ends cut so that it
// fits a terminal, and a line with a caret below the column. Without a column
// the caret stands below the first character that is not blank.
func frame(source string, column int) (line, caret string) {
	const room = 100
	source = strings.ReplaceAll(source, "\t", " ")
	runes := []rune(printable(source))
	at := 0
	if column > 0 && column <= len(source)+1 {
		at = utf8.RuneCountInString(printable(source[:column-1]))
	} else {
		for at < len(runes) && runes[at] == ' ' {
			at++
		}
	}
	at = min(at, len(runes))
	if len(runes) > room {
		from := max(0, min(at-room/2, len(runes)-room))
		runes = runes[from : from+room]
		at -= from
	}
	return strings.TrimRight(string(runes), " "), strings.Repeat(" ", at) + "^"
}

func (t *Text) line(depth int, format string, args ...any) {
	for range depth {
		t.buf.WriteString("  ")
	}
	fmt.Fprintf(&t.buf, format, args...)
	t.buf.WriteByte('\n')
}

func (t *Text) cut(s string) string {
	if t.options.Width <= 0 || utf8.RuneCountInString(s) <= t.options.Width {
		return s
	}
	runes := []rune(s)
	return fmt.Sprintf("%s… (%d characters)", string(runes[:t.options.Width]), len(runes))
}

// The colours, as the parameters of the terminal's SGR sequence.
const (
	bold   = "1"
	faint  = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
)

func (t *Text) color(code, s string) string {
	if !t.options.Color || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// printable makes a text safe for a terminal: mail is written by strangers,
// and escape sequences in a subject must not reach the reader's screen.
func printable(s string) string {
	clean := true
	for _, r := range s {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			quotedRune := strconv.QuoteRune(r)
			b.WriteString(quotedRune[1 : len(quotedRune)-1])
		}
		s = s[size:]
	}
	return b.String()
}

func quoted(s string) string { return `"` + printable(s) + `"` }

func fieldText(v any) string {
	switch v := v.(type) {
	case int64:
		return strconv.FormatInt(v, 10)
	case time.Time:
		return v.UTC().Format("2006-01-02T15:04:05.000000Z")
	case string:
		return printable(Redact(v))
	}
	return ""
}

func micros(d time.Duration) string {
	if d < time.Millisecond {
		return strconv.FormatInt(d.Microseconds(), 10) + " µs"
	}
	return d.Round(100 * time.Microsecond).String()
}

func plural(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return strconv.Itoa(n) + " " + what
}
