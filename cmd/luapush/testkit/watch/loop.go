package watch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/luapush/luapush/cmd/luapush/testkit/result"
)

// Request says what to run.
type Request struct {
	// Wants chooses files by the name that result.File has.
	Wants func(file string) bool
	// Update writes golden traces.
	Update bool
}

// Results are those of a run.
type Results struct {
	Run     result.Run
	Cases   []result.Case
	Summary result.Summary
}

// Config is what Loop works with. Run, Show, Watcher and Out are required.
type Config struct {
	// Run runs tests. It ends early when its context does, and its results are
	// dropped then. The error says why nothing could be run.
	Run func(ctx context.Context, r Request) (Results, error)
	// Show shows the results of everything that is known: those of the last run,
	// and what fails elsewhere.
	Show    func(Results) error
	Watcher Watcher
	// Keys gives the keys pressed. It may be nil, and may be closed.
	Keys <-chan byte
	Out  io.Writer
	// Clear clears the screen before results are shown.
	Clear bool
	// ReadOnly says why golden traces may not be written, or is "".
	ReadOnly string
	// Roots are the files and folders that were asked for.
	Roots []string
	// After is the clock; nil is time.After. Stamp tells versions of a file
	// apart; nil asks the file system.
	After func(time.Duration) <-chan time.Time
	Stamp func(path string) string
}

// The times that the loop waits.
const (
	// quiet is how long nothing must change before tests run: a save is several
	// changes.
	quiet = 15 * time.Millisecond
	// patience is how long changes may go on.
	patience = 150 * time.Millisecond
	// slow is from when on a run is announced.
	slow = 300 * time.Millisecond
)

// Loop runs everything once, and then what changes touch, until the context
// ends, the keyboard says so, the first run is impossible, or Show fails. It tells whether something failed
// at the last.
func Loop(ctx context.Context, c Config) (bad bool, err error) {
	if c.After == nil {
		c.After = time.After
	}
	if c.Stamp == nil {
		c.Stamp = stampOf
	}
	l := &loop{Config: c, files: map[string]*file{}, changed: map[string]bool{}, stamps: map[string]string{}}
	l.watch()
	l.start(ctx, l.request("", func(string) bool { return true }))
	for {
		if err := l.step(ctx); err != nil {
			l.stop()
			if errors.Is(err, errQuit) {
				err = nil
			}
			return l.bad(), err
		}
	}
}

// errQuit ends the loop.
var errQuit = errors.New("quit")

// loop is a Loop under way.
type loop struct {
	Config
	// files are those that were run, order their order.
	files map[string]*file
	order []string
	// run is the run that is going on, nil if there is none; last is the
	// request of the last one that ended.
	run  *running
	last *request
	// changed are paths that changed since the last run began.
	changed map[string]bool
	// settle fires when nothing changes any more, late at the latest.
	settle, late <-chan time.Time
	// stamps are the versions of files that a run left behind.
	stamps map[string]string
	// watching are the folders that are watched.
	watching map[string]bool
}

// file is a file that was run, with what came of it.
type file struct {
	result.File
	cases []result.Case
}

// request is a Request with the files that it was made for.
type request struct {
	why    string
	named  map[string]bool
	all    bool
	update bool
}

// running is a run that is going on.
type running struct {
	request *request
	cancel  context.CancelFunc
	done    chan outcome
	slow    <-chan time.Time
	// again tells that it must be run again, with what changed meanwhile.
	again bool
}

type outcome struct {
	results Results
	err     error
}

// request makes one for the known files that are wanted.
func (l *loop) request(why string, wants func(name string) bool) *request {
	r := &request{why: why, named: map[string]bool{}, all: true}
	for name := range l.files {
		if wants(name) {
			r.named[name] = true
		} else {
			r.all = false
		}
	}
	return r
}

// start begins a run.
func (l *loop) start(ctx context.Context, r *request) {
	ctx, cancel := context.WithCancel(ctx)
	l.run = &running{request: r, cancel: cancel, done: make(chan outcome, 1), slow: l.After(slow)}
	known := maps.Clone(l.files)
	wants := func(name string) bool {
		// A file that was not there before is always new.
		_, old := known[name]
		return r.all || r.named[name] || !old
	}
	done := l.run.done
	go func() {
		results, err := l.Run(ctx, Request{Wants: wants, Update: r.update})
		done <- outcome{results, err}
	}()
}

// stop ends the run that is going on, and waits for it.
func (l *loop) stop() {
	if l.run != nil {
		l.run.cancel()
		<-l.run.done
		l.run = nil
	}
}

// step waits for one thing to happen, and does what is to be done then.
func (l *loop) step(ctx context.Context) error {
	var done chan outcome
	var slowly <-chan time.Time
	if l.run != nil {
		done, slowly = l.run.done, l.run.slow
	}
	select {
	case <-ctx.Done():
		return errQuit
	case path, ok := <-l.Watcher.Changes():
		if !ok {
			return errors.New("files can no longer be watched; start again")
		}
		l.change(path)
	case <-l.settle:
		l.settled(ctx)
	case <-l.late:
		l.settled(ctx)
	case <-slowly:
		l.run.slow = nil
		l.say("running …")
	case o := <-done:
		return l.ended(ctx, o)
	case key, ok := <-l.Keys:
		if !ok {
			l.Keys = nil
			return nil
		}
		return l.key(ctx, key)
	}
	return nil
}

