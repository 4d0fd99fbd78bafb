package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"syscall"
	"time"

	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/source"
	"github.com/luapush/luapush/runtime/strip"
)

// recordCommand is "luapush record".
type recordCommand struct {
	Fixtures []string `arg:"" optional:"" name:"fixture" help:"Recorded transactions instead of --spool, such as to strip them; - reads them from standard input. They stay as they are."`

	Spool  string `placeholder:"DIR" help:"The spool folder that the relay writes to (luapush relay). What has been recorded is removed from it, not before it is on the disk."`
	Output string `short:"o" default:"-" placeholder:"FILE" help:"The fixture that transactions are added to, one a line; - is standard output."`
	Follow bool   `short:"f" help:"Wait for more until interrupted (Ctrl-C)."`
	Keep   bool   `help:"Move what has been recorded into the folder \"done\" of the spool instead of removing it."`

	Limit int      `placeholder:"N" help:"Stop after so many transactions."`
	User  string   `short:"u" placeholder:"GLOB" help:"Only users with such names, as '*@example.com'. Other transactions stay in the spool."`
	Event []string `short:"e" sep:"none" placeholder:"NAME" help:"Only transactions with such an event, as MessageNew. Can be repeated. Others stay in the spool."`

	Strip       bool     `help:"Replace what is personal: addresses, names, subjects, texts, ids, secrets. Lengths, cases, encodings and MIME structure stay, and the same word becomes the same everywhere."`
	StripKey    string   `type:"path" placeholder:"FILE" help:"The key that decides what words become; made if it is missing. With the same key, other files get the same replacements. Who has it can find out what was replaced. Default: a new one each time, which is not kept."`
	StripExcept []string `sep:"none" placeholder:"NAME" help:"A setting, metadata entry, userdb field or unknown field whose value stays as it is. Can be repeated."`
}

// Run records.
func (c *recordCommand) Run(a *application) error {
	if err := c.check(); err != nil {
		return err
	}
	r := &recording{recordCommand: c, a: a, events: map[mail.EventName]bool{}}
	for _, name := range c.Event {
		event, err := mail.ParseEventName(name)
		if err != nil {
			return &usageError{text: "--event: " + err.Error()}
		}
		r.events[event] = true
	}
	if c.Strip {
		key, err := c.key(a)
		if err != nil {
			return err
		}
		r.stripper = strip.New(key, strip.Options{Except: c.StripExcept})
	}
	if err := r.open(); err != nil {
		return err
	}
	defer r.from.Close()
	err := r.run()
	if closing := r.out.Close(); err == nil {
		err = closing
	}
	r.report()
	switch {
	case err != nil:
		return err
	case r.problems > 0:
		return &exitError{CouldNotRun}
	}
	return nil
}

// check looks at the flags as a whole.
func (c *recordCommand) check() error {
	wrong := ""
	_, pattern := path.Match(c.User, "")
	switch {
	case c.Spool == "" && len(c.Fixtures) == 0:
		wrong = "expected --spool DIR, or \"<fixture> ...\""
	case c.Spool != "" && len(c.Fixtures) > 0:
		wrong = "--spool and fixtures do not go together; record one, then the other"
	case c.Spool == "" && c.Follow:
		wrong = "--follow needs --spool"
	case c.Spool == "" && c.Keep:
		wrong = "--keep needs --spool; fixtures always stay"
	case !c.Strip && c.StripKey != "":
		wrong = "--strip-key needs --strip"
	case !c.Strip && len(c.StripExcept) > 0:
		wrong = "--strip-except needs --strip"
	case c.Limit < 0:
		wrong = "--limit must be 1 or more"
	case pattern != nil:
		wrong = fmt.Sprintf("--user: %q is no pattern; a [ needs its ]", c.User)
	}
	if wrong != "" {
		return &usageError{text: wrong}
	}
	return nil
}

// key takes the key for stripping from its file, or makes it.
func (c *recordCommand) key(a *application) (strip.Key, error) {
	if c.StripKey == "" {
		return strip.NewKey(rand.Reader)
	}
	text, err := os.ReadFile(c.StripKey)
	if errors.Is(err, syscall.EISDIR) {
		return strip.Key{}, fmt.Errorf("--strip-key: %s: is a directory; give a file", c.StripKey)
	}
	if err == nil {
		key, err := strip.ParseKey(string(text))
		if err != nil {
			return key, fmt.Errorf("%s: %w; give another name, and the file is made", c.StripKey, err)
		}
		return key, nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return strip.Key{}, fileError(c.StripKey, err)
	}
	key, err := strip.NewKey(rand.Reader)
	if err != nil {
		return key, err
	}
	f, err := os.OpenFile(c.StripKey, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return key, writeError(c.StripKey, err)
	}
	_, err = fmt.Fprintln(f, key.Text())
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return key, writeError(c.StripKey, err)
	}
	a.complain("made the key %s; keep it with the mail, not with the fixtures: who has it can find out what was replaced", c.StripKey)
	return key, nil
}

// recording is one run of the command.
type recording struct {
	*recordCommand
	a        *application
	events   map[mail.EventName]bool
	stripper *strip.Stripper

	from source.Source
	out  *fixtureWriter
	// unsettled are written, but perhaps not on the disk yet.
	unsettled []*source.Delivery

	recorded, others, problems int
	interrupted                bool
}

