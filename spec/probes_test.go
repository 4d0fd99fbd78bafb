package spec_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/trace"
	"github.com/luapush/luapush/runtime/transport"
	"github.com/luapush/luapush/stdlib"
)

// probe is a piece of Lua and what real Dovecot made of it; probes/README.md
// describes the fields.
type probe struct {
	ID      string     `json:"id"`
	Code    string     `json:"code"`
	OK      bool       `json:"ok"`
	Results []string   `json:"results"`
	Error   string     `json:"error_value"`
	Log     []probeLog `json:"log"`
	Crash   bool       `json:"crash"`
}

type probeLog struct {
	Level  string    `json:"level"`
	Text   probeText `json:"text"`
	Prefix *string   `json:"prefix"`
}

// probeText is a string, or {"$base64":…}.
type probeText string

// UnmarshalJSON implements json.Unmarshaler.
func (p *probeText) UnmarshalJSON(data []byte) error {
	var s string
	if err := json.Unmarshal(data, &s); err == nil {
		*p = probeText(s)
		return nil
	}
	var coded struct {
		Data string `json:"$base64"`
	}
	if err := json.Unmarshal(data, &coded); err != nil {
		return err
	}
	decoded, err := base64.StdEncoding.DecodeString(coded.Data)
	*p = probeText(decoded)
	return err
}

// TestProbes runs what real Dovecot 2.3.19.1 ran, in the same world, and holds
// luapush to its answers. Differences are named in probes/divergences.txt, each
// with its reason; one that has gone fails as well.
func TestProbes(t *testing.T) {
	server := newProbeServer(t)
	live := liveTransport(t)
	world := newProbeWorld(t, server, live)
	named := divergences(t, "probes/divergences.txt")
	var count counter
	files, err := filepath.Glob("probes/api/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no probes: %v", err)
	}
	t.Run("probes", func(t *testing.T) {
		for _, file := range files {
			for _, p := range readProbes(t, file) {
				t.Run(p.ID, func(t *testing.T) {
					t.Parallel()
					got := world.run(t, p.Code)
					named.judge(t, p.ID, p.Code, p.compare(world, got), &count)
				})
			}
		}
	})
	named.unused(t)
	t.Logf("%d probes agree with real Dovecot, %d differ by name", count.agreed, count.differed)
}

// liveTransport sends requests over the loopback.
func liveTransport(t *testing.T) transport.Transport {
	t.Helper()
	live := transport.Live(transport.LiveOptions{})
	t.Cleanup(func() { live.Close() })
	return live
}

