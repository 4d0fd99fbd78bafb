package scripts_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/source"
	"github.com/luapush/luapush/runtime/trace"
	"github.com/luapush/luapush/scripts"
)

var updateRelay = flag.Bool("update-relay", false, "write testdata/relay/*.jsonl anew")

// luas are what Dovecot may have been built with.
var luas = []string{"lua5.1", "lua5.3", "lua5.4"}

// needLua ends a test early without that Lua; in CI it fails.
func needLua(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	switch {
	case err == nil:
		return path
	case os.Getenv("CI") != "":
		t.Fatalf("%s is not installed, and CI must have it", name)
	}
	t.Skipf("SKIPPED: %s is not installed, so the relay was not run on it", name)
	return ""
}

func newSpool(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"tmp", "new"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// documents gives what is in a spool folder, in the order of the names, and
// complains about what is left in tmp.
func documents(t testing.TB, spool string) []string {
	t.Helper()
	left, err := os.ReadDir(filepath.Join(spool, "tmp"))
	if err != nil || len(left) != 0 {
		t.Errorf("in tmp: %v, %v", left, err)
	}
	files, err := os.ReadDir(filepath.Join(spool, "new"))
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(spool, "new", f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, string(data))
	}
	return list
}

// sound checks that a document is one line, holds nothing that luapush does not
// take over, and fits the schema.
func sound(t testing.TB, schema *jsonschema.Schema, document string) *mail.Transaction {
	t.Helper()
	txn, err := mail.Parse([]byte(document), "document")
	if err != nil {
		t.Fatalf("%v\n%s", err, document)
	}
	again, err := txn.AppendJSON(nil)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	kept, err := jsonschema.UnmarshalJSON(bytes.NewReader(again))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(kept, value); diff != "" {
		t.Errorf("luapush would write otherwise (-luapush +relay)\n%s", diff)
	}
	if strings.IndexByte(document, '\n') != len(document)-1 {
		t.Errorf("not one line: %q", document)
	}
	if err := schema.Validate(value); err != nil {
		t.Errorf("%v\n%s", err, document)
	}
	return txn
}

func documentSchema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile("../spec/transaction.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// host runs a scenario of testdata/relay/host.lua and gives what it printed.
func host(t *testing.T, lua, spool, scenario string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, needLua(t, lua), "testdata/relay/host.lua", "relay.lua", spool, scenario)
	cmd.Env = []string{"DOVECOT_VERSION=2.3.19.1 (9b53102964)"}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.Bytes())
	}
	return string(out)
}

func TestRelayWritesTheSameOnEveryLua(t *testing.T) {
	schema := documentSchema(t)
	for _, lua := range luas {
		for _, scenario := range []string{"transactions", "oldest", "newest"} {
			t.Run(lua+"/"+scenario, func(t *testing.T) {
				spool := newSpool(t)
				said := host(t, lua, spool, scenario)
				if scenario != "oldest" && said != "" {
					t.Errorf("it said %s", said)
				}
				got := documents(t, spool)
				for _, d := range got {
					sound(t, schema, d)
				}
				golden := filepath.Join("testdata/relay", scenario+".jsonl")
				text := strings.Join(got, "")
				if *updateRelay {
					if err := os.WriteFile(golden, []byte(text), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(golden)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), text); diff != "" {
					t.Errorf("(-want +got)\n%s", diff)
				}
			})
		}
	}
}

func TestRelayKeepsEveryByte(t *testing.T) {
	schema := documentSchema(t)
	for _, lua := range luas {
		t.Run(lua, func(t *testing.T) {
			spool := newSpool(t)
			said := strings.Split(strings.TrimSpace(host(t, lua, spool, "strings")), "\n")
			got := documents(t, spool)
			if len(got) != len(said) || len(got) < 290 {
				t.Fatalf("%d documents of %d strings", len(got), len(said))
			}
			for i, d := range got {
				want, err := hex.DecodeString(strings.TrimSpace(strings.TrimPrefix(said[i], "string:")))
				if err != nil {
					t.Fatal(err)
				}
				e := sound(t, schema, d).Events[0]
				if e.Subject.Value != string(want) || !slices.Equal(e.Keywords, []string{string(want)}) {
					t.Errorf("string %d: got %q, want %q", i, e.Subject.Value, want)
				}
			}
		})
	}
}

