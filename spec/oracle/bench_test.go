//go:build linux

package oracle_test

import (
	"fmt"
	"testing"

	"github.com/luapush/luapush/spec/oracle"
	"github.com/luapush/luapush/spec/oracle/oracletest"
)

// BenchmarkStart is a start and a stop, directory and all.
func BenchmarkStart(b *testing.B) {
	oracletest.Need(b)
	for b.Loop() {
		i, err := oracle.Start(b.Context(), oracle.Options{})
		if err != nil {
			b.Fatal(err)
		}
		if err := i.Stop(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSession is what one case costs a judge: a delivery, or a login with
// one command, with the handler.
func BenchmarkSession(b *testing.B) {
	i := oracletest.Start(b, oracle.Options{Handler: handler})
	b.Run("deliver", func(b *testing.B) {
		n := 0
		for b.Loop() {
			n++
			if err := i.Deliver(fmt.Sprintf("u%d@x", n%50), mail("x")); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("append", func(b *testing.B) {
		for b.Loop() {
			c, err := i.IMAP("u@x")
			if err != nil {
				b.Fatal(err)
			}
			if err := c.Append("INBOX", "", mail("x")); err != nil {
				b.Fatal(err)
			}
			if err := c.Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
