package stdlib_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"flag"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/transport"
)

// certificate makes a self-signed certificate for 127.0.0.1 and writes it to a file.
func certificate(t *testing.T, path string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "luapush test"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// relay starts a TLS server that hands everything on to another one.
func relay(t *testing.T, c tls.Certificate, to string) string {
	t.Helper()
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{c}})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				back, err := net.Dial("tcp", to)
				if err != nil {
					return
				}
				defer back.Close()
				go func() {
					buffer := make([]byte, 4096)
					for {
						n, err := conn.Read(buffer)
						if _, failed := back.Write(buffer[:n]); err != nil || failed != nil {
							back.(*net.TCPConn).CloseWrite()
							return
						}
					}
				}()
				buffer := make([]byte, 4096)
				for {
					n, err := back.Read(buffer)
					if _, failed := conn.Write(buffer[:n]); err != nil || failed != nil {
						return
					}
				}
			}()
		}
	}()
	t.Cleanup(func() { listener.Close(); <-done })
	return listener.Addr().String()
}

// answering starts a server that sends the same to everyone who has sent something, and closes.
func answering(t *testing.T, text string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			conn.SetDeadline(time.Now().Add(5 * time.Second))
			conn.Read(make([]byte, 4096))
			conn.Write([]byte(text))
			conn.Close()
		}
	}()
	t.Cleanup(func() { listener.Close(); <-done })
	return listener.Addr().String()
}

// TestSSLHTTPS compares with what LuaSec gave, over TLS on the loopback.
func TestSSLHTTPS(t *testing.T) {
	const file, frozen = "testdata/http/ssl_https.lua", "testdata/http/ssl_https.txt"
	program, interpreter, module := snippets(t, file)
	folder := t.TempDir()
	own := certificate(t, filepath.Join(folder, "ca.pem"))
	certificate(t, filepath.Join(folder, "other.pem"))
	plainAddress := server(t)
	address := relay(t, own, plainAddress)
	noise := answering(t, "HTTP/1.0 400 Bad Request\r\n\r\n")
	closing := answering(t, "")
	deaf, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer deaf.Close()
	program = `https, http, ltn12 = require "ssl.https", require "socket.http", require "ltn12" BASE = "https://` + address + `" NOISE = "https://` + noise + `/" CLOSING = "https://` + closing +
		`/" DEAF = "https://` + deaf.Addr().String() + `/" CA = "` + folder + `/ca.pem" OTHER = "` + folder + `/other.pem" ` + program
	plain := func(text string) []string {
		for _, a := range []string{address, plainAddress} {
			text = strings.ReplaceAll(text, a, "127.0.0.1:PORT")
		}
		return strings.Split(text, "\n")
	}
	live := transport.Live(transport.LiveOptions{})
	defer live.Close()
	got, err := play(t, file, program, runtime.Options{HTTP: live})
	if err != nil {
		t.Fatal(err)
	}
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(frozen, []byte(strings.Join(plain(real(t, interpreter, program)), "\n")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(frozen)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(plain(string(want)), plain(got)); diff != "" {
		t.Errorf("-LuaSec +luapush:\n%s", diff)
	}
	if exec.Command(interpreter, "-e", `require "`+module+`"`).Run() == nil {
		if diff := cmp.Diff(plain(string(want)), plain(real(t, interpreter, program))); diff != "" {
			t.Errorf("the frozen answers are not those of the module installed here:\n%s", diff)
		}
	}
}