// recordBatch bounds how many lines share one wait for the disk, recordIdle how
// long a line waits for others.
const (
	recordBatch = 64
	recordIdle  = 50 * time.Millisecond
)

// open opens what is read, then what is written to.
func (r *recording) open() error {
	var err error
	if r.Spool != "" {
		r.from, err = source.NewSpool(r.Spool, source.SpoolOptions{
			Follow: r.Follow, Keep: r.Keep,
			// Sessions are of no account here, and what is not wanted need not come
			// again.
			Idle: -1, Retry: 365 * 24 * time.Hour,
			Fault: r.fault,
		})
	} else {
		r.from, err = r.a.openFixtures(r.Fixtures)
	}
	if err != nil {
		return err
	}
	r.out, err = r.a.openFixture(r.Output, r.Strip)
	if err == nil {
		err = r.apart()
	}
	if err != nil {
		r.from.Close()
	}
	return err
}

// apart refuses to add a fixture to itself.
func (r *recording) apart() error {
	for _, name := range r.Fixtures {
		if name != "-" && r.out.is(name) {
			r.out.Close()
			return &usageError{text: fmt.Sprintf("--output: %s is read, too; give another name", name)}
		}
	}
	return nil
}

// fault tells of a file of the spool that is none.
func (r *recording) fault(f source.SpoolFault) {
	r.problems++
	if f.Failed {
		r.a.complain("%s; it is in the folder \"failed\" now, and the others go on", f.Error())
		return
	}
	r.a.complain("%s; it stays where it is", f.Error())
}

// run records until there is no more.
func (r *recording) run() error {
	for r.Limit == 0 || r.recorded < r.Limit {
		d, err := r.next()
		var fault source.SpoolFault
		var format *mail.FormatError
		switch {
		case err == nil:
		case errors.Is(err, errIdle):
			if err := r.settle(); err != nil {
				return err
			}
			continue
		case errors.Is(err, io.EOF):
			return r.settle()
		case r.a.ctx.Err() != nil:
			r.interrupted = true
			return r.settle()
		case errors.As(err, &fault):
			continue // it has been told
		case errors.As(err, &format):
			r.problems++
			r.a.complain("%s", err)
			continue
		default:
			return errors.Join(err, r.settle())
		}
		if err := r.take(d); err != nil {
			return err
		}
	}
	return r.settle()
}

// errIdle says that nothing came for a while.
var errIdle = errors.New("nothing came")

// next waits for a transaction; while lines wait for the disk, not for long.
func (r *recording) next() (*source.Delivery, error) {
	if len(r.unsettled) == 0 || !r.Follow {
		return r.from.Next(r.a.ctx)
	}
	ctx, cancel := context.WithTimeout(r.a.ctx, recordIdle)
	defer cancel()
	d, err := r.from.Next(ctx)
	if err != nil && ctx.Err() != nil && r.a.ctx.Err() == nil {
		return nil, errIdle
	}
	return d, err
}

// take writes a transaction down, if it is wanted.
func (r *recording) take(d *source.Delivery) error {
	if !r.wanted(d.Transaction) {
		r.others++
		return r.from.Settle(d, source.FailedForNow)
	}
	txn := d.Transaction
	if r.stripper != nil {
		var err error
		if txn, err = r.stripper.Transaction(txn); err != nil {
			r.problems++
			r.a.complain("%s:%d: %s", d.Transaction.Source.File, d.Transaction.Source.Line, err)
			return r.from.Settle(d, source.FailedForNow)
		}
	}
	if err := r.out.write(txn); err != nil {
		// What came before it is whole, and must not come again.
		return errors.Join(err, r.settle())
	}
	r.recorded++
	r.unsettled = append(r.unsettled, d)
	if len(r.unsettled) >= recordBatch {
		return r.settle()
	}
	return nil
}

func (r *recording) wanted(t *mail.Transaction) bool {
	if r.User != "" {
		if ok, err := path.Match(r.User, t.User.Username); err != nil || !ok {
			return false
		}
	}
	if len(r.events) == 0 {
		return true
	}
	for i := range t.Events {
		if r.events[t.Events[i].Name] {
			return true
		}
	}
	return false
}

// settle makes sure that what was written is on the disk, and only then lets the
// spool forget it.
func (r *recording) settle() error {
	if len(r.unsettled) == 0 {
		return nil
	}
	if err := r.out.sync(); err != nil {
		return err
	}
	var failed error
	for _, d := range r.unsettled {
		if err := r.from.Settle(d, source.Done); err != nil {
			failed = errors.Join(failed, err)
		}
	}
	r.unsettled = nil
	return failed
}

// report says what was done, beside the fixture.
func (r *recording) report() {
	if r.Output != "-" {
		r.a.complain("recorded %s in %s", count(r.recorded, "transaction"), r.Output)
	}
	if r.others > 0 && r.Spool != "" {
		r.a.complain("%s of other users or events stay in the spool", count(r.others, "transaction"))
	}
	if r.interrupted && !r.Follow {
		r.a.complain("interrupted; the rest has not been recorded")
	}
	if r.stripper == nil {
		return
	}
	if r.StripKey == "" && r.recorded > 0 {
		r.a.complain("stripped with a key that is not kept; to give other files the same replacements, add --strip-key FILE each time")
	}
	if r.recorded > 0 {
		for _, name := range r.stripper.Unmet() {
			r.a.complain("--strip-except: no setting, metadata entry or field is called %q", name)
		}
	}
}
