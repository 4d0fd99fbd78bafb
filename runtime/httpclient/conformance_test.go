package httpclient

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/transport"
)

// conformanceCase is a line of spec/http-conformance.jsonl; spec/http-conformance.md explains it.
type conformanceCase struct {
	Case, Why   string
	Refused     bool
	Blackhole   bool
	Accept      string
	TLS         string
	CA          string
	Answers     [][]step
	URL         string
	Method      string
	Headers     [][2]any
	Payload     *string
	Settings    map[string]any
	Header      string
	Times       int
	PauseMS     int   `json:"pause_ms"`
	MaxPayload  int64 `json:"max_payload"`
	Expect      []outcome
	Requests    []string
	Connections int
	Observed    string
	Divergence  string
	// What luapush does where it does not do what was observed.
	Luapush            []outcome
	LuapushRequests    []string `json:"luapush_requests"`
	LuapushConnections int      `json:"luapush_connections"`
}

type outcome struct {
	Status   int
	Reason   string
	Payload  string
	Header   string
	Attempts int
}

func TestConformance(t *testing.T) {
	certificates := writeCertificates(t)
	seen := map[string]bool{}
	for _, c := range readLines[conformanceCase](t, "../../spec/http-conformance.jsonl") {
		if seen[c.Case] {
			t.Errorf("case %s twice", c.Case)
		}
		seen[c.Case] = true
		if c.Observed == "" && c.Divergence == "" {
			t.Errorf("case %s was neither observed nor is it a divergence", c.Case)
		}
		t.Run(c.Case, func(t *testing.T) {
			t.Parallel()
			playConformance(t, c, certificates)
		})
	}
	for _, needed := range []string{
		"refused", "dns", "reset", "short-body", "garbage", "slow-head", "slow-body", "redirect-refused",
		"redirect-followed", "redirect-loop", "redirect-303", "eof-retry", "204", "chunked", "large-body",
		"tls-self-signed", "userinfo",
	} {
		if !seen[needed] {
			t.Errorf("no case %s", needed)
		}
	}
}

