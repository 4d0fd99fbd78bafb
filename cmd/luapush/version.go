package main

import (
	"cmp"
	"fmt"
	"runtime/debug"

	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/lua"
)

// versionCommand is "luapush version".
type versionCommand struct{}

// Run prints the versions.
func (versionCommand) Run(a *application) error {
	version := cmp.Or(moduleVersion(), "(development)")
	_, err := fmt.Fprintf(a.out, "luapush %s\nDovecot %s by default, %s with --dovecot 2.4\nLua %s\n",
		version, dovecot.Default, dovecot.Latest24, lua.Version)
	return err
}

// moduleVersion is the version of luapush that was built, "" for a development one.
func moduleVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "(devel)" {
		return ""
	}
	return info.Main.Version
}
