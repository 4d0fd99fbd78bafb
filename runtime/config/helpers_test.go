package config

import (
	"io/fs"
	"path"
	"slices"
	"testing"

	"github.com/luapush/luapush/runtime/dovecot"
)

func release(t testing.TB, name string) dovecot.Release {
	t.Helper()
	r, err := dovecot.Parse(name)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// inMemory reads files from a map. Relative names in it are those of the folder /etc/dovecot.
func inMemory(files map[string]string) LoadOptions {
	at := func(name string) string {
		if path.IsAbs(name) {
			return path.Clean(name)
		}
		return path.Join("/etc/dovecot", name)
	}
	all := make(map[string]string)
	for name, text := range files {
		all[at(name)] = text
	}
	return LoadOptions{
		ReadFile: func(name string) ([]byte, error) {
			text, ok := all[at(name)]
			if !ok {
				return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
			}
			return []byte(text), nil
		},
		Glob: func(pattern string) ([]string, error) {
			var found []string
			for name := range all {
				if ok, err := path.Match(at(pattern), name); err != nil {
					return nil, err
				} else if ok {
					found = append(found, name)
				}
			}
			slices.Sort(found)
			return found, nil
		},
	}
}

// load reads one file of the given text.
func load(t testing.TB, text string) (*Settings, error) {
	t.Helper()
	return Load("/etc/dovecot/dovecot.conf", inMemory(map[string]string{"dovecot.conf": text}))
}

func mustLoad(t testing.TB, text string) *Settings {
	t.Helper()
	s, err := load(t, text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
