package doveadm

import (
	"context"
	"github.com/luapush/luapush/spec/oracle"
	"github.com/luapush/luapush/spec/oracle/oracletest"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// BenchmarkMetadataGet is a script's metadata_get against a doveadm on loopback
// that takes no time itself.
func BenchmarkMetadataGet(b *testing.B) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `[["doveadmResponse",[{"value":"user=11@3"}],"luapush"]]`)
	}))
	b.Cleanup(s.Close)
	k := client(b, Options{}, nil, s.URL)
	for b.Loop() {
		if _, err := k.MailboxMetadataGet(context.Background(), "a@b", "", "/private/vendor/vendor.dovecot/http-notify"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRealMetadataGet is the same as BenchmarkMetadataGet, with a Dovecot.
func BenchmarkRealMetadataGet(b *testing.B) {
	dovecot := oracletest.Start(b, oracle.Options{})
	c := client(b, Options{}, func(s *Settings) { s.APISecret = Secret(dovecot.APIKey()) }, dovecot.DoveadmURL())
	if err := c.MailboxMetadataSet(context.Background(), realUser, "", "/private/vendor/x", "user=11@3"); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := c.MailboxMetadataGet(context.Background(), realUser, "", "/private/vendor/x"); err != nil {
			b.Fatal(err)
		}
	}
}