// watch watches the folders that matter now.
func (l *loop) watch() {
	folders := l.folders()
	l.watching = map[string]bool{}
	for _, f := range folders {
		l.watching[f] = true
	}
	l.Watcher.Watch(folders)
}

// change notes that a file changed.
func (l *loop) change(path string) {
	l.changed[path] = true
	l.settle = l.After(quiet)
	if l.late == nil {
		l.late = l.After(patience)
	}
}

// settled runs what the changes touch. One that is going on is given up if it
// is touched, too.
func (l *loop) settled(ctx context.Context) {
	l.settle, l.late = nil, nil
	for path := range l.changed {
		if l.watching[path] || isFolder(path) {
			l.watch() // before it is looked at, so that nothing is missed
			break
		}
	}
	r := l.touched()
	clear(l.changed)
	if r == nil {
		return
	}
	l.begin(ctx, r)
}

// begin starts a request, or puts it together with the one that is going on.
func (l *loop) begin(ctx context.Context, r *request) {
	if l.run == nil {
		l.start(ctx, r)
		return
	}
	old := l.run.request
	for name := range old.named {
		r.named[name] = true
	}
	r.all, r.update = r.all || old.all, r.update || old.update
	l.run.request, l.run.again = r, true
	l.run.cancel()
}

// ended takes the results of a run and shows them.
func (l *loop) ended(ctx context.Context, o outcome) error {
	run := l.run
	run.cancel()
	l.run = nil
	if run.again {
		l.start(ctx, run.request)
		return nil
	}
	if o.err != nil && l.last == nil {
		return o.err
	}
	l.last = run.request
	if o.err != nil {
		l.clear()
		l.say("luapush: %s", o.err)
		l.help()
		return nil
	}
	l.take(run.request, o.results)
	l.watch()
	l.remember()
	l.clear()
	if run.request.why != "" {
		l.say("%s", run.request.why)
	}
	if err := l.Show(l.whole(o.results)); err != nil {
		return err
	}
	l.help()
	return nil
}

// take keeps what a run found out.
func (l *loop) take(r *request, got Results) {
	ran := map[string]*file{}
	for _, f := range got.Summary.Files {
		ran[f.Path] = &file{File: f}
	}
	// Cases come in the order of the files, though not all under their names: a
	// golden trace is a case of its handler.
	rest := got.Cases
	for _, f := range got.Summary.Files {
		n := min(f.Cases, len(rest))
		ran[f.Path].cases, rest = rest[:n], rest[n:]
	}
	for name := range l.files {
		if r.all || r.named[name] {
			delete(l.files, name)
		}
	}
	maps.Copy(l.files, ran)
	if r.all {
		l.order = nil
	}
	for _, f := range got.Summary.Files {
		if !slices.Contains(l.order, f.Path) {
			l.order = append(l.order, f.Path)
		}
	}
	l.order = slices.DeleteFunc(l.order, func(name string) bool { return l.files[name] == nil })
}

// whole is the last run with what failed elsewhere before it, so that a failure
// stays in sight until it is mended.
func (l *loop) whole(last Results) Results {
	made := Results{Run: last.Run, Summary: last.Summary}
	made.Summary.Counts = map[result.Status]int{}
	made.Summary.Cases, made.Summary.Files = 0, nil
	now := map[string]bool{}
	for _, f := range last.Summary.Files {
		now[f.Path] = true
	}
	for _, name := range l.order {
		f := l.files[name]
		made.Summary.Files = append(made.Summary.Files, f.File)
		made.Summary.Cases += len(f.cases)
		for _, c := range f.cases {
			made.Summary.Counts[c.Status]++
		}
		if now[name] || f.Bad > 0 {
			made.Cases = append(made.Cases, f.cases...)
		}
	}
	made.Run.Files = len(made.Summary.Files)
	return made
}

func (l *loop) bad() bool {
	for _, f := range l.files {
		if f.Bad > 0 {
			return true
		}
	}
	return false
}

func (l *loop) clear() {
	if l.Clear {
		l.write("\x1b[H\x1b[2J\x1b[3J")
	}
}

func (l *loop) say(format string, args ...any) { l.write(fmt.Sprintf(format, args...) + "\n") }

// write writes to people; if that is no longer possible, Show will say so.
func (l *loop) write(text string) { _, _ = io.WriteString(l.Out, text) }

// help says what can be done now.
func (l *loop) help() {
	files := "1 file"
	if n := len(l.files); n != 1 {
		files = fmt.Sprintf("%d files", n)
	}
	text := "watching " + files
	if l.Keys != nil {
		text += ": " + strings.Join([]string{"a all", "f failed", "u update golden traces", "Enter again", "q quit"}, ", ")
	}
	l.say("\n%s", text)
}
