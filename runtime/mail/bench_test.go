package mail

import (
	"bytes"
	"io"
	"math"
	"os"
	"runtime"
	"strings"
	"testing"
)

const recordings = "../../spec/recordings/dovecot-2.3.19.1.jsonl"

func recordingLines(t testing.TB) [][]byte {
	t.Helper()
	b, err := os.ReadFile(recordings)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.SplitAfter(bytes.TrimSuffix(b, []byte("\n")), []byte("\n"))
}

// repeated yields the same bytes n times.
type repeated struct {
	b     []byte
	times int
	off   int
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.times == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.b[r.off:])
	if r.off += n; r.off == len(r.b) {
		r.off = 0
		r.times--
	}
	return n, nil
}

func BenchmarkRead(b *testing.B) {
	for _, c := range []struct {
		name string
		line int
	}{{"small", 0}, {"delivery", 1}} {
		b.Run(c.name, func(b *testing.B) {
			line := recordingLines(b)[c.line]
			b.SetBytes(int64(len(line)))
			b.ReportAllocs()
			r := NewReader(&repeated{b: line, times: math.MaxInt}, "bench")
			for b.Loop() {
				if _, err := r.Next(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkWrite(b *testing.B) {
	for _, c := range []struct {
		name string
		line int
	}{{"small", 0}, {"delivery", 1}} {
		b.Run(c.name, func(b *testing.B) {
			line := recordingLines(b)[c.line]
			txn, err := Parse(line, "bench")
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(line)))
			b.ReportAllocs()
			w := NewWriter(io.Discard)
			for b.Loop() {
				if err := w.Write(txn); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkReadMillion reads 1,000,000 documents an iteration, and reports how
// much the heap grew over them.
func BenchmarkReadMillion(b *testing.B) {
	line := recordingLines(b)[0]
	var grown, documents float64
	for b.Loop() {
		var before, after runtime.MemStats
		r := NewReader(&repeated{b: line, times: 1_000_000}, "bench")
		runtime.GC()
		runtime.ReadMemStats(&before)
		n := 0
		for {
			_, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		if n != 1_000_000 {
			b.Fatalf("%d documents", n)
		}
		documents += float64(n)
		grown = max(grown, float64(after.HeapAlloc)-float64(before.HeapAlloc))
	}
	b.ReportMetric(documents/b.Elapsed().Seconds(), "documents/s")
	b.ReportMetric(grown, "heap-growth-B")
}

// BenchmarkReadMessage reads a document that carries 1 MiB of message.
func BenchmarkReadMessage(b *testing.B) {
	txn := &Transaction{
		User:     User{Username: "u"},
		Messages: []Message{{Mailbox: "INBOX", UID: 1, Raw: strings.Repeat("A line of text as mail has them, more or less.\r\n", 1<<20/49)}},
	}
	line, err := txn.AppendJSON(nil)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	r := NewReader(&repeated{b: append(line, '\n'), times: math.MaxInt}, "bench")
	for b.Loop() {
		if _, err := r.Next(); err != nil {
			b.Fatal(err)
		}
	}
}
