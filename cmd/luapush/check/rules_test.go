package check_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/luapush/luapush/cmd/luapush/check"
	"github.com/luapush/luapush/runtime/dovecot"
)

// The files of testdata/rules are named after the rule that they are about, and
// hold scripts in chunks. A line "--- title" begins a chunk; releases in
// brackets in the title are those it is checked for: [2.4], [2.3 2.4]. A line
// that ends in "--> RULE: text" must have that finding, with that text somewhere
// in its message; several stand one after the other. All other lines must have
// none. Chunks need not be whole scripts: that handlers are missing counts only
// in the files about that.
type chunk struct {
	name, code string
	releases   []dovecot.Release
	want       []expected
}

type expected struct {
	line       int
	rule, text string
}

var bracket = regexp.MustCompile(`\[([^]]*)\]\s*$`)

func readChunks(t *testing.T, file string) []chunk {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all []chunk
	line := 0
	for text := range strings.Lines(string(data)) {
		if title, ok := strings.CutPrefix(text, "--- "); ok {
			c := chunk{name: strings.TrimSpace(title)}
			if m := bracket.FindStringSubmatch(c.name); m != nil {
				c.releases = releases(t, strings.Fields(m[1])...)
			}
			all = append(all, c)
			line = 0
			continue
		}
		if len(all) == 0 {
			t.Fatalf("%s does not begin with a title", file)
		}
		c := &all[len(all)-1]
		line++
		code, marks, _ := strings.Cut(text, "-->")
		for _, mark := range strings.Split(marks, "-->") {
			if rule, message, ok := strings.Cut(strings.TrimSpace(mark), ": "); ok {
				c.want = append(c.want, expected{line, rule, strings.TrimSpace(message)})
			}
		}
		c.code += strings.TrimRight(code, " \n") + "\n"
	}
	return all
}

func releases(t *testing.T, names ...string) []dovecot.Release {
	t.Helper()
	var list []dovecot.Release
	for _, s := range names {
		r, err := dovecot.Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, r)
	}
	return list
}

func TestRules(t *testing.T) {
	files, err := filepath.Glob("testdata/rules/*.lua")
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	for _, file := range files {
		rule := strings.TrimSuffix(filepath.Base(file), ".lua")
		have = append(have, rule)
		t.Run(rule, func(t *testing.T) {
			bad, good := 0, 0
			for _, c := range readChunks(t, file) {
				if slices.ContainsFunc(c.want, func(e expected) bool { return e.rule == rule }) {
					bad++
				} else {
					good++
				}
				testChunk(t, rule, c)
			}
			if bad == 0 || good == 0 {
				t.Errorf("%d chunks break the rule and %d keep it; both are needed", bad, good)
			}
		})
	}
	for _, r := range check.Rules() {
		if !slices.Contains(have, r.ID) {
			t.Errorf("rule %s has no testdata/rules/%s.lua", r.ID, r.ID)
		}
	}
	if len(have) != len(check.Rules()) {
		t.Errorf("there are %d files for %d rules", len(have), len(check.Rules()))
	}
}

func testChunk(t *testing.T, rule string, c chunk) {
	t.Helper()
	findings := check.Check("handler.lua", strings.TrimSuffix(c.code, "\n"), check.Options{Releases: c.releases})
	findings = slices.DeleteFunc(findings, func(f check.Finding) bool {
		return f.Rule != rule && (f.Rule == "handler-none" || f.Rule == "handler-missing")
	})
	for _, want := range c.want {
		i := slices.IndexFunc(findings, func(f check.Finding) bool {
			return f.Line == want.line && f.Rule == want.rule && strings.Contains(f.Message, want.text)
		})
		if i < 0 {
			t.Errorf("%s: line %d has no finding %s: %s", c.name, want.line, want.rule, want.text)
			continue
		}
		findings = slices.Delete(findings, i, i+1)
	}
	for _, f := range findings {
		t.Errorf("%s: unexpected: %d:%d: %s: %s (%s)\n\t%s", c.name, f.Line, f.Column, f.Rule, f.Message, f.Hint, f.Source)
	}
}

// pageReleases are those that the examples of a page are checked for, where it
// is not the default.
var pageReleases = map[string][]string{"release-api": {"2.3", "2.4"}, "main-chunk": {"2.3.15"}}

// TestPages holds the pages to what they say: what they tell to avoid breaks the
// rule, what they tell to prefer breaks no rule at all.
func TestPages(t *testing.T) {
	for _, r := range check.Rules() {
		options := check.Options{Releases: releases(t, pageReleases[r.ID]...)}
		for name, text := range map[string]string{"title": r.Title, "avoid": r.Avoid, "prefer": r.Prefer, "why": r.Why} {
			if text == "" {
				t.Errorf("%s: no %s", r.ID, name)
			}
		}
		if !strings.HasSuffix(r.Title, ".") {
			t.Errorf("%s: the title %q is no sentence", r.ID, r.Title)
		}
		if page, ok := check.FindRule(r.ID); !ok || page != r {
			t.Errorf("%s: the file is named otherwise", r.ID)
		}
		broken := false
		for _, f := range check.Check("avoid.lua", r.Avoid, options) {
			broken = broken || f.Rule == r.ID
		}
		if !broken {
			t.Errorf("%s: what the page says to avoid does not break it", r.ID)
		}
		for _, f := range check.Check("prefer.lua", r.Prefer, options) {
			if f.Rule == r.ID || f.Rule != "handler-none" && f.Rule != "handler-missing" {
				t.Errorf("%s: what the page says to prefer: %d: %s: %s", r.ID, f.Line, f.Rule, f.Message)
			}
		}
	}
}

// TestEveryRuleOfTheCodeHasAPage reads the package's own source, so that no
// finding can name a rule that nobody can look up.
func TestEveryRuleOfTheCodeHasAPage(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	call := regexp.MustCompile(`(?:\breport(?:As)?\(|Rule: |everity\()"([a-z-]+)"`)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range call.FindAllSubmatch(source, -1) {
			named[string(m[1])] = true
			if _, ok := check.FindRule(string(m[1])); !ok {
				t.Errorf("%s names rule %s, which has no page", file, m[1])
			}
		}
	}
	for _, r := range check.Rules() {
		if !named[r.ID] {
			t.Errorf("nothing ever reports rule %s", r.ID)
		}
	}
}
