package spec_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/spec/oracle"
	"github.com/luapush/luapush/spec/oracle/oracletest"
)

// probeWorkers is how many Dovecots run probes at the same time.
const probeWorkers = 2

// judgeProbes runs the probes in a real Dovecot, now, and in luapush, and compares
// the two: each in a delivery, a Lua state and a mailbox of its own, in the world
// of probes/environment.json.
func judgeProbes(t *testing.T, p *part) {
	files, err := filepath.Glob("probes/api/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no probes: %v", err)
	}
	var all []probe
	for _, file := range files {
		all = append(all, readProbes(t, file)...)
	}
	world := newProbeWorld(t, newProbeServer(t), liveTransport(t))
	named := divergences(t, "probes/divergences.txt")
	queue := make(chan probe)
	var group sync.WaitGroup
	for range probeWorkers {
		live := newLiveWorld(t, world)
		group.Go(func() {
			for q := range queue {
				difference := live.ask(t, &q)
				if difference == "" {
					difference = q.compare(live.world, live.world.run(t, q.Code))
				}
				if difference != "" {
					difference = q.Code + "\n" + difference
				}
				p.judgeBy(t, named, q.ID, difference)
			}
		})
	}
	for _, q := range all {
		if slices.Contains(rootProbes, q.ID) && os.Geteuid() != 0 {
			p.partial = true
			continue
		}
		queue <- q
	}
	close(queue)
	group.Wait()
	named.unused(t)
}

// rootProbes can be asked by root only: the Dovecot of an ordinary user goes to the
// user's home and does not find its own dns-client from there.
var rootProbes = []string{"http/dns"}

const prober = "probe@example.com"

// liveWorld is a Dovecot in which probes run, and the home that its user has before
// each.
type liveWorld struct {
	*oracle.Instance
	world   *probeWorld
	message []byte
	begun   time.Time
	home    []homeFile
}

// homeFile is a file or folder of a home; folders have no data.
type homeFile struct {
	path string
	mode fs.FileMode
	data []byte
}

// newLiveWorld starts a Dovecot whose user has what the environment says.
func newLiveWorld(t *testing.T, w *probeWorld) *liveWorld {
	t.Helper()
	txn, err := mail.Parse([]byte(w.environment), "probes/environment.json")
	if err != nil {
		t.Fatal(err)
	}
	plugin := map[string]string{"probe_file": "@@DIR@@/probe.lua"}
	for _, s := range txn.Settings {
		plugin[s.Key] = strings.ReplaceAll(s.Value, "%", "%%")
	}
	l := &liveWorld{
		Instance: oracletest.Start(t, oracle.Options{Handler: string(w.harness), Plugin: plugin}), world: w,
		message: oracle.CRLF(txn.Messages[0].Raw), begun: time.Now(),
	}
	if err := l.build(txn); err != nil {
		t.Fatal(err)
	}
	if err := l.keep(); err != nil {
		t.Fatal(err)
	}
	if err := l.measure(t); err != nil {
		t.Fatal(err)
	}
	return l
}

// build makes the mailboxes of the environment, as they are before the delivery.
func (l *liveWorld) build(txn *mail.Transaction) error {
	home := l.Home(prober)
	if err := os.MkdirAll(filepath.Join(home, "Maildir"), 0o755); err != nil {
		return err
	}
	if err := l.own(home, 0o755); err != nil {
		return err
	}
	if err := l.own(filepath.Join(home, "Maildir"), 0o755); err != nil {
		return err
	}
	for _, m := range txn.Mailboxes {
		if err := l.mailbox(m.Value); err != nil {
			return err
		}
	}
	c, err := l.IMAP(prober)
	if err != nil {
		return err
	}
	for _, e := range txn.Metadata {
		if _, err := c.Command(`SETMETADATA "" (%s %s)`, e.Key, oracle.Literal(e.Value)); err != nil {
			return err
		}
	}
	for _, m := range txn.Mailboxes {
		for _, e := range m.Value.Metadata {
			if _, err := c.Command(`SETMETADATA %s (%s %s)`, oracle.Literal(mail.EncodeMailboxName(m.Key)), e.Key, oracle.Literal(e.Value)); err != nil {
				return err
			}
		}
	}
	return c.Close()
}