func TestRelayComplainsOnceASessionAndGoesOn(t *testing.T) {
	const spoolWord = "SPOOL"
	want := strings.Join([]string{
		"error: luapush relay: metadata /public/a: Invalid key prefix, must be /private/ or /shared/", // A
		"error: luapush relay: metadata /public/a: Invalid key prefix, must be /private/ or /shared/", // B
		"error: luapush relay: the setting luapush_spool is missing; no transaction is written down",  // B
		"error: luapush relay: the setting luapush_spool is missing; no transaction is written down",  // C
		"error: luapush relay: /nonexistent/spool/tmp/NAME: No such file or directory; transactions are lost; run: luapush relay check /nonexistent/spool",
		"error: luapush relay: /nonexistent/spool/tmp/NAME: No such file or directory; transactions are lost; run: luapush relay check /nonexistent/spool",
		"error: luapush relay: SPOOL: No space left on device; transactions are lost; run: luapush relay check SPOOL",
		"error: luapush relay: SPOOL: No space left on device; transactions are lost; run: luapush relay check SPOOL",
		"error: luapush relay: SPOOL: Invalid cross-device link; transactions are lost; run: luapush relay check SPOOL",
		"error: luapush relay: WHERE: attempt to …",
	}, "\n") + "\n"
	name := regexp.MustCompile(`[0-9]{10}\.[A-Za-z0-9._-]*\.json`)
	where := regexp.MustCompile(`relay: relay\.lua \(rarely\):\d+: attempt to .*`)
	for _, lua := range luas {
		t.Run(lua, func(t *testing.T) {
			spool := newSpool(t)
			got := host(t, lua, spool, "faults")
			got = name.ReplaceAllString(strings.ReplaceAll(got, spool, spoolWord), "NAME")
			got = where.ReplaceAllString(got, "relay: WHERE: attempt to …")
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			// Three with a metadata fault, and two without mailboxes.
			if n := len(documents(t, spool)); n != 5 {
				t.Errorf("%d documents, want 5", n)
			}
		})
	}
}

