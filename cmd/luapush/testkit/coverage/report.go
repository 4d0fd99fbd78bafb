package coverage

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	testhost "github.com/luapush/luapush/cmd/luapush/testkit/host"
	"github.com/luapush/luapush/runtime/lua"
	"github.com/luapush/luapush/runtime/mail"
)

// Report is what was reached. It is plain data.
type Report struct {
	Files    []File
	Handlers []Handler
	// Notes are remarks for people, such as a file that does not compile.
	Notes []string
}

// File is a Lua file with its text.
type File struct {
	lua.FileCoverage
	// Source are its lines, without their ends.
	Source []string
	// Loaded tells that it was loaded at all.
	Loaded bool
}

// Handler is a script that defines event functions, or was played to.
type Handler struct {
	Script string
	// Events are those it has functions for, in Dovecot's order.
	Events []Event
	Paths  []Path
}

// Event is an event function.
type Event struct {
	Name     mail.EventName
	Function string
	// Calls is how often it was called, By the cases that did, sorted.
	Calls int
	By    []string
}

// Path is a way that mail can take the handler.
type Path struct {
	// ID is its name, such as "no-subject".
	ID string
	// Missing says what no test does, and what would be different.
	Missing string
	Count   int
	By      []string
}

// Counts is how much of something was reached.
type Counts struct{ Hit, All int }

// Percent is the share of what was reached; of nothing it is all.
func (c Counts) Percent() float64 {
	if c.All == 0 {
		return 100
	}
	return 100 * float64(c.Hit) / float64(c.All)
}

func (c *Counts) add(hit bool) {
	c.All++
	if hit {
		c.Hit++
	}
}

func (c Counts) plus(d Counts) Counts { return Counts{c.Hit + d.Hit, c.All + d.All} }

// Totals are the counts of files and of handlers. Events counts functions and
// paths together.
type Totals struct{ Lines, Branches, Functions, Events Counts }

// Totals adds up the whole report.
func (r *Report) Totals() Totals {
	var t Totals
	for i := range r.Files {
		f := r.Files[i].Totals()
		t.Lines, t.Branches, t.Functions = t.Lines.plus(f.Lines), t.Branches.plus(f.Branches), t.Functions.plus(f.Functions)
	}
	for i := range r.Handlers {
		functions, paths := r.Handlers[i].Counts()
		t.Events = t.Events.plus(functions).plus(paths)
	}
	return t
}

// Totals are the counts of a file.
func (f *File) Totals() Totals {
	var t Totals
	for _, l := range f.Lines {
		t.Lines.add(l.Hits > 0)
	}
	for _, b := range f.Branches {
		t.Branches.add(b.Hits > 0)
	}
	for _, fn := range f.Functions {
		t.Functions.add(fn.Hits > 0)
	}
	return t
}

// Counts are those of its functions and of its paths.
func (h *Handler) Counts() (functions, paths Counts) {
	for _, e := range h.Events {
		functions.add(e.Calls > 0)
	}
	for _, p := range h.Paths {
		paths.add(p.Count > 0)
	}
	return functions, paths
}

// Report puts together what the workers have reached. The paths are those that
// were tested: files and folders in which handlers stand. Lua files beside
// handlers that no test has loaded are in the report, with nothing reached.
func (c *Collector) Report(paths []string) *Report {
	c.mu.Lock()
	defer c.mu.Unlock()
	var lists [][]lua.FileCoverage
	handlers := map[string]*handler{}
	for _, w := range c.workers {
		for _, h := range w.hosts {
			list := h.lines.Files()
			for i := range list {
				list[i].Name = h.path(list[i].Name)
			}
			lists = append(lists, list)
			for _, r := range h.handlers {
				merge(handlers, r)
			}
		}
	}
	r := &Report{}
	files := lua.MergeCoverage(lists...)
	loaded := map[string]bool{}
	for _, f := range files {
		loaded[f.Name] = true
	}
	others, notes := beside(paths, loaded, handlers)
	r.Notes = notes
	for _, f := range lua.MergeCoverage(files, others) {
		file := File{FileCoverage: f, Loaded: loaded[f.Name]}
		text, err := testhost.Source(f.Name)
		if err != nil {
			r.Notes = append(r.Notes, fmt.Sprintf("%s: %s; its lines cannot be shown", f.Name, err))
		}
		file.Source = splitLines(string(text))
		if f.Incomplete {
			r.Notes = append(r.Notes, f.Name+": there is more in the files than can be counted; the figures are too low")
		}
		r.Files = append(r.Files, file)
	}
	for _, script := range slices.Sorted(maps.Keys(handlers)) {
		if h := r.handler(handlers[script]); h != nil {
			r.Handlers = append(r.Handlers, *h)
		}
	}
	return r
}

func splitLines(text string) []string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// merge adds up what several hosts and workers have of a script.
func merge(all map[string]*handler, r *handler) {
	into := all[r.script]
	if into == nil {
		into = &handler{
			script: r.script, defined: map[mail.EventName]bool{}, events: map[mail.EventName]*tally{}, reached: map[string]*tally{},
		}
		all[r.script] = into
	}
	maps.Copy(into.defined, r.defined)
	into.requests = into.requests || r.requests
	for name, t := range r.events {
		into.events[name] = sum(into.events[name], t)
	}
	for id, t := range r.reached {
		into.reached[id] = sum(into.reached[id], t)
	}
}

