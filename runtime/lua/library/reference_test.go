package library

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	vm "github.com/yuin/gopher-lua"
)

// answer is Lua source of a loop that both sides run: it takes chunks and gives
// what became of them, in the harness's words.
const answer = `
local harness, receive, send = ...
while true do
  local text = receive()
  if not text then return end
  local out = {}
  harness(text, function(s) out[#out+1] = s end)
  send(table.concat(out))
end`

// peer runs probes on the reference, one process for all of them.
type peer struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func newPeer(t testing.TB) *peer {
	t.Helper()
	script := `local harness = assert(loadfile("testdata/harness.lua"))
		local function receive() local n = io.read("n") if not n then return end io.read(1) return io.read(n) end
		local function send(s) io.write(#s, "\n", s) io.flush() end
		` + strings.Replace(answer, "= ...", "= harness, receive, send", 1)
	p := &peer{cmd: exec.Command(reference, "-e", script)}
	p.cmd.Stderr = os.Stderr
	p.cmd.Env = append(os.Environ(), "TZ=UTC", "LC_ALL=C")
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.out = bufio.NewReader(out)
	if err := p.cmd.Start(); err != nil {
		missing(t, err)
	}
	t.Cleanup(func() {
		_ = p.in.Close()
		_ = p.cmd.Wait()
	})
	return p
}

func (p *peer) ask(t testing.TB, probe string) string {
	t.Helper()
	if _, err := fmt.Fprintf(p.in, "%d\n%s", len(probe), probe); err != nil {
		t.Fatal(err)
	}
	var n int
	if _, err := fmt.Fscanf(p.out, "%d\n", &n); err != nil {
		t.Fatalf("no answer to %s: %v", probe, err)
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(p.out, b); err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// pair compares single probes on both.
type pair struct {
	*peer
	l       *vm.LState
	harness vm.LValue
}

func newPair(t testing.TB) *pair {
	t.Helper()
	source, err := os.ReadFile("testdata/harness.lua")
	if err != nil {
		t.Fatal(err)
	}
	proto, err := compile("=harness", source)
	if err != nil {
		t.Fatal(err)
	}
	l := newState(t, newLibrary(t, Options{}), nil)
	return &pair{newPeer(t), l, l.NewFunctionFromProto(proto)}
}

// ours gives luapush's answer to a probe.
func (p *pair) ours(t testing.TB, probe string) string {
	t.Helper()
	var out strings.Builder
	emit := p.l.NewFunction(func(l *vm.LState) int {
		out.WriteString(l.ToString(1))
		return 0
	})
	if _, raised := protected(p.l, p.harness, vm.LString(probe), emit); raised != nil {
		t.Fatalf("%s: %v", probe, raised)
	}
	return out.String()
}

func (p *pair) compare(t testing.TB, probe string) {
	t.Helper()
	if want, got := p.ask(t, probe), p.ours(t, probe); got != want {
		t.Errorf("%s\n got %s\nwant %s", probe, got, want)
	}
}

// quoted is a Lua string literal of any bytes on one line.
func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range []byte(s) {
		fmt.Fprintf(&b, "\\%03d", c)
	}
	b.WriteByte('"')
	return b.String()
}

// missing ends a test on a machine without lua5.4: there it is skipped, and
// says so; in CI it fails.
func missing(t testing.TB, err error) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("%s: %v, and CI must have it", reference, err)
	}
	t.Skipf("SKIPPED: %s: %v (Debian package lua5.4), so nothing was compared with it", reference, err)
}
