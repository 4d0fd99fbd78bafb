package coverage

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	testhost "github.com/luapush/luapush/cmd/luapush/testkit/host"
	"github.com/luapush/luapush/runtime/lua"
	"github.com/luapush/luapush/runtime/mail"
)

// handlerName is what a handler is called.
const handlerName = "handler.lua"

// beside gives the Lua files that were not loaded: those in the folders of
// handlers, and handlers below the paths.
func beside(paths []string, loaded map[string]bool, handlers map[string]*handler) (files []lua.FileCoverage, notes []string) {
	folders := map[string]bool{}
	for script := range handlers {
		folders[folderOf(script)] = true
	}
	for _, script := range below(paths) {
		folders[folderOf(script)] = true
	}
	lines := lua.NewCoverage(nil)
	engine := lua.NewEngine(lua.EngineOptions{Coverage: lines})
	for _, folder := range slices.Sorted(maps.Keys(folders)) {
		for _, name := range luaFiles(folder) {
			path := filepath.Join(folder, name)
			if loaded[path] {
				continue
			}
			source, err := testhost.Source(path)
			if err == nil {
				_, err = engine.Compile(path, source)
			}
			if err != nil {
				notes = append(notes, fmt.Sprintf("%s is not counted: %s", path, err))
			}
		}
	}
	files = lines.Files()
	for i := range files {
		define(handlers, &files[i])
	}
	return files, notes
}

// define makes a handler of a file that was not loaded, if its text has event
// functions.
func define(handlers map[string]*handler, f *lua.FileCoverage) {
	for _, name := range mail.EventNames() {
		function := name.HandlerFunction()
		if !slices.ContainsFunc(f.Functions, func(fn lua.FunctionCoverage) bool { return fn.Name == function }) {
			continue
		}
		if handlers[f.Name] == nil {
			merge(handlers, &handler{script: f.Name})
		}
		handlers[f.Name].defined[name] = true
	}
}

// below finds the handlers below paths.
func below(paths []string) []string {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	var list []string
	for _, root := range paths {
		root = testhost.Through(root)
		// What cannot be read the runner has told already, or is not ours.
		_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return nil //nolint:nilerr // see above
			}
			name := d.Name()
			if d.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata") {
				return filepath.SkipDir
			}
			if !d.IsDir() && name == handlerName {
				list = append(list, path)
			}
			return nil
		})
	}
	return list
}

// luaFiles are the Lua files of a folder that are no tests.
func luaFiles(folder string) []string {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil // a handler was loaded from there, and the folder is gone
	}
	var list []string
	for _, e := range entries {
		if name := e.Name(); !e.IsDir() && strings.HasSuffix(name, ".lua") && !strings.HasSuffix(name, "_test.lua") {
			list = append(list, name)
		}
	}
	return list
}

func folderOf(path string) string { return filepath.Dir(path) }
