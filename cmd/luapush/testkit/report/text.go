package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/luapush/luapush/cmd/luapush/testkit/result"
)

// title is a case's name as one line; a file that could not be run has its own.
func title(c *result.Case) string {
	if len(c.Path) == 0 {
		return c.File
	}
	return c.Name()
}

// variant tells apart the runs of a case: "" where there is only one.
func variant(r *result.Run, c *result.Case) string {
	var parts []string
	if len(r.Releases) > 1 && c.Dovecot != "" {
		parts = append(parts, "Dovecot "+c.Dovecot)
	}
	if c.Round > 1 {
		parts = append(parts, "round "+strconv.Itoa(c.Round))
	}
	return strings.Join(parts, ", ")
}

// place is where a failure is to be looked at: its own line, or its case's.
func place(c *result.Case, f *result.Failure) (file string, line int) {
	if f != nil && f.File != "" {
		return f.File, f.Line
	}
	return c.File, c.Line
}

// at is a place as people write it.
func at(file string, line int) string {
	if line == 0 {
		return file
	}
	return file + ":" + strconv.Itoa(line)
}

// explained is everything that is known of a failure, as the pretty report
// shows it, without colours.
func explained(f *result.Failure) string {
	var b strings.Builder
	p := &pretty{out: buffered(&b)}
	p.failure(f)
	_ = p.out.Flush() // the writer cannot fail
	return outdent(b.String())
}

// outdent takes two blanks off each line.
func outdent(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(strings.TrimPrefix(line, "  "))
	}
	return b.String()
}

// visible makes control characters and bytes that are not UTF-8 visible: what
// neither XML nor a terminal takes. Tab and line feed stay.
func visible(s string) string {
	clean := true
	for _, r := range s {
		if r == utf8.RuneError || hidden(r) {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02X`, s[i])
		case hidden(r) && r < 0x100:
			fmt.Fprintf(&b, `\x%02X`, r)
		case hidden(r):
			fmt.Fprintf(&b, `\u{%X}`, r)
		default:
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}

func hidden(r rune) bool {
	return r < 0x20 && r != '\t' && r != '\n' || r >= 0x7f && r < 0xa0 || r == 0xfffe || r == 0xffff
}

// oneLine is text without line ends.
func oneLine(s string) string {
	return strings.Join(strings.Fields(visible(s)), " ")
}

// seconds is a duration as the formats for machines have it.
func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 6, 64) }
