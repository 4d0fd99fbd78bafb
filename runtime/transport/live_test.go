package transport

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// serve starts a server at an address that counts its connections.
func serve(t testing.TB, addr string, handler http.HandlerFunc) (port string, connections *atomic.Int64) {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	connections = new(atomic.Int64)
	s := httptest.NewUnstartedServer(handler)
	s.Listener.Close()
	s.Listener = l
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	s.Start()
	t.Cleanup(s.Close)
	_, port, _ = net.SplitHostPort(l.Addr().String())
	return port, connections
}

func ok(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") }

func fetch(t testing.TB, tr Transport, url string, o Options, x *Exchange) error {
	t.Helper()
	r := get(t, url, x)
	response, err := tr.RoundTrip(r.WithContext(WithOptions(r.Context(), &o)))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, err = io.ReadAll(response.Body)
	return err
}

// lookup answers every name with the given addresses.
func lookup(addrs ...string) func(context.Context, string) ([]netip.Addr, error) {
	return func(context.Context, string) ([]netip.Addr, error) {
		var list []netip.Addr
		for _, a := range addrs {
			list = append(list, netip.MustParseAddr(a))
		}
		return list, nil
	}
}

func TestAddressesInTurn(t *testing.T) {
	port, _ := serve(t, "127.0.0.2:0", ok)
	url := "http://two.example:" + port + "/"
	live := Live(LiveOptions{Lookup: lookup("127.0.0.1", "127.0.0.2")})
	defer live.Close()
	var x Exchange
	if err := fetch(t, live, url, Options{}, &x); err != nil {
		t.Fatal(err)
	}
	if c, _ := x.Connection(); c.Remote != "127.0.0.2:"+port || c.ID != 1 || c.Reused || x.Dry() {
		t.Errorf("connection %+v", c)
	}

	one := Live(LiveOptions{Lookup: lookup("127.0.0.1", "127.0.0.2")})
	defer one.Close()
	err := fetch(t, one, url, Options{ConnectAttempts: 1}, nil)
	var e *Error
	if !errors.As(err, &e) || e.Kind != KindConnect || e.Addr != "127.0.0.1:"+port || e.Tries != 1 || !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("one attempt: %#v", err)
	}

	none := Live(LiveOptions{Lookup: lookup("127.0.0.1", "127.0.0.3")})
	defer none.Close()
	err = fetch(t, none, url, Options{}, nil)
	if !errors.As(err, &e) || e.Addr != "127.0.0.3:"+port || e.Tries != 2 {
		t.Errorf("all refused: %#v", err)
	}
}

// hanging dials like the network, but never gets to hosts in the list.
func hanging(hosts ...string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		host, _, _ := net.SplitHostPort(addr)
		for _, h := range hosts {
			if h == host {
				<-ctx.Done()
				return nil, &net.OpError{Op: "dial", Net: network, Err: ctx.Err()}
			}
		}
		return (&net.Dialer{}).DialContext(ctx, network, addr)
	}
}

func TestSoftConnect(t *testing.T) {
	port, _ := serve(t, "127.0.0.2:0", ok)
	url := "http://two.example:" + port + "/"
	live := Live(LiveOptions{Lookup: lookup("127.0.0.1", "127.0.0.2"), Dial: hanging("127.0.0.1")})
	defer live.Close()
	start := time.Now()
	err := fetch(t, live, url, Options{ConnectTimeout: 20 * time.Second, SoftConnectTimeout: 10 * time.Millisecond}, nil)
	if err != nil || time.Since(start) > 5*time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
	all := Live(LiveOptions{Lookup: lookup("127.0.0.1", "127.0.0.2"), Dial: hanging("127.0.0.1", "127.0.0.2")})
	defer all.Close()
	err = fetch(t, all, url, Options{ConnectTimeout: 50 * time.Millisecond, SoftConnectTimeout: 10 * time.Millisecond}, nil)
	var e *Error
	if !errors.As(err, &e) || e.Kind != KindConnectTimeout || e.Tries != 2 || e.Elapsed < 50*time.Millisecond {
		t.Errorf("both hang: %#v", err)
	}
}

func TestLookupFailures(t *testing.T) {
	called := false
	live := Live(LiveOptions{
		LookupTimeout: 20 * time.Millisecond,
		Lookup: func(ctx context.Context, host string) ([]netip.Addr, error) {
			called = true
			if host == "empty.example" {
				return nil, nil
			}
			<-ctx.Done()
			return nil, ctx.Err()
		},
	})
	defer live.Close()
	var e *Error
	if err := fetch(t, live, "http://nx.InValid./", Options{}, nil); !errors.As(err, &e) || e.Kind != KindDNS || called {
		t.Errorf("invalid: %#v, resolver asked: %v", err, called)
	}
	var missing *net.DNSError
	if err := fetch(t, live, "http://empty.example/", Options{}, nil); !errors.As(err, &missing) || !missing.IsNotFound {
		t.Errorf("no address: %#v", err)
	}
	if err := fetch(t, live, "http://slow.example/", Options{}, nil); !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &e) || e.Kind != KindDNS {
		t.Errorf("slow resolver: %#v", err)
	}
}