// mailbox makes a mailbox with the status it is to have; INBOX is to get one more
// message.
func (l *liveWorld) mailbox(m *mail.Mailbox) error {
	if err := l.nextUIDValidity(m.Status.UIDValidity.Value); err != nil {
		return err
	}
	c, err := l.IMAP(prober)
	if err != nil {
		return err
	}
	name := oracle.Literal(mail.EncodeMailboxName(m.VName))
	messages, unseen := m.Status.Messages.Value, m.Status.Unseen.Value
	if m.VName == "INBOX" {
		messages, unseen = messages-1, unseen-1
	} else if _, err := c.Command("CREATE %s", name); err != nil {
		return err
	}
	for n := range messages {
		flags := `\Seen`
		if n+1 == m.Status.FirstUnseenSeq.Value || unseen == messages {
			flags = ""
		}
		if err := c.Append(mail.EncodeMailboxName(m.VName), flags, oracle.CRLF("Subject: before\n\nx\n")); err != nil {
			return err
		}
	}
	if m.VName == "INBOX" {
		if _, err := c.Command("SELECT INBOX"); err != nil {
			return err
		}
		for _, k := range m.Status.Keywords {
			if _, err := c.Command("STORE 1 +FLAGS (%s)", k); err != nil {
				return err
			}
		}
	}
	return c.Close()
}

// What is otherwise here than when the environment was written down: highestModseq,
// INBOX's, counts changes, and there were more of them; ids are the user's.
var (
	highestModseq = regexp.MustCompile(`"highest_modseq": 21\b`)
	ids           = regexp.MustCompile(`"uid": 5000,\n    "gid": 5000,`)
)

// measure makes the environment say how that is here.
func (l *liveWorld) measure(t *testing.T) error {
	t.Helper()
	p := probe{Code: `return string.format("%d", mbox:status(dovecot.storage.STATUS_HIGHESTMODSEQ).highest_modseq)`}
	if broken := l.ask(t, &p); broken != "" || len(p.Results) != 1 {
		return fmt.Errorf("the modseq of INBOX: %s %s %v", broken, p.Error, p.Results)
	}
	own := *l.world
	own.environment = highestModseq.ReplaceAllLiteralString(own.environment, `"highest_modseq": `+strings.Trim(p.Results[0], `"`))
	own.environment = ids.ReplaceAllLiteralString(own.environment, fmt.Sprintf(`"uid": %d, "gid": %d,`, l.UID(), l.GID()))
	l.world = &own
	return nil
}

// nextUIDValidity makes the next new mailbox have a uidvalidity.
func (l *liveWorld) nextUIDValidity(value uint32) error {
	dir := filepath.Join(l.Home(prober), "Maildir")
	old, err := filepath.Glob(filepath.Join(dir, "dovecot-uidvalidity*"))
	if err != nil {
		return err
	}
	for _, f := range old {
		if err := os.Remove(f); err != nil {
			return err
		}
	}
	text := strconv.FormatUint(uint64(value-1), 16)
	for name, data := range map[string]string{"dovecot-uidvalidity": text, "dovecot-uidvalidity." + text: ""} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
			return err
		}
		if err := l.own(path, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (l *liveWorld) own(path string, mode fs.FileMode) error {
	if os.Geteuid() == 0 {
		if err := os.Chown(path, l.UID(), l.GID()); err != nil {
			return err
		}
	}
	return os.Chmod(path, mode)
}

// keep remembers the home.
func (l *liveWorld) keep() error {
	root := l.Home(prober)
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		f := homeFile{path: path, mode: info.Mode().Perm()}
		if !d.IsDir() {
			if f.data, err = os.ReadFile(path); err != nil {
				return err
			}
			if f.data == nil {
				f.data = []byte{}
			}
		}
		l.home = append(l.home, f)
		return nil
	})
}