func playConformance(t *testing.T, c conformanceCase, certificates string) {
	server := startServer(t, c, certificates)
	live := transport.Live(transport.LiveOptions{Lookup: lookupLocalhost})
	defer live.Close()
	client := &Client{Transport: live, MaxPayload: c.MaxPayload, Settings: conformanceSettings(t, c, certificates)}
	target := c.URL
	if target == "" {
		target = "http://{addr}/a"
	}
	u, err := ParseURL(server.fill(target))
	if err != nil {
		t.Fatal(err)
	}
	wanted := c.Expect
	if c.Luapush != nil {
		wanted = c.Luapush
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for i := range max(c.Times, 1) {
		if i > 0 {
			time.Sleep(time.Duration(c.PauseMS) * time.Millisecond)
		}
		r := conformanceRequest(t, c, u)
		compareOutcome(t, client.Do(ctx, r), wanted[i], c.Header, server)
	}
	live.Close()
	compareTraffic(t, c, server)
}

func lookupLocalhost(_ context.Context, host string) ([]netip.Addr, error) {
	if strings.EqualFold(host, "localhost") {
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

// conformanceSettings reads the settings as a script of 2.3 would give them.
func conformanceSettings(t *testing.T, c conformanceCase, certificates string) Settings {
	var entries []Entry
	for key, value := range c.Settings {
		switch v := value.(type) {
		case string:
			entries = append(entries, Entry{key, StringValue(v)})
		case float64:
			entries = append(entries, Entry{key, NumberValue(v, fmt.Sprint(v))})
		case bool:
			entries = append(entries, Entry{key, BooleanValue(v)})
		}
	}
	base := Defaults(dovecot.Default)
	if c.CA != "" {
		base.TLS.CAFile = filepath.Join(certificates, c.CA+".pem")
	}
	s, err := ParseSettings(dovecot.Default, base, entries)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func conformanceRequest(t *testing.T, c conformanceCase, u *URL) *Request {
	method := c.Method
	if method == "" {
		method = "GET"
	}
	r, err := NewRequest(method, u)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range c.Headers {
		if err := r.AddHeader(fmt.Sprint(h[0]), fmt.Sprint(h[1])); err != nil {
			t.Fatal(err)
		}
	}
	if c.Payload != nil {
		r.SetPayload(*c.Payload)
	}
	return r
}

func compareOutcome(t *testing.T, got *Response, want outcome, header string, server *rawServer) {
	t.Helper()
	if got.Status != want.Status {
		t.Errorf("status %d (%s), want %d (%s)", got.Status, got.Reason, want.Status, want.Reason)
	}
	if p := pattern(server, want.Reason); !p.MatchString(got.Reason) {
		t.Errorf("reason\n %q\ndoes not match\n %q", got.Reason, server.fill(want.Reason))
	}
	payload := got.Payload
	if len(payload) > 1000 || strings.HasSuffix(want.Payload, " bytes") {
		payload = fmt.Sprintf("%d bytes", len(payload))
	}
	if payload != want.Payload {
		t.Errorf("payload %q, want %q", payload, want.Payload)
	}
	if header != "" && got.Header(header) != want.Header {
		t.Errorf("header %s %q, want %q", header, got.Header(header), want.Header)
	}
	if got.Attempts != want.Attempts {
		t.Errorf("%d attempts, want %d", got.Attempts, want.Attempts)
	}
	if got.Dry {
		t.Error("a live request calls itself dry")
	}
}

// pattern makes a regular expression of a reason: {secs} is a time, {n} a number, {broken} is
// how a connection breaks that is closed on unread data, {addr} and {dead} are addresses.
func pattern(server *rawServer, reason string) *regexp.Regexp {
	text := regexp.QuoteMeta(server.fill(reason))
	text = strings.ReplaceAll(text, `\{secs\}`, `\d+\.\d{3}`)
	text = strings.ReplaceAll(text, `\{broken\}`, `(EOF|read\(size=\d+\) failed: (Connection reset by peer|Broken pipe))`)
	return regexp.MustCompile("^" + strings.ReplaceAll(text, `\{n\}`, `\d+`) + "$")
}

// compareTraffic compares what the server saw: the requests byte for byte, but for the order of header lines, which
// net/http decides, and the case of the names it writes itself.
func compareTraffic(t *testing.T, c conformanceCase, server *rawServer) {
	t.Helper()
	connections, requests := server.traffic()
	wantRequests := c.Requests
	// luapush_connections is the most there may be: whether net/http opens the
	// spare one before it is stopped is a matter of luck.
	mostConnections := max(c.Connections, c.LuapushConnections)
	if c.LuapushRequests != nil {
		wantRequests = c.LuapushRequests
	}
	if c.Observed == "" {
		return
	}
	if connections < c.Connections || connections > mostConnections {
		t.Errorf("%d connections, want %d", connections, mostConnections)
	}
	if len(requests) != len(wantRequests) {
		t.Errorf("%d requests, want %d:\n%q", len(requests), len(wantRequests), requests)
		return
	}
	for i := range requests {
		if got, want := normalRequest(requests[i]), normalRequest(server.fill(wantRequests[i])); got != want {
			t.Errorf("request %d is\n%s\nwant\n%s", i+1, got, want)
		}
	}
}

var dateLine = regexp.MustCompile(`(?m)^Date: (Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r$`)

func normalRequest(text string) string {
	head, body, _ := strings.Cut(dateLine.ReplaceAllString(text, "Date: {date}\r"), "\r\n\r\n")
	lines := strings.Split(head, "\r\n")
	for i, line := range lines[1:] {
		name, value, _ := strings.Cut(line, ":")
		switch strings.ToLower(name) {
		case "host", "connection", "content-length":
			name = strings.ToLower(name)
		}
		lines[i+1] = name + ": " + strings.Trim(value, " ")
	}
	slices.Sort(lines[1:])
	return strings.Join(lines, "\n") + "\n\n" + body
}

func TestNormalRequest(t *testing.T) {
	if a, b := normalRequest("GET / HTTP/1.1\r\nX: 1\r\n\r\nb"), normalRequest("GET / HTTP/1.1\r\nx: 1\r\n\r\nb"); a == b {
		t.Error("the case of a script's header does not count")
	}
}
