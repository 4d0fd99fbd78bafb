package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/luapush/luapush/runtime/mail"
)

// spoolFolder makes a spool folder.
func spoolFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"tmp", "new"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// spoolUp puts the n-th transaction into a spool folder, as the relay does.
func spoolUp(t *testing.T, dir string, n int) {
	t.Helper()
	name := fmt.Sprintf("%010d.test_%06d.json", 1795290011+n/10, n)
	tmp := filepath.Join(dir, "tmp", name)
	doc := fmt.Sprintf(`{"version":1,"user":{"username":"user%d@example.com"},"events":[],"success":true}`+"\n", n)
	if err := os.WriteFile(tmp, []byte(doc), 0o600); err != nil {
		t.Error(err)
	}
	if err := os.Rename(tmp, filepath.Join(dir, "new", name)); err != nil {
		t.Error(err)
	}
}

// waiting is how many transactions are in a spool folder.
func waiting(t *testing.T, dir string) int {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(dir, "new"))
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

// users reads the user names of a fixture in their order.
func users(t *testing.T, file string) []string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	r := mail.NewReader(bytes.NewReader(data), file)
	for {
		txn, err := r.Next()
		if errors.Is(err, io.EOF) || errors.Is(err, mail.ErrNoTransactions) {
			return names
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, data)
		}
		names = append(names, txn.User.Username)
	}
}

// command runs luapush in process.
func command(ctx context.Context, args ...string) (ExitCode, string) {
	var stdout, stderr bytes.Buffer
	code := Main(ctx, args, Environment{
		Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, Getenv: func(string) string { return "" },
	})
	return code, stdout.String() + stderr.String()
}

func TestRecordFollowsUntilInterrupted(t *testing.T) {
	defer goleak.VerifyNone(t)
	dir := spoolFolder(t)
	out := filepath.Join(t.TempDir(), "fixture.jsonl")
	ctx, interrupt := context.WithCancel(context.Background())
	defer interrupt()
	var code ExitCode
	var text string
	var ended sync.WaitGroup
	ended.Go(func() { code, text = command(ctx, "record", "--spool", dir, "-o", out, "--follow") })
	const n = 150
	for i := range n {
		spoolUp(t, dir, i)
	}
	deadline := time.Now().Add(20 * time.Second)
	for waiting(t, dir) > 0 && time.Now().Before(deadline) {
		time.Sleep(5 * time.Millisecond)
	}
	interrupt()
	ended.Wait()
	if code != Fine || !strings.Contains(text, fmt.Sprintf("recorded %d transactions in %s", n, out)) {
		t.Errorf("exit code %d: %s", code, text)
	}
	got := users(t, out)
	if len(got) != n {
		t.Fatalf("%d transactions were recorded, not %d", len(got), n)
	}
	for i, u := range got {
		if u != fmt.Sprintf("user%d@example.com", i) {
			t.Fatalf("transaction %d is %s", i, u)
		}
	}
}

// However it ends, and whenever: what has left the spool folder is in the fixture.
func TestRecordLosesNothingWhenKilled(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	luapush := filepath.Join(t.TempDir(), "luapush")
	if err := os.Symlink(self, luapush); err != nil {
		t.Fatal(err)
	}
	dir := spoolFolder(t)
	out := filepath.Join(t.TempDir(), "fixture.jsonl")
	n := 0
	for round := range 12 {
		for range 100 {
			spoolUp(t, dir, n)
			n++
		}
		record := exec.Command(luapush, "record", "--spool", dir, "-o", out, "--follow")
		if err := record.Start(); err != nil {
			t.Fatal(err)
		}
		deadline := time.Now().Add(10 * time.Second)
		for waiting(t, dir) > 100-round*8 && time.Now().Before(deadline) {
			time.Sleep(time.Millisecond)
		}
		if err := record.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = record.Wait()
	}
	if code, text := command(context.Background(), "record", "--spool", dir, "-o", out); code != Fine {
		t.Fatalf("exit code %d: %s", code, text)
	}
	seen := map[string]int{}
	for _, u := range users(t, out) {
		seen[u]++
	}
	for i := range n {
		if seen[fmt.Sprintf("user%d@example.com", i)] == 0 {
			t.Errorf("transaction %d was lost", i)
		}
	}
	if left := waiting(t, dir); left > 0 {
		t.Errorf("%d transactions are left", left)
	}
}

