package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/luapush/luapush/runtime/mail"
)

// relayCheckCommand is "luapush relay check".
type relayCheckCommand struct {
	Dir    string `arg:"" help:"The spool folder, as in luapush_spool."`
	User   string `placeholder:"USER" help:"Write as this system user, as Dovecot's mail processes do (mail_uid); needs root. By default the owner of DIR/tmp for root, else you."`
	Reader string `placeholder:"USER" help:"Read as this system user, as luapush will; needs root. By default you."`
}

// roomWanted is how much room a spool should have: some ten thousand transactions.
const roomWanted = 64 << 20

// relayCheck is one run of the check.
type relayCheck struct {
	app    *application
	dir    string
	writer account
	reader account
	wrong  int
}

// account is a system user; the zero one is that of this process.
type account struct {
	name     string
	uid, gid int
	other    bool // than this process's
}

// errCheckEnds ends a check whose further questions have no answer.
var errCheckEnds = errors.New("the check ends here")

// Run asks one thing after the other, and says what to type where something is
// wrong.
func (r *relayCheckCommand) Run(a *application) error {
	dir, err := filepath.Abs(r.Dir)
	if err != nil {
		return err
	}
	c := &relayCheck{app: a, dir: dir}
	if c.reader, err = findAccount("--reader", r.Reader); err != nil {
		return err
	}
	if c.writer, err = findAccount("--user", r.User); err != nil {
		return err
	}
	if err := c.folders(r.User == ""); err == nil {
		c.sameFileSystem()
		c.room()
		c.roundTrip()
		c.backlog()
	}
	if c.wrong > 0 {
		return &exitError{ScriptFailed}
	}
	_, err = fmt.Fprintf(a.out, "\nEverything is as it should be.\n")
	return err
}

func (c *relayCheck) good(format string, args ...any) {
	fmt.Fprintf(c.app.out, "ok     "+format+"\n", args...)
}

func (c *relayCheck) note(format string, args ...any) {
	fmt.Fprintf(c.app.out, "note   "+format+"\n", args...)
}

// bad says what is wrong, and below it what to type.
func (c *relayCheck) bad(what string, todo ...string) {
	c.wrong++
	fmt.Fprintf(c.app.out, "WRONG  %s\n", what)
	for _, line := range todo {
		fmt.Fprintf(c.app.out, "       %s\n", line)
	}
}

func findAccount(flag, name string) (account, error) {
	self := account{uid: os.Geteuid(), gid: os.Getegid()}
	if u, err := user.LookupId(strconv.Itoa(self.uid)); err == nil {
		self.name = u.Username
	} else {
		self.name = fmt.Sprintf("user id %d", self.uid)
	}
	if name == "" {
		return self, nil
	}
	u, err := user.Lookup(name)
	if err != nil {
		u, err = user.LookupId(name)
	}
	if err != nil {
		return account{}, &usageError{text: fmt.Sprintf("%s: there is no system user %s", flag, name)}
	}
	other := account{name: u.Username}
	if other.uid, err = strconv.Atoi(u.Uid); err != nil {
		return account{}, &usageError{text: fmt.Sprintf("%s: system users have no numbers here", flag)}
	}
	if other.gid, err = strconv.Atoi(u.Gid); err != nil {
		return account{}, err
	}
	other.other = other.uid != self.uid
	if other.other && self.uid != 0 {
		return account{}, &usageError{text: fmt.Sprintf("%s: only root can act as %s; use sudo", flag, other.name)}
	}
	return other, nil
}

// folders looks whether they are there; guess takes the writer from tmp's owner.
func (c *relayCheck) folders(guess bool) error {
	owner := "vmail"
	if c.writer.other {
		owner = c.writer.name
	}
	for _, name := range []string{"", "tmp", "new"} {
		path := filepath.Join(c.dir, name)
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, os.ErrNotExist):
			c.bad(path+" is not there; make it, as the user of Dovecot's mail processes (mail_uid):",
				fmt.Sprintf("install -d -o %[1]s -m 700 %[2]s %[2]s/tmp %[2]s/new", shellWord(owner), shellWord(c.dir)))
			return errCheckEnds
		case err != nil:
			c.bad(fmt.Sprintf("%s: %v", path, pathCause(err)), "run this as root, or as a user that may look there")
			return errCheckEnds
		case !info.IsDir():
			c.bad(path+" is not a folder", "give the folder of luapush_spool")
			return errCheckEnds
		}
	}
	c.good("%s has the folders tmp and new", c.dir)
	if uid, ok := folderOwner(filepath.Join(c.dir, "tmp")); guess && ok && os.Geteuid() == 0 && uid != 0 {
		if u, err := user.LookupId(strconv.Itoa(uid)); err == nil {
			gid, err := strconv.Atoi(u.Gid)
			if err != nil {
				return err
			}
			c.writer = account{name: u.Username, uid: uid, gid: gid, other: true}
		} else {
			c.writer = account{name: fmt.Sprintf("user id %d", uid), uid: uid, gid: uid, other: true}
		}
	}
	return nil
}

