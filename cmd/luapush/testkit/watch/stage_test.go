package watch

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/luapush/luapush/cmd/luapush/testkit/result"
)

// stage plays the world around a loop: files with what they use and whether
// they pass, a clock that the test moves, changes and keys that it makes.
type stage struct {
	t       *testing.T
	changes chan string
	keys    chan byte
	timers  chan *timer
	ran     chan string
	shown   chan string
	gate    chan struct{}
	folders chan []string

	mu     sync.Mutex
	files  map[string]*fakeFile
	stamps map[string]string
	out    bytes.Buffer
	end    func() (bool, error)
	done   chan struct{}

	waiting map[time.Duration][]*timer
}

type fakeFile struct {
	uses []string
	bad  bool
	// golden tells that its case is of a golden trace, which an update mends.
	golden bool
}

type timer struct {
	after time.Duration
	fire  chan time.Time
}

func (s *stage) Watch(folders []string) {
	select {
	case <-s.folders:
	default:
	}
	s.folders <- folders
}
func (s *stage) Changes() <-chan string { return s.changes }
func (s *stage) Close() error           { return nil }

// Write implements io.Writer.
func (s *stage) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.Write(p)
}

func (s *stage) output() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := s.out.String()
	s.out.Reset()
	return text
}

// says waits until a text was written, which may take until after the results
// were shown, and drops all that was.
func (s *stage) says(want string) {
	s.t.Helper()
	text := ""
	for deadline := time.Now().Add(patienceOfTests); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if text += s.output(); strings.Contains(text, want) {
			return
		}
	}
	s.t.Fatalf("got %q\nwant %q", text, want)
}

// run runs the files that are wanted, in the order of their names.
func (s *stage) run(ctx context.Context, r Request) (Results, error) {
	s.mu.Lock()
	var names []string
	for name := range s.files {
		if r.Wants(name) {
			names = append(names, name)
		}
	}
	gate := s.gate
	s.mu.Unlock()
	slices.Sort(names)
	text := strings.Join(names, " ")
	if r.Update {
		text += " (update)"
	}
	s.ran <- text
	if gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
			return Results{}, ctx.Err()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var got Results
	got.Summary.Counts = map[result.Status]int{}
	for _, name := range names {
		f := s.files[name]
		c := result.Case{File: name, Path: []string{"case"}, Status: result.Passed, Kind: result.Test}
		if f.golden {
			c.Kind = result.Golden
		}
		if f.golden && r.Update {
			f.bad = false
			s.stamps["testdata/a.golden"] = "written by the run"
		}
		made := result.File{Path: name, Uses: f.uses, Cases: 1}
		if f.bad {
			c.Status, made.Bad = result.Failed, 1
		}
		got.Cases, got.Summary.Files = append(got.Cases, c), append(got.Summary.Files, made)
	}
	return got, nil
}

func (s *stage) show(r Results) error {
	var parts []string
	for _, c := range r.Cases {
		parts = append(parts, c.File+" "+string(c.Status))
	}
	s.shown <- fmt.Sprintf("%s; %d files, %d failed", strings.Join(parts, ", "), len(r.Summary.Files), r.Summary.Counts[result.Failed])
	return nil
}

func start(t *testing.T, more func(*stage, *Config)) *stage {
	t.Helper()
	s := &stage{
		t: t, changes: make(chan string), keys: make(chan byte), timers: make(chan *timer, 1000), ran: make(chan string, 10),
		waiting: map[time.Duration][]*timer{}, shown: make(chan string, 10), folders: make(chan []string, 1), stamps: map[string]string{},
		files: map[string]*fakeFile{
			"a_test.lua":    {uses: []string{"fixture.jsonl", "handler.lua", "lib/mod.lua"}},
			"b_test.lua":    {uses: []string{"handler.lua"}},
			"x/c_test.lua":  {uses: []string{"x/other.lua", "x/state.txt"}},
			"g/handler.lua": {uses: []string{"g/testdata/a.golden", "g/testdata/a.jsonl"}, golden: true},
		},
	}
	c := Config{
		Run: s.run, Show: s.show, Watcher: s, Keys: s.keys, Out: s, Roots: []string{t.TempDir()},
		After: func(d time.Duration) <-chan time.Time {
			fire := make(chan time.Time, 1)
			s.timers <- &timer{d, fire}
			return fire
		},
		Stamp: func(path string) string {
			s.mu.Lock()
			defer s.mu.Unlock()
			return s.stamps[path]
		},
	}
	if more != nil {
		more(s, &c)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.done = make(chan struct{})
	var bad bool
	var err error
	go func() {
		defer close(s.done)
		bad, err = Loop(ctx, c)
	}()
	s.end = func() (bool, error) {
		cancel()
		<-s.done
		return bad, err
	}
	t.Cleanup(func() { s.end() })
	return s
}

const patienceOfTests = 10 * time.Second

func (s *stage) expect(from chan string, want string) {
	s.t.Helper()
	select {
	case got := <-from:
		if got != want {
			s.t.Fatalf("got  %q\nwant %q", got, want)
		}
	case <-time.After(patienceOfTests):
		s.t.Fatalf("nothing came, want %q\n%s", want, s.output())
	}
}

// change makes changes, and lets the time pass that the loop waits for more.
func (s *stage) change(paths ...string) {
	s.t.Helper()
	for _, path := range paths {
		s.changes <- path
	}
	// The loop waits anew after each.
	for range len(paths) - 1 {
		s.take(quiet)
	}
	s.take(quiet).fire <- time.Time{}
}

// take gives the next timer of a duration.
func (s *stage) take(d time.Duration) *timer {
	s.t.Helper()
	deadline := time.After(patienceOfTests)
	for len(s.waiting[d]) == 0 {
		select {
		case t := <-s.timers:
			s.waiting[t.after] = append(s.waiting[t.after], t)
		case <-deadline:
			s.t.Fatalf("no timer of %s", d)
		}
	}
	t := s.waiting[d][0]
	s.waiting[d] = s.waiting[d][1:]
	return t
}

const allFiles = "a_test.lua b_test.lua g/handler.lua x/c_test.lua"

func (s *stage) first() {
	s.t.Helper()
	s.expect(s.ran, allFiles)
	s.expect(s.shown, "a_test.lua passed, b_test.lua passed, g/handler.lua passed, x/c_test.lua passed; 4 files, 0 failed")
}

// failing lets files fail from the beginning.
func failing(names ...string) func(*stage, *Config) {
	return func(s *stage, _ *Config) {
		for _, name := range names {
			s.set(name, true)
		}
	}
}

func (s *stage) set(name string, bad bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[name].bad = bad
}
