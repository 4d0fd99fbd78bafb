package spec_test

import (
	"os"
	"path"
	"strings"
	"sync"
	"testing"
)

// divergenceList is a file of divergences: lines of a pattern of probe ids and a
// reason. A pattern that begins with "?" names probes that may differ and need
// not.
type divergenceList struct {
	file    string
	entries []divergence
	mu      sync.Mutex
	used    map[string]bool
}

type divergence struct{ pattern, reason string }

func divergences(t *testing.T, file string) *divergenceList {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	list := &divergenceList{file: file, used: map[string]bool{}}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		pattern, reason, found := strings.Cut(line, " ")
		if !found {
			t.Fatalf("%s: %q has no reason", file, line)
		}
		list.entries = append(list.entries, divergence{pattern, strings.TrimSpace(reason)})
	}
	return list
}

// find gives the reason why a probe may differ.
func (d *divergenceList) find(id string) (reason string, found bool) {
	for _, e := range d.entries {
		if ok, _ := path.Match(strings.TrimPrefix(e.pattern, "?"), id); ok {
			d.mu.Lock()
			d.used[e.pattern] = true
			d.mu.Unlock()
			return e.reason, true
		}
	}
	return "", false
}

// judge fails the test of a probe that differs and is not named, and of one that
// is named and agrees.
func (d *divergenceList) judge(t *testing.T, id, code, difference string, count *counter) {
	t.Helper()
	reason, known := d.find(id)
	switch {
	case difference == "":
		if known && !d.loose(id) {
			t.Errorf("%s is named as a divergence (%s) but agrees: take it out", id, reason)
		}
		count.agree()
	case !known:
		t.Errorf("%s\n%s", code, difference)
	default:
		count.differ()
	}
}

// loose tells whether the probe's pattern allows it to agree.
func (d *divergenceList) loose(id string) bool {
	for _, e := range d.entries {
		if ok, _ := path.Match(strings.TrimPrefix(e.pattern, "?"), id); ok {
			return strings.HasPrefix(e.pattern, "?")
		}
	}
	return false
}

// unused reports patterns that name no probe.
func (d *divergenceList) unused(t *testing.T) {
	t.Helper()
	for _, e := range d.entries {
		if !d.used[e.pattern] {
			t.Errorf("%s: %s names no probe", d.file, e.pattern)
		}
	}
}

// counter counts how the probes went.
type counter struct {
	mu               sync.Mutex
	agreed, differed int
}

func (c *counter) agree() {
	c.mu.Lock()
	c.agreed++
	c.mu.Unlock()
}

func (c *counter) differ() {
	c.mu.Lock()
	c.differed++
	c.mu.Unlock()
}