func readProbes(t *testing.T, file string) []probe {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []probe
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var p probe
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all = append(all, p)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// probeWorld is what probes run in.
type probeWorld struct {
	server      *probeServer
	live        transport.Transport
	environment string
	harness     []byte
}

func newProbeWorld(t *testing.T, server *probeServer, live transport.Transport) *probeWorld {
	t.Helper()
	environment, err := os.ReadFile("probes/environment.json")
	if err != nil {
		t.Fatal(err)
	}
	harness, err := os.ReadFile("probes/harness.lua")
	if err != nil {
		t.Fatal(err)
	}
	w := &probeWorld{server: server, live: live, harness: harness}
	w.environment = w.fill(string(environment))
	return w
}

// fill puts the server's address for the placeholders.
func (w *probeWorld) fill(s string) string {
	return strings.NewReplacer("@@URL@@", "http://"+w.server.host, "@@HOST@@", w.server.host, "@@REFUSED@@", w.server.refused).Replace(s)
}

// answer is what a probe did here.
type answer struct {
	results []string
	failure string
	logs    []probeLog
	// broken is a fault of the run itself.
	broken string
}

func (w *probeWorld) run(t *testing.T, code string) answer {
	t.Helper()
	var a answer
	var reports []*trace.Log
	host := runtime.New(runtime.Options{
		API: bindings.NewDovecot(), Modules: stdlib.Modules(), Strict: true, HTTP: w.live,
		Settings: map[string]string{"probe_code": hex.EncodeToString([]byte(w.fill(code)))},
		Limits:   runtime.Limits{Time: 20 * time.Second},
		Observer: trace.ObserverFunc(func(r trace.Record) {
			switch r := r.(type) {
			case *trace.Log:
				if !r.Suppressed {
					reports = append(reports, r)
				}
			case *trace.Error:
				a.broken = r.Code + ": " + r.Message
			}
		}),
	})
	program, err := host.Compile("harness.lua", w.harness)
	if err != nil {
		t.Fatal(err)
	}
	txn, err := mail.Parse([]byte(w.environment), "probes/environment.json")
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	session, err := host.Open(ctx, program, txn)
	if err != nil {
		t.Fatal(err)
	}
	session.Play(ctx, txn)
	session.Close(ctx)
	a.read(reports)
	return a
}

var report = regexp.MustCompile(`(?s)^@@probe (result|error|traceback) (\d+)/(\d+) (.*)\|$`)

// read takes the harness's reports out of the log lines.
func (a *answer) read(lines []*trace.Log) {
	piece := ""
	for _, line := range lines {
		if line.Message == "@@probe begin" || line.Message == "@@probe end" {
			continue
		}
		m := report.FindStringSubmatch(line.Message)
		if m == nil {
			a.logs = append(a.logs, probeLog{Level: string(line.Level), Text: probeText(line.Message)})
			continue
		}
		piece += m[4]
		if m[2] != m[3] {
			continue
		}
		switch m[1] {
		case "result":
			a.results = append(a.results, piece)
		case "error":
			a.failure = piece
		}
		piece = ""
	}
}

var (
	// numbers are of one type here, so that 4.0 in a string comes out as 4.
	subtype  = regexp.MustCompile(`\b(integer|float) (-?[\dni])`)
	integral = regexp.MustCompile(`(\d)\.0\b`)
	// service is how the delivery's own event stands before a script's.
	service = regexp.MustCompile(`lmtp-server: conn [^ ]+ \[\d+\]: rcpt [^ ]+: `)
	seconds = regexp.MustCompile(`\d+\.\d{3} secs`)
	address = regexp.MustCompile(`0x[0-9a-f]+`)
	connID  = regexp.MustCompile(`\((conn:[^,]*),id=\d+\)`)
	peer    = regexp.MustCompile(`127\.0\.0\.1:\d+`)
)

// plain takes away what cannot be the same.
func (w *probeWorld) plain(s string) string {
	s = strings.ReplaceAll(s, w.server.host, "@@HOST@@")
	s = strings.ReplaceAll(s, w.server.refused, "@@REFUSED@@")
	s = strings.ReplaceAll(s, "@@SECS@@ secs", "0.000 secs")
	s = strings.ReplaceAll(s, "@@URL@@", "http://@@HOST@@")
	s = seconds.ReplaceAllString(s, "0.000 secs")
	s = subtype.ReplaceAllString(s, "number $2")
	s = integral.ReplaceAllString(s, "$1")
	s = service.ReplaceAllString(s, "")
	s = address.ReplaceAllString(s, "@@ADDRESS@@")
	s = connID.ReplaceAllString(s, "($1,id=N)")
	s = peer.ReplaceAllString(s, "@@PEER@@")
	// luapush never asks before it sends a payload (divergences.md).
	s = strings.ReplaceAll(s, `Expect: 100-continue\n`, "")
	return sorted(s)
}

// compare gives what differs, or "".
func (p *probe) compare(w *probeWorld, got answer) string {
	if got.broken != "" {
		return "the run itself failed: " + got.broken
	}
	if p.Crash {
		// Where Dovecot crashes, an error or the harmless thing will do.
		return ""
	}
	var want, have []string
	if p.OK {
		want = append(want, p.Results...)
	} else {
		want = append(want, "error "+p.Error)
	}
	have = append(have, got.results...)
	if got.failure != "" {
		have = append(have, "error "+got.failure)
	}
	for _, l := range p.Log {
		want = append(want, l.String())
	}
	for _, l := range got.logs {
		have = append(have, l.String())
	}
	for i := range want {
		want[i] = w.plain(want[i])
	}
	for i := range have {
		have[i] = w.plain(have[i])
	}
	if strings.Join(want, "\n") == strings.Join(have, "\n") {
		return ""
	}
	return fmt.Sprintf("dovecot: %s\nluapush: %s", strings.Join(want, "\n         "), strings.Join(have, "\n         "))
}

// String writes a log line down, with the prefix that replaced the process's.
func (l probeLog) String() string {
	prefix := ""
	if l.Prefix != nil {
		prefix = *l.Prefix
	}
	return l.Level + " " + prefix + string(l.Text)
}

// headOf finds the request that /echo gives back, in a rendered string.
var headOf = regexp.MustCompile(`^"[A-Z]*[a-z]* [^"]*?\\n\\n`)

// sorted puts the header lines of an echoed request in order: net/http writes
// them in an order of its own (divergences.md).
func sorted(s string) string {
	return headOf.ReplaceAllStringFunc(s, func(head string) string {
		lines := strings.Split(strings.TrimSuffix(head, `\n\n`), `\n`)
		slices.Sort(lines[1:])
		return strings.Join(lines, `\n`) + `\n\n`
	})
}
