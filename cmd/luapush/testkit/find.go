package testkit

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/luapush/luapush/cmd/luapush/testkit/host"
)

// handlerName is the script whose golden traces and fixtures stand beside it.
const handlerName = "handler.lua"

// find gives what there is to run below the paths, in their order and then by
// name. The error is that of a path that cannot be read.
func (c *Config) find() ([]unit, error) {
	paths := c.Paths
	if len(paths) == 0 {
		paths = []string{"."}
	}
	var units []unit
	seen := map[string]bool{}
	add := func(u unit, key string) {
		if !seen[key] {
			seen[key] = true
			units = append(units, u)
		}
	}
	for _, path := range paths {
		info, err := os.Stat(path)
		switch {
		case os.IsNotExist(err):
			return nil, fmt.Errorf("%s: no such file or folder; check the path", path)
		case err != nil:
			return nil, err
		case !info.IsDir():
			if !strings.HasSuffix(path, ".lua") {
				return nil, fmt.Errorf("%s: is no Lua file; give a test file, such as handler_test.lua, or a folder", path)
			}
			path = filepath.Clean(path)
			if c.Sweep {
				add(newSweep(path), path)
			} else {
				add(&testFile{path}, path)
			}
			continue
		}
		if err := c.walk(path, add); err != nil {
			return nil, err
		}
	}
	return units, nil
}

// walk looks through a folder.
func (c *Config) walk(root string, add func(unit, string)) error {
	root = host.Through(root)
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			if path == root {
				return err
			}
			return nil // what cannot be read is not ours
		}
		name := d.Name()
		if d.IsDir() {
			if path != root && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata") {
				return filepath.SkipDir
			}
			return nil
		}
		switch {
		case c.Sweep:
			if name == handlerName {
				add(newSweep(path), path)
			}
		case strings.HasSuffix(name, "_test.lua"):
			add(&testFile{path}, path)
		case name == handlerName:
			if g := newGolden(path); g != nil {
				add(g, path)
			}
		}
		return nil
	})
}

// names gives the files of a folder with an ending, sorted; none where there is
// no such folder.
func names(folder, ending string) []string {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil
	}
	var list []string
	for _, e := range entries {
		if !e.IsDir() && strings.HasSuffix(e.Name(), ending) {
			list = append(list, e.Name())
		}
	}
	slices.Sort(list)
	return list
}
