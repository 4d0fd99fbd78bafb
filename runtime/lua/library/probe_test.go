package library

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	vm "github.com/yuin/gopher-lua"
)

// reference is the program that is the measure of everything here.
const reference = "lua5.4"

// TestProbes runs every line of testdata/probes on PUC Lua and on luapush. The
// two must agree, but where testdata/divergences names a line with a reason; and
// every line named there must still differ.
func TestProbes(t *testing.T) {
	named := divergences(t)
	files, err := filepath.Glob("testdata/probes/*.lua")
	if err != nil || len(files) == 0 {
		t.Fatal("no probes", err)
	}
	count := 0
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		base := strings.TrimSuffix(filepath.Base(file), ".lua")
		want, got := onReference(t, file), onLuapush(t, string(source))
		for i, probe := range strings.Split(string(source), "\n") {
			if probe == "" || strings.HasPrefix(probe, "--") {
				continue
			}
			count++
			key := base + "\t" + probe
			line := fmt.Sprint(i + 1)
			if want[line] == got[line] {
				if reason, ok := named[key]; ok {
					t.Errorf("%s:%s: %s\n named as a divergence (%s), but agrees: %s", file, line, probe, reason, got[line])
				}
			} else if named[key] == "" {
				t.Errorf("%s:%s: %s\n got %s\nwant %s", file, line, probe, got[line], want[line])
			}
			delete(named, key)
		}
	}
	for key := range named {
		t.Errorf("testdata/divergences names a probe that is not there: %s", key)
	}
	if count < 400 {
		t.Errorf("only %d probes", count)
	}
	t.Logf("%d probes", count)
}

// divergences reads the list of probes that may differ: file, probe and reason,
// separated by tabs.
func divergences(t *testing.T) map[string]string {
	data, err := os.ReadFile("testdata/divergences")
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]string{}
	for i, line := range strings.Split(string(data), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		parts := strings.Split(line, "\t")
		if len(parts) != 3 || parts[2] == "" {
			t.Fatalf("testdata/divergences:%d: not file, probe and reason", i+1)
		}
		named[parts[0]+"\t"+parts[1]] = parts[2]
	}
	return named
}

func results(output string) map[string]string {
	byLine := map[string]string{}
	for _, line := range strings.Split(output, "\n") {
		if number, text, ok := strings.Cut(line, "\t"); ok {
			byLine[number] = text
		}
	}
	return byLine
}

func onReference(t *testing.T, file string) map[string]string {
	t.Helper()
	script := `local f = assert(io.open(arg[1])) local text = f:read("a") f:close()
		local out = {} loadfile(arg[2])(text, function(s) out[#out+1] = s end)
		io.stderr:write(table.concat(out))`
	cmd := exec.Command(reference, "-", file, "testdata/harness.lua")
	cmd.Stdin = strings.NewReader(script)
	cmd.WaitDelay = time.Second
	var out, ignored bytes.Buffer
	cmd.Stderr, cmd.Stdout = &out, &ignored
	cmd.Env = append(os.Environ(), "TZ=UTC", "LC_ALL=C", "PROBE=set")
	if err := cmd.Start(); err != nil {
		missing(t, err)
	}
	timer := time.AfterFunc(30*time.Second, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%s on %s: %v\n%s", reference, file, err, out.String())
	}
	return results(out.String())
}

func onLuapush(t *testing.T, probes string) map[string]string {
	t.Helper()
	system := HostSystem()
	system.Zone = time.UTC
	getenv := system.Getenv
	system.Getenv = func(name string) (string, bool) {
		if name == "PROBE" {
			return "set", true
		}
		return getenv(name)
	}
	var printed, out bytes.Buffer
	l := newState(t, newLibrary(t, Options{System: system}), &printed)
	harness, err := os.ReadFile("testdata/harness.lua")
	if err != nil {
		t.Fatal(err)
	}
	emit := l.NewFunction(func(l *vm.LState) int {
		out.WriteString(l.ToString(1))
		return 0
	})
	if _, raised := do(t, l, string(harness), vm.LString(probes), emit); raised != nil {
		t.Fatalf("harness: %v", raised)
	}
	return results(out.String())
}

// TestDivergencesSorted keeps the list readable.
func TestDivergencesSorted(t *testing.T) {
	data, err := os.ReadFile("testdata/divergences")
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, line := range strings.Split(string(data), "\n") {
		if line != "" && !strings.HasPrefix(line, "#") {
			keys = append(keys, strings.SplitN(line, "\t", 2)[0])
		}
	}
	if !slices.IsSorted(keys) {
		t.Error("testdata/divergences is not in the order of the files")
	}
}
