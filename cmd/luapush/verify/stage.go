package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/scripts"
	"github.com/luapush/luapush/spec/oracle"
)

// Options say which Dovecot there shall be. @@RECORDER@@ in the values of Settings
// and Metadata stands for address and port of the recorder.
type Options struct {
	// Settings are plugin settings, as user:plugin_getenv shall answer them.
	Settings map[string]string
	// Metadata are the users' server entries at the beginning; their names are
	// also those that the relay writes down.
	Metadata map[string]string
	// Watch names more metadata for the relay to write down.
	Watch []string
	// Debug is mail_debug = yes.
	Debug bool
	// Behaviour is how the recorder answers.
	Behaviour Behaviour
	// Keep chooses the lines that are compared; nil takes those of a handler.
	Keep func(oracle.Line) bool
}

// Stage is a private Dovecot and a Recorder.
type Stage struct {
	*oracle.Instance
	Recorder *Recorder
	options  Options
	relay    string
	spool    string
	// baseline is the metadata that the recorded steps left, handler or not.
	baseline map[MetadataKey]string
}

// conf puts what names uidvalidities into a folder of its own: it is made before
// the mailboxes are.
const conf = "mail_location = maildir:~/Maildir:CONTROL=~/control\n"

// Open starts both.
func Open(ctx context.Context, o Options) (_ *Stage, err error) {
	relay, ok := scripts.Source("relay")
	if !ok {
		return nil, errors.New("the relay is missing in this build")
	}
	s := &Stage{options: o, relay: string(relay)}
	if s.Recorder, err = NewRecorder(ctx, o.Behaviour); err != nil {
		return nil, err
	}
	s.Instance, err = oracle.Start(ctx, oracle.Options{
		Handler: s.relay, Plugin: s.plugin(o.Settings), Conf: conf, Debug: o.Debug,
	})
	if err != nil {
		return nil, errors.Join(err, s.Recorder.Close())
	}
	s.spool = filepath.Join(s.Dir(), "spool")
	if err := s.makeSpool(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// SetMetadata replaces what users have at the beginning, and what else is
// watched; Dovecot starts anew.
func (s *Stage) SetMetadata(ctx context.Context, metadata map[string]string, watch ...string) error {
	s.options.Metadata, s.options.Watch = metadata, watch
	return s.SetPlugin(ctx, s.plugin(s.options.Settings))
}

// fill puts the recorder's address for its placeholder.
func (s *Stage) fill(value string) string {
	return strings.ReplaceAll(value, "@@RECORDER@@", s.Recorder.Addr())
}

// plugin is what stands in plugin {}: Dovecot expands its values.
func (s *Stage) plugin(settings map[string]string) map[string]string {
	all := map[string]string{"luapush_spool": "@@DIR@@/spool", "luapush_status": "yes"}
	for name, value := range settings {
		all[name] = strings.ReplaceAll(s.fill(value), "%", "%%")
	}
	if len(settings) > 0 {
		all["luapush_settings"] = strings.Join(slices.Sorted(maps.Keys(settings)), " ")
	}
	keys := slices.AppendSeq(slices.Clone(s.options.Watch), maps.Keys(s.options.Metadata))
	if len(keys) > 0 {
		slices.Sort(keys)
		all["luapush_metadata"] = strings.Join(slices.Compact(keys), " ")
	}
	return all
}

func (s *Stage) makeSpool() error {
	for _, name := range []string{"", "tmp", "new"} {
		dir := filepath.Join(s.spool, name)
		if err := os.Mkdir(dir, 0o755); err != nil {
			return err
		}
		// Mail processes have another user id, as root.
		if err := os.Chmod(dir, 0o1777); err != nil {
			return err
		}
	}
	return nil
}

// Close ends both.
func (s *Stage) Close() error { return errors.Join(s.Stop(), s.Recorder.Close()) }

// Record takes the steps with the relay as the handler, and gives the
// transactions of each step.
func (s *Stage) Record(steps []Step) ([][]*mail.Transaction, error) {
	if err := s.SetHandler(s.relay); err != nil {
		return nil, err
	}
	if err := s.reset(users(steps)); err != nil {
		return nil, err
	}
	if _, err := s.documents(); err != nil {
		return nil, err
	}
	all := make([][]*mail.Transaction, len(steps))
	for n := range steps {
		step := &steps[n]
		if err := step.setUp(s.Instance); err != nil {
			return nil, fmt.Errorf("%s: %w", step.Name, err)
		}
		if err := step.take(s.Instance, session(n)); err != nil {
			return nil, fmt.Errorf("%s: %w", step.Name, err)
		}
		var err error
		if all[n], err = s.documents(); err != nil {
			return nil, fmt.Errorf("%s: %w", step.Name, err)
		}
		for _, txn := range all[n] {
			txn.Scenario = step.Name
		}
	}
	s.baseline = map[MetadataKey]string{}
	return all, s.metadata(users(steps), s.baseline)
}

// session is the id of a step's session.
func session(n int) string { return fmt.Sprintf("step%04d", n) }

// documents takes the relay's documents out of the spool, in the order of their
// sessions and transactions.
func (s *Stage) documents() ([]*mail.Transaction, error) {
	files, err := filepath.Glob(filepath.Join(s.spool, "new", "*"))
	if err != nil {
		return nil, err
	}
	type document struct {
		name string
		*mail.Transaction
	}
	var list []document
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		txn, err := mail.Parse(data, filepath.Base(path))
		if err != nil {
			return nil, err
		}
		txn.Dovecot = s.Release()
		list = append(list, document{path, txn})
		if err := os.Remove(path); err != nil {
			return nil, err
		}
	}
	// step0001, step0001:R2, …; the names of a session's files sort in their order.
	slices.SortFunc(list, func(a, b document) int {
		x, y := a.User.SessionID.Value, b.User.SessionID.Value
		return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y), cmp.Compare(a.name, b.name))
	})
	all := make([]*mail.Transaction, len(list))
	for i, d := range list {
		all[i] = d.Transaction
	}
	return all, nil
}