func TestRecordMendsTheEnd(t *testing.T) {
	whole := `{"version":1,"user":{"username":"alice"},"events":[],"success":true}`
	for _, c := range []struct {
		name, before, want string // want is what is in front of the new line; "" if it is refused
	}{
		{"whole lines", whole + "\n", whole + "\n"},
		{"no line end", whole + "\n" + whole, whole + "\n" + whole + "\n"},
		{"only a line without end", whole, whole + "\n"},
		{"cut off", whole + "\n" + whole[:40], whole + "\n"},
		{"cut off early", whole + "\n" + whole[:5], whole + "\n"},
		{"the only line cut off", whole[:30], "\n"},
		{"a long line cut off", whole + "\n" + `{"version":1,"user":{"username":"` + strings.Repeat("x", 200<<10), whole + "\n"},
		{"somebody else's", whole + "\n# a remark", ""},
		{"over several lines", "{\n\"user\":{\"username\":\"a\"},\n\"events\":[]\n}", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := spoolFolder(t)
			spoolUp(t, dir, 7)
			out := filepath.Join(t.TempDir(), "fixture.jsonl")
			if err := os.WriteFile(out, []byte(c.before), 0o600); err != nil {
				t.Fatal(err)
			}
			code, text := command(context.Background(), "record", "--spool", dir, "-o", out)
			got, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
			if c.want == "" {
				if code != CouldNotRun || string(got) != c.before || waiting(t, dir) != 1 || !strings.Contains(text, "the last line has no end, and is no transaction") {
					t.Errorf("exit code %d: %s\n%s", code, text, got)
				}
				return
			}
			want := strings.TrimPrefix(c.want, "\n") + `{"version":1,"user":{"username":"user7@example.com"},"events":[],"success":true}` + "\n"
			if code != Fine || string(got) != want || waiting(t, dir) != 0 {
				t.Errorf("exit code %d: %s\n%s", code, text, got)
			}
			if cut := strings.Contains(c.name, "cut off"); cut != strings.Contains(text, "was cut off") {
				t.Errorf("it says %s", text)
			}
		})
	}
}

// What could not be written stays in the spool folder.
func TestRecordToAFullDisk(t *testing.T) {
	dir := spoolFolder(t)
	for i := range 3 {
		spoolUp(t, dir, i)
	}
	code, text := command(context.Background(), "record", "--spool", dir, "-o", "/dev/full")
	if code != CouldNotRun || !strings.Contains(text, "luapush: /dev/full: the disk is full; nothing was lost") || waiting(t, dir) != 3 {
		t.Errorf("exit code %d, %d left: %s", code, waiting(t, dir), text)
	}
}

// failing is a standard output that fails after some bytes.
type failing struct{ left int }

func (f *failing) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errors.New("gone")
	}
	return len(p), nil
}

func TestRecordToAStandardOutputThatFails(t *testing.T) {
	dir := spoolFolder(t)
	for i := range 3 * recordBatch {
		spoolUp(t, dir, i)
	}
	var stderr bytes.Buffer
	code := Main(context.Background(), []string{"record", "--spool", dir}, Environment{Stdout: &failing{left: 8000}, Stderr: &stderr})
	if left := waiting(t, dir); code != CouldNotRun || left != 2*recordBatch {
		t.Errorf("exit code %d, %d left: %s", code, left, stderr.String())
	}
}

func TestOnlyOneRecordsToAFixture(t *testing.T) {
	out := filepath.Join(t.TempDir(), "fixture.jsonl")
	a := &application{ctx: context.Background()}
	w, err := a.openFixture(out, false)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(out); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	code, text := command(context.Background(), "record", "--spool", spoolFolder(t), "-o", out)
	if code != CouldNotRun || !strings.Contains(text, "another luapush records to it") {
		t.Errorf("exit code %d: %s", code, text)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	if code, text := command(context.Background(), "record", "--spool", spoolFolder(t), "-o", out); code != Fine {
		t.Errorf("exit code %d: %s", code, text)
	}
}

func TestRecordNamesAKeyThatOthersCannotRead(t *testing.T) {
	key := filepath.Join(t.TempDir(), "strip.key")
	fixture := filepath.Join(t.TempDir(), "in.jsonl")
	if err := os.WriteFile(fixture, []byte(`{"user":{"username":"alice"},"events":[]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, text := command(context.Background(), "record", "--strip", "--strip-key", key, fixture); code != Fine || strings.Contains(text, "alice") {
		t.Errorf("exit code %d: %s", code, text)
	}
	info, err := os.Stat(key)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}
