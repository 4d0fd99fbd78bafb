package lua_test

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	vm "github.com/yuin/gopher-lua"
	"go.uber.org/goleak"

	"github.com/luapush/luapush/runtime/lua"
)

var arrayLimit = flag.Int("arrays", 0, "how many items a table keeps in its array; 0 is as usual")

func TestMain(m *testing.M) {
	flag.Parse()
	if *arrayLimit > 0 {
		lua.NewEngine(lua.EngineOptions{}) // sets the usual limit, once
		vm.MaxArrayIndex = *arrayLimit + 1
	}
	goleak.VerifyTestMain(m)
}

// TestShortArrays runs the comparisons with lua5.4 once more, in a process where
// tables keep next to nothing in their arrays: all lists are long ones there.
func TestShortArrays(t *testing.T) {
	if *arrayLimit > 0 {
		t.Fatal("this is that process already")
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, "-test.run", "^(TestRandomPrograms|TestLongLists)$",
		"-arrays", "7", "-programs", fmt.Sprint(*programCount/2), "-seed", fmt.Sprint(*programSeed))
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
