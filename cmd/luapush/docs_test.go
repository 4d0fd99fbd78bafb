package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/cmd/luapush/types"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/stdlib"
)

// TestEverythingHasAPage looks each description up by its name, in releases of
// both generations, and wants its sentence on the page, and a remark exactly
// where the release does not have it.
func TestEverythingHasAPage(t *testing.T) {
	for _, r := range []dovecot.Release{dovecot.First, dovecot.Default, dovecot.At(2, 4), dovecot.Latest24} {
		all := topics(r)
		expect := func(name, doc string, has bool) {
			t.Helper()
			for _, found := range findTopics(all, name) {
				var page bytes.Buffer
				if err := found.write(&page); err != nil {
					t.Fatal(err)
				}
				if found.has == has && strings.Contains(page.String(), doc) {
					return
				}
			}
			t.Errorf("%s: no page of %s (there: %v) says %q", r, name, has, doc)
		}
		http := slices.ContainsFunc(all, func(x topic) bool { return x.name == "dovecot.http" && x.has })
		if http != r.AtLeast(2, 3, 19) {
			t.Errorf("%s: dovecot.http: %v", r, http)
		}
		for _, o := range types.Objects() {
			for i := range o.Functions {
				f := &o.Functions[i]
				other := func(g bindings.Function) bool { return g.Name == f.Name && g.Has(r) }
				if has := f.Has(r) && (http || !strings.HasPrefix(o.Name, "http ")); has || !slices.ContainsFunc(o.Functions, other) {
					expect(owner(&o)+f.Name, f.Doc, has)
				}
			}
			for _, f := range o.Fields {
				expect(strings.TrimRight(owner(&o), ":.")+"."+f.Name, f.Doc, f.Has(r))
			}
		}
		for _, c := range bindings.Constants() {
			expect(c.Name, c.Doc, c.Has(r))
		}
		for _, s := range bindings.HTTPSettings(r) {
			usable := http && (s.Name != "event_parent" || r.AtLeast(2, 4)) // it crashes 2.3
			expect("dovecot.http.client."+s.Name, s.Doc, usable)
			if usable {
				expect("dovecot.http.client", s.Doc, true)
			}
		}
		for _, e := range mail.EventNames() {
			for _, f := range bindings.EventFields {
				if f.Has(e, r) && !f.Documented {
					expect(string(e), f.Doc, true)
					expect(e.HandlerFunction(), f.Doc, true)
				}
			}
		}
		for _, m := range stdlib.Catalog() {
			expect(m.Name, m.Doc, true)
		}
	}
}

func TestNearestTopic(t *testing.T) {
	all := topics(dovecot.Default)
	tests := map[string]string{
		"mailbox:statsu":         "mailbox:status",
		"MesageNew":              "MessageNew",
		"STATUS_UNSEN":           "STATUS_UNSEEN",
		"request_timout_msecs":   "request_timeout_msecs",
		"zzzzzzzz":               "",
		strings.Repeat("x", 101): "",
	}
	for wrong, want := range tests {
		if got := nearestTopic(all, wrong); got != want {
			t.Errorf("nearestTopic(%q) = %q, want %q", wrong, got, want)
		}
		if found := findTopics(all, wrong); len(found) > 0 {
			t.Errorf("%q is found: %s", wrong, found[0].name)
		}
	}
}
