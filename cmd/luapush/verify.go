package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/luapush/luapush/cmd/luapush/verify"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/transport"
	"github.com/luapush/luapush/spec/oracle"
)

// verifyCommand is "luapush verify".
type verifyCommand struct {
	Script string   `arg:"" help:"The handler, a Lua file."`
	Inputs []string `arg:"" optional:"" name:"fixture|mail" help:"Recorded transactions (.jsonl), whose mail is delivered again, and messages (.eml). Without any, one plain message is delivered."`

	User     string        `short:"u" default:"user@example.com" help:"Whom the messages (.eml) are for."`
	Set      []string      `short:"s" sep:"none" placeholder:"NAME=VALUE" help:"A plugin setting, as user:plugin_getenv answers it. Goes before the configuration's and the recording's. Can be repeated."`
	Config   string        `placeholder:"FILE" help:"A dovecot.conf, or the output of doveconf -n, whose plugin settings the handler shall have."`
	Metadata []string      `sep:"none" placeholder:"KEY=VALUE" help:"A server metadata entry that the users have. Can be repeated."`
	HTTP     string        `name:"http" default:"dry" placeholder:"MODE" help:"How the handler's requests are answered, on both sides: dry (200), a status such as 503, refused, reset, badresponse or timeout, all by a server on this machine; or live: they are really sent, twice."`
	Timeout  time.Duration `default:"30s" placeholder:"30s" help:"How long one call of the script may take in luapush."`
	LuaPath  []string      `sep:"none" placeholder:"DIR" help:"Where else require looks for Lua files, in luapush only."`
	Format   string        `default:"text" enum:"text,json" placeholder:"text|json" help:"How to show the comparison: text for people, json for programs (one object a line)."`
	Width    int           `default:"160" placeholder:"160" help:"How wide the two columns are, together."`
}

// Help is what "luapush verify --help" says after the first line.
func (v *verifyCommand) Help() string {
	return strings.TrimSpace(`
The same mail is handled three times: by a private Dovecot with the relay, which
writes the transactions down; by the same Dovecot with the handler; and by
luapush, which plays what was written down. Compared are the requests as they
arrive, the log lines with all errors, and the metadata that is left.

Dovecot runs on free ports of this machine, in a temporary directory, as a user
of its own if you are root, else as you. So does the handler: requests of
dovecot.http and socket.http go to a server on this machine (a line in front of
the handler's first one sees to it), but what it does otherwise, such as
os.execute or writing files, happens.

Exit codes: 0 both did the same; 1 there are differences; 2 it could not run.`)
}

// verification is one run.
type verification struct {
	*verifyCommand
	app     *application
	flags   hostFlags
	handler []byte
	steps   []verify.Step
	// settings are those of documents, the configuration and --set, each before
	// the ones before it.
	settings  map[string]string
	metadata  map[string]string
	watch     []string
	behaviour verify.Behaviour
	// luaPath is what stands in front of package.path in luapush: --lua-path, and
	// not the script's own folder, where Dovecot does not look either.
	luaPath string
}

// Run compares.
func (v *verifyCommand) Run(a *application) error {
	run := &verification{verifyCommand: v, app: a, settings: map[string]string{}}
	if err := run.prepare(); err != nil {
		return a.syntax(err)
	}
	stage, err := verify.Open(a.ctx, verify.Options{Settings: run.settings, Metadata: run.metadata, Watch: run.watch, Behaviour: run.behaviour})
	if err != nil {
		return err
	}
	list, err := run.compare(stage)
	if closing := stage.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	return run.tell(stage.Release(), list)
}

