package coverage

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// writeText writes the source of each file with how often its lines were
// reached, and below a line which ways out of it were not taken.
func (r *Report) writeText(out io.Writer, o Options) error {
	p := newPage(out, o)
	for i := range r.Files {
		p.source(&r.Files[i])
	}
	for i := range r.Handlers {
		p.handler(&r.Handlers[i])
	}
	for _, note := range r.Notes {
		p.line("%s %s", p.paint(yellow, "note:"), note)
	}
	return p.Flush()
}

// source writes a file. The columns are hits, number and text; hits are blank
// where there is nothing to reach, and ! where nothing did.
func (p *page) source(f *File) {
	t := f.Totals()
	p.line("\n%s  lines %s, branches %s, functions %s", p.paint(bold, f.Name), percent(t.Lines), percent(t.Branches), percent(t.Functions))
	if !f.Loaded {
		p.line("  no test has loaded it")
	}
	marks := f.marks()
	number := len(strconv.Itoa(len(f.Source)))
	for i, text := range f.Source {
		hits, can := f.hitsAt(i + 1)
		count, code := "", ""
		switch {
		case can && hits == 0:
			count, code = "!", red
		case can:
			count = short(hits)
		}
		row := fmt.Sprintf("%7s | %*d | %s", count, number, i+1, strings.ReplaceAll(printable(text), "\t", "    "))
		p.line("%s", p.paint(code, strings.TrimRight(row, " ")))
		for ; len(marks) > 0 && marks[0].line <= i+1; marks = marks[1:] {
			column := columns(text, marks[0].column)
			p.line("%s", p.paint(yellow, fmt.Sprintf("%7s | %*s | %s^ %s", "", number, "", strings.Repeat(" ", column), marks[0].text)))
		}
	}
}

// columns is how many columns stand in front of a byte of a line, tabs being
// four.
func columns(text string, column int) int {
	if column < 1 || column > len(text)+1 {
		return 0
	}
	n := 0
	for _, r := range text[:column-1] {
		if r == '\t' {
			n += 4
		} else {
			n++
		}
	}
	return n
}

// short is a count in at most six characters.
func short(n uint64) string {
	switch {
	case n < 1_000_000:
		return strconv.FormatUint(n, 10)
	case n < 1_000_000_000:
		return strconv.FormatUint(n/1_000_000, 10) + "M"
	}
	return strconv.FormatUint(n/1_000_000_000, 10) + "G"
}

// printable makes control characters of a source visible, tabs aside.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\t' || r >= 0x7f && r < 0xa0 {
			return '\uFFFD'
		}
		return r
	}, s)
}
