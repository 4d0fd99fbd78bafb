package testkit_test

import (
	"testing"
	"time"

	"github.com/luapush/luapush/cmd/luapush/testkit"
)

// TestPass runs the files of testdata/pass, which test the test kit by itself.
func TestPass(t *testing.T) {
	start := time.Now()
	c := run(t, testkit.Config{Paths: []string{"testdata/pass"}, Jobs: 2})
	allPass(t, c, 35)
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("it took %s: something waits in real time", took)
	}
	if each := c.find(t, "chunks that print"); each.Output != "hello\t1\nthere\n" {
		t.Errorf("it printed %q", each.Output)
	}
}
