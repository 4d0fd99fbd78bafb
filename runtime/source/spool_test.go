//go:build unix

package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// spoolDir makes an empty spool folder.
func spoolDir(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{spoolTmp, spoolNew} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// spooled is a document of a session, with the name of its file as the scenario.
func spooled(session, name string) string {
	return fmt.Sprintf(`{"version":1,"scenario":%q,"user":{"username":"a@b","session_id":%q},"events":[],"success":true}`+"\n", name, session)
}

// put writes a file as the relay does.
func put(t testing.TB, dir, name, text string) {
	t.Helper()
	tmp := filepath.Join(dir, spoolTmp, name)
	if err := os.WriteFile(tmp, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(tmp, filepath.Join(dir, spoolNew, name)); err != nil {
		t.Fatal(err)
	}
}

func openSpool(t testing.TB, dir string, o SpoolOptions) *Spool {
	t.Helper()
	s, err := NewSpool(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// word is a delivery's scenario, with "." if it is its session's last.
func word(d *Delivery) string {
	if d.Last {
		return d.Transaction.Scenario + "."
	}
	return d.Transaction.Scenario
}

// drain reads to the end, settles everything, and gives the words.
func drain(t testing.TB, s *Spool, o Outcome) string {
	t.Helper()
	var words []string
	for {
		d, err := s.Next(t.Context())
		if errors.Is(err, io.EOF) {
			return strings.Join(words, " ")
		}
		if err != nil {
			words = append(words, "("+err.Error()+")")
			continue
		}
		words = append(words, word(d))
		if err := s.Settle(d, o); err != nil {
			t.Error(err)
		}
	}
}

func list(t testing.TB, dir, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(dir, folder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestSpoolOrder(t *testing.T) {
	dir := spoolDir(t)
	base := time.Unix(1795290011, 0)
	// In the order wanted: second of the name, time of modification, name.
	want := []struct {
		name string
		time time.Duration
	}{
		{"1795290010.z.json", time.Hour},
		{"1795290011.z.json", time.Millisecond},
		{"1795290011.a_000001.json", 2 * time.Millisecond},
		{"1795290011.a_000002.json", 2 * time.Millisecond},
		{"by-hand.json", 500 * time.Millisecond},
		{"1795290012.a.json", 0},
		{"179529001.short.json", 2 * time.Second},
	}
	var words []string
	for i, w := range want {
		words = append(words, w.name+".")
		put(t, dir, w.name, spooled(fmt.Sprint(i), w.name))
	}
	for _, w := range want {
		at := base.Add(w.time)
		if err := os.Chtimes(filepath.Join(dir, spoolNew, w.name), at, at); err != nil {
			t.Fatal(err)
		}
	}
	put(t, dir, ".hidden", "being written")
	s := openSpool(t, dir, SpoolOptions{})
	if got := drain(t, s, Done); got != strings.Join(words, " ") {
		t.Errorf("got\n%s\nwant\n%s", got, strings.Join(words, " "))
	}
	if left := list(t, dir, spoolNew); !slices.Equal(left, []string{".hidden"}) {
		t.Errorf("left: %v", left)
	}
}

func TestSpoolSettle(t *testing.T) {
	for _, c := range []struct {
		name              string
		o                 SpoolOptions
		outcome           Outcome
		left, done, wrong []string
	}{
		{name: "done", outcome: Done},
		{name: "kept", o: SpoolOptions{Keep: true}, outcome: Done, done: []string{"1", "2"}},
		{name: "for now", outcome: FailedForNow, left: []string{"1", "2"}},
		{name: "for good", outcome: FailedForGood, wrong: []string{"1", "2"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := spoolDir(t)
			put(t, dir, "1", spooled("a", "1"))
			put(t, dir, "2", spooled("a", "2"))
			s := openSpool(t, dir, c.o)
			if got := drain(t, s, c.outcome); got != "1 2." {
				t.Errorf("got %s", got)
			}
			for folder, want := range map[string][]string{spoolNew: c.left, spoolDone: c.done, spoolFailed: c.wrong} {
				if got := list(t, dir, folder); !slices.Equal(got, want) {
					t.Errorf("%s: %v, want %v", folder, got, want)
				}
			}
		})
	}
}

func TestSpoolGivesAgainWhatWasNotSettled(t *testing.T) {
	dir := spoolDir(t)
	put(t, dir, "1", spooled("a", "1"))
	s, err := NewSpool(dir, SpoolOptions{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := s.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := s.Settle(d, Done); err == nil {
		t.Error("it can be settled after Close")
	}
	s = openSpool(t, dir, SpoolOptions{})
	if got := drain(t, s, Done); got != "1." {
		t.Errorf("got %s", got)
	}
	if err := s.Settle(d, Done); err == nil {
		t.Error("what another reader gave can be settled")
	}
}

func TestSpoolSessionsEndWithTheirLastFile(t *testing.T) {
	dir := spoolDir(t)
	for i, id := range strings.Fields("a a b a c b d - -") {
		put(t, dir, fmt.Sprintf("%02d", i), spooled(strings.Trim(id, "-"), id))
	}
	s := openSpool(t, dir, SpoolOptions{})
	if got, want := drain(t, s, Done), "a a b a. c. b. d. -. -."; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSpoolLooksAheadNoFurtherThanTheWindow(t *testing.T) {
	dir := spoolDir(t)
	put(t, dir, "0000", spooled("a", "a"))
	for i := range Window {
		put(t, dir, fmt.Sprintf("%04d", i+1), spooled("b", "b"))
	}
	put(t, dir, "9999", spooled("a", "a"))
	got := strings.Fields(drain(t, openSpool(t, dir, SpoolOptions{}), Done))
	if len(got) != Window+2 || got[0] != "a." || got[Window] != "b." || got[Window+1] != "a." {
		t.Errorf("got %v", got)
	}
}

func TestSpoolPutsAwayWhatIsNoDocument(t *testing.T) {
	dir := spoolDir(t)
	put(t, dir, "1-good", spooled("a", "good"))
	put(t, dir, "2-empty", "")
	put(t, dir, "3-torn", `{"version":1,"user":`)
	put(t, dir, "4-two", spooled("a", "x")+spooled("a", "y"))
	put(t, dir, "5-large", spooled("a", strings.Repeat("x", 5000)))
	at := func(name string) string { return filepath.Join(dir, spoolNew, name) }
	if err := errors.Join(
		os.Symlink("/etc/passwd", at("6-link")), syscall.Mkfifo(at("7-pipe"), 0o600), os.Mkdir(at("8-folder"), 0o700),
	); err != nil {
		t.Fatal(err)
	}
	put(t, dir, "9-good", spooled("a", "good"))
	var told []string
	s := openSpool(t, dir, SpoolOptions{MaxDocument: 4000, Fault: func(f SpoolFault) {
		if !f.Failed || !strings.HasPrefix(f.Path, filepath.Join(dir, spoolFailed)) {
			t.Errorf("fault %+v", f)
		}
		told = append(told, filepath.Base(f.Path))
	}})
	got := drain(t, s, Done)
	want := "good good. (" + dir + ": 7 files could not be taken; the first: " + filepath.Join(dir, "failed/2-empty") +
		": empty; the machine may have failed before it was on the disk)"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	names := []string{"2-empty", "3-torn", "4-two", "5-large", "6-link", "7-pipe", "8-folder"}
	if !slices.Equal(told, names) {
		t.Errorf("told of %v", told)
	}
	var withReasons []string
	for _, n := range names {
		withReasons = append(withReasons, n, n+".reason")
	}
	if got := list(t, dir, spoolFailed); !slices.Equal(got, withReasons) {
		t.Errorf("failed: %v", got)
	}
	for name, reason := range map[string]string{
		"3-torn": "3-torn:1: user: the document ends in the middle", "5-large": "5098 bytes are too much; 4000 are allowed", "6-link": "not a plain file",
		"7-pipe": "not a plain file", "8-folder": "not a plain file", "4-two": "4-two:2",
	} {
		text, err := os.ReadFile(filepath.Join(dir, spoolFailed, name+".reason"))
		if err != nil || !strings.Contains(string(text), reason) {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
	if left := list(t, dir, spoolNew); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

// TestSpoolOverwritesNothing has names come twice, and names that look like those
// of the reader's own files.
func TestSpoolOverwritesNothing(t *testing.T) {
	dir := spoolDir(t)
	precious := filepath.Join(t.TempDir(), "precious")
	if err := os.WriteFile(precious, []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	at := func(name string) string { return filepath.Join(dir, spoolNew, name) }
	drain := func(want string, o SpoolOptions, outcome Outcome) {
		t.Helper()
		s, err := NewSpool(dir, o)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if got := drain(t, s, outcome); !strings.HasPrefix(got, want) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	// A link where the reason would be written must not lead anywhere.
	if err := os.Symlink(precious, at("torn.reason")); err != nil {
		t.Fatal(err)
	}
	drain("("+dir+": 1 file could not be taken", SpoolOptions{}, Done)
	for _, text := range []string{"{", "[", "x"} {
		put(t, dir, "torn", text)
		drain("("+dir+": 1 file could not be taken", SpoolOptions{}, Done)
	}
	if text, err := os.ReadFile(precious); err != nil || string(text) != "kept" {
		t.Errorf("the file that a link leads to: %q, %v", text, err)
	}
	for n := range 2 {
		put(t, dir, "good", spooled("a", fmt.Sprint("good", n)))
		drain(fmt.Sprintf("good%d.", n), SpoolOptions{}, FailedForGood)
		put(t, dir, "good", spooled("a", fmt.Sprint("good", n)))
		drain(fmt.Sprintf("good%d.", n), SpoolOptions{Keep: true}, Done)
	}
	for folder, want := range map[string][]string{
		spoolDone: {"good", "good.2"},
		spoolFailed: {
			"good", "good.2", "torn.2", "torn.2.reason", "torn.3", "torn.3.reason", "torn.4", "torn.4.reason",
			"torn.reason", "torn.reason.reason",
		},
	} {
		if diff := cmp.Diff(want, list(t, dir, folder)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", folder, diff)
		}
	}
}

func TestSpoolFaultsQuoteNames(t *testing.T) {
	dir := spoolDir(t)
	put(t, dir, "a\x1b[31m\nb", "{")
	put(t, dir, "b\u009b31m\xff", "{")
	var told []string
	drain(t, openSpool(t, dir, SpoolOptions{Fault: func(f SpoolFault) { told = append(told, f.Error()) }}), Done)
	if len(told) != 2 || !strings.Contains(told[0], `failed/a\x1b[31m\nb": a [31m b:1: `) || !strings.Contains(told[1], `failed/b\u009b31m\xff": b 31m`) {
		t.Errorf("got %q", told)
	}
}

// TestSpoolKeepsWhatTakesTheSameName writes a file again under the name of one that
// is being played: both come, each once.
func TestSpoolKeepsWhatTakesTheSameName(t *testing.T) {
	for _, outcome := range []Outcome{Done, FailedForGood, FailedForNow} {
		dir := spoolDir(t)
		s := openSpool(t, dir, SpoolOptions{Follow: true, Idle: -1, Poll: time.Hour, Retry: time.Hour})
		put(t, dir, "same", spooled("a", "first"))
		d, err := s.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		put(t, dir, "same", spooled("a", "second"))
		if err := s.Settle(d, outcome); err != nil {
			t.Error(err)
		}
		if got := next(t, s, Done); word(d) != "first." || got != "second." {
			t.Errorf("got %s, then %s", word(d), got)
		}
		if left := list(t, dir, spoolNew); len(left) != 0 {
			t.Errorf("left: %v", left)
		}
	}
}

func TestSpoolRefusesToSpeakForOthers(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Log("only root can give a file to somebody else")
		return
	}
	speak := func(dir string) {
		for _, f := range []struct {
			name  string
			owner int
		}{{"1-own", 5000}, {"2-foreign", 5001}, {"3-root", 0}} {
			name, owner := f.name, f.owner
			put(t, dir, name, strings.Replace(spooled(name, name), `"username":"a@b"`, `"username":"a@b","uid":5000`, 1))
			if err := os.Chown(filepath.Join(dir, spoolNew, name), owner, owner); err != nil {
				t.Fatal(err)
			}
		}
	}
	dir := spoolDir(t)
	speak(dir)
	got := drain(t, openSpool(t, dir, SpoolOptions{}), Done)
	if !strings.HasPrefix(got, "1-own. 3-root. (") ||
		!strings.Contains(got, "2-foreign: the file belongs to user id 5001, but speaks for a@b, whose user id is 5000") {
		t.Errorf("got %s", got)
	}
	dir = spoolDir(t)
	speak(dir)
	if got := drain(t, openSpool(t, dir, SpoolOptions{AnyOwner: true}), Done); got != "1-own. 2-foreign. 3-root." {
		t.Errorf("got %s", got)
	}
}

func TestSpoolNeedsAFolder(t *testing.T) {
	dir := t.TempDir()
	if _, err := NewSpool(dir, SpoolOptions{}); err == nil ||
		err.Error() != dir+": no spool folder: no such file or directory; run: luapush relay check "+dir {
		t.Errorf("got %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, spoolNew), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := NewSpool(dir, SpoolOptions{}); err == nil || !strings.Contains(err.Error(), "not a folder") {
		t.Errorf("got %v", err)
	}
}

func TestSpoolHasOneReader(t *testing.T) {
	dir := spoolDir(t)
	s := openSpool(t, dir, SpoolOptions{})
	if _, err := NewSpool(dir, SpoolOptions{}); !errors.Is(err, ErrSpoolInUse) {
		t.Errorf("got %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	openSpool(t, dir, SpoolOptions{})
}

func TestSpoolRemovesWhatDeadWritersLeft(t *testing.T) {
	dir := spoolDir(t)
	for name, age := range map[string]time.Duration{"old": tmpAge + time.Hour, "young": time.Hour} {
		path := filepath.Join(dir, spoolTmp, name)
		at := time.Now().Add(-age)
		if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Chtimes(path, at, at)); err != nil {
			t.Fatal(err)
		}
	}
	openSpool(t, dir, SpoolOptions{})
	if got := list(t, dir, spoolTmp); !slices.Equal(got, []string{"young"}) {
		t.Errorf("left: %v", got)
	}
}

// next gives the word of the next delivery, settled as done.
func next(t testing.TB, s *Spool, o Outcome) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	d, err := s.Next(ctx)
	if err != nil {
		return err.Error()
	}
	if err := s.Settle(d, o); err != nil {
		t.Error(err)
	}
	return word(d)
}

func TestSpoolFollows(t *testing.T) {
	for _, c := range []struct {
		name   string
		poll   time.Duration
		change func(*Spool)
	}{
		{"told by the system", time.Hour, func(*Spool) {}},
		{"by polling", 10 * time.Millisecond, func(s *Spool) { _ = s.watcher.Close() }},
		{"after lost events", time.Hour, func(s *Spool) {
			_ = s.watcher.Remove(s.path(spoolNew))
			go func() {
				time.Sleep(50 * time.Millisecond)
				s.watcher.Errors <- fsnotify.ErrEventOverflow
			}()
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := spoolDir(t)
			put(t, dir, "1", spooled("a", "1"))
			s := openSpool(t, dir, SpoolOptions{Follow: true, Idle: -1, Poll: c.poll})
			if s.watcher == nil {
				t.Fatal("the system does not tell of new files")
			}
			if got := next(t, s, Done); got != "1." {
				t.Errorf("got %s", got)
			}
			c.change(s)
			go func() {
				time.Sleep(20 * time.Millisecond)
				put(t, dir, "2", spooled("b", "2"))
			}()
			if got := next(t, s, Done); got != "2." {
				t.Errorf("got %s", got)
			}
		})
	}
}

func TestSpoolHoldsBackWhatMayBeTheLast(t *testing.T) {
	const idle = 2 * time.Second
	dir := spoolDir(t)
	s := openSpool(t, dir, SpoolOptions{Follow: true, Idle: idle, Poll: time.Hour})
	put(t, dir, "1", spooled("a", "1"))
	go func() {
		time.Sleep(20 * time.Millisecond)
		put(t, dir, "2", spooled("a", "2"))
	}()
	start := time.Now()
	if got := next(t, s, Done); got != "1" {
		t.Errorf("got %s", got)
	}
	if d := time.Since(start); d > idle-500*time.Millisecond {
		t.Errorf("the first was held back for %v, though there was a second", d)
	}
	if got := next(t, s, Done); got != "2." {
		t.Errorf("got %s", got)
	}
	if d := time.Since(start); d < idle {
		t.Errorf("the session ended after %v", d)
	}
}

func TestSpoolTriesAgain(t *testing.T) {
	dir := spoolDir(t)
	put(t, dir, "1", spooled("a", "1"))
	put(t, dir, "2", spooled("b", "2"))
	s := openSpool(t, dir, SpoolOptions{Follow: true, Idle: -1, Poll: time.Hour, Retry: 30 * time.Millisecond})
	var got []string
	for _, o := range []Outcome{FailedForNow, Done, FailedForNow, Done} {
		got = append(got, next(t, s, o))
	}
	if diff := cmp.Diff([]string{"1.", "2.", "1.", "1."}, got); diff != "" {
		t.Error(diff)
	}
	if left := list(t, dir, spoolNew); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

func TestSpoolEnds(t *testing.T) {
	dir := spoolDir(t)
	s := openSpool(t, dir, SpoolOptions{Follow: true})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := s.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if err := os.RemoveAll(filepath.Join(dir, spoolNew)); err != nil {
		t.Fatal(err)
	}
	if got := next(t, s, Done); !strings.Contains(got, "no such file or directory; run: luapush relay check") {
		t.Errorf("the folder is gone: %s", got)
	}
}

// TestSpoolLosesNothing writes from several sides at once, and settles from
// others.
func TestSpoolLosesNothing(t *testing.T) {
	const writers, each = 4, 150
	dir := spoolDir(t)
	s := openSpool(t, dir, SpoolOptions{Follow: true, Idle: time.Millisecond, Poll: 20 * time.Millisecond, Retry: time.Millisecond})
	var writing sync.WaitGroup
	for w := range writers {
		writing.Go(func() {
			for n := range each {
				name := fmt.Sprintf("1795290011.%d_%06d.json", w, n)
				put(t, dir, name, spooled(fmt.Sprint(w), name))
			}
		})
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	counts := map[string]int{}
	again := map[string]bool{}
	var settling sync.WaitGroup
	for done := 0; done < writers*each; {
		d, err := s.Next(ctx)
		if err != nil {
			t.Fatal(err)
		}
		name := d.Transaction.Scenario
		outcome := Done
		if strings.HasSuffix(name, "7.json") && !again[name] {
			again[name], outcome = true, FailedForNow
		} else {
			counts[name]++
			done++
		}
		settling.Go(func() {
			if err := s.Settle(d, outcome); err != nil {
				t.Error(err)
			}
		})
	}
	writing.Wait()
	settling.Wait()
	for name, n := range counts {
		if n != 1 {
			t.Errorf("%s came %d times", name, n)
		}
	}
	if left := list(t, dir, spoolNew); len(left) != 0 || len(counts) != writers*each {
		t.Errorf("%d files, %d left", len(counts), len(left))
	}
}

func BenchmarkSpool(b *testing.B) {
	text := spooled("a", strings.Repeat("x", 1000))
	dir := spoolDir(b)
	s := openSpool(b, dir, SpoolOptions{Follow: true, Idle: -1})
	n := 0
	for b.Loop() {
		n++
		put(b, dir, fmt.Sprintf("%012d", n), text)
		if got := next(b, s, Done); !strings.HasSuffix(got, "x.") {
			b.Fatal(got)
		}
	}
}
