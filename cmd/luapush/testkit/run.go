package testkit

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/luapush/luapush/cmd/luapush/testkit/host"
	"github.com/luapush/luapush/cmd/luapush/testkit/kit"
	"github.com/luapush/luapush/cmd/luapush/testkit/result"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/dovecot"
)

// DefaultTimeout is how long a case may take where nobody says.
const DefaultTimeout = 10 * time.Second

// Config says what to run and how. Make and Reporter are required.
type Config struct {
	// Paths are files, and folders to look for files in; none is ".".
	Paths []string
	// Make gives the options of a host for a handler at a path: API, modules,
	// settings, limits. Time, network and output are the runner's.
	Make func(release dovecot.Release, script string) (runtime.Options, error)
	// Reporter is told how each case went, in an order that does not depend on
	// how many run at the same time.
	Reporter result.Reporter

	// Run and Tags choose cases; see ParseRun and ParseTags.
	Run  *RunFilter
	Tags *TagFilter
	// Seed decides the order when Shuffle is set, and what math.random gives.
	Seed    uint64
	Shuffle bool
	// Repeat is how often everything runs; 0 is once.
	Repeat   int
	FailFast bool
	// Timeout of a case, in real time; 0 is DefaultTimeout.
	Timeout time.Duration
	// Bench is how long a benchmark is measured; 0 leaves benchmarks out.
	Bench time.Duration
	// Update writes golden traces instead of comparing with them.
	Update bool
	// Sweep plays fixtures with failures on purpose, instead of the tests.
	Sweep bool
	// Releases are run one after the other; none is dovecot.Default.
	Releases []dovecot.Release
	// Jobs is how many files run at the same time; 0 is one.
	Jobs int
	// Witness makes what watches one worker; nil is nothing.
	Witness func() Witness
	// Only chooses among what is found, by the name that Summary.Files has; nil
	// is all.
	Only func(name string) bool
}

// Witness watches what one worker runs, from that worker's goroutine.
type Witness interface {
	// Host is given the options of each new host for a script at a path, and may
	// add to them.
	Host(script string, o *runtime.Options)
	// Case is called after each case, a subtest before the case around it.
	Case(c *result.Case)
}

func (c *Config) defaults() {
	if c.Timeout <= 0 {
		c.Timeout = DefaultTimeout
	}
	if len(c.Releases) == 0 {
		c.Releases = []dovecot.Release{dovecot.Default}
	}
	c.Repeat, c.Jobs = max(c.Repeat, 1), max(c.Jobs, 1)
}

// errStop ends a run after the first failure.
var errStop = errors.New("after the first failure")

// Run runs everything. The error is that of a path that cannot be read, or of
// the reporter; failures of cases are in the summary.
func Run(ctx context.Context, c Config) (result.Summary, error) {
	c.defaults()
	started := time.Now()
	units, err := c.find()
	if err != nil {
		return result.Summary{}, err
	}
	if c.Only != nil {
		units = slices.DeleteFunc(units, func(u unit) bool { return !c.Only(u.name()) })
	}
	if c.Shuffle {
		rand.New(rand.NewPCG(c.Seed, 0)).Shuffle(len(units), func(i, j int) { units[i], units[j] = units[j], units[i] })
	}
	run := result.Run{Seed: c.Seed, Shuffled: c.Shuffle, Started: started, Files: len(units)}
	for _, r := range c.Releases {
		run.Releases = append(run.Releases, r.String())
	}
	c.Reporter.Begin(run)
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	s := &schedule{config: &c, units: units, done: make([]chan outcome, len(units))}
	for i := range s.done {
		s.done[i] = make(chan outcome, 1)
	}
	var workers sync.WaitGroup
	for range min(c.Jobs, len(units)) {
		workers.Go(func() { s.work(ctx) })
	}
	summary := s.report(ctx, stop)
	stop(nil)
	workers.Wait()
	summary.Duration = time.Since(started)
	return summary, c.Reporter.End(summary)
}

// unit is what one worker runs at a time: a test file, or the fixtures of a
// folder.
type unit interface {
	// name is the file, or the handler.
	name() string
	// run gives the cases; emit returns false when no more are wanted.
	run(ctx context.Context, w *worker, emit func(result.Case) bool)
}

// outcome is what a unit gave.
type outcome struct {
	cases []result.Case
	uses  []string
}