// prepare reads and checks everything before Dovecot is started.
func (v *verification) prepare() error {
	if err := oracle.Installed(v.app.ctx); err != nil {
		return err
	}
	var err error
	if v.handler, err = readProgram(v.Script); err != nil {
		return err
	}
	v.flags = hostFlags{Config: v.Config, Set: v.Set, HTTP: "dry", Timeout: v.Timeout, LoadedBy: "driver", Protocol: "lmtp", Strict: true}
	if err := v.flags.load(v.app); err != nil {
		return err
	}
	if v.behaviour, err = behaviour(v.HTTP); err != nil {
		return err
	}
	templates, err := luaPath(v.LuaPath)
	if err != nil {
		return err
	}
	v.luaPath = strings.Join(templates, ";")
	if v.User == "" || strings.ContainsAny(v.User, " \t\r\n<>\x00") {
		return &usageError{text: fmt.Sprintf("--user: %q: the user gets mail, so it must be a name without blanks and brackets", v.User)}
	}
	if err := v.inputs(); err != nil {
		return err
	}
	if err := v.configuredSettings(); err != nil {
		return err
	}
	if v.metadata, err = pairs("--metadata", v.Metadata); err != nil {
		return err
	}
	for _, key := range slices.AppendSeq(slices.Clone(v.watch), maps.Keys(v.metadata)) {
		if !metadataKey(key) {
			return &usageError{text: fmt.Sprintf("metadata %q: a name begins with /private/ or /shared/, and has no blanks, commas and quotes", key)}
		}
	}
	if v.Width < 50 {
		return &usageError{text: "--width: give 50 or more"}
	}
	return nil
}

// configuredSettings puts the configuration's settings, and --set, before those of
// the documents.
func (v *verification) configuredSettings() error {
	options, err := v.flags.options(v.app, v.Script)
	if err != nil {
		return err
	}
	if v.flags.conf != nil {
		configured := v.flags.configured()
		host := runtime.New(options)
		first := configured.List(host, &mail.User{Username: v.User}).Settings
		for _, s := range first {
			if !strings.HasPrefix(s.Name, "push_notification_") {
				v.settings[s.Name] = s.Value
			}
		}
	}
	for name, value := range options.Settings {
		v.settings[name] = value
	}
	for name, value := range v.settings {
		if strings.ContainsAny(value, "\r\n\x00") || name == "" || strings.ContainsAny(name, " \t\r\n{}=#\"'\x00") {
			return &usageError{text: fmt.Sprintf("setting %s: dovecot.conf cannot hold it: a value has no line ends, a name no blanks", name)}
		}
	}
	return nil
}

// behaviour is how the recorder answers.
func behaviour(mode string) (verify.Behaviour, error) {
	switch mode {
	case "dry", "live", "refused":
		return verify.Behaviour{}, nil
	case "reset", "badresponse":
		return verify.Behaviour{Fail: mode}, nil
	case "timeout":
		return verify.Behaviour{Fail: mode, Patience: 2 * time.Minute}, nil
	}
	var status int
	if _, err := fmt.Sscanf(mode, "%d", &status); err != nil || len(mode) != 3 || status < 200 {
		return verify.Behaviour{}, &usageError{text: fmt.Sprintf("--http: %q: use dry, live, refused, reset, badresponse, timeout, or a status from 200 to 999", mode)}
	}
	return verify.Behaviour{Status: status}, nil
}

// plainMessage is what is delivered when nothing is given.
const plainMessage = "From: Dana Writer <dana@example.net>\nTo: user@example.com\nSubject: Lunch on Friday?\n" +
	"Date: Fri, 20 Nov 2026 10:00:00 +0200\nMessage-ID: <lunch-1@example.net>\n\nShall we meet at noon?\n"

// inputs makes the steps.
func (v *verification) inputs() error {
	if len(v.Inputs) == 0 {
		v.steps = []verify.Step{{Name: "a plain message", To: []string{v.User}, Mail: oracle.CRLF(plainMessage)}}
	}
	for _, path := range v.Inputs {
		data, err := readWhole(path, "recorded transactions (.jsonl) or a message (.eml)", maxMessage)
		if err != nil {
			return err
		}
		if !strings.HasPrefix(strings.TrimLeft(string(data), " \t\r\n\ufeff"), "{") || filepath.Ext(path) == ".eml" {
			v.steps = append(v.steps, verify.Step{Name: path, To: []string{v.User}, Mail: oracle.CRLF(string(data))})
			continue
		}
		if err := v.fixture(path, string(data)); err != nil {
			return err
		}
	}
	if len(v.steps) == 0 {
		return errors.New("nothing of this can be brought about in Dovecot, so there is nothing to compare; give a message (.eml)")
	}
	return nil
}

