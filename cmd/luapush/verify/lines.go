package verify

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/luapush/luapush/spec/oracle"
)

// settleTime bounds the wait for the end of a session, lastTime that for what an
// IMAP session writes after it has said that it ended.
const (
	settleTime = 2 * time.Second
	lastTime   = 100 * time.Millisecond
)

// lines gives the handler's lines of a step, and waits until there are as many
// as are wanted and the session has ended, if it will.
func (s *Stage) lines(m oracle.Mark, step *Step, session string, want int, ends bool) []string {
	end := "Disconnect from "
	if step.Do != nil {
		end = "Disconnected: "
	}
	var ended time.Time
	for deadline := time.Now().Add(settleTime); ; time.Sleep(time.Millisecond) {
		all := s.LogSince(m)
		if ended.IsZero() && slices.ContainsFunc(all, func(l oracle.Line) bool { return l.Level == "Info" && strings.HasPrefix(l.Text, end) }) {
			ended = time.Now()
		}
		got := s.handlers(all, step, session)
		switch {
		case !ended.IsZero() && (step.Do == nil || len(got) >= want || time.Since(ended) > lastTime), !ends && len(got) >= want, time.Now().After(deadline):
			return got
		}
	}
}

// handlers takes the handler's lines out of the log.
func (s *Stage) handlers(all []oracle.Line, step *Step, session string) []string {
	if step.Do == nil {
		all = between(all)
	} else {
		// What a delivery's process still has to say.
		all = slices.DeleteFunc(slices.Clone(all), func(l oracle.Line) bool { return l.Service == "lmtp" })
	}
	keep := s.options.Keep
	if keep == nil {
		keep = ofHandler
	}
	var lines []string
	for _, l := range all {
		if died, text := death(l); died {
			if text != "" {
				lines = append(lines, Crash+text)
			}
			continue
		}
		if keep(l) && (l.Session == "" || strings.HasPrefix(l.Session, session)) {
			lines = append(lines, s.plain(l))
		}
	}
	return lines
}

// Crash begins the line of a process that died.
const Crash = "crash "

// death tells the lines that a dying process and those about it write; text is
// what it died of, where the line says it.
func death(l oracle.Line) (died bool, text string) {
	switch {
	case l.Level == "Panic":
		return true, l.Text
	case l.Level == "Fatal", l.Level == "Error" && strings.HasPrefix(l.Text, "Raw backtrace: "):
		return true, ""
	}
	return false, ""
}

// between leaves what lies between the lines about the connection: before and
// after it, Dovecot runs the script for a user "raw" of its own, who gets no mail
// (dovecot.md §1.4).
func between(all []oracle.Line) []oracle.Line {
	is := func(l oracle.Line, text string) bool {
		return l.Service == "lmtp" && l.Level == "Info" && strings.HasPrefix(l.Text, text)
	}
	from := slices.IndexFunc(all, func(l oracle.Line) bool { return is(l, "Connect from ") })
	if from < 0 {
		return nil
	}
	pid := all[from].PID
	all = all[from+1:]
	if to := slices.IndexFunc(all, func(l oracle.Line) bool { return is(l, "Disconnect from ") && l.PID == pid }); to >= 0 {
		all = all[:to]
	}
	// Of other processes, what belongs to no session is that of an earlier one.
	return slices.DeleteFunc(slices.Clone(all), func(l oracle.Line) bool { return l.Service == "lmtp" && l.Session == "" && l.PID != pid })
}

// services write lines of their own.
var services = []string{"master", "config", "log", "stats", "auth", "auth-worker", "anvil", "imap-login", "doveadm", "ssl-params", "dict"}

// own are the lines that imap and lmtp write about mail.
var own = regexp.MustCompile(`^(msgid=.*: saved mail to |Disconnected: |Disconnect from |Connect from )`)

// ofHandler tells a handler's line from one of Dovecot's own.
func ofHandler(l oracle.Line) bool {
	if slices.Contains(services, l.Service) {
		return false
	}
	return l.Level != "Info" || !own.MatchString(l.Text)
}

// delivery is how the delivery's own event stands before the driver's.
var delivery = regexp.MustCompile(`^lmtp-server: conn [^ ]+ \[\d+\]: rcpt [^ ]+: `)

// plain writes a line without what differs from run to run. A prefix that is not
// the process's was set by the handler.
func (s *Stage) plain(l oracle.Line) string {
	text := delivery.ReplaceAllString(l.Text, "")
	if l.Service != "lmtp" && l.Service != "imap" {
		text = l.Prefix + text
	}
	text = meant(text)
	text = shimmed.ReplaceAllString(text, "\n\t[C]: in $1")
	return Plain(strings.ToLower(l.Level)+" "+text, s.Handler(), s.Recorder.Addr())
}

// shimmed is a call that went through the shim in a traceback: without it there is
// one frame, named as the shim's is.
var shimmed = regexp.MustCompile(`\n\t\[C\]: in [^\n]*\n\t[^\n]*/shim\.lua:\d+: in ([^\n]*)`)

var (
	seconds = regexp.MustCompile(`\d+\.\d{3} (secs|in (?:http|other) ioloop)`)
	pointer = regexp.MustCompile(`0x[0-9a-f]+`)
	connID  = regexp.MustCompile(`\((conn:[^,]*),id=\d+\)`)
	short   = regexp.MustCompile(`\.\.\.[^\s'"<]*/handler\.lua`)
)

// Plain takes away what cannot be the same twice: times, pointers, numbers of
// connections, the path of the script.
func Plain(text, script, recorder string) string {
	text = strings.ReplaceAll(text, script, "handler.lua")
	text = short.ReplaceAllString(text, "handler.lua")
	text = strings.ReplaceAll(text, recorder, "@@RECORDER@@")
	text = seconds.ReplaceAllString(text, "0.000 $1")
	text = pointer.ReplaceAllString(text, "0x0")
	return connID.ReplaceAllString(text, "($1,id=N)")
}
