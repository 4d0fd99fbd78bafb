package main

import (
	"context"
	"os"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the scenarios run luapush as a command.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"luapush": func() {
			os.Exit(int(Main(context.Background(), os.Args[1:], Environment{
				Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv,
			})))
		},
	})
}

// TestScenarios plays the scenarios of testdata/script: commands as a user types
// them, with what they print.
func TestScenarios(t *testing.T) {
	recordings, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       os.Getenv("LUAPUSH_UPDATE") != "",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("ROOT", recordings+"/../..")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			// code N command… runs a command that must end with that exit code.
			"code": exitsWith,
			// steady FILE compares standard output with a file, times aside.
			"steady": steady,
		},
	})
}

var times = regexp.MustCompile(`  \d+ µs|  \d+(\.\d+)?m?s\b|"micros":\d+`)

func steady(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: steady FILE")
	}
	got := times.ReplaceAllString(ts.ReadFile("stdout"), "  TIME")
	want := ts.ReadFile(args[0])
	if diff := cmp.Diff(want, got); diff != "" {
		ts.Fatalf("standard output differs (-want +got):\n%s\nwhole:\n%s", diff, got)
	}
}

func exitsWith(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N command [argument…]")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if err != nil {
		got = lastWord(err.Error())
	}
	if got != args[0] {
		ts.Fatalf("the exit code is %s (%v), want %s", got, err, args[0])
	}
}

func lastWord(s string) string {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == ' ' {
			return s[i+1:]
		}
	}
	return s
}
