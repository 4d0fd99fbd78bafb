package testkit_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/luapush/luapush/cmd/luapush/testkit"
	"github.com/luapush/luapush/cmd/luapush/testkit/result"
	"github.com/luapush/luapush/runtime/dovecot"
)

const threeCases = `local t = require "luapush.test"
t.tags("all")
t.case("one", function() t.equal(t.seed, 1) end)
t.describe("group", function()
  t.tags("slow")
  t.case("two", {tags = {"x"}}, function() t.fail("as wanted") end)
  t.case("three", function() t.case("sub", function() end) end)
end)
t.todo("four")
t.todo("five", function() error("not yet") end)
t.todo("six", function() end)
t.case("seven", {skip = "no server"}, function() end)
t.case("eight", function() t.skip("later") end)
t.case("nine", {todo = "soon"}, function() t.fail() end)
t.bench("ten", function() end)
`

func TestStatuses(t *testing.T) {
	c := run(t, testkit.Config{Paths: []string{folder(t, "a_test.lua", threeCases)}})
	var got []string
	for _, each := range c.cases {
		got = append(got, each.Name()+": "+string(each.Status)+" "+strings.Join(each.Tags, ",")+" "+each.Reason)
	}
	want := []string{
		"one: passed all ", "group / two: failed all,slow,x ", "group / three / sub: passed all,slow ", "group / three: passed all,slow ",
		"four: todo all ", "five: todo all ", "six: failed all ", "seven: skipped all no server", "eight: skipped all later", "nine: todo all soon",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	counts := map[result.Status]int{result.Passed: 3, result.Failed: 2, result.Skipped: 2, result.Todo: 3}
	if diff := cmp.Diff(counts, c.summary.Counts); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestChoosing(t *testing.T) {
	for _, test := range []struct {
		run, tags string
		want      []string
	}{
		{"two", "", []string{"group / two"}},
		{"group", "", []string{"group / two", "group / three / sub", "group / three"}},
		{"^gr/^th", "", []string{"group / three / sub", "group / three"}},
		{"^group / t", "", []string{"group / two", "group / three / sub", "group / three"}},
		{"^t", "", nil},
		{"group / three / sub", "", []string{"group / three / sub", "group / three"}},
		{"group/three/other", "", nil},
		{"two/nothing", "", nil},
		{"", "x", []string{"group / two"}},
		{"", "slow,!x", []string{"group / three / sub", "group / three"}},
		{"o", "!slow", []string{"one", "four"}},
	} {
		t.Run(test.run+" "+test.tags, func(t *testing.T) {
			config := testkit.Config{Paths: []string{folder(t, "a_test.lua", threeCases)}}
			var err error
			if test.run != "" {
				if config.Run, err = testkit.ParseRun(test.run); err != nil {
					t.Fatal(err)
				}
			}
			if test.tags != "" {
				if config.Tags, err = testkit.ParseTags(strings.Split(test.tags, ",")); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(test.want, run(t, config).names()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if _, err := testkit.ParseRun("a("); err == nil {
		t.Error("a wrong expression is taken")
	}
	if _, err := testkit.ParseTags([]string{"!"}); err == nil {
		t.Error("an empty tag is taken")
	}
}

// manyFiles is a folder of files with cases that take different times.
func manyFiles(t *testing.T) string {
	var files []string
	for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
		files = append(files, name+"/"+name+"_test.lua", `local t = require "luapush.test"
			for i = 1, 4 do t.case("`+name+`" .. i, function() for i = 1, math.random(20000) do end t.not_equal("`+name+`", "c") end) end`)
	}
	return folder(t, files...)
}

func TestOrderDoesNotDependOnJobs(t *testing.T) {
	dir := manyFiles(t)
	one := run(t, testkit.Config{Paths: []string{dir}}).names()
	four := run(t, testkit.Config{Paths: []string{dir}, Jobs: 4}).names()
	if diff := cmp.Diff(one, four); diff != "" || len(one) != 24 {
		t.Errorf("%d cases (-one job +four):\n%s", len(one), diff)
	}
	shuffled := run(t, testkit.Config{Paths: []string{dir}, Shuffle: true, Seed: 7}).names()
	again := run(t, testkit.Config{Paths: []string{dir}, Shuffle: true, Seed: 7, Jobs: 3}).names()
	other := run(t, testkit.Config{Paths: []string{dir}, Shuffle: true, Seed: 8}).names()
	if !slices.Equal(shuffled, again) || slices.Equal(shuffled, one) || slices.Equal(shuffled, other) {
		t.Errorf("seed 7 gives %v, then %v; seed 8 %v", shuffled, again, other)
	}
	slices.Sort(shuffled)
	if !slices.Equal(shuffled, one) {
		t.Errorf("shuffling loses cases: %v", shuffled)
	}
}

func TestFailFast(t *testing.T) {
	for _, jobs := range []int{1, 4} {
		c := run(t, testkit.Config{Paths: []string{manyFiles(t)}, FailFast: true, Jobs: jobs})
		names := c.names()
		if len(names) != 9 || names[8] != "c1" || c.summary.Stopped != "after the first failure" {
			t.Errorf("with %d jobs: %v, stopped %q", jobs, names, c.summary.Stopped)
		}
	}
}

func TestRepeatAndReleases(t *testing.T) {
	dir := folder(t, "a_test.lua", `local t = require "luapush.test" t.case("x", function() print(t.dovecot) end)`)
	c := run(t, testkit.Config{Paths: []string{dir}, Repeat: 2, Releases: []dovecot.Release{dovecot.Default, dovecot.At(2, 4, 1)}})
	var got []string
	for _, each := range c.cases {
		got = append(got, each.Dovecot+" "+strings.TrimSpace(each.Output)+" "+string(rune('0'+each.Round)))
	}
	want := []string{"2.3.19.1 2.3.19.1 1", "2.4.1 2.4.1 1", "2.3.19.1 2.3.19.1 2", "2.4.1 2.4.1 2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFilesUsed(t *testing.T) {
	dir := folder(t, "a_test.lua", `local t = require "luapush.test" require "help" t.case("x", function() t.load("handler.lua"):play("x.jsonl") end)`,
		"help.lua", "return {}", "handler.lua", `require "part"`, "part.lua", "return {}", "x.jsonl", recorded)
	c := run(t, testkit.Config{Paths: []string{dir}})
	var got []string
	for _, path := range c.summary.Files[0].Uses {
		got = append(got, strings.TrimPrefix(path, dir+"/"))
	}
	if diff := cmp.Diff([]string{"handler.lua", "help.lua", "part.lua", "x.jsonl"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	c := &collected{}
	dir := folder(t, "a_test.lua", `local t = require "luapush.test" t.case("x", function() end)`, "b_test.lua", `while true do end`)
	_, err := testkit.Run(ctx, testkit.Config{Paths: []string{dir}, Make: options, Reporter: stopping{c, cancel}, Seed: 1})
	if err != nil || c.summary.Stopped != "by an interrupt" {
		t.Errorf("%v, stopped %q", err, c.summary.Stopped)
	}
}

// stopping is a reporter that interrupts the run at the first case.
type stopping struct {
	*collected
	cancel context.CancelFunc
}

func (s stopping) Case(c result.Case) {
	s.collected.Case(c)
	s.cancel()
}

// failing is a reporter that cannot write.
type failing struct{ collected }

var errDisk = errors.New("disk full")

func (*failing) End(result.Summary) error { return errDisk }

func TestErrors(t *testing.T) {
	_, err := testkit.Run(context.Background(), testkit.Config{Paths: []string{"nothing here"}, Make: options, Reporter: &collected{}})
	if err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("a path that is not there: %v", err)
	}
	_, err = testkit.Run(context.Background(), testkit.Config{Paths: []string{folder(t, "x.txt", "")}, Make: options, Reporter: &failing{}})
	if !errors.Is(err, errDisk) {
		t.Errorf("a report that cannot be written: %v", err)
	}
	_, err = testkit.Run(context.Background(), testkit.Config{Paths: []string{folder(t, "x.txt", "") + "/x.txt"}, Make: options, Reporter: &collected{}})
	if err == nil || !strings.Contains(err.Error(), "no Lua file") {
		t.Errorf("a file that is no test: %v", err)
	}
}

func TestBench(t *testing.T) {
	dir := folder(t, "a_test.lua", `local t = require "luapush.test" local h
		t.before(function() h = t.load("handler.lua", {settings = {hook = "http://x.example/"}}) end)
		t.bench("play", function() h:play(t.message_new{subject = ""}) end)
		t.bench("wrong", function() error("no") end)`, "handler.lua", hostileHandler)
	c := run(t, testkit.Config{Paths: []string{dir}, Bench: 20e6})
	if b := c.find(t, "play").Bench; b == nil || b.Runs < 2 || b.PerRun <= 0 {
		t.Errorf("%+v", b)
	}
	if each := c.find(t, "wrong"); each.Status != result.Error || each.Bench != nil {
		t.Error(show(each))
	}
}

// TestBenchLoads lets a benchmark load far more handlers than a case may hold,
// and one that it goes on using.
func TestBenchLoads(t *testing.T) {
	dir := folder(t, "handler.lua", hostileHandler, "a_test.lua", `local t = require "luapush.test" local kept
t.bench("loads", function()
  kept = kept or t.load("handler.lua")
  for i = 1, 100 do t.load("handler.lua") end
  kept:play(t.message_new{}):expect_request()
end)`)
	c := run(t, testkit.Config{Paths: []string{dir}, Bench: 400e6})
	if b := c.find(t, "loads").Bench; b == nil || b.Runs < 2 {
		t.Error(show(c.cases[0]))
	}
}

// TestOddPaths runs tests in folders whose names look like something else, and
// through a link.
func TestOddPaths(t *testing.T) {
	dir := folder(t, "a:1: b;c?/handler.lua", hostileHandler, "a:1: b;c?/x_test.lua", `local t = require "luapush.test"
t.case("good", function() t.load("handler.lua"):play(t.message_new{}):expect_request() end)
t.case("bad", function() error("boo") end)`)
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(filepath.Join(dir, "a:1: b;c?"), link); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{dir, link, link + "/"} {
		c := run(t, testkit.Config{Paths: []string{path}})
		if good := c.find(t, "good"); good.Status != result.Passed {
			t.Error(show(good))
		}
		file := filepath.Join(path, "x_test.lua")
		if path == dir {
			file = filepath.Join(dir, "a:1: b;c?", "x_test.lua")
		}
		if f := c.find(t, "bad").Failures[0]; f.Message != "boo" || f.Line != 3 || f.File != file {
			t.Errorf("%+v", f)
		}
	}
}
