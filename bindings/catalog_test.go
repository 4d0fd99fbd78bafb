package bindings_test

import (
	"strings"
	"testing"

	"github.com/luapush/luapush/bindings"
)

// TestEverythingIsDescribed holds the descriptions to what a reader needs.
func TestEverythingIsDescribed(t *testing.T) {
	described := func(what, doc string) {
		t.Helper()
		if doc == "" || !strings.HasSuffix(strings.TrimSuffix(doc, ")"), ".") && !strings.HasSuffix(doc, ")") {
			t.Errorf("%s: %q is no sentence", what, doc)
		}
	}
	for _, o := range bindings.Objects() {
		for _, f := range o.Functions {
			described(o.Name+" "+f.Name, f.Doc)
			optional := false
			for _, p := range f.Params {
				if optional && !p.Optional {
					t.Errorf("%s %s: %s is needed after an optional parameter", o.Name, f.Name, p.Name)
				}
				optional = p.Optional
			}
		}
		for _, f := range o.Fields {
			described(o.Name+" "+f.Name, f.Doc)
		}
	}
	for _, c := range bindings.Constants() {
		described(c.Name, c.Doc)
	}
	for _, f := range bindings.EventFields {
		described(f.Name, f.Doc)
	}
	for _, f := range bindings.StatusFields {
		described(f.Name, f.Doc)
	}
}