// fixture makes the steps of recorded transactions.
func (v *verification) fixture(path, text string) error {
	var documents []*mail.Transaction
	for r := mail.NewReader(strings.NewReader(text), path); ; {
		txn, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		documents = append(documents, txn)
		for _, s := range txn.Settings {
			v.setting(path, s.Key, s.Value)
		}
		for _, e := range txn.Metadata {
			v.watch = append(v.watch, e.Key)
		}
	}
	steps, notes := verify.Recreate(documents)
	for _, n := range notes {
		v.app.complain("not compared: %s", n)
	}
	v.steps = append(v.steps, steps...)
	return nil
}

// setting keeps the first value of a setting of documents.
func (v *verification) setting(path, name, value string) {
	if old, there := v.settings[name]; there && old != value {
		v.app.complain("warning: %s: the setting %s has several values; the first one is taken for all", path, name)
		return
	}
	v.settings[name] = value
}

// compare runs the handler on both sides.
func (v *verification) compare(stage *verify.Stage) ([]verify.Difference, error) {
	documents, err := stage.Record(v.steps)
	if err != nil {
		return nil, err
	}
	v.flags.Dovecot = stage.Release()
	v.flags.conf = nil
	options, err := v.flags.options(v.app, v.Script)
	if err != nil {
		return nil, err
	}
	options.ScriptPath = v.luaPath
	options.Lua.Stdout = v.app.env.Stderr
	live := transport.Live(transport.LiveOptions{})
	defer live.Close()
	options.HTTP, options.Settings = live, v.settings
	contained := v.handler
	if v.HTTP != "live" {
		to := stage.Recorder.Addr()
		if v.HTTP == "refused" {
			if to, err = nobody(v.app.ctx); err != nil {
				return nil, err
			}
		}
		options.HTTP = verify.Detour(to, live)
		if contained, err = stage.Contain(v.handler, to); err != nil {
			return nil, err
		}
	}
	luapush, err := verify.Play(v.app.ctx, documents, verify.Played{
		Options: options, Drivers: verify.Only(v.Script, v.handler), Script: v.Script, Recorder: stage.Recorder,
	})
	if err != nil {
		return nil, err
	}
	dovecot, err := stage.Run(contained, v.steps, luapush)
	if err != nil {
		return nil, err
	}
	return verify.Compare(dovecot, luapush), nil
}

// nobody is an address where nobody listens.
func nobody(ctx context.Context) (string, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// tell shows the comparison, and makes the exit code.
func (v *verification) tell(release string, list []verify.Difference) error {
	different := 0
	for i := range list {
		if !list[i].Agree() {
			different++
		}
	}
	if v.Format == "json" {
		if err := v.json(release, list, different); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(v.app.out, "%s in Dovecot %s and in luapush: %s\n\n", v.Script, release, count(len(v.steps), "step"))
		if err := verify.Show(v.app.out, v.steps, list, v.Width); err != nil {
			return err
		}
		fmt.Fprintf(v.app.out, "%d of %d requests, log lines and metadata entries are the same\n", len(list)-different, len(list))
	}
	if different > 0 {
		return &exitError{ScriptFailed}
	}
	return nil
}

// json writes an object for each pair.
func (v *verification) json(release string, list []verify.Difference, different int) error {
	out := json.NewEncoder(v.app.out)
	out.SetEscapeHTML(false)
	for _, d := range list {
		step := "metadata"
		if d.Step >= 0 {
			step = v.steps[d.Step].Name
		}
		if err := out.Encode(struct {
			Type    string `json:"type"`
			Step    string `json:"step"`
			Kind    string `json:"kind"`
			Same    bool   `json:"same"`
			Known   string `json:"known,omitempty"`
			Dovecot string `json:"dovecot"`
			Luapush string `json:"luapush"`
		}{"pair", step, d.Kind, d.Same, string(d.Known), verify.Redact(d.Kind, d.Dovecot), verify.Redact(d.Kind, d.Luapush)}); err != nil {
			return err
		}
	}
	return out.Encode(struct {
		Type        string `json:"type"`
		Dovecot     string `json:"dovecot"`
		Steps       int    `json:"steps"`
		Pairs       int    `json:"pairs"`
		Differences int    `json:"differences"`
	}{"end", release, len(v.steps), len(list), different})
}
