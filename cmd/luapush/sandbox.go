package main

import (
	"github.com/alecthomas/kong"

	"github.com/luapush/luapush/runtime/lua/library"
)

// sandboxFlag is --sandbox or --sandbox=DIR.
type sandboxFlag struct {
	on  bool
	dir string
}

// IsBool makes the flag one that needs no value.
func (s *sandboxFlag) IsBool() bool { return true }

// Decode implements kong.MapperValue.
func (s *sandboxFlag) Decode(ctx *kong.DecodeContext) error {
	s.on, s.dir = true, ""
	if ctx.Scan.Peek().Type != kong.FlagValueToken {
		return nil
	}
	s.dir = ctx.Scan.Pop().String()
	if s.dir == "" {
		return &usageError{text: "give a folder, or --sandbox alone"}
	}
	return nil
}

// system is what the script sees of the host, nil for all of it.
func (s *sandboxFlag) system() (*library.System, error) {
	if !s.on {
		return nil, nil
	}
	if s.dir != "" {
		if err := folder("--sandbox", s.dir); err != nil {
			return nil, err
		}
	}
	system, err := library.SandboxSystem(s.dir, "--sandbox")
	if err != nil {
		return nil, fileError(s.dir, err)
	}
	return system, nil
}
