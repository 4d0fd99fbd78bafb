package mail

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzReader: reading ends, in transactions or a *FormatError of one line; what
// was read, written and read again is the same, and so is its second writing.
func FuzzReader(f *testing.F) {
	for _, line := range recordingLines(f) {
		f.Add(line)
	}
	for _, c := range badDocuments() {
		f.Add([]byte(c.doc))
	}
	f.Add([]byte(full + "\r\n\n" + full + "\ufeff" + full))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := NewReader(bytes.NewReader(data), "fuzz", MaxDocumentSize(1<<20))
		for range len(data) + 2 {
			txn, err := r.Next()
			if err == io.EOF {
				return
			}
			if err != nil {
				checkError(t, err)
				continue
			}
			checkRoundTrip(t, txn)
		}
		t.Errorf("no end after %d documents", len(data)+2)
	})
}

func checkError(t *testing.T, err error) {
	t.Helper()
	var bad *FormatError
	if !errors.As(err, &bad) {
		t.Fatalf("%T: %v", err, err)
	}
	if bad.Message == "" || strings.ContainsAny(err.Error(), "\r\n\x00") {
		t.Errorf("error %q", err.Error())
	}
	if bad.Line < 1 && !errors.Is(err, ErrNoTransactions) || bad.Line > 0 && bad.Column < 1 {
		t.Errorf("%v at line %d, column %d", err, bad.Line, bad.Column)
	}
}

// reporter is what *testing.T and *rapid.T have in common.
type reporter interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

func checkRoundTrip(t reporter, txn *Transaction) {
	t.Helper()
	first, err := txn.AppendJSON(nil)
	if err != nil {
		t.Fatalf("what was read cannot be written: %v", err)
	}
	if bytes.IndexByte(first, '\n') >= 0 {
		t.Errorf("more than one line: %q", first)
	}
	again, err := Parse(first, "again")
	if err != nil {
		t.Fatalf("what was written cannot be read: %v\n%s", err, first)
	}
	if diff := cmp.Diff(txn, again, sameContent); diff != "" {
		t.Errorf("read again (-first +second):\n%s", diff)
	}
	second, err := again.AppendJSON(nil)
	if err != nil || !bytes.Equal(first, second) {
		t.Errorf("written again:\n%s\n%s (%v)", first, second, err)
	}
}
