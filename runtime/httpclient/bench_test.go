package httpclient

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/transport"
)

// BenchmarkPost compares a POST of a typical notification over loopback: bare net/http, and this client over the live
// transport. The server is the same and runs in the same process.
func BenchmarkPost(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusNoContent)
	}))
	defer server.Close()
	payload := strings.Repeat("x", 300)
	b.Run("net-http", func(b *testing.B) {
		tr := &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true, DialContext: (&net.Dialer{}).DialContext}
		defer tr.CloseIdleConnections()
		client := &http.Client{Transport: tr}
		b.ReportAllocs()
		for b.Loop() {
			r, err := client.Post(server.URL, "application/json", strings.NewReader(payload))
			if err != nil {
				b.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, r.Body)
			r.Body.Close()
		}
	})
	b.Run("live", func(b *testing.B) {
		tr := transport.Live(transport.LiveOptions{})
		defer tr.Close()
		benchmarkClient(b, tr, server.URL, payload, http.StatusNoContent)
	})
}

// BenchmarkDry is what the client itself costs.
func BenchmarkDry(b *testing.B) {
	benchmarkClient(b, transport.Dry(), "http://127.0.0.1:8080/handler", strings.Repeat("x", 300), http.StatusOK)
}

func benchmarkClient(b *testing.B, tr http.RoundTripper, url, payload string, status int) {
	client := &Client{Transport: tr, Settings: Defaults(dovecot.Default)}
	b.ReportAllocs()
	for b.Loop() {
		u, err := ParseURL(url)
		if err != nil {
			b.Fatal(err)
		}
		r, err := NewRequest("POST", u)
		if err != nil {
			b.Fatal(err)
		}
		if err := r.AddHeader("Content-Type", "application/json"); err != nil {
			b.Fatal(err)
		}
		r.SetPayload(payload)
		if got := client.Do(context.Background(), r); got.Status != status {
			b.Fatalf("%d %s", got.Status, got.Reason)
		}
	}
}

func BenchmarkParseURL(b *testing.B) {
	for b.Loop() {
		if _, err := ParseURL("https://user:pass@push.example.com:8443/notify/new/message?user=alice%40example.com&box=INBOX"); err != nil {
			b.Fatal(err)
		}
	}
}
