package kit

import (
	"context"
	"fmt"
	"slices"
	"time"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/cmd/luapush/testkit/result"
	"github.com/luapush/luapush/runtime/lua/native"
)

// run is a case, or a subtest of it, that is running.
type run struct {
	file  *File
	outer *run
	entry *Entry
	path  []string
	// failures are what did not hold; errored tells that one of them was no
	// expectation.
	failures []result.Failure
	errored  bool
	reason   string
	skipped  bool
	// subtests and badSubtests count those that ended.
	subtests, badSubtests int

	// What follows belongs to the case as a whole.
	ctx      context.Context
	cancel   context.CancelCauseFunc
	output   capped
	handlers []*handler
	records  []*entry
	bytes    int
	// playing are the handlers that are at work, the innermost last, and
	// threads the threads of the test that wait for them.
	playing    []*handler
	threads    []*vm.LState
	unexpected []*unexpected
	// stop ends what the innermost handler is doing.
	stop context.CancelCauseFunc
	// broken is what an answer function raised while a handler was at work.
	broken *thrown
	fatal  vm.LValue
	done   []result.Case
	bench  *result.Measure
	// round counts what a benchmark has run.
	round int
}

// root is the case that a subtest stands in.
func (r *run) root() *run {
	for r.outer != nil {
		r = r.outer
	}
	return r
}

// Run runs an entry and gives its subtests and then itself.
func (f *File) Run(ctx context.Context, i int) []result.Case {
	e := f.entries[i]
	c := result.Case{
		File: f.path, Line: e.Line, Path: e.Path, Kind: result.Test, Tags: e.Tags, Status: result.Passed,
		Dovecot: f.loader.options.Release.String(),
	}
	if e.Bench {
		c.Kind = result.Bench
	}
	switch {
	case e.skip != "":
		c.Status, c.Reason = result.Skipped, e.skip
		return []result.Case{c}
	case e.isTodo && e.fn == nil:
		c.Status, c.Reason = result.Todo, e.todo
		return []result.Case{c}
	}
	start := time.Now()
	if f.state == nil || f.state.Dead() != nil {
		again, failure := f.revive(ctx, i, e)
		if failure != nil {
			c.Status, c.Failures, c.Duration = result.Error, []result.Failure{*failure}, time.Since(start)
			return []result.Case{c}
		}
		e = again
	} else if i < len(f.live) && f.live[i].Name() == e.Name() {
		e = f.live[i]
	} else {
		c.Status, c.Failures = result.Error, []result.Failure{*f.otherCases(e)}
		return []result.Case{c}
	}
	r := f.execute(ctx, e)
	c.Duration = time.Since(start)
	r.conclude(&c)
	return append(r.done, c)
}

// execute runs the entry in the file's state.
func (f *File) execute(parent context.Context, e *Entry) *run {
	limit := f.loader.options.Timeout
	if e.timeout > 0 {
		limit = e.timeout
	}
	if e.Bench {
		limit += 10 * f.loader.options.Bench
	}
	ctx, stop := context.WithTimeoutCause(parent, limit, errTimeout)
	defer stop()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r := &run{file: f, entry: e, path: e.Path, ctx: ctx, cancel: cancel}
	f.run = r
	stage := f.loader.options.Stage
	stage.Begin()
	stage.Observer, stage.Out = r, &r.output
	if err := f.state.Call(ctx, "", runEntry, nil); err != nil {
		// Only what no Lua code can catch gets here.
		failure := f.timed(ctx, limit, f.failureOf(asError(err)))
		if failure.Line == 0 {
			failure.Line, failure.SourceLine = e.Line, f.chunk.Line(e.Line)
		}
		r.failures, r.errored = append(r.failures, *failure), true
		f.run = r
	}
	r.close(parent)
	r.unclaimed()
	f.run = nil
	return r
}

// runEntry runs the case with its hooks, inside the state.
var runEntry = &vm.LFunction{IsG: true, GFunction: func(l *vm.LState) int {
	f := fileOf(l)
	r := f.run
	ok := true
	for _, hook := range r.entry.scope.befores() {
		if ok = r.guard(l, hook, "in a before hook: "); !ok {
			break
		}
	}
	if ok {
		if r.entry.Bench {
			r.measure(l)
		} else {
			r.guard(l, r.entry.fn, "")
		}
	}
	for _, hook := range r.entry.scope.afters() {
		r.guard(l, hook, "in an after hook: ")
	}
	return 0
}}

// guard calls a function of the test, and keeps what it raised.
func (r *run) guard(l *vm.LState, fn *vm.LFunction, where string) bool {
	t := protected(l, fn)
	if t == nil {
		return true
	}
	if ud, ok := t.value.(*vm.LUserData); ok {
		if s, ok := ud.Value.(*skipped); ok {
			r.skipped, r.reason = true, s.reason
			return false
		}
	}
	failure, assertion := r.file.failureOfThrown(t)
	failure.Message = where + failure.Message
	r.failures = append(r.failures, failure)
	r.errored = r.errored || !assertion
	return false
}