func pathCause(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// roundTrip writes a transaction as the relay does, and reads it as luapush does.
// The name begins with a dot, so that a reader that is at work leaves it alone.
func (c *relayCheck) roundTrip() {
	txn := mail.Transaction{User: mail.User{Username: "relay-check@example.com"}, Events: []mail.Event{}, Success: true}
	document, err := txn.AppendJSON(nil)
	if err != nil {
		c.bad(err.Error())
		return
	}
	name := fmt.Sprintf(".luapush-check-%d-%d", os.Getpid(), time.Now().UnixNano())
	ctx, cancel := context.WithTimeout(c.app.ctx, time.Minute)
	defer cancel()
	path := filepath.Join(c.dir, "new", name)
	defer func() {
		// Where a step failed, the file is still in one of them.
		_ = os.Remove(filepath.Join(c.dir, "tmp", name))
		_ = os.Remove(path)
	}()
	if err := writeAs(ctx, c.writer, c.dir, name, document); err != nil {
		var todo []string
		if strings.Contains(err.Error(), "ermission") {
			todo = c.writable()
		}
		c.bad(fmt.Sprintf("%s cannot write: %v", c.writer.name, err), todo...)
		return
	}
	c.good("%s can write there", c.writer.name)
	got, err := readAs(ctx, c.reader, path)
	if err != nil {
		c.bad(fmt.Sprintf("%s cannot read what %s wrote: %v", c.reader.name, c.writer.name, err), c.readable()...)
		return
	}
	back, err := mail.Parse(got, path)
	if err != nil || back.User.Username != txn.User.Username {
		c.bad(fmt.Sprintf("what %s wrote is not what %s read: %q", c.writer.name, c.reader.name, got), "look at the file system: its disk is full, or broken")
		return
	}
	if err := removeAs(ctx, c.reader, path); err != nil {
		c.bad(fmt.Sprintf("%s cannot remove what %s wrote: %v", c.reader.name, c.writer.name, err), c.readable()...)
		return
	}
	c.good("%s can read and remove what %s wrote", c.reader.name, c.writer.name)
}

func (c *relayCheck) writable() []string {
	d := shellWord(c.dir)
	return []string{
		"if all mail belongs to one system user (mail_uid), give it the folder:",
		fmt.Sprintf("chown -R %s %s && chmod 700 %s/tmp %s/new", shellWord(c.writer.name), d, d, d),
		"if each mail user has a system user, let all of them write, and nobody look:",
		fmt.Sprintf("chmod 711 %s && chmod 1733 %s/tmp %s/new", d, d, d),
		fmt.Sprintf("the folders above %s must let them through (chmod o+x)", d),
	}
}

func (c *relayCheck) readable() []string {
	d, reader := shellWord(c.dir), shellWord(c.reader.name)
	return []string{
		"Dovecot lets only the mail user read the files it writes; run luapush as that user or",
		"as root, or let the file system give the right to each new file:",
		fmt.Sprintf("chown %s %s %s/tmp %s/new", reader, d, d, d),
		fmt.Sprintf("setfacl -m u:%s:rwx,d:u:%s:rw %s/tmp %s/new", reader, reader, d, d),
	}
}

// backlog says what is in the folder. It changes nothing of the result.
func (c *relayCheck) backlog() {
	waiting, old := 0, 0
	for name, n := range map[string]*int{"new": &waiting, "tmp": &old} {
		entries, err := os.ReadDir(filepath.Join(c.dir, name))
		if err != nil {
			continue
		}
		for _, e := range entries {
			info, err := e.Info()
			if err == nil && !strings.HasPrefix(e.Name(), ".") && (name == "new" || time.Since(info.ModTime()) > time.Hour) {
				*n++
			}
		}
	}
	if waiting > 0 {
		c.note("%s in new", count(waiting, "transaction"))
	}
	if old > 0 {
		c.note("%s in tmp older than an hour: the writer died; luapush removes them after 36 hours", count(old, "file"))
	}
	if entries, err := os.ReadDir(filepath.Join(c.dir, "failed")); err == nil && len(entries) > 0 {
		c.note("files in failed: they were no transactions, or failed for good; beside each is a .reason where there is one")
	}
}
