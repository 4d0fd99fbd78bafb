package spec_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/luapush/luapush/"

// arrows says which of our packages a package may import: itself, what is below
// it, and the packages named. A package that is not named here fails the test:
// give it a place first. Tests may import more.
var arrows = map[string][]string{
	"runtime/spelling":       {},
	"runtime/mail":           {"runtime/spelling"},
	"runtime/dovecot":        {},
	"runtime/trace":          {},
	"runtime/transport":      {},
	"runtime/lua":            {},
	"runtime/lua/native":     {},
	"runtime/lua/syntax":     {},
	"runtime/lua/repair":     {"runtime/lua/syntax", "runtime/lua/native"},
	"runtime/lua/library":    {"runtime/lua/native"},
	"runtime/lua/difftest":   {"runtime/lua"},
	"runtime/config":         {"runtime/dovecot", "runtime/spelling"},
	"runtime/httpclient":     {"runtime/transport", "runtime/dovecot", "runtime/config"},
	"runtime/store":          {"runtime/mail"},
	"runtime/store/dict":     {"runtime/store", "runtime/mail"},
	"runtime/store/doveadm":  {"runtime/store", "runtime/mail"},
	"runtime/source":         {"runtime/mail"},
	"runtime/message":        {},
	"runtime/deliver":        {"runtime/mail", "runtime/dovecot"},
	"runtime/strip":          {"runtime/mail", "runtime/deliver"},
	"runtime/driver":         {"runtime/mail", "runtime/dovecot", "runtime/config", "runtime/spelling"},
	"runtime":                {"runtime/mail", "runtime/dovecot", "runtime/trace", "runtime/transport", "runtime/lua", "runtime/config", "runtime/store", "runtime/source"},
	"bindings":               {"runtime"},
	"stdlib":                 {"runtime"},
	"scripts":                {},
	"examples":               {"runtime", "bindings", "stdlib", "scripts", "cmd/luapush"},
	"cmd/luapush":            {"runtime", "bindings", "stdlib", "scripts", "spec/oracle"},
	"spec/oracle":            {},
	"spec/oracle/oracletest": {"spec/oracle"},
	"spec":                   {"runtime", "bindings", "stdlib", "scripts"},
}

// aggregates are packages that may import everything below their own folder.
var aggregates = []string{"runtime", "runtime/lua", "stdlib", "bindings"}

func TestPackagesImportInOneDirectionOnly(t *testing.T) {
	root := ".."
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		dir, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		check(t, path, filepath.ToSlash(dir))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func check(t *testing.T, path, dir string) {
	t.Helper()
	place := home(dir)
	allowed, ok := arrows[place]
	if !ok {
		t.Errorf("%s: package %s has no place in the house: name it in arrows", path, dir)
		return
	}
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	if err != nil {
		t.Error(err)
		return
	}
	for _, i := range f.Imports {
		name, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			t.Error(err)
			continue
		}
		to, ours := strings.CutPrefix(name, module)
		if ours && !may(place, dir, to, allowed) {
			t.Errorf("%s imports %s: %s may import only %v", path, to, place, allowed)
		}
	}
}

// home is the package of the table that a folder belongs to.
func home(dir string) string {
	for d := dir; d != "."; d = filepath.ToSlash(filepath.Dir(d)) {
		if _, ok := arrows[d]; ok {
			return d
		}
	}
	return dir
}

func may(place, dir, to string, allowed []string) bool {
	for _, a := range aggregates {
		if place == a && dir == a && strings.HasPrefix(to, a+"/") {
			return true
		}
	}
	// Folders of the same place may import each other, never what is above.
	if home(to) == place && to != place {
		return true
	}
	for _, a := range allowed {
		if to == a || a != "runtime" && strings.HasPrefix(to, a+"/") {
			return true
		}
		// Who knows the runtime knows what stands below it.
		if a == "runtime" && strings.HasPrefix(to, "runtime/") {
			return true
		}
	}
	return false
}
