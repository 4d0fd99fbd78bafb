package testkit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/luapush/luapush/cmd/luapush/testkit/answer"
	"github.com/luapush/luapush/cmd/luapush/testkit/host"
	"github.com/luapush/luapush/cmd/luapush/testkit/result"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/source"
	"github.com/luapush/luapush/runtime/trace"
)

// sweep is a unit: the fixtures of a handler, played once for each way to fail
// and at each request.
type sweep struct {
	handler  string
	fixtures []string
}

// newSweep looks for the fixtures of a handler: fixture.jsonl beside it, and
// those in its testdata folder.
func newSweep(handler string) *sweep {
	s := &sweep{handler: handler}
	folder := filepath.Dir(handler)
	if beside := filepath.Join(folder, fixtureName); isFile(beside) {
		s.fixtures = append(s.fixtures, beside)
	}
	for _, name := range names(filepath.Join(folder, "testdata"), fixtureEnding) {
		s.fixtures = append(s.fixtures, filepath.Join(folder, "testdata", name))
	}
	return s
}

// fixtureName is the fixture that stands beside a handler.
const fixtureName = "fixture.jsonl"

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func (s *sweep) name() string { return s.handler }

// metadataMode fails the changes of metadata instead of requests.
const metadataMode = "metadata"

// sweepModes are the ways to fail: answer's words, statuses, and metadata.
var sweepModes = []string{"refused", "timeout", "dns", "reset", "badresponse", "404", "500", "503", "badjson", metadataMode}

// The bounds of a sweep.
const (
	// sweepRequests is at how many requests of a fixture failures are tried.
	sweepRequests = 50
	// maxBaseline is how many requests a fixture may make.
	maxBaseline = 100_000
	// sweepTimeout bounds one replay; a handler that does not end by then
	// hangs.
	sweepTimeout = 2 * time.Second
)

var sweepTags = []string{"sweep"}

// run implements unit.
func (s *sweep) run(ctx context.Context, w *worker, emit func(result.Case) bool) {
	for _, release := range w.config.Releases {
		for _, fixture := range s.fixtures {
			if !s.fixture(ctx, w, release, fixture, emit) {
				return
			}
		}
	}
}

func (s *sweep) fixture(ctx context.Context, w *worker, release dovecot.Release, fixture string, emit func(result.Case) bool) bool {
	name := filepath.Base(fixture)
	c := result.Case{File: fixture, Kind: result.Sweep, Tags: sweepTags, Dovecot: release.String(), Status: result.Passed}
	p := &replayer{worker: w, handler: s.handler, fixture: fixture, release: release}
	start := time.Now()
	c.Path = []string{"sweep", name, "no failure"}
	good := p.replay(ctx, "", 0)
	if good.err != nil || good.hung {
		if good.err == nil {
			good.err = fmt.Errorf("playing it without any failure took longer than %s", sweepTimeout)
		}
		c.Status, c.Duration = result.Error, time.Since(start)
		c.Failures = []result.Failure{{Message: good.err.Error(), File: fixture}}
		return emit(c)
	}
	p.limit = 10*len(good.requests) + 100
	for _, mode := range sweepModes {
		c.Path = []string{"sweep", name, mode}
		c.Status, c.Failures, c.Reason = result.Passed, nil, ""
		if !w.wants(c.Path, sweepTags) {
			continue
		}
		start := time.Now()
		switch {
		case mode == metadataMode && good.metadata == 0:
			c.Status, c.Reason = result.Skipped, "the handler changes no metadata on this fixture"
		case mode != metadataMode && len(good.requests) == 0:
			c.Status, c.Reason = result.Skipped, "the handler sends no request on this fixture"
		default:
			c.Failures = p.mode(ctx, mode, good)
		}
		if len(c.Failures) > 0 {
			c.Status = result.Failed
		}
		c.Duration = time.Since(start)
		if !emit(c) {
			return false
		}
	}
	return true
}

// replayer plays a fixture with failures.
type replayer struct {
	worker  *worker
	handler string
	fixture string
	release dovecot.Release
	data    []byte
	// limit is at how many requests a replay is given up.
	limit int
}

// replay is what came of one.
type replay struct {
	mode     string
	requests []*trace.HTTP
	errors   []*trace.Error
	metadata int
	hung     bool
	err      error
}

// mode tries a way to fail at each request, and then at all of them.
func (p *replayer) mode(ctx context.Context, mode string, good *replay) []result.Failure {
	var failures []result.Failure
	seen := map[string]bool{}
	add := func(f result.Failure) {
		key := f.File + ":" + strconv.Itoa(f.Line) + ":" + f.Message[:strings.IndexByte(f.Message, ' ')]
		if !seen[key] {
			seen[key] = true
			failures = append(failures, f)
		}
	}
	if mode == metadataMode {
		p.judge("when metadata cannot be changed", p.replay(ctx, mode, 0), good, 0, add)
		return failures
	}
	for i := 1; i <= min(len(good.requests), sweepRequests) && ctx.Err() == nil; i++ {
		q := good.requests[i-1]
		at := fmt.Sprintf("with %s at request %d, %s %s", mode, i, q.Method, trace.Redact(q.URL))
		p.judge(at, p.replay(ctx, mode, i), good, i, add)
	}
	if len(good.requests) > 1 {
		p.judge("with "+mode+" at every request", p.replay(ctx, mode, 0), good, 0, add)
	}
	return failures
}

