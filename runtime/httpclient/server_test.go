package httpclient

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// step is a part of an answer, or what the server does instead.
type step struct {
	Send   string
	Repeat string
	Count  int
	WaitMS int `json:"wait_ms"`
	Close  bool
	Reset  bool
}

// rawServer answers with bytes, so that answers can be wrong.
type rawServer struct {
	test         conformanceCase
	certificates string
	port, dead   string
	listener     net.Listener
	done         chan struct{}
	wait         sync.WaitGroup

	mu          sync.Mutex
	connections int
	requests    []string
	open        map[net.Conn]bool
}

func startServer(t testing.TB, c conformanceCase, certificates string) *rawServer {
	s := &rawServer{test: c, certificates: certificates, done: make(chan struct{}), open: map[net.Conn]bool{}}
	s.dead = deadPort(t)
	if c.Refused {
		s.port = deadPort(t)
		return s
	}
	if c.Blackhole {
		s.port = blackhole(t)
		return s
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.listener = l
	_, s.port, _ = net.SplitHostPort(l.Addr().String())
	s.wait.Add(1)
	go s.accept()
	t.Cleanup(s.stop)
	return s
}

// bound reserves a port on loopback until the test has ended.
func bound(t testing.TB) (fd int, port string) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(fd) })
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	return fd, strconv.Itoa(name.(*syscall.SockaddrInet4).Port)
}

// deadPort finds a port at which nobody listens.
func deadPort(t testing.TB) string {
	_, port := bound(t)
	return port
}

// blackhole finds a port whose connects hang: its queue of connections is full, and nobody accepts them.
func blackhole(t testing.TB) string {
	fd, port := bound(t)
	if err := syscall.Listen(fd, 0); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		d := net.Dialer{Timeout: 50 * time.Millisecond}
		if c, err := d.Dial("tcp", "127.0.0.1:"+port); err == nil {
			t.Cleanup(func() { c.Close() })
		}
	}
	return port
}

// fill replaces the names of addresses in a text of the test data.
func (s *rawServer) fill(text string) string {
	return strings.NewReplacer(
		"{addr}", "127.0.0.1:"+s.port, "{port}", s.port, "{dead}", "127.0.0.1:"+s.dead, "{body-unless-head}", "",
	).Replace(text)
}

// fillDates replaces the dates in an answer by what they are now.
func fillDates(text string) string {
	now := time.Now().UTC()
	return strings.NewReplacer(
		"{date}", now.Format(http.TimeFormat),
		"{date+1}", now.Add(time.Second).Format(http.TimeFormat),
		"{date-10}", now.Add(-10*time.Second).Format(http.TimeFormat),
	).Replace(text)
}

func (s *rawServer) stop() {
	close(s.done)
	s.listener.Close()
	s.mu.Lock()
	for c := range s.open {
		c.Close()
	}
	s.mu.Unlock()
	s.wait.Wait()
}

func (s *rawServer) traffic() (connections int, requests []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.connections, append([]string(nil), s.requests...)
}

func (s *rawServer) accept() {
	defer s.wait.Done()
	for {
		c, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.connections++
		s.open[c] = true
		s.mu.Unlock()
		s.wait.Add(1)
		go func() {
			defer s.wait.Done()
			s.serve(c)
			s.mu.Lock()
			delete(s.open, c)
			s.mu.Unlock()
			c.Close()
		}()
	}
}

func (s *rawServer) serve(raw net.Conn) {
	switch s.test.Accept {
	case "close":
		return
	case "read-close":
		_, _ = raw.Read(make([]byte, 64<<10))
		return
	case "reset":
		_, _ = raw.Read(make([]byte, 10))
		reset(raw)
		return
	case "silent":
		<-s.done
		return
	case "answer":
		_, _ = raw.Read(make([]byte, 10))
		_, _ = raw.Write([]byte(s.test.Answers[0][0].Send))
		return
	}
	conn := raw
	if s.test.TLS != "" {
		pair, err := tls.LoadX509KeyPair(
			filepath.Join(s.certificates, s.test.TLS+".pem"), filepath.Join(s.certificates, s.test.TLS+".key"))
		if err != nil {
			panic(err)
		}
		conn = tls.Server(raw, &tls.Config{Certificates: []tls.Certificate{pair}})
	}
	var pending []byte
	for {
		request, rest, ok := readRequest(conn, pending)
		if !ok {
			return
		}
		pending = rest
		s.mu.Lock()
		number := len(s.requests)
		s.requests = append(s.requests, request)
		s.mu.Unlock()
		if !s.answer(conn, raw, s.test.Answers[min(number, len(s.test.Answers)-1)]) {
			return
		}
	}
}

// answer plays the steps, and tells whether the connection goes on.
func (s *rawServer) answer(conn, raw net.Conn, steps []step) bool {
	for _, step := range steps {
		switch {
		case step.Send != "":
			if _, err := conn.Write([]byte(fillDates(s.fill(step.Send)))); err != nil {
				return false
			}
		case step.Count > 0:
			if _, err := conn.Write(bytes.Repeat([]byte(step.Repeat), step.Count)); err != nil {
				return false
			}
		case step.WaitMS > 0:
			select {
			case <-time.After(time.Duration(step.WaitMS) * time.Millisecond):
			case <-s.done:
				return false
			}
		case step.Reset:
			reset(raw)
			return false
		case step.Close:
			return false
		}
	}
	return true
}

func reset(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0) }

// readRequest reads a head and the body its Content-Length promises.
func readRequest(c net.Conn, pending []byte) (request string, rest []byte, ok bool) {
	piece := make([]byte, 64<<10)
	more := func() bool {
		n, err := c.Read(piece)
		pending = append(pending, piece[:n]...)
		return err == nil
	}
	for !bytes.Contains(pending, []byte("\r\n\r\n")) {
		if !more() {
			return "", nil, false
		}
	}
	head, _, _ := strings.Cut(string(pending), "\r\n\r\n")
	length := 0
	for line := range strings.SplitSeq(head, "\r\n") {
		if name, value, _ := strings.Cut(line, ":"); strings.EqualFold(name, "content-length") {
			length, _ = strconv.Atoi(strings.TrimSpace(value))
		}
	}
	whole := len(head) + 4 + length
	for len(pending) < whole {
		if !more() {
			return "", nil, false
		}
	}
	return string(pending[:whole]), pending[whole:], true
}

// writeCertificates makes a directory with two certificates that signed themselves: good.pem is for localhost and
// 127.0.0.1, self.pem for a host x.
func writeCertificates(t testing.TB) string {
	dir := t.TempDir()
	for name, c := range map[string]*x509.Certificate{
		"good": {
			Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
			IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		},
		"self": {Subject: pkix.Name{CommonName: "x"}, DNSNames: []string{"x"}},
		"old":  {Subject: pkix.Name{CommonName: "old"}, DNSNames: []string{"localhost"}, NotAfter: time.Now().Add(-time.Hour)},
	} {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		c.SerialNumber = big.NewInt(1)
		c.NotBefore = time.Now().Add(-24 * time.Hour)
		if c.NotAfter.IsZero() {
			c.NotAfter = time.Now().Add(time.Hour)
		}
		c.IsCA, c.BasicConstraintsValid = true, true
		der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		keyDER, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		writePEM(t, filepath.Join(dir, name+".pem"), "CERTIFICATE", der)
		writePEM(t, filepath.Join(dir, name+".key"), "PRIVATE KEY", keyDER)
	}
	return dir
}

func writePEM(t testing.TB, path, kind string, der []byte) {
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
}
