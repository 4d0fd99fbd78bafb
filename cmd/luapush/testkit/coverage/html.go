package coverage

import (
	"bufio"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"
)

//go:embed page.html
var pageText string

// htmlPage is what the page shows.
type htmlPage struct {
	Made     time.Time
	Totals   []htmlShare
	Files    []htmlFile
	Handlers []htmlHandler
	Notes    []string
}

// htmlShare is a share with its name.
type htmlShare struct {
	Name string
	Counts
}

// Text is the share in figures.
func (s htmlShare) Text() string {
	if s.All == 0 {
		return "–"
	}
	return percent(s.Counts)
}

// Level is low, medium or high, for a colour that goes with the figures.
func (s htmlShare) Level() string {
	switch p := s.Percent(); {
	case s.All == 0:
		return "none"
	case p < 50:
		return "low"
	case s.Hit < s.All:
		return "medium"
	}
	return "high"
}

type htmlFile struct {
	Name    string
	ID      string
	Loaded  bool
	Shares  []htmlShare
	Missed  string
	Lines   []htmlLine
	Missing bool
}

type htmlLine struct {
	Number int
	ID     string
	// State is hit, missed, partial, or "" for a line without code.
	State string
	Hits  string
	Text  string
	// Marks say which ways were not taken.
	Marks []string
}

type htmlHandler struct {
	Script    string
	Functions htmlShare
	Paths     htmlShare
	Events    []htmlEvent
	List      []htmlPath
}

type htmlEvent struct {
	Name  string
	Short string
	Calls int
	By    string
}

type htmlPath struct {
	Path
	By string
}

func shares(t Totals) []htmlShare {
	return []htmlShare{{"lines", t.Lines}, {"branches", t.Branches}, {"functions", t.Functions}}
}

// writeHTML writes a page that needs no other file and no network.
func (r *Report) writeHTML(out io.Writer, o Options) error {
	t, err := template.New("page").Parse(pageText)
	if err != nil {
		return fmt.Errorf("the page of the coverage report: %w", err)
	}
	totals := r.Totals()
	p := htmlPage{Made: o.Now, Notes: r.Notes, Totals: append(shares(totals), htmlShare{"events and paths", totals.Events})}
	for i := range r.Files {
		p.Files = append(p.Files, r.Files[i].html(i))
	}
	for i := range r.Handlers {
		p.Handlers = append(p.Handlers, r.Handlers[i].html())
	}
	b := bufio.NewWriter(out)
	if err := t.Execute(b, p); err != nil {
		return err
	}
	return b.Flush()
}

func (h *Handler) html() htmlHandler {
	functions, paths := h.Counts()
	made := htmlHandler{
		Script: h.Script, Functions: htmlShare{"event functions", functions}, Paths: htmlShare{"paths", paths},
	}
	for _, e := range h.Events {
		made.Events = append(made.Events, htmlEvent{Name: string(e.Name), Short: e.short(), Calls: e.Calls, By: someNames(h.Script, e.By)})
	}
	// What was not taken comes first.
	for _, taken := range []bool{false, true} {
		for _, path := range h.Paths {
			if (path.Count > 0) == taken {
				made.List = append(made.List, htmlPath{path, someNames(h.Script, path.By)})
			}
		}
	}
	return made
}

func (f *File) html(index int) htmlFile {
	made := htmlFile{
		Name: f.Name, ID: fmt.Sprintf("file%d", index+1), Loaded: f.Loaded, Shares: shares(f.Totals()), Missed: ranges(f.Missed()),
	}
	marks := f.marks()
	for i, text := range f.Source {
		l := htmlLine{Number: i + 1, ID: fmt.Sprintf("%sl%d", made.ID, i+1), Text: strings.ReplaceAll(printable(text), "\t", "    ")}
		hits, can := f.hitsAt(i + 1)
		switch {
		case can && hits == 0:
			l.State, l.Hits = "missed", "not reached"
		case can:
			l.State, l.Hits = "hit", short(hits)
		}
		for ; len(marks) > 0 && marks[0].line <= i+1; marks = marks[1:] {
			l.State, l.Marks = "partial", append(l.Marks, marks[0].text)
		}
		made.Lines = append(made.Lines, l)
	}
	made.Missing = len(f.Missed()) > 0
	return made
}
