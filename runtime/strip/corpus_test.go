package strip_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"testing"

	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/strip"
)

// testKey is a key that everybody knows.
func testKey(t testing.TB) strip.Key {
	t.Helper()
	k, err := strip.NewKey(bytes.NewReader(bytes.Repeat([]byte("key of the tests"), 2)))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// documents reads a file of transactions.
func documents(t testing.TB, file string) []*mail.Transaction {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []*mail.Transaction
	r := mail.NewReader(f, file)
	for {
		txn, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, txn)
	}
}

const (
	recordings = "../../spec/recordings/dovecot-2.3.19.1.jsonl"
	// deliveries are what a real Dovecot made of hundreds of messages, broken ones
	// among them, with their text.
	deliveries = "../deliver/testdata/dovecot-2.3.19.1.jsonl"
)

// stripped strips a document and gives what a reader of the result sees.
func stripped(t testing.TB, s *strip.Stripper, txn *mail.Transaction) *mail.Transaction {
	t.Helper()
	out, err := s.Transaction(txn)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
