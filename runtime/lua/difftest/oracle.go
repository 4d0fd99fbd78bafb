package difftest

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strconv"
)

// Reference is the program that is asked.
const Reference = "lua5.4"

// Source is a text with the chunk name it is loaded under.
type Source struct {
	Name string
	Text string
}

// frames puts byte strings into one stream, each after its length.
func frames(parts ...string) []byte {
	var b bytes.Buffer
	for _, p := range parts {
		b.WriteString(strconv.Itoa(len(p)))
		b.WriteByte('\n')
		b.WriteString(p)
	}
	return b.Bytes()
}

// unframe takes such a stream apart.
func unframe(b []byte) ([]string, error) {
	var parts []string
	for len(b) > 0 {
		length, rest, found := bytes.Cut(b, []byte("\n"))
		n, err := strconv.Atoi(string(length))
		if !found || err != nil || n > len(rest) {
			return parts, fmt.Errorf("difftest: the oracle's answer is cut short: %.200q", b)
		}
		parts = append(parts, string(rest[:n]))
		b = rest[n:]
	}
	return parts, nil
}

// ask runs a Lua script on lua5.4 with frames as its input; the script answers
// with frames, by the functions take and give.
func ask(ctx context.Context, script string, input []byte) ([]string, error) {
	const prelude = `
local read, write = io.read, io.write
local function take() local n = read("l"); if not n then return nil end; n = tonumber(n)
  if n == 0 then return "" end; return read(n) end
local function give(s) write(#s, "\n", s) end
`
	cmd := exec.CommandContext(ctx, Reference, "-e", prelude+script)
	cmd.Stdin = bytes.NewReader(input)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	answers, frameErr := unframe(stdout.Bytes())
	if err != nil {
		return answers, fmt.Errorf("difftest: %s: %w: %.500s", Reference, err, stderr.String())
	}
	return answers, frameErr
}

// LoadErrors gives what load of lua5.4 says to each source: "" where it
// accepts it, else its message.
func LoadErrors(ctx context.Context, sources []Source) ([]string, error) {
	parts := make([]string, 0, 2*len(sources))
	for _, s := range sources {
		parts = append(parts, s.Text, s.Name)
	}
	answers, err := ask(ctx, `
while true do
  local text = take()
  if not text then break end
  local name = take()
  local f, message = load(text, name, "t")
  give(f and "" or message)
end`, frames(parts...))
	if err == nil && len(answers) != len(sources) {
		err = fmt.Errorf("difftest: %d answers to %d sources", len(answers), len(sources))
	}
	return answers, err
}
