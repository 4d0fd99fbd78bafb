package main

import (
	"fmt"
	"runtime/debug"

	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/lua"
)

// versionCommand is "luapush version".
type versionCommand struct{}

// Run prints the versions.
func (versionCommand) Run(a *application) error {
	version := "(development)"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		version = info.Main.Version
	}
	_, err := fmt.Fprintf(a.out, "luapush %s\nDovecot %s by default, %s with --dovecot 2.4\nLua %s\n",
		version, dovecot.Default, dovecot.Latest24, lua.Version)
	return err
}