// schedule hands units to workers, and their results to the reporter in order.
type schedule struct {
	config *Config
	units  []unit
	done   []chan outcome

	mu   sync.Mutex
	next int
}

func (s *schedule) take() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.next
	s.next++
	return i
}

func (s *schedule) work(ctx context.Context) {
	w := newWorker(s.config)
	for i := s.take(); i < len(s.units); i = s.take() {
		s.done[i] <- w.all(ctx, s.units[i])
	}
}

// report tells the reporter of each unit in turn.
func (s *schedule) report(ctx context.Context, stop context.CancelCauseFunc) result.Summary {
	summary := result.Summary{Counts: map[result.Status]int{}}
	for i, u := range s.units {
		o := <-s.done[i]
		if cause := context.Cause(ctx); cause != nil {
			if summary.Stopped == "" && !errors.Is(cause, errStop) {
				summary.Stopped = "by an interrupt"
			}
			if errors.Is(cause, errStop) {
				continue
			}
		}
		file := result.File{Path: u.name(), Uses: o.uses}
		for _, c := range o.cases {
			s.config.Reporter.Case(c)
			summary.Cases++
			summary.Counts[c.Status]++
			file.Cases++
			if c.Status.Bad() {
				file.Bad++
				if s.config.FailFast {
					summary.Stopped = errStop.Error()
					stop(errStop)
					break
				}
			}
		}
		summary.Files = append(summary.Files, file)
	}
	return summary
}

// worker runs units, one at a time.
type worker struct {
	config *Config
	stage  *host.Stage
	// steady is the stage of golden traces, whose seed is always the same.
	steady  *host.Stage
	loaders map[dovecot.Release]*kit.Loader
	witness Witness
}

// goldenSeed is what math.random begins with in golden traces.
const goldenSeed = 1

func newWorker(c *Config) *worker {
	w := &worker{config: c, loaders: map[dovecot.Release]*kit.Loader{}}
	if c.Witness != nil {
		w.witness = c.Witness()
	}
	w.stage = host.New(host.Options{Make: w.options, Seed: c.Seed})
	w.steady = host.New(host.Options{Make: w.options, Seed: goldenSeed})
	return w
}

// options makes the options of a host, which the witness may add to.
func (w *worker) options(release dovecot.Release, script string) (runtime.Options, error) {
	o, err := w.config.Make(release, script)
	if err == nil && w.witness != nil {
		w.witness.Host(script, &o)
	}
	return o, err
}

// all runs a unit as often as wanted.
func (w *worker) all(ctx context.Context, u unit) outcome {
	var o outcome
	for round := 1; round <= w.config.Repeat; round++ {
		stopped := false
		w.guarded(ctx, u, func(c result.Case) bool {
			if ctx.Err() != nil {
				stopped = true
				return false
			}
			c.Round = round
			if w.witness != nil {
				w.witness.Case(&c)
			}
			o.cases = append(o.cases, c)
			stopped = w.config.FailFast && c.Status.Bad()
			return !stopped
		})
		if stopped || ctx.Err() != nil {
			break
		}
	}
	o.uses = append(w.stage.TakeUsed(), w.steady.TakeUsed()...)
	slices.Sort(o.uses)
	return o
}

// guarded keeps a fault of the test kit itself from ending the run.
func (w *worker) guarded(ctx context.Context, u unit, emit func(result.Case) bool) {
	defer func() {
		if r := recover(); r != nil {
			// The state it happened in is of no further use.
			clear(w.loaders)
			emit(result.Case{
				File: u.name(), Kind: result.Whole, Status: result.Error, Dovecot: w.config.Releases[0].String(),
				Failures: []result.Failure{{
					Message: fmt.Sprint("internal error: ", r), File: u.name(),
					Hint: "this is a fault of luapush, not of the test; please report it",
				}},
			})
		}
	}()
	u.run(ctx, w, emit)
}

// loader gives the loader of test files for a release.
func (w *worker) loader(release dovecot.Release) (*kit.Loader, error) {
	if d, ok := w.loaders[release]; ok {
		return d, nil
	}
	o, err := w.config.Make(release, "")
	if err != nil {
		return nil, err
	}
	d, err := kit.NewLoader(kit.Options{
		Stage: w.stage, Modules: o.Modules, Release: release, Timeout: w.config.Timeout, Seed: w.config.Seed,
		Bench: w.config.Bench,
	})
	if err == nil {
		w.loaders[release] = d
	}
	return d, err
}