// TestRelayNamesAreUniqueAndInOrder starts sessions at the same moment.
func TestRelayNamesAreUniqueAndInOrder(t *testing.T) {
	spool := newSpool(t)
	const sessions = 8
	done := make(chan error, sessions)
	lua := needLua(t, "lua5.4")
	for range sessions {
		go func() {
			done <- exec.CommandContext(t.Context(), lua, "testdata/relay/host.lua", "relay.lua", spool, "transactions").Run()
		}()
	}
	for range sessions {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	files, err := os.ReadDir(filepath.Join(spool, "new"))
	if err != nil {
		t.Fatal(err)
	}
	golden, err := os.ReadFile("testdata/relay/transactions.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	if want := sessions * bytes.Count(golden, []byte("\n")); len(files) != want {
		t.Errorf("%d files, want %d", len(files), want)
	}
	name := regexp.MustCompile(`^[0-9]{10}\.[A-Za-z0-9-]*_([0-9]{6})_[0-9a-f]+-[0-9]+\.json$`)
	last := map[string]string{}
	for _, f := range files {
		if !name.MatchString(f.Name()) {
			t.Fatalf("name %s", f.Name())
		}
		data, err := os.ReadFile(filepath.Join(spool, "new", f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		txn, err := mail.Parse(data, f.Name())
		if err != nil {
			t.Fatal(err)
		}
		id, number := txn.User.SessionID.Value, name.FindStringSubmatch(f.Name())[1]
		if number < last[id] {
			t.Errorf("session %s: %s comes after %s", id, number, last[id])
		}
		last[id] = number
	}
}

// TestRelayInLuapush plays the recordings through the relay in luapush itself:
// the documents that come out are those that went in.
func TestRelayInLuapush(t *testing.T) {
	schema := documentSchema(t)
	for _, fixture := range []string{"../spec/recordings/dovecot-2.3.19.1.jsonl", "testdata/relay/transactions.jsonl"} {
		t.Run(filepath.Base(fixture), func(t *testing.T) {
			in, err := os.ReadFile(fixture)
			if err != nil {
				t.Fatal(err)
			}
			spool := newSpool(t)
			faults := relayIn(t, in, spool)
			if len(faults) != 0 {
				t.Errorf("faults: %v", faults)
			}
			want, got := map[string][]*mail.Transaction{}, map[string][]*mail.Transaction{}
			add := func(to map[string][]*mail.Transaction, txn *mail.Transaction) {
				to[txn.User.SessionID.Value] = append(to[txn.User.SessionID.Value], txn)
			}
			for r := mail.NewReader(bytes.NewReader(in), fixture); ; {
				txn, err := r.Next()
				if err != nil {
					break
				}
				add(want, txn)
			}
			for _, d := range documents(t, spool) {
				add(got, sound(t, schema, d))
			}
			if len(got) != len(want) || len(want) == 0 {
				t.Fatalf("%d sessions of %d", len(got), len(want))
			}
			for id, w := range want {
				if len(got[id]) != len(w) {
					t.Fatalf("session %s: %d documents of %d", id, len(got[id]), len(w))
				}
				for i := range w {
					equalTransaction(t, w[i], got[id][i])
				}
			}
		})
	}
}

// equalTransaction compares what the relay was asked for.
func equalTransaction(t *testing.T, want, got *mail.Transaction) {
	t.Helper()
	// Objects have these two always.
	want.User.Admin, want.User.SessionRestored = got.User.Admin, got.User.SessionRestored
	if diff := cmp.Diff(want.User, got.User); diff != "" {
		t.Errorf("user (-want +got)\n%s", diff)
	}
	for i := range want.Events {
		want.Events[i].Unknown = nil // what no Dovecot has, no script sees
	}
	if diff := cmp.Diff(want.Events, got.Events); diff != "" {
		t.Errorf("events (-want +got)\n%s", diff)
	}
	if want.Success != got.Success {
		t.Errorf("success %v", got.Success)
	}
	for name, m := range want.Mailboxes.All() {
		g, ok := got.Mailboxes.Get(name)
		if !ok {
			t.Errorf("mailbox %s is not there", name)
			continue
		}
		if g.Name != m.Name || g.VName != m.VName || g.Status.Messages != m.Status.Messages || g.Status.UIDNext != m.Status.UIDNext {
			t.Errorf("mailbox %+v, want %+v", g, m)
		}
	}
}

// relayIn plays documents through the relay in luapush, and gives the faults.
func relayIn(t *testing.T, in []byte, spool string) []string {
	t.Helper()
	text, ok := scripts.Source("relay")
	if !ok {
		t.Fatal("relay is not in the binary")
	}
	var faults []string
	h := runtime.New(runtime.Options{
		API: bindings.NewDovecot(),
		Settings: map[string]string{
			"luapush_spool": spool, "luapush_status": "yes", "luapush_settings": "hook push_lua_url",
			"luapush_metadata": "/private/a /private/b",
		},
		Observer: trace.ObserverFunc(func(r trace.Record) {
			switch r := r.(type) {
			case trace.Error:
				faults = append(faults, r.Message)
			case trace.Log:
				faults = append(faults, r.Message)
			}
		}),
	})
	p, err := h.Compile("relay.lua", text)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Run(t.Context(), p, source.NewReader(bytes.NewReader(in), "fixture")); err != nil {
		t.Fatal(err)
	}
	return faults
}
