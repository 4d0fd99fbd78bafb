package library

import (
	"flag"
	"os"
	"os/exec"
	"testing"
	"time"

	vm "github.com/yuin/gopher-lua"
)

var arrayLimit = flag.Int("arrays", 0, "how many items a table keeps in its array; 0 is as the machine has it")

func TestMain(m *testing.M) {
	flag.Parse()
	if *arrayLimit > 0 {
		vm.MaxArrayIndex = *arrayLimit + 1
	}
	os.Exit(m.Run())
}

// TestShortArrays runs the probes once more, in a process where tables keep
// next to nothing in their arrays: all lists are long ones there.
func TestShortArrays(t *testing.T) {
	if *arrayLimit > 0 {
		t.Fatal("this is that process already")
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, limit := range []string{"7", "20"} {
		cmd := exec.CommandContext(t.Context(), program, "-test.run", "^(TestProbes|TestSort.*|TestReference.*)$", "-arrays", limit)
		cmd.WaitDelay = time.Second
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("with arrays of %s: %v\n%s", limit, err, out)
		}
	}
}
