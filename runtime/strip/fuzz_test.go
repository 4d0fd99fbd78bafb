package strip_test

import (
	"strings"
	"testing"

	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/strip"
)

func FuzzMessage(f *testing.F) {
	for i, txn := range documents(f, deliveries) {
		if i%20 == 0 {
			f.Add(txn.Messages[0].Raw)
		}
	}
	s := strip.New(testKey(f), strip.Options{})
	f.Fuzz(func(t *testing.T, raw string) {
		out := s.Message(raw)
		if len(out) != len(raw) || strings.Count(out, "\n") != strings.Count(raw, "\n") {
			t.Fatalf("%q becomes %q", raw, out)
		}
		if again := s.Message(raw); again != out {
			t.Fatalf("%q becomes %q, then %q", raw, out, again)
		}
	})
}

func FuzzDocument(f *testing.F) {
	for _, txn := range documents(f, recordings)[:10] {
		f.Add([]byte(line(f, txn)))
	}
	f.Add([]byte(`{"user":{"username":"a","x":{"$base64":"YWxpY2U="}},"metadata":{"k":"{\"a\":[1.5e3,\"\\u00e4\"]}"},"mailboxes":{"Entw&ürfe":{}},"events":[],"more":[null,"=?utf-8?q?x?="]}`))
	s := strip.New(testKey(f), strip.Options{})
	f.Fuzz(func(t *testing.T, doc []byte) {
		txn, err := mail.Parse(doc, "fuzz")
		if err != nil {
			return
		}
		out, err := s.Transaction(txn)
		if err != nil {
			t.Fatalf("%s: %v", doc, err)
		}
		comparable(t, txn, out)
	})
}
