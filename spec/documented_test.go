package spec_test

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/source"
	"github.com/luapush/luapush/runtime/trace"
	"github.com/luapush/luapush/stdlib"
)

// recording is 36 transactions of a real Dovecot 2.3.19.1.
const recording = "recordings/dovecot-2.3.19.1.jsonl"

// request is what of a request a script decides.
type request struct {
	Scenario string
	Method   string
	Path     string
	Headers  []trace.Header
	Body     string
}

// TestDocumentedScripts plays the two scripts of Dovecot's documentation over
// the recording: their requests must be those that real Dovecot made of the
// same mail. The scripts are not ours, and stand outside of the repository.
func TestDocumentedScripts(t *testing.T) {
	for _, script := range []string{"simple", "event-code"} {
		t.Run(script, func(t *testing.T) {
			path := filepath.Join("..", "..", "shared", "documented", script+".lua")
			code, err := os.ReadFile(path)
			if os.IsNotExist(err) {
				if os.Getenv("CI") != "" {
					t.Fatalf("%s is missing, and CI must have it", path)
				}
				t.Skipf("SKIPPED: Dovecot's documented script %s is not here; it is not ours to ship", path)
			}
			if err != nil {
				t.Fatal(err)
			}
			got, transactions := play(t, script+".lua", code)
			if transactions != 36 {
				t.Errorf("%d transactions were played, want 36", transactions)
			}
			want := wire(t, "recordings/dovecot-2.3.19.1."+script+".wire.jsonl")
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("requests differ from real Dovecot's (-dovecot +luapush):\n%s", diff)
			}
		})
	}
}

// play plays the recording through a script, dry, and gives its requests.
func play(t *testing.T, name string, code []byte) (requests []request, transactions int) {
	t.Helper()
	scenario := ""
	host := runtime.New(runtime.Options{
		API: bindings.NewDovecot(), Modules: stdlib.Modules(),
		Observer: trace.ObserverFunc(func(r trace.Record) {
			switch r := r.(type) {
			case *trace.Begin:
				scenario = r.Scenario
			case *trace.HTTP:
				requests = append(requests, request{scenario, r.Method, pathOf(r.URL), r.Headers, whole(r.Body)})
			case *trace.Error:
				t.Errorf("%s:%d: %s", r.Script, r.Line, r.Message)
			}
		}),
	})
	program, err := host.Compile(name, code)
	if err != nil {
		t.Fatal(err)
	}
	in, err := os.Open(recording)
	if err != nil {
		t.Fatal(err)
	}
	from := source.NewReader(in, recording)
	defer from.Close()
	summary, err := host.Run(context.Background(), program, from)
	if err != nil {
		t.Fatal(err)
	}
	return requests, summary.Transactions
}

func pathOf(url string) string {
	_, rest, _ := strings.Cut(url, "://")
	_, path, _ := strings.Cut(rest, "/")
	return "/" + path
}

var float = regexp.MustCompile(`=(\d+)\.0\b`)

// whole takes the one permitted difference away: Lua 5.4 prints the floats that
// Dovecot gives as 1.0, luapush as 1 (spec/divergences.md, "one number type").
func whole(body string) string { return float.ReplaceAllString(body, "=$1") }

// wire reads the requests that real Dovecot made, less the headers that come
// from Dovecot and not from the script.
func wire(t *testing.T, path string) []request {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var requests []request
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var line struct {
			Scenario, Method, Path, Body string
			Headers                      [][2]string
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		r := request{line.Scenario, line.Method, line.Path, nil, whole(line.Body)}
		for _, h := range line.Headers {
			if !slices.Contains([]string{"Host", "Content-Length", "Connection"}, h[0]) {
				r.Headers = append(r.Headers, trace.Header{Name: h[0], Value: h[1]})
			}
		}
		requests = append(requests, r)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if len(requests) == 0 {
		t.Fatalf("%s has no requests", path)
	}
	return requests
}

// TestCopiesOfSharedRecordings holds the copies in spec to what they are copies
// of, where that is at hand.
func TestCopiesOfSharedRecordings(t *testing.T) {
	files, err := filepath.Glob("recordings/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	for _, file := range files {
		original, err := os.ReadFile(filepath.Join("..", "..", "shared", file))
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		copied, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if string(original) != string(copied) {
			t.Errorf("%s is not what it is a copy of", file)
		}
	}
}
