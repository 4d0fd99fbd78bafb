package verify

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/luapush/luapush/runtime/trace"
)

// Show writes both sides next to each other, steps that differ first. Secrets
// are left out.
func Show(out io.Writer, steps []Step, list []Difference, width int) error {
	s := &shower{column: max((width-len(indent)-len(alike))/2, 20)}
	for _, differing := range []bool{true, false} {
		for n := -1; n < len(steps); n++ {
			// The metadata comes last.
			step := n + 1
			if step == len(steps) {
				step = -1
			}
			s.step(steps, step, list, differing)
		}
	}
	_, err := io.WriteString(out, s.b.String())
	return err
}

// indent stands before both columns.
const indent = "  "

// What stands between the columns.
const (
	alike  = "   |   "
	about  = "   ~   "
	unlike = "  <!>  "
)

type shower struct {
	b      strings.Builder
	column int
}

func (s *shower) step(steps []Step, n int, list []Difference, differing bool) {
	differs := false
	var own []Difference
	for _, d := range list {
		if d.Step == n {
			own = append(own, d)
			differs = differs || !d.Agree()
		}
	}
	if differs != differing || len(own) == 0 && n < 0 {
		return
	}
	name, verdict := "metadata at the end", "same"
	if n >= 0 {
		name = steps[n].Name
	}
	if differs {
		verdict = "different"
	}
	fmt.Fprintf(&s.b, "%s: %s\n", name, verdict)
	if len(own) == 0 {
		s.b.WriteString("  neither did anything\n\n")
		return
	}
	s.row("Dovecot", "luapush", alike)
	for _, d := range own {
		mark := unlike
		switch {
		case d.Same:
			mark = alike
		case d.Agree():
			mark = about
		}
		left, right := Redact(d.Kind, d.Dovecot), Redact(d.Kind, d.Luapush)
		if left == right && !d.Same {
			// Only what is not shown is different.
			right += "\n(only its secrets differ)"
		}
		s.row(label(d.Kind, left), label(d.Kind, right), mark)
		if d.Known != "" {
			fmt.Fprintf(&s.b, "    known: %s\n", d.Known.Reason())
		}
	}
	s.b.WriteString("\n")
}

func label(kind, text string) string {
	if text == "" {
		return ""
	}
	return kind + " " + text
}

// row writes a pair, broken to the width of the columns.
func (s *shower) row(left, right, mark string) {
	l, r := s.wrap(left), s.wrap(right)
	for i := range max(len(l), len(r)) {
		var a, b string
		if i < len(l) {
			a = l[i]
		}
		if i < len(r) {
			b = r[i]
		}
		pad := strings.Repeat(" ", max(s.column-utf8.RuneCountInString(a), 0))
		s.b.WriteString(indent + strings.TrimRight(a+pad+mark+b, " ") + "\n")
	}
}

// wrap breaks a text into lines that fit. What would move the cursor is shown as
// an escape.
func (s *shower) wrap(text string) []string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		line = visible(line)
		for utf8.RuneCountInString(line) > s.column {
			cut := 0
			for range s.column {
				_, size := utf8.DecodeRuneInString(line[cut:])
				cut += size
			}
			lines = append(lines, line[:cut])
			line = "    " + line[cut:]
		}
		lines = append(lines, line)
	}
	return lines
}

func visible(line string) string {
	var b strings.Builder
	line = strings.ReplaceAll(line, "\t", "    ")
	for line != "" {
		r, size := utf8.DecodeRuneInString(line)
		if r < ' ' || r == 0x7f || r == utf8.RuneError && size == 1 {
			fmt.Fprintf(&b, "\\x%02x", line[0])
		} else {
			b.WriteRune(r)
		}
		line = line[size:]
	}
	return b.String()
}

// Redact takes secrets out of one side of a difference.
func Redact(kind, text string) string {
	if kind != "request" {
		return trace.Redact(text)
	}
	head, body, found := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	for i, line := range lines {
		if name, value, ok := strings.Cut(line, ": "); i > 0 && ok {
			lines[i] = name + ": " + trace.RedactHeader(name, value)
			continue
		}
		lines[i] = trace.Redact(line)
	}
	head = strings.Join(lines, "\n")
	if found {
		head += "\n\n" + trace.Redact(body)
	}
	return head
}

// Reason says in a sentence what is known.
func (k Known) Reason() string {
	switch k {
	case Numbers:
		return "Dovecot gives numbers as floats, which Lua 5.3 and 5.4 write as 1.0; luapush writes 1 (write string.format(\"%d\", …); luapush explain float-text)"
	case Order:
		return "the members of a JSON object have no order; in Dovecot it is another one each time"
	case Crashed:
		return "Dovecot's process died; luapush goes on"
	}
	return string(k)
}
