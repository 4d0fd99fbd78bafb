// Package template holds the handlers that "luapush new" starts a folder with:
// for each, the script, its test, and a few recorded transactions to play through it. They
// are for Dovecot 2.3.19 and later of 2.3. The package writes no files.
package template

import (
	"embed"
	"slices"
)

//go:embed */handler.lua */handler_test.lua */fixture.jsonl luarc.json
var files embed.FS

// File is a file of a new folder.
type File struct {
	Name string
	Data []byte
}

// The names of the files.
const (
	Handler  = "handler.lua"
	Test     = "handler_test.lua"
	Fixture  = "fixture.jsonl"
	Settings = ".luarc.json"
	// TypesFolder is where Settings lets the Lua language server look for
	// definitions.
	TypesFolder = "types"
)

// Names gives the names of the templates, in the order of the alphabet.
func Names() []string {
	entries, err := files.ReadDir(".")
	if err != nil {
		return nil // they are part of the program: a test reads them all
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names
}

// Files gives the files of a template: the handler, its test, its fixture, and the
// settings of the Lua language server. There are none for an unknown name.
func Files(name string) []File {
	if !slices.Contains(Names(), name) {
		return nil
	}
	var list []File
	for _, f := range [][2]string{{Handler, name + "/" + Handler}, {Test, name + "/" + Test}, {Fixture, name + "/" + Fixture}, {Settings, "luarc.json"}} {
		data, err := files.ReadFile(f[1])
		if err != nil {
			return nil
		}
		list = append(list, File{f[0], data})
	}
	return list
}
