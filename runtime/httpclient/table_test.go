package httpclient

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write spec/http-conformance.md anew")

// TestConformanceTable keeps the readable table of the conformance cases equal to the data.
func TestConformanceTable(t *testing.T) {
	const path = "../../spec/http-conformance.md"
	var b strings.Builder
	b.WriteString(tableIntroduction)
	diverging := 0
	for _, c := range readLines[conformanceCase](t, "../../spec/http-conformance.jsonl") {
		expected, source := c.Expect, "as Dovecot "+c.Observed
		if c.Luapush != nil {
			expected = c.Luapush
		}
		if c.Divergence != "" {
			source = "differs: " + c.Divergence
			diverging++
		}
		last := expected[len(expected)-1]
		fmt.Fprintf(&b, "| %s | %s | %s | %d | %s | %d | %s |\n",
			c.Case, c.Why, settingsCell(c.Settings), last.Status, cell(last.Reason), last.Attempts, source)
	}
	fmt.Fprintf(&b, "\n%d of them differ from Dovecot.\n", diverging)
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(b.String(), string(got)); diff != "" {
		t.Errorf("%s does not show the data; run this test with -update\n%s", path, diff)
	}
}

func cell(text string) string {
	if text == "" {
		return ""
	}
	return "`" + strings.NewReplacer("`", "'", "|", "\\|").Replace(text) + "`"
}

func settingsCell(settings map[string]any) string {
	var list []string
	for _, o := range options23 {
		if v, ok := settings[o.Name]; ok {
			list = append(list, fmt.Sprintf("%s=%v", o.Name, v))
		}
	}
	return strings.Join(list, " ")
}

const tableIntroduction = `# HTTP conformance

What a script gets from ` + "`request:submit()`" + ` when the server, the network or a certificate misbehaves. Each case is a line of
` + "`http-conformance.jsonl`" + ` and is played by ` + "`runtime/httpclient`" + ` against a real server on loopback, which sends the bytes
of the case. The expectations were observed: a real Dovecot was given the same script, against a server that sent the same
bytes.

Fields: ` + "`answers`" + ` is what the server does for each request it sees, in steps (the last list repeats), ` + "`accept`" + ` what it does
with a connection instead (close, reset, read-close, silent, answer); ` + "`refused`" + `, ` + "`blackhole`" + `: nobody listens, connects hang; ` + "`tls`" + `,
` + "`ca`" + `: the server's certificate and the authority the client trusts (good, self, old); ` + "`settings`" + ` as in
` + "`dovecot.http.client`" + ` of 2.3; ` + "`times`" + `, ` + "`pause_ms`" + `: the request is made again; ` + "`max_payload`" + `: luapush's own limit;
` + "`expect`" + `: the outcomes, with {secs} for a time in seconds, {n} for a number, {addr}, {dead} and {port} for the server;
` + "`requests`" + `, ` + "`connections`" + `: what the server saw. ` + "`observed`" + ` names the Dovecot that was asked, ` + "`divergence`" + ` says why luapush
differs, and ` + "`luapush`" + `, ` + "`luapush_requests`" + `, ` + "`luapush_connections`" + ` what it does instead. Dovecot's
` + "`Expect: 100-continue`" + ` is left out of the requests; the order of header lines does not count.

` + "`http-url.jsonl`" + ` has the URLs in the same manner: the error, or target, Host and Authorization of the request; ` + "`accepted`" + ` says that
the URL was taken and nothing was sent.

| case | what happens | settings | status | reason | attempts | |
|---|---|---|---|---|---|---|
`