// judge says what is wrong with a replay.
func (p *replayer) judge(at string, r, good *replay, index int, add func(result.Failure)) {
	if r.err != nil {
		add(result.Failure{Message: at + ": " + r.err.Error(), File: p.fixture})
		return
	}
	if r.hung {
		f := result.Failure{Message: fmt.Sprintf("hangs %s: after %d requests it had not ended", at, len(r.requests)), File: p.handler}
		f.Hint = "give up after a few tries; delivery waits for the handler"
		if n := len(r.requests); n > 0 {
			f.File, f.Line = r.requests[n-1].Script, r.requests[n-1].Line
		}
		add(f)
		return
	}
	known := map[string]bool{}
	for _, e := range good.errors {
		known[e.Message] = true
	}
	raised := false
	for _, e := range r.errors {
		if known[e.Message] {
			continue
		}
		raised = true
		add(result.Failure{
			Message: "raises " + at + ": " + trace.Redact(e.Message), File: e.Script, Line: e.Line, SourceLine: e.SourceLine,
			Traceback: e.Traceback, Hint: e.Hint,
		})
	}
	// An answer of 404 may well mean that nothing more is to be sent there.
	if index > 0 && (raised || r.mode != "404") {
		p.lost(at, r, good, index, raised, add)
	}
}

// lost finds requests to the same place that the failure of one has kept from
// being sent: the rest of a batch.
func (p *replayer) lost(at string, r, good *replay, index int, raised bool, add func(result.Failure)) {
	failed := good.requests[index-1]
	missing := 0
	count := func(list []*trace.HTTP) (n int) {
		for _, q := range list {
			if q.Method == failed.Method && q.URL == failed.URL {
				n++
			}
		}
		return n
	}
	if want, got := count(good.requests[index:]), count(r.requests[min(index, len(r.requests)):]); got < want {
		missing = want - got
	}
	if missing == 0 {
		return
	}
	f := result.Failure{
		Message: fmt.Sprintf("loses the rest of the batch %s: %d of %d requests to it were not sent", at, missing, count(good.requests)),
		File:    failed.Script, Line: failed.Line,
		Hint: "go on with the next message when one cannot be sent",
	}
	if raised {
		f.Hint = "the error ends the function: catch it with pcall, or check the value before it is used"
	}
	add(f)
}

var errHangs = errors.New("hangs")

// replay plays the fixture; index 0 fails every request, mode "" none.
func (p *replayer) replay(ctx context.Context, mode string, index int) *replay {
	r := &replay{mode: mode}
	ctx, stop := context.WithTimeoutCause(ctx, min(sweepTimeout, p.worker.config.Timeout), errHangs)
	defer stop()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stage := p.worker.stage
	stage.Begin()
	h, err := stage.Host(p.release, p.handler, host.Mode{})
	if err != nil {
		r.err = err
		return r
	}
	program, err := h.Program(p.handler)
	if err != nil {
		r.err = err
		return r
	}
	if p.data == nil {
		if p.data, r.err = host.Read(p.fixture, "a file of recorded transactions"); r.err != nil {
			return r
		}
		stage.Used(p.fixture)
	}
	stage.Carrier = &answer.Transport{Clock: stage.Clock, Rules: answer.NewRules([]*answer.Rule{{
		URL: "*", Answers: []answer.Answer{{Func: func(*answer.Request) (answer.Answer, error) { return failing(mode, index, len(r.requests)+1) }}},
	}})}
	if mode == metadataMode {
		stage.MetadataFault = "Internal error occurred. Refer to server log for more information."
	}
	limit := p.limit
	if mode == "" {
		limit = maxBaseline
	}
	stage.Observer = trace.ObserverFunc(func(rec trace.Record) {
		switch x := rec.(type) {
		case *trace.HTTP:
			if r.requests = append(r.requests, x); len(r.requests) > limit {
				cancel(errHangs)
			}
		case *trace.Error:
			if len(r.errors) < limit {
				r.errors = append(r.errors, x)
			}
		case *trace.Metadata:
			r.metadata++
		}
	})
	h.UseLuaSettings(nil)
	_, err = h.Run(ctx, program.Program, source.NewReader(bytes.NewReader(p.data), p.fixture))
	switch {
	case errors.Is(context.Cause(ctx), errHangs):
		r.hung = true
	case err != nil:
		r.err = err
	}
	return r
}

// failing is the answer to a request of a sweep.
func failing(mode string, index, number int) (answer.Answer, error) {
	if mode == "" || mode == metadataMode || index != 0 && number != index {
		return answer.Answer{Status: 200}, nil
	}
	if status, err := strconv.Atoi(mode); err == nil {
		return answer.Answer{Status: status}, nil
	}
	return answer.Named(mode)
}