func sum(a, b *tally) *tally {
	made := &tally{count: b.count}
	for name := range b.by {
		made.name(name)
	}
	if a != nil {
		made.count += a.count
		for name := range a.by {
			made.name(name)
		}
	}
	return made
}

// handler makes a handler's part; nil for a script that handles nothing.
func (r *Report) handler(of *handler) *Handler {
	h := &Handler{Script: of.script}
	for _, name := range mail.EventNames() {
		if !of.defined[name] {
			continue
		}
		e := Event{Name: name, Function: name.HandlerFunction()}
		if t := of.events[name]; t != nil {
			e.Calls, e.By = t.count, slices.Sorted(maps.Keys(t.by))
		}
		h.Events = append(h.Events, e)
	}
	if len(h.Events) == 0 {
		return nil
	}
	f := r.factsOf(of.script)
	for i := range paths {
		if p := &paths[i]; of.takes(p, &f) {
			h.path(of, p.id, p.missing)
		}
	}
	for _, name := range f.settings {
		h.path(of, "no-setting:"+name, "no transaction is without the setting "+name+": plugin_getenv gives nil then")
	}
	for _, key := range f.keys {
		h.path(of, "no-metadata:"+key, "no transaction is without the metadata entry "+key+": metadata_get gives nil then")
		h.path(of, "metadata:"+key, "no transaction has the metadata entry "+key)
	}
	return h
}

func (h *Handler) path(of *handler, id, missing string) {
	p := Path{ID: id, Missing: missing}
	if t := of.reached[id]; t != nil {
		p.Count, p.By = t.count, slices.Sorted(maps.Keys(t.by))
	}
	h.Paths = append(h.Paths, p)
}

// takes tells whether a path is one of the script: it handles such events, and
// has to do with what is different there.
func (r *handler) takes(p *path, f *facts) bool {
	if p.request != nil && !r.requests && !f.words["http"] && !f.words["https"] {
		return false
	}
	if p.words != nil && !f.any(p.words) {
		return false
	}
	return p.events == nil || slices.ContainsFunc(p.events, func(e mail.EventName) bool { return r.defined[e] })
}

// factsOf reads what a script and the modules in its folder depend on.
func (r *Report) factsOf(script string) facts {
	var texts []string
	folder := folderOf(script)
	for i := range r.Files {
		f := &r.Files[i]
		if f.Name == script || f.Loaded && folderOf(f.Name) == folder && !isHandler(f) {
			texts = append(texts, strings.Join(f.Source, "\n"))
		}
	}
	return readFacts(texts...)
}

// isHandler tells whether a file defines event functions.
func isHandler(f *File) bool {
	return slices.ContainsFunc(f.Functions, func(fn lua.FunctionCoverage) bool { return strings.HasPrefix(fn.Name, eventPrefix) })
}

// Missed are the lines that were not reached, in order.
func (f *File) Missed() []int {
	var list []int
	for _, l := range f.Lines {
		if l.Hits == 0 {
			list = append(list, l.Number)
		}
	}
	return list
}

// arms are the branches of a place: those of one keyword or operator.
type arms []lua.BranchCoverage

// sites puts the branches of a file together by their places.
func (f *File) sites() []arms {
	var list []arms
	for i, b := range f.Branches {
		if i > 0 && b.Line == f.Branches[i-1].Line && b.Column == f.Branches[i-1].Column {
			last := len(list) - 1
			list[last] = append(list[last], b)
			continue
		}
		list = append(list, arms{b})
	}
	return list
}

// counts is how many of the arms were taken.
func (a arms) counts() (c Counts) {
	for _, b := range a {
		c.add(b.Hits > 0)
	}
	return c
}

// missed names the arms that were not taken; "" if all were.
func (a arms) missed() string {
	var names []string
	for _, b := range a {
		if b.Hits == 0 {
			names = append(names, armText(b))
		}
	}
	return strings.Join(names, ", ")
}

// mark is a remark at a column of a line, both counted from 1.
type mark struct {
	line, column int
	text         string
}

// marks are the ways that were not taken from where the tests came by, and the
// functions that were not called, by line.
func (f *File) marks() []mark {
	var list []mark
	for _, site := range f.sites() {
		if missed := site.missed(); missed != "" {
			list = append(list, mark{site[0].Line, site[0].Column, missed})
		}
	}
	for _, fn := range f.Functions {
		if fn.Hits == 0 {
			list = append(list, mark{fn.Line, fn.Column, "never called"})
		}
	}
	slices.SortStableFunc(list, func(a, b mark) int { return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.column, b.column)) })
	return slices.DeleteFunc(list, func(m mark) bool {
		hits, can := f.hitsAt(m.line)
		return can && hits == 0
	})
}

// armText says what an arm that was not taken means.
func armText(b lua.BranchCoverage) string {
	switch b.Arm {
	case "then":
		return b.Kind + " was never true"
	case "else":
		return b.Kind + " was never false"
	case "body":
		return b.Kind + " had no turn"
	case "skipped":
		return b.Kind + " was never without a turn"
	case "again":
		return b.Kind + " had never a second turn"
	case "done":
		return b.Kind + " did not end"
	}
	return "the right side of " + b.Kind + " was not needed"
}

// byLine compares for a search by line.
func byLine(l lua.LineCoverage, n int) int { return cmp.Compare(l.Number, n) }
