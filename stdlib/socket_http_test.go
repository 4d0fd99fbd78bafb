package stdlib_test

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"flag"

	"github.com/google/go-cmp/cmp"

	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/transport"
)

// answers are what the server of the tests sends, byte by byte, for a path.
var answers = map[string]string{
	"/length":      "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\nX-Kind: length\r\n\r\n" + strings.Repeat("0123456789", 500),
	"/chunked":     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;ext=1\r\n world\r\n0\r\n\r\n",
	"/untilclosed": "HTTP/1.1 200 OK\r\nX-Kind: closed\r\n\r\n" + strings.Repeat("abc", 1000),
	"/multi":       "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\nX-Empty:\r\nContent-Length: 0\r\n\r\n",
	"/continue":    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 Fine by me\r\nContent-Length: 2\r\n\r\nok",
	"/folded":      "HTTP/1.1 200 OK\r\nX-Long: one\r\n two\r\nContent-Length: 2\r\n\r\nok",
	"/noreason":    "HTTP/1.1 299 \r\nContent-Length: 2\r\n\r\nok",
	"/short":       "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + strings.Repeat("x", 3000),
	"/shortchunk":  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n20\r\nabc",
	"/badchunk":    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
	"/nothing":     "",
	"/garbage":     "garbage\r\n\r\n",
	"/tiny":        "abc",
	"/badstatus":   "HTTP/1.1 OK then\r\n\r\n",
	"/badheader":   "HTTP/1.1 200 OK\r\nno colon here\r\n\r\n",
	"/loop":        "HTTP/1.1 302 Found\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n",
	"/relative/x":  "HTTP/1.1 302 Found\r\nLocation: ../status/200?a=b\r\nContent-Length: 0\r\n\r\n",
	"/ftp":         "HTTP/1.1 302 Found\r\nLocation: ftp://127.0.0.1/\r\nContent-Length: 3\r\n\r\nftp",
}

// serve answers one connection.
func serve(conn net.Conn) {
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	in := bufio.NewReader(conn)
	head, length, chunked := []string{}, 0, false
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		if line = strings.TrimRight(line, "\r\n"); line == "" {
			break
		}
		head = append(head, line)
		fmt.Sscanf(strings.ToLower(line), "content-length: %d", &length)
		chunked = chunked || strings.EqualFold(line, "transfer-encoding: chunked")
	}
	body := make([]byte, length)
	for n := 0; n < length; {
		m, err := in.Read(body[n:])
		if n += m; err != nil {
			return
		}
	}
	for chunked {
		size := 0
		line, _ := in.ReadString('\n')
		fmt.Sscanf(line, "%x", &size)
		piece := make([]byte, size+2)
		for n := 0; n < len(piece); {
			m, err := in.Read(piece[n:])
			if n += m; err != nil {
				return
			}
		}
		body = append(body, piece[:size]...)
		chunked = size > 0
	}
	method, rest, _ := strings.Cut(head[0], " ")
	target, _, _ := strings.Cut(rest, " ")
	path, _, _ := strings.Cut(target, "?")
	parts := strings.Split(path, "/")
	switch {
	case parts[1] == "status":
		fmt.Fprintf(conn, "HTTP/1.1 %s Status\r\nX-Target: %s\r\nContent-Length: 4\r\n\r\n", parts[2], target)
		if parts[2] != "204" && parts[2] != "304" {
			fmt.Fprint(conn, "body")
		}
	case parts[1] == "redirect":
		fmt.Fprintf(conn, "HTTP/1.1 %s Moved\r\nLocation: http://%s/%s\r\nContent-Length: 5\r\n\r\nmoved", parts[2], conn.LocalAddr(), parts[3])
	case path == "/hang":
		in.ReadByte()
	case path == "/slow":
		fmt.Fprint(conn, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
		in.ReadByte()
	case path == "/reset":
		conn.(*net.TCPConn).SetLinger(0)
	case parts[1] == "echo":
		slices.Sort(head[1:])
		text := strings.Join(head, "\n") + "\n\n" + string(body)
		fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n", len(text))
		if method != "HEAD" {
			fmt.Fprint(conn, text)
		}
	default:
		fmt.Fprint(conn, answers[path])
	}
}

// server starts the server of the tests and gives its address.
func server(t testing.TB) string {
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
			go serve(conn)
		}
	}()
	t.Cleanup(func() { listener.Close(); <-done })
	return listener.Addr().String()
}

// TestSocketHTTP sends what LuaSocket would to a server, and compares with what LuaSocket gave and sent.
func TestSocketHTTP(t *testing.T) {
	const file, frozen = "testdata/http/socket_http.lua", "testdata/http/socket_http.txt"
	program, interpreter, module := snippets(t, file)
	address := server(t)
	program = `http, ltn12, url = require "socket.http", require "ltn12", require "socket.url" BASE = "http://` + address + `" ` + program
	_, port, _ := net.SplitHostPort(address)
	plain := func(text string) []string { return strings.Split(strings.ReplaceAll(text, port, "PORT"), "\n") }
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
		t.Errorf("-LuaSocket +luapush:\n%s", diff)
	}
	if exec.Command(interpreter, "-e", `require "`+module+`"`).Run() == nil {
		if diff := cmp.Diff(plain(string(want)), plain(real(t, interpreter, program))); diff != "" {
			t.Errorf("the frozen answers are not those of the module installed here:\n%s", diff)
		}
	}
}
