package message

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// asked is a part as Dovecot 2.3.19.1 told of it in BODYSTRUCTURE.
type asked struct {
	Depth       int
	Type        string
	Encoding    string
	Size        int
	Disposition *string
	Params      []string
}

// otherTrees are the messages whose tree is another than Dovecot's, and why.
var otherTrees = map[string]string{
	"boundary-ext":           "Dovecot does not look at boundary*, which no program writes",
	"boundary-unquoted-odd":  "Dovecot ends a value without quotes at the first character that needs them",
	"type-without-semicolon": "Dovecot reads nothing of a field with a mistake in it",
	"encoding-semicolon":     "Dovecot reads nothing of a field with a mistake in it",
}

// TestTreesAreDovecots compares the parts of messages, most of them malformed, with what a real Dovecot made of them.
func TestTreesAreDovecots(t *testing.T) {
	f, err := os.Open("testdata/dovecot-trees.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	messages := 0
	for lines.Scan() {
		var c struct {
			Name, Raw string
			Parts     []asked
		}
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		messages++
		t.Run(c.Name, func(t *testing.T) {
			diff := cmp.Diff(describeAsked(c.Parts), describe(New(c.Raw).Parts()))
			switch reason := otherTrees[c.Name]; {
			case diff != "" && reason == "":
				t.Errorf("-Dovecot +here:\n%s", diff)
			case diff == "" && reason != "":
				t.Error("it is Dovecot's now: take it out of otherTrees")
			}
		})
	}
	if messages < 50 {
		t.Errorf("only %d messages", messages)
	}
}

// describe writes parts down, a line each. The size is that of the content with CR LF.
func describe(parts []*Part) []string {
	var list []string
	for _, p := range parts {
		text := fmt.Sprintf("%*s%s", p.Depth(), "", p.Type())
		if !strings.HasPrefix(p.Type(), "multipart/") {
			_, size := New(p.Raw()).Size()
			text += fmt.Sprintf(" %s %d", p.Encoding(), size)
		}
		list = append(list, text)
	}
	return list
}

// describeAsked does the same for Dovecot's. For a multipart without parts, BODYSTRUCTURE says that there is an empty
// text, as IMAP demands one.
func describeAsked(parts []asked) []string {
	var list []string
	for i, p := range parts {
		if strings.HasSuffix(p.Type, "/") {
			p.Type = "text/plain" // what Dovecot cannot read is empty there
		}
		text := fmt.Sprintf("%*s%s", p.Depth, "", p.Type)
		if !strings.HasPrefix(p.Type, "multipart/") {
			text += fmt.Sprintf(" %s %d", strings.ToLower(p.Encoding), p.Size)
		}
		invented := i > 0 && strings.HasPrefix(parts[i-1].Type, "multipart/") && p.Depth == parts[i-1].Depth+1 &&
			p.Type == "text/plain" && p.Size == 0 && (i+1 == len(parts) || parts[i+1].Depth < p.Depth)
		if !invented {
			list = append(list, text)
		}
	}
	return list
}
