package watch

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// endings are those of files that tests may depend on without having read them
// yet.
var endings = []string{".lua", ".jsonl", ".golden", ".eml"}

// touched gives the request for what changed; nil if no test depends on it.
func (l *loop) touched() *request {
	var why []string
	named := map[string]bool{}
	fresh := false
	for _, path := range slices.Sorted(maps.Keys(l.changed)) {
		if !l.newer(path) {
			continue
		}
		files, isNew := l.dependents(path)
		if len(files) == 0 && !isNew {
			continue
		}
		why = append(why, path)
		fresh = fresh || isNew
		for _, name := range files {
			named[name] = true
		}
	}
	if len(named) == 0 && !fresh {
		return nil
	}
	r := l.request(summary(why), func(name string) bool { return named[name] })
	r.all = r.all && len(named) > 0
	return r
}

// summary names the first of the files that changed.
func summary(paths []string) string {
	switch len(paths) {
	case 1:
		return paths[0] + " changed"
	case 2:
		return paths[0] + " and 1 more file changed"
	}
	return fmt.Sprintf("%s and %d more files changed", paths[0], len(paths)-1)
}

// dependents are the files that must run again for a path; isNew tells that it
// may be a test that was never run.
func (l *loop) dependents(path string) (names []string, isNew bool) {
	known := false
	for name, f := range l.files {
		if name == path || slices.Contains(f.Uses, path) {
			names, known = append(names, name), true
		}
	}
	if known {
		return names, false
	}
	if names := l.inside(path); len(names) > 0 || isFolder(path) {
		return names, l.holdsNew(path)
	}
	if !slices.Contains(endings, filepath.Ext(path)) || temporary(path) {
		return nil, false
	}
	// It was not read so far, but may be from now on: a module that was
	// missing, another fixture.
	folder := filepath.Dir(path)
	for name, f := range l.files {
		near := func(other string) bool { return filepath.Dir(other) == folder }
		if near(name) || filepath.Join(filepath.Dir(name), "testdata") == folder || slices.ContainsFunc(f.Uses, near) {
			names = append(names, name)
		}
	}
	return names, l.mayBeTest(path)
}

// inside are the files that stand in a folder, or use something there. Of a
// folder that stays, its files tell themselves what changes.
func (l *loop) inside(path string) (names []string) {
	if isFolder(path) && l.seen(path) {
		return nil
	}
	within := func(other string) bool { return strings.HasPrefix(other, path+string(filepath.Separator)) }
	for name, f := range l.files {
		if within(name) || slices.ContainsFunc(f.Uses, within) {
			names = append(names, name)
		}
	}
	return names
}

// holdsNew tells whether a folder holds tests that were never run, as after a
// change of branches.
func (l *loop) holdsNew(folder string) bool {
	found := false
	// What cannot be read has no tests.
	_ = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		switch name := filepath.Base(path); {
		case err != nil:
			return nil //nolint:nilerr // see above
		case d.IsDir() && (strings.HasPrefix(name, ".") && name != "." || name == "node_modules"):
			return filepath.SkipDir
		case d.IsDir(), !strings.HasSuffix(name, "_test.lua") && filepath.Base(filepath.Dir(path)) != "testdata":
			return nil
		case !l.seen(path):
			found = true
			return filepath.SkipAll
		}
		return nil
	})
	return found
}

// seen tells whether a path is a file that was run or used, or the folder of one.
func (l *loop) seen(path string) bool {
	is := func(other string) bool { return other == path || filepath.Dir(other) == path }
	for name, f := range l.files {
		if is(name) || slices.ContainsFunc(f.Uses, is) {
			return true
		}
	}
	return false
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// mayBeTest tells whether a file is one that running everything would find.
func (l *loop) mayBeTest(path string) bool {
	if !strings.HasSuffix(path, "_test.lua") && filepath.Base(path) != "handler.lua" && filepath.Base(filepath.Dir(path)) != "testdata" {
		return false
	}
	_, err := os.Stat(path)
	return err == nil
}

// temporary tells the files that editors make beside the one they save.
func temporary(path string) bool {
	name := filepath.Base(path)
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "#") || strings.HasSuffix(name, "~") || strings.HasSuffix(name, ".swp")
}

// remember keeps the versions of what a run used, so that what it wrote itself,
// such as golden traces, is no change. A source file always is one: people
// write those, and may have done so while the tests ran.
func (l *loop) remember() {
	clear(l.stamps)
	for _, f := range l.files {
		for _, path := range f.Uses {
			if filepath.Ext(path) != ".lua" {
				l.stamps[path] = l.Stamp(path)
			}
		}
	}
}

// newer tells whether a file is another than the last run left behind.
func (l *loop) newer(path string) bool {
	stamp, known := l.stamps[path]
	return !known || stamp != l.Stamp(path)
}

// stampOf is the version of a file, as far as its time and size tell.
func stampOf(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	return fmt.Sprint(info.ModTime().UnixNano(), info.Size())
}