// restore puts the home back.
func (l *liveWorld) restore() error {
	if err := l.Forget(prober); err != nil {
		return err
	}
	for _, f := range l.home {
		var err error
		if f.data == nil {
			err = os.Mkdir(f.path, 0o755)
		} else {
			err = os.WriteFile(f.path, f.data, 0o644)
		}
		if err == nil {
			err = l.own(f.path, f.mode)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// ask runs a probe in Dovecot, and replaces its answer by the one of now. It gives
// what went wrong with the run itself.
func (l *liveWorld) ask(t *testing.T, p *probe) string {
	t.Helper()
	if err := l.restore(); err != nil {
		return err.Error()
	}
	path := filepath.Join(l.Dir(), "probe.lua")
	if err := os.WriteFile(path, []byte(l.world.fill(p.Code)), 0o644); err != nil {
		return err.Error()
	}
	mark := l.Mark()
	_, err := l.Send(oracle.Envelope{To: []string{prober}, Session: "PROBESESSION"}, l.message)
	lines := l.LogSince(mark)
	died := slices.ContainsFunc(lines, func(l oracle.Line) bool { return l.Level == "Panic" || l.Level == "Fatal" })
	switch {
	case died != p.Crash:
		return "dovecot: " + map[bool]string{true: "crashes", false: "does not crash"}[died]
	case died:
		return ""
	case err != nil:
		return "dovecot: " + err.Error()
	}
	*p = l.read(p, lines)
	return ""
}

// stamp is a time in seconds.
var stamp = regexp.MustCompile(`\b1\d{9}\b`)

// read takes a probe's answer out of the log.
func (l *liveWorld) read(p *probe, lines []oracle.Line) probe {
	begin := slices.IndexFunc(lines, func(l oracle.Line) bool { return l.Text == "@@probe begin" })
	end := slices.IndexFunc(lines, func(l oracle.Line) bool { return l.Text == "@@probe end" })
	live := probe{ID: p.ID, Code: p.Code, OK: true}
	if begin < 0 || end < 0 {
		return probe{ID: p.ID, Code: p.Code, Error: "the probe did not run"}
	}
	piece := ""
	for _, line := range lines[begin+1 : end] {
		if line.Level == "Debug" && strings.HasPrefix(line.Text, "http-client: ") {
			// A client with debug = true makes the whole process talk, later
			// sessions too.
			continue
		}
		m := report.FindStringSubmatch(line.Text)
		if m == nil {
			live.Log = append(live.Log, l.logged(line))
			continue
		}
		piece += m[4]
		if m[2] != m[3] {
			continue
		}
		switch m[1] {
		case "result":
			live.Results = append(live.Results, l.then(piece))
		case "error":
			live.OK, live.Error = false, l.then(piece)
		}
		piece = ""
	}
	return live
}

func (l *liveWorld) logged(line oracle.Line) probeLog {
	log := probeLog{Level: strings.ToLower(line.Level), Text: probeText(l.then(line.Text))}
	if line.Service != "lmtp" {
		log.Prefix = &line.Prefix
	}
	return log
}

// then gives a text the places, and the time of the session's begin, that the
// environment has.
func (l *liveWorld) then(s string) string {
	s = strings.ReplaceAll(s, l.Home(prober), "/srv/mail/"+prober)
	s = strings.ReplaceAll(s, l.Handler(), "@@SCRIPT@@")
	return stamp.ReplaceAllStringFunc(s, func(digits string) string {
		n, err := strconv.ParseInt(digits, 10, 64)
		if err == nil && n >= l.begun.Unix()-1 && n <= time.Now().Unix()+1 {
			return "1795290011"
		}
		return digits
	})
}
