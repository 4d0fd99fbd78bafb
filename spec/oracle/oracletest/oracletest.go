// Package oracletest lets tests use a real Dovecot, package oracle. It is apart
// so that the command does not link package testing.
package oracletest

import (
	"os"
	"testing"

	"github.com/luapush/luapush/spec/oracle"
)

// Need lets a test go on only where Dovecot is installed. Without it the test is
// skipped, but it fails where the environment variable CI is set: there the
// judge must have its say.
func Need(t testing.TB) {
	t.Helper()
	err := oracle.Installed(t.Context())
	if err == nil {
		return
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("CI is set, and so the real Dovecot must be there: %v", err)
	}
	t.Skipf("SKIPPED, not compared with the real Dovecot: %v", err)
}

// shownLines and shownBytes bound what is shown of the log of a test that failed.
const (
	shownLines = 60
	shownBytes = 300
)

// Start needs Dovecot, starts one, and stops it when the test ends. The end of
// the log of a test that failed is shown.
func Start(t testing.TB, o oracle.Options) *oracle.Instance {
	t.Helper()
	Need(t)
	i, err := oracle.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			show(t, i.LogSince(0))
		}
		if err := i.Stop(); err != nil {
			t.Error(err)
		}
	})
	return i
}

func show(t testing.TB, lines []oracle.Line) {
	t.Helper()
	if cut := len(lines) - shownLines; cut > 0 {
		t.Logf("(%d lines of Dovecot's log before these)", cut)
		lines = lines[cut:]
	}
	for _, l := range lines {
		text := l.String()
		if len(text) > shownBytes {
			text = text[:shownBytes] + "…"
		}
		t.Log(text)
	}
}