// firstUIDValidity is what mailboxes are counted from, so that they have the same
// in every run.
const firstUIDValidity = 0x6b000000

// reset makes the users ones who have nothing but the metadata of the options.
func (s *Stage) reset(users []string) error {
	for _, u := range users {
		if err := s.Forget(u); err != nil {
			return err
		}
		control := filepath.Join(s.Home(u), "control")
		if err := os.MkdirAll(control, 0o755); err != nil {
			return err
		}
		value := fmt.Sprintf("%08x", firstUIDValidity)
		for name, text := range map[string]string{"dovecot-uidvalidity": value, "dovecot-uidvalidity." + value: ""} {
			if err := s.give(filepath.Join(control, name), text); err != nil {
				return err
			}
		}
		for _, dir := range []string{s.Home(u), control} {
			if err := s.own(dir, 0o755); err != nil {
				return err
			}
		}
		if err := s.register(u); err != nil {
			return err
		}
	}
	return nil
}

func (s *Stage) give(path, text string) error {
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return err
	}
	return s.own(path, 0o600)
}

func (s *Stage) own(path string, mode os.FileMode) error {
	if os.Geteuid() == 0 {
		if err := os.Chown(path, s.UID(), s.GID()); err != nil {
			return err
		}
	}
	return os.Chmod(path, mode)
}

// register sets a user's metadata.
func (s *Stage) register(user string) error {
	if len(s.options.Metadata) == 0 {
		return nil
	}
	entries := map[string]*string{}
	for key, value := range s.options.Metadata {
		value = s.fill(value)
		entries[key] = &value
	}
	return setMetadata(s.Instance, user, entries)
}

// Run takes the recorded steps again with a handler, unchanged. expected is what luapush did: a
// session's last lines come a little later than its last answer, and are waited
// for if there are to be any.
func (s *Stage) Run(handler []byte, steps []Step, expected *Result) (*Result, error) {
	if err := s.SetHandler(string(handler)); err != nil {
		return nil, err
	}
	return s.RunDrivers(steps, expected)
}

// RunDrivers is Run with the drivers and the handler as they are.
func (s *Stage) RunDrivers(steps []Step, expected *Result) (*Result, error) {
	people := users(steps)
	if err := s.reset(people); err != nil {
		return nil, err
	}
	result := &Result{Steps: make([]Effects, len(steps))}
	for n := range steps {
		if err := steps[n].setUp(s.Instance); err != nil {
			return nil, fmt.Errorf("%s: %w", steps[n].Name, err)
		}
		// What a script does when it is loaded for that.
		s.Recorder.Take()
		mark := s.Mark()
		err := steps[n].take(s.Instance, session(n))
		if err != nil && !errors.Is(err, errDied) {
			result.Steps[n].Lines = append(result.Steps[n].Lines, "refused "+err.Error())
		}
		want := 0
		if expected != nil {
			want = len(expected.Steps[n].Lines)
		}
		lines := s.lines(mark, &steps[n], session(n), want, err == nil)
		result.Steps[n].Lines = append(result.Steps[n].Lines, lines...)
		if errors.Is(err, errDied) && !slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, Crash) }) {
			result.Steps[n].Lines = append(result.Steps[n].Lines, Crash+"without a word: "+errDied.Error())
		}
		result.Steps[n].Requests = s.Recorder.Take()
	}
	after := map[MetadataKey]string{}
	if err := s.metadata(people, after); err != nil {
		return nil, err
	}
	result.Changes, result.Left = changes(s.baseline, after), after
	return result, nil
}
