package mail

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
)

func readAll(t testing.TB, r *Reader) []*Transaction {
	t.Helper()
	var all []*Transaction
	for {
		txn, err := r.Next()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, txn)
	}
}

// The same documents, however they are laid out.
func TestLayouts(t *testing.T) {
	lines := recordingLines(t)
	want := readAll(t, NewReader(bytes.NewReader(bytes.Join(lines, nil)), "f"))
	join := func(each func(i int, line []byte) string) []byte {
		var b strings.Builder
		for i, line := range lines {
			b.WriteString(each(i, bytes.TrimSpace(line)))
		}
		return []byte(b.String())
	}
	pretty := func(line []byte) string {
		v := jsontext.Value(bytes.Clone(line))
		if err := v.Indent(); err != nil {
			t.Fatal(err)
		}
		return string(v)
	}
	for _, c := range []struct {
		name string
		text []byte
		line func(i int) int // of document i; nil if not tried
	}{
		{"concatenated", join(func(_ int, l []byte) string { return string(l) }), func(int) int { return 1 }},
		{"blank lines", join(func(_ int, l []byte) string { return "\n \t\n" + string(l) + "\n" }), func(i int) int { return 3*i + 3 }},
		{"CRLF", join(func(_ int, l []byte) string { return string(l) + "\r\n" }), func(i int) int { return i + 1 }},
		{"byte order mark", append([]byte(byteOrderMark), bytes.Join(lines, nil)...), func(i int) int { return i + 1 }},
		{"byte order marks", join(func(_ int, l []byte) string { return byteOrderMark + string(l) + "\n" }), func(i int) int { return i + 1 }},
		{"pretty", join(func(_ int, l []byte) string { return pretty(l) + "\n" }), nil},
		{"pretty, together", join(func(_ int, l []byte) string { return pretty(l) }), nil},
		{"no last line end", bytes.TrimSpace(bytes.Join(lines, nil)), func(i int) int { return i + 1 }},
	} {
		for name, r := range map[string]io.Reader{
			"at once":         bytes.NewReader(c.text),
			"byte by byte":    iotest.OneByteReader(bytes.NewReader(c.text)),
			"data with EOF":   iotest.DataErrReader(bytes.NewReader(c.text)),
			"half of the ask": iotest.HalfReader(bytes.NewReader(c.text)),
		} {
			got := readAll(t, NewReader(r, "f"))
			if diff := cmp.Diff(want, got, sameContent); diff != "" {
				t.Errorf("%s, %s:\n%s", c.name, name, diff)
			}
			for i, txn := range got {
				if c.line != nil && txn.Source.Line != c.line(i) {
					t.Errorf("%s, %s: document %d at line %d, want %d", c.name, name, i, txn.Source.Line, c.line(i))
				}
			}
		}
	}
}

func TestNextGoesOnAfterABadDocument(t *testing.T) {
	text := strings.Join([]string{full, `{"user":1}`, full, `{"version":9}`, full, `{"user":{"username":"u"},"a":"`, full}, "\n")
	r := NewReader(strings.NewReader(text), "f")
	var got []string
	for {
		txn, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			got = append(got, err.Error())
		} else {
			got = append(got, fmt.Sprint(txn.Source))
		}
	}
	want := []string{
		"{f 1}", "f:2: user: expected an object, got a number", "{f 3}",
		"f:4: version: the document has version 9, newer than this program's 1; upgrade luapush, or record the transaction again",
		"{f 5}", `f:6: a: a line ends inside a string; close the string with ", or write \n for a line break in it`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTransactionsOutliveTheReader(t *testing.T) {
	r := NewReader(strings.NewReader(full+strings.Repeat("\n"+strings.ReplaceAll(full, "a@b", "c@d"), 200)), "f")
	first, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	readAll(t, r)
	if got, err := first.AppendJSON(nil); err != nil || string(got) != full {
		t.Errorf("the first transaction became %s (%v)", got, err)
	}
}

func TestReadErrors(t *testing.T) {
	broken := errors.New("disk on fire")
	r := NewReader(io.MultiReader(strings.NewReader(full+"\n{"), iotest.ErrReader(broken)), "f")
	if _, err := r.Next(); err != nil {
		t.Fatal(err)
	}
	_, err := r.Next()
	if !errors.Is(err, broken) || err.Error() != "f:2: reading failed: disk on fire" {
		t.Errorf("got %v", err)
	}
	if _, err := r.Next(); err != io.EOF {
		t.Errorf("then %v", err)
	}
	idle := NewReader(readerFunc(func([]byte) (int, error) { return 0, nil }), "f")
	if _, err := idle.Next(); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("got %v", err)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestMaxDocumentSize(t *testing.T) {
	for _, c := range []struct {
		limit int
		want  string
	}{
		{len(full), ""},
		{len(full) - 1, fmt.Sprintf("f:2: the document is larger than %d bytes; leave the messages' full text out", len(full)-1)},
		{1 << 10, "f:2: the document is larger than 1 KiB; leave the messages' full text out"},
	} {
		_, err := NewReader(strings.NewReader("\n"+full+"\n"), "f", MaxDocumentSize(c.limit)).Next()
		if got := fmt.Sprint(err); err == nil && c.want != "" || err != nil && got != c.want {
			t.Errorf("limit %d: got  %v\nwant %s", c.limit, err, c.want)
		}
	}
}

// A line without an end is refused before it is in memory.
func TestEndlessDocumentIsRefused(t *testing.T) {
	for name, r := range map[string]io.Reader{
		"string": io.MultiReader(strings.NewReader(`{"scenario":"`), &repeated{b: []byte("abcdefgh"), times: 1 << 40}),
		"object": io.MultiReader(strings.NewReader(`{"scenario":`), &repeated{b: []byte("[ "), times: 1 << 40}),
	} {
		counted := &countingReader{r: r}
		_, err := NewReader(counted, "f", MaxDocumentSize(1<<20)).Next()
		if want := "f:1: the document is larger than 1 MiB; leave the messages' full text out"; err == nil || err.Error() != want {
			t.Errorf("%s: %v", name, err)
		}
		if counted.n > 4<<20 {
			t.Errorf("%s: read %d bytes for a limit of 1 MiB", name, counted.n)
		}
	}
}

type countingReader struct {
	r io.Reader
	n int
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += n
	return n, err
}

// Neither many documents nor a large one now and then pile up.
func TestMemoryStaysBounded(t *testing.T) {
	line := recordingLines(t)[0]
	large := []byte(`{"user":{"username":"u"},"events":[],"messages":[{"mailbox":"m","uid":1,"raw":"` + strings.Repeat(`x\n`, 2<<20) + "\"}]}\n")
	r := NewReader(io.MultiReader(bytes.NewReader(large), &repeated{b: line, times: 20_000}), "f")
	if txn, err := r.Next(); err != nil || len(txn.Messages[0].Raw) != 4<<20 {
		t.Fatalf("the large document: %v", err)
	}
	heap := func() int64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	var before int64
	n := 0
	for ; ; n++ {
		if n == 1000 {
			before = heap()
		}
		_, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if grown := heap() - before; grown > 1<<20 {
		t.Errorf("the heap grew by %d bytes over %d documents", grown, n)
	}
	if n != 20_000 {
		t.Errorf("%d documents", n)
	}
	if held := cap(r.framer.buf) + cap(r.dec.scratch); held > 2*keepBuffer {
		t.Errorf("the reader holds %d bytes after the large document", held)
	}
}
