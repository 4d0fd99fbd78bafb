package testkit_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/luapush/luapush/cmd/luapush/testkit"
	"github.com/luapush/luapush/cmd/luapush/testkit/kit"
)

const (
	recorded = `{"version":1,"scenario":"other","user":{"username":"dora@example.com"},"settings":{"hook":"http://hook.example/"},"metadata":{},"mailboxes":{},"events":[{"name":"MessageNew","mailbox":"INBOX","uid":1,"uid_validity":1,"subject":"No","from_address":"x","from_display_name":""}],"success":true}
{"version":1,"scenario":"plain","user":{"username":"dora@example.com"},"settings":{"hook":"http://hook.example/"},"metadata":{},"mailboxes":{},"events":[{"name":"MessageNew","mailbox":"INBOX","uid":1,"uid_validity":1,"subject":"Hello from a recording","from_address":"x","from_display_name":""}],"success":true}
`
	message = "From: Ann <ann@example.com>\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\n\nGood\nmorning!\n"
)

var block = regexp.MustCompile("(?s)```lua\n(.*?)```")

// TestPage runs every example of spec/testing.md.
func TestPage(t *testing.T) {
	page, err := os.ReadFile("../../../spec/testing.md")
	if err != nil {
		t.Fatal(err)
	}
	files := []string{"recorded.jsonl", recorded, "message.eml", message}
	for i, b := range block.FindAllStringSubmatch(string(page), -1) {
		code := b[1]
		if first, rest, _ := strings.Cut(code, "\n"); strings.HasPrefix(first, "-- ") && strings.HasSuffix(first, ".lua") {
			files = append(files, strings.TrimPrefix(first, "-- "), rest)
			continue
		}
		// What stands for itself is the inside of a case.
		if !strings.Contains(code, "t.describe(") {
			code = "t.case('example', function()\n" + code + "\nend)"
		}
		files = append(files, fmt.Sprintf("example%02d_test.lua", i), `local t = require "luapush.test" `+code)
	}
	c := run(t, testkit.Config{Paths: []string{folder(t, files...)}, Bench: 1})
	allPass(t, c, 15)
}

// TestPageNamesEverything wants each name of the module, and each method, to
// be on the page.
func TestPageNamesEverything(t *testing.T) {
	page, err := os.ReadFile("../../../spec/testing.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(kit.Names(), kit.Methods()...) {
		if !regexp.MustCompile(`[.:` + "`" + `]` + name + `\b`).Match(page) {
			t.Errorf("spec/testing.md does not speak of %s", name)
		}
	}
}

// TestExamples runs the tests of the handlers in examples/.
func TestExamples(t *testing.T) {
	c := run(t, testkit.Config{Paths: []string{"../../../examples"}, Jobs: 2})
	allPass(t, c, 30)
	if len(c.summary.Files) < 4 {
		t.Errorf("only %d files", len(c.summary.Files))
	}
}
