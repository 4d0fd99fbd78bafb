// Package scripts holds the Lua that ships with luapush: the drivers ox, dlog
// and chronos, which stand for those that Dovecot has in C, and what else is a
// script for a mail server.
//
// They use nothing but what every handler has, so that they can be read as
// examples, and changed. The host gives a driver's options to its
// script_init(options), in every release; see runtime/driver. The package
// itself runs nothing.
package scripts

import (
	"embed"
	"strings"
)

// The tests beside them, *_test.lua, are not among them.
//
//go:embed chronos.lua dlog.lua ox.lua relay.lua
var files embed.FS

// Source gives the text of the script of that name, such as "ox"; false if
// there is none.
func Source(name string) ([]byte, bool) {
	source, err := files.ReadFile(name + ".lua")
	return source, err == nil
}

// Names are the scripts there are, in alphabetical order.
func Names() []string {
	entries, err := files.ReadDir(".")
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".lua"))
	}
	return names
}