// subtest runs a case inside the one that is running.
func (f *File) subtest(l *vm.LState, e *Entry) {
	outer := f.run
	depth := 0
	for r := outer; r != nil; r = r.outer {
		depth++
	}
	if depth > 20 {
		native.Raise(l, "cases stand more than 20 deep in one another")
	}
	root := outer.root()
	if len(root.done) >= maxEntries {
		native.Raise(l, "the case has more than %d subtests", maxEntries)
	}
	r := &run{file: f, outer: outer, entry: e, path: append(append([]string(nil), outer.path...), e.Path...)}
	if f.Subtests != nil && !f.Subtests(r.path) {
		return
	}
	c := result.Case{
		File: f.path, Line: e.Line, Path: r.path, Kind: result.Test, Tags: append(append([]string(nil), root.entry.Tags...), e.Tags...),
		Dovecot: f.loader.options.Release.String(), Status: result.Passed,
	}
	start := time.Now()
	switch {
	case e.skip != "":
		r.skipped, r.reason = true, e.skip
	case e.fn != nil:
		f.run = r
		defer func() { f.run = outer }()
		r.guard(l, e.fn, "")
		r.unclaimed()
	}
	c.Duration = time.Since(start)
	r.conclude(&c)
	root.done = append(root.done, c)
	outer.subtests++
	if c.Status.Bad() {
		outer.badSubtests++
	}
}

// conclude fills in how the case ended.
func (r *run) conclude(c *result.Case) {
	if r.badSubtests > 0 && len(r.failures) == 0 {
		r.failures = append(r.failures, result.Failure{
			Message: fmt.Sprintf("%d of %d subtests failed", r.badSubtests, r.subtests),
			File:    r.file.path, Line: r.entry.Line,
		})
	} else if len(r.failures) > 0 {
		// What happened is told once, with the first failure.
		r.failures[0].Trace, r.failures[0].Logs = r.root().story()
	}
	c.Failures, c.Bench = r.failures, r.bench
	if r.outer == nil {
		c.Output = r.output.String()
	}
	switch {
	case len(r.failures) > 0 && r.errored:
		c.Status = result.Error
	case len(r.failures) > 0:
		c.Status = result.Failed
	case r.skipped:
		c.Status, c.Reason = result.Skipped, r.reason
	}
	if !r.entry.isTodo || c.Status == result.Skipped {
		return
	}
	c.Reason = r.entry.todo
	switch {
	case r.entry.fn == nil || c.Status.Bad():
		c.Status, c.Failures = result.Todo, nil
	default:
		c.Status = result.Failed
		c.Failures = []result.Failure{{
			Message: "the case is marked as todo, and passes: take the mark away", File: r.file.path, Line: r.entry.Line,
			SourceLine: r.file.chunk.Line(r.entry.Line),
		}}
	}
}

// close ends the sessions of the case's handlers.
func (r *run) close(parent context.Context) {
	ctx, cancel := context.WithTimeoutCause(parent, r.file.loader.options.Timeout, errTimeout)
	defer cancel()
	for _, h := range r.handlers {
		h.close(ctx)
	}
}

// skip is skip(reason): it ends the case.
func skip(l *vm.LState) int {
	f := fileOf(l)
	f.running(l, "skip")
	why := native.OptString(l, 1, "it said so")
	native.RaiseValue(l, &vm.LUserData{Value: &skipped{why}, Metatable: f.textMeta("skipped: " + why)})
	return 0
}

// running gives the case that is running, and refuses what is for the inside of
// cases only.
func (f *File) running(l *vm.LState, what string) *run {
	if f.run == nil {
		native.Raise(l, "t.%s is for the inside of a case: put it in a t.case or a t.before", what)
	}
	return f.run.root()
}

// measure runs a benchmark: ever more often until it takes as long as wanted.
func (r *run) measure(l *vm.LState) {
	want := r.file.loader.options.Bench
	if want <= 0 {
		r.guard(l, r.entry.fn, "")
		return
	}
	for n := 1; ; {
		start := time.Now()
		for range n {
			r.records, r.bytes = r.records[:0], 0
			for _, h := range r.handlers {
				h.forget()
			}
			r.round++
			if !r.guard(l, r.entry.fn, "") {
				return
			}
			r.retire(l)
		}
		took := time.Since(start)
		if took >= want || n >= 1_000_000_000 {
			r.bench = &result.Measure{Runs: n, PerRun: took / time.Duration(n)}
			return
		}
		each := max(took/time.Duration(n), 1)
		n = max(n+1, min(100*n, int(want*6/5/each)))
	}
}

// retire closes the handlers that a benchmark has left behind, so that it may
// load one each time.
func (r *run) retire(l *vm.LState) {
	if len(r.handlers) <= maxHandlers/2 {
		return
	}
	r.handlers = slices.DeleteFunc(r.handlers, func(h *handler) bool {
		if h.round == r.round {
			return false
		}
		h.work(l, h.close)
		return true
	})
	r.settle(l)
}

// unexpected is a request that no rule of the test answers.
type unexpected struct {
	method, url, nearest string
	script               string
	line                 int
	placed, told         bool
}
