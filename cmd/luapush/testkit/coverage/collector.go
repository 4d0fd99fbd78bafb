package coverage

import (
	"path/filepath"
	"strings"
	"sync"

	"github.com/luapush/luapush/cmd/luapush/testkit/result"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/lua"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/trace"
)

// Collector gathers what all workers of a run have reached. Worker is safe for
// concurrent use; Report is to be called when the workers have ended.
type Collector struct {
	mu      sync.Mutex
	workers []*Worker
}

// New makes a collector.
func New() *Collector { return &Collector{} }

// Worker makes what one worker of the runner counts with.
func (c *Collector) Worker() *Worker {
	c.mu.Lock()
	defer c.mu.Unlock()
	w := &Worker{}
	c.workers = append(c.workers, w)
	return w
}

// Worker watches the hosts of one worker. It belongs to one goroutine at a time.
type Worker struct {
	hosts []*host
	// pending are the tallies that have grown since the last case, which will
	// be named after the next one.
	pending []*tally
	// named are cases of the last file that tallies were named after, around
	// which another case may still come.
	named []named
	// current is the handler that is at work.
	current *handler
}

// maxHeld bounds for how many cases the one around them is waited for.
const maxHeld = 1000

// named is a case with the tallies that were named after it.
type named struct {
	file, name string
	path       []string
	tallies    []*tally
}

// host is a host of package runtime, with the scripts of a folder.
type host struct {
	worker *Worker
	folder string
	lines  *lua.Coverage
	// handlers are the scripts that were loaded, by the name they have there.
	handlers map[string]*handler
}

// handler is a script and what it was called for.
type handler struct {
	script  string
	defined map[mail.EventName]bool
	events  map[mail.EventName]*tally
	reached map[string]*tally
	// requests tells that it has sent one.
	requests bool
	facts    *facts

	// What follows is where it stands.
	session *runtime.Session
	played  bool
	txn     *mail.Transaction
	at      int
}

// tally counts how often something was reached, and by which cases.
type tally struct {
	count   int
	pending bool
	by      map[string]bool
}

// maxNames bounds how many cases a tally keeps.
const maxNames = 10_000

// Host lets a host that is about to be made count for the script at a path, which
// stands in the folder whose scripts the host runs.
func (w *Worker) Host(script string, o *runtime.Options) {
	h := &host{worker: w, folder: filepath.Dir(script), handlers: map[string]*handler{}}
	h.lines = lua.NewCoverage(h.counts)
	w.hosts = append(w.hosts, h)
	o.Coverage = h.lines
	o.API = &watched{o.API, h}
	seen := trace.ObserverFunc(h.observe)
	if o.Observer == nil {
		o.Observer = seen
	} else {
		o.Observer = trace.Tee(o.Observer, seen)
	}
}

// Case names what was reached since the last call after a case. A case comes
// after its subtests, and takes the name over from them.
func (w *Worker) Case(c *result.Case) {
	n := named{file: c.File, name: label(c), path: c.Path}
	for _, t := range w.pending {
		t.pending = false
		t.name(n.name)
		n.tallies = append(n.tallies, t)
	}
	w.pending = w.pending[:0]
	for len(w.named) > 0 {
		last := w.named[len(w.named)-1]
		if last.file == c.File && !contains(c.Path, last.path) {
			break
		}
		w.named = w.named[:len(w.named)-1]
		if last.file != c.File {
			continue
		}
		for _, t := range last.tallies {
			t.rename(last.name, n.name)
		}
		n.tallies = append(n.tallies, last.tallies...)
	}
	// Nothing stands around an outermost case.
	if len(n.tallies) > 0 && len(c.Path) > 1 {
		w.named = append(w.named[max(0, len(w.named)-maxHeld):], n)
	}
}

// contains tells whether the case of a path stands around that of another.
func contains(outer, inner []string) bool {
	if len(outer) == 0 || len(outer) >= len(inner) {
		return false
	}
	for i, name := range outer {
		if inner[i] != name {
			return false
		}
	}
	return true
}

// label is how a case is called in the report.
func label(c *result.Case) string {
	switch {
	case c.Kind == result.Golden || c.Kind == result.Sweep:
		name := c.File
		if c.Kind == result.Sweep && len(c.Path) > 0 {
			name += " with " + c.Path[len(c.Path)-1]
		}
		return name
	case len(c.Path) == 0:
		return c.File
	}
	return c.File + ": " + strings.Join(c.Path, " / ")
}

func (w *Worker) hit(t *tally) {
	t.count++
	if !t.pending {
		t.pending = true
		w.pending = append(w.pending, t)
	}
}

func (t *tally) name(name string) {
	if t.by == nil {
		t.by = map[string]bool{}
	}
	if len(t.by) < maxNames {
		t.by[name] = true
	}
}

func (t *tally) rename(old, name string) {
	delete(t.by, old)
	t.name(name)
}

// counts tells whether the lines of a file are counted: those of the project,
// and not those of modules that are installed somewhere.
func (h *host) counts(file string) bool {
	if !filepath.IsAbs(file) {
		return !strings.HasPrefix(filepath.Clean(file), "..") || within(h.folder, file)
	}
	return within(h.folder, file)
}

func within(folder, file string) bool {
	rel, err := filepath.Rel(folder, file)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// path is where the file of a name stands: golden traces call the handler by
// its name in its folder.
func (h *host) path(name string) string {
	if !strings.ContainsAny(name, `/\`) {
		return filepath.Join(h.folder, name)
	}
	return filepath.Clean(name)
}

func (h *host) handler(name string) *handler {
	r := h.handlers[name]
	if r == nil {
		r = &handler{
			script: h.path(name), defined: map[mail.EventName]bool{}, events: map[mail.EventName]*tally{}, reached: map[string]*tally{},
		}
		h.handlers[name] = r
	}
	return r
}

// watched is the API, which is asked for whatever a handler gets.
type watched struct {
	runtime.API
	host *host
}
