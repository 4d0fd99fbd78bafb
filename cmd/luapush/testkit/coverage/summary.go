package coverage

import (
	"bufio"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// page writes text for people, and keeps the first error.
type page struct {
	*bufio.Writer
	color bool
}

func (p *page) line(format string, args ...any) {
	_, _ = fmt.Fprintf(p, format+"\n", args...) // the writer keeps its first error
}

// The colours, as the parameters of the terminal's SGR sequence.
const (
	bold   = "1"
	faint  = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
)

func (p *page) paint(code, s string) string {
	if !p.color || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func newPage(out io.Writer, o Options) *page {
	return &page{Writer: bufio.NewWriter(out), color: o.Color}
}

// writeSummary writes a table of files, and what the handlers were called for.
func (r *Report) writeSummary(out io.Writer, o Options) error {
	p := newPage(out, o)
	p.line("\n%s", p.paint(bold, "coverage"))
	width := len("total")
	for i := range r.Files {
		width = max(width, utf8.RuneCountInString(r.Files[i].Name))
	}
	row := func(name string, t Totals, rest string) {
		name += strings.Repeat(" ", width-utf8.RuneCountInString(name))
		text := fmt.Sprintf("  %s  %s  %s  %s  %s", name, p.cell(t.Lines), p.cell(t.Branches), p.cell(t.Functions), rest)
		p.line("%s", strings.TrimRight(text, " "))
	}
	p.line("  %-*s  %15s  %15s  %15s  %s", width, "", "lines", "branches", "functions", "not reached")
	for i := range r.Files {
		f := &r.Files[i]
		rest := ranges(f.Missed())
		if !f.Loaded {
			rest = "never loaded"
		}
		row(f.Name, f.Totals(), p.paint(red, rest))
	}
	row("total", r.Totals(), "")
	for i := range r.Handlers {
		p.handler(&r.Handlers[i])
	}
	for _, note := range r.Notes {
		p.line("  %s %s", p.paint(yellow, "note:"), note)
	}
	return p.Flush()
}

// cell is a count in a column.
func (p *page) cell(c Counts) string {
	if c.All == 0 {
		return fmt.Sprintf("%15s", "-")
	}
	code := green
	if c.Hit < c.All {
		code = yellow
	}
	text := fmt.Sprintf("%d/%d %6s", c.Hit, c.All, percent(c))
	return strings.Repeat(" ", max(0, 15-len(text))) + p.paint(code, text)
}

// maxNamed is how many cases are named at an event.
const maxNamed = 3

// handler writes what a handler was called for.
func (p *page) handler(h *Handler) {
	functions, paths := h.Counts()
	p.line("\n%s: %d of %d event functions called, %d of %d paths taken", p.paint(bold, h.Script), functions.Hit, functions.All, paths.Hit, paths.All)
	width := 0
	for _, e := range h.Events {
		width = max(width, len(e.short()))
	}
	for _, e := range h.Events {
		if e.Calls == 0 {
			p.line("  %s  %-*s  never called: no test has a %s", p.paint(red, "no"), width, e.short(), e.Name)
			continue
		}
		p.line("  %s  %-*s  %s", p.paint(green, "ok"), width, e.short(), calls(e.Calls)+"  "+p.paint(faint, someNames(h.Script, e.By)))
	}
	first := true
	for _, path := range h.Paths {
		if path.Count > 0 {
			continue
		}
		if first {
			p.line("  not tried yet:")
			first = false
		}
		p.line("    %s %s", p.paint(yellow, "-"), path.Missing)
	}
}

func (e *Event) short() string { return strings.TrimPrefix(e.Function, eventPrefix) }

func calls(n int) string {
	if n == 1 {
		return "1 call"
	}
	return strconv.Itoa(n) + " calls"
}

// someNames are the first of the cases, as they are called from the handler's
// folder.
func someNames(script string, names []string) string {
	folder := filepath.Dir(script) + string(filepath.Separator)
	var list []string
	for _, name := range names[:min(len(names), maxNamed)] {
		list = append(list, strings.TrimPrefix(name, folder))
	}
	text := strings.Join(list, "; ")
	if n := len(names) - len(list); n > 0 {
		text += fmt.Sprintf("; and %d more", n)
	}
	return text
}

// ranges writes line numbers as people do: 3, 7-9.
func ranges(lines []int) string {
	var parts []string
	for i := 0; i < len(lines); {
		j := i
		for j+1 < len(lines) && lines[j+1] == lines[j]+1 {
			j++
		}
		if i == j {
			parts = append(parts, strconv.Itoa(lines[i]))
		} else {
			parts = append(parts, fmt.Sprintf("%d-%d", lines[i], lines[j]))
		}
		i = j + 1
	}
	return strings.Join(parts, ", ")
}

// hitsAt gives how often a line was reached, and whether it can be.
func (f *File) hitsAt(line int) (uint64, bool) {
	i, ok := slices.BinarySearchFunc(f.Lines, line, byLine)
	if !ok {
		return 0, false
	}
	return f.Lines[i].Hits, true
}