func TestConnectionsAreShared(t *testing.T) {
	port, connections := serve(t, "127.0.0.1:0", ok)
	live := Live(LiveOptions{})
	defer live.Close()
	const workers, rounds = 16, 20
	var wait sync.WaitGroup
	for range workers {
		wait.Go(func() {
			for range rounds {
				if err := fetch(t, live, "http://127.0.0.1:"+port+"/", Options{ConnectTimeout: time.Second}, new(Exchange)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	if n := connections.Load(); n > workers*2 {
		t.Errorf("%d connections for %d requests by %d workers", n, workers*rounds, workers)
	}
}

func TestPoolsAreBounded(t *testing.T) {
	port, connections := serve(t, "127.0.0.1:0", ok)
	tr := Live(LiveOptions{MaxPools: 2})
	defer tr.Close()
	for i := range 5 {
		o := Options{MaxIdleTime: time.Duration(i+1) * time.Minute}
		for range 2 {
			if err := fetch(t, tr, "http://127.0.0.1:"+port+"/", o, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n := connections.Load(); n != 5 {
		t.Errorf("%d connections for 5 settings", n)
	}
	if n := len(tr.(*live).pools); n != 2 {
		t.Errorf("%d pools kept", n)
	}
	tr.Close()
	if err := fetch(t, tr, "http://127.0.0.1:"+port+"/", Options{}, nil); err != nil {
		t.Errorf("after Close: %v", err)
	}
}

func TestProxy(t *testing.T) {
	var seen atomic.Value
	port, _ := serve(t, "127.0.0.1:0", func(w http.ResponseWriter, r *http.Request) {
		seen.Store(fmt.Sprintf("%s %s %s %s", r.Method, r.RequestURI, r.Host, r.Header.Get("Proxy-Authorization")))
		if r.Method == "CONNECT" {
			w.WriteHeader(http.StatusForbidden)
		}
	})
	live := Live(LiveOptions{Lookup: lookup()})
	defer live.Close()
	o := Options{Proxy: &url.URL{Scheme: "http", Host: "127.0.0.1:" + port, User: url.UserPassword("u", "p")}}
	if err := fetch(t, live, "http://far.example/x?y", o, nil); err != nil {
		t.Fatal(err)
	}
	if got := seen.Load(); got != "GET http://far.example/x?y far.example Basic dTpw" {
		t.Errorf("through the proxy: %q", got)
	}
	if err := fetch(t, live, "https://far.example/", o, nil); err == nil || !strings.Contains(err.Error(), "Forbidden") {
		t.Errorf("refused tunnel: %v", err)
	}
	if got := seen.Load(); got != "CONNECT far.example:443 far.example:443 Basic dTpw" {
		t.Errorf("tunnel: %q", got)
	}
	o.ProxyPlain = true
	if err := fetch(t, live, "https://far.example/", o, nil); !errors.Is(err, errPlainProxy) {
		t.Errorf("https without a tunnel: %v", err)
	}
}

func TestCertificateFiles(t *testing.T) {
	dir := t.TempDir()
	empty := filepath.Join(dir, "empty.pem")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	live := Live(LiveOptions{})
	defer live.Close()
	for _, c := range []struct {
		tls  TLS
		text string
	}{
		{TLS{CAFile: filepath.Join(dir, "none.pem")}, "can't load CA certs from file"},
		{TLS{CAFile: empty}, "no certificate in it"},
		{TLS{CADir: filepath.Join(dir, "none")}, "can't load CA certs from directory"},
		{TLS{CertFile: empty}, "can't load client certificate"},
	} {
		err := fetch(t, live, "https://127.0.0.1:1/", Options{TLS: c.tls}, nil)
		var e *Error
		if !errors.As(err, &e) || e.Kind != KindTLS || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%+v: %v, want %q", c.tls, err, c.text)
		}
	}
	server := httptest.NewTLSServer(http.HandlerFunc(ok))
	defer server.Close()
	server.Config.ErrorLog = nil
	if err := fetch(t, live, server.URL, Options{TLS: TLS{SkipVerify: true}}, nil); err != nil {
		t.Errorf("without verification: %v", err)
	}
}

// TestHeadIsRemembered looks at the bytes kept for error texts, and that a broken connection does not make a request go
// out twice.
func TestHeadIsRemembered(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var requests atomic.Int64
	var wait sync.WaitGroup
	wait.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wait.Go(func() {
				defer c.Close()
				in := bufio.NewReader(c)
				for {
					if _, err := http.ReadRequest(in); err != nil {
						return
					}
					if requests.Add(1) > 1 {
						return
					}
					_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
				}
			})
		}
	})
	tr := Live(LiveOptions{})
	defer func() { tr.Close(); l.Close(); wait.Wait() }()
	url := "http://" + l.Addr().String() + "/"
	var first Exchange
	if err := fetch(t, tr, url, Options{}, &first); err != nil {
		t.Fatal(err)
	}
	if head := string(first.Head()); head != "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" {
		t.Errorf("head %q", head)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var again atomic.Bool
	second := Exchange{OnConnection: func(a bool) {
		if a {
			again.Store(true)
			cancel()
		}
	}}
	r := get(t, url, nil).WithContext(WithExchange(ctx, &second))
	if response, err := tr.RoundTrip(r); err == nil {
		response.Body.Close()
		t.Error("the lost request was answered")
	}
	if n := requests.Load(); n != 2 || !again.Load() {
		t.Errorf("%d requests arrived, again %v; want 2 and true", n, again.Load())
	}
	second.Abandon()
}
