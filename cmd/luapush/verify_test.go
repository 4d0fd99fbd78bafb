package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/luapush/luapush/spec/oracle/oracletest"
)

// TestVerify plays the scenarios of testdata/verify, which need a real Dovecot.
func TestVerify(t *testing.T) {
	oracletest.Need(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/verify",
		UpdateScripts:       os.Getenv("LUAPUSH_UPDATE") != "",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			// The scenario's own path is too long for unix sockets below it.
			e.Setenv("TMPDIR", os.TempDir())
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"code": exitsWith},
	})
}
