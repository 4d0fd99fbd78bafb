package oracle

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Line is one message of Dovecot's log. What Dovecot and scripts write into it
// may hold any bytes but NUL.
type Line struct {
	// Level is Debug, Info, Warning, Error, Fatal or Panic.
	Level string
	// Prefix is what stands before the level, with its colon and blank; "" where
	// a script replaced it by nothing.
	Prefix string
	// Service, User, PID and Session are what Prefix says: "lmtp",
	// "a@example.com", 4711, "VTdl…". They are zero for a prefix of another form.
	Service string
	User    string
	PID     int
	Session string
	// Text is the message; it may have several lines.
	Text string
}

// String is the line as Dovecot would have written it, without the time.
func (l Line) String() string { return l.Prefix + l.Level + ": " + l.Text }

// Mark is a place in the log.
type Mark int64

// Mark is the end of the log as it is now.
func (i *Instance) Mark() Mark {
	info, err := os.Stat(i.path("dovecot.log"))
	if err != nil {
		return 0
	}
	return Mark(info.Size())
}

// Log gives the lines since the last call of Log.
func (i *Instance) Log() []Line {
	i.mu.Lock()
	defer i.mu.Unlock()
	lines, end := i.readLog(i.read)
	i.read = end
	return lines
}

// LogSince gives the lines since a mark. What a process wrote before it answered
// is there when the answer has been read; what it writes when a session ends, and
// what Dovecot's master says about processes that died, comes a little later:
// see [Instance.Await].
func (i *Instance) LogSince(m Mark) []Line {
	lines, _ := i.readLog(m)
	return lines
}

// Await waits until a line since the mark satisfies a condition, and tells
// whether one did in that time.
func (i *Instance) Await(m Mark, bound time.Duration, is func(Line) bool) bool {
	for deadline := time.Now().Add(bound); ; time.Sleep(time.Millisecond) {
		for _, l := range i.LogSince(m) {
			if is(l) {
				return true
			}
		}
		if time.Now().After(deadline) {
			return false
		}
	}
}

// readLog reads from a mark on, and gives the mark behind what was read.
func (i *Instance) readLog(from Mark) ([]Line, Mark) {
	f, err := os.Open(i.path("dovecot.log"))
	if err != nil {
		return nil, from
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || Mark(info.Size()) <= from {
		return nil, from
	}
	data := make([]byte, info.Size()-int64(from))
	n, _ := f.ReadAt(data, int64(from)) // less than was there a moment ago is an empty rest
	text := string(data[:n])
	// A message is written in one piece and ends in a line end; anything else is
	// still being written.
	end := strings.LastIndexByte(text, '\n') + 1
	return parseLog(text[:end], i.token), from + Mark(end)
}

// parseLog takes a log apart. Text before the first token belongs to a line
// before the mark.
func parseLog(text, token string) []Line {
	var lines []Line
	for first := true; text != ""; first = false {
		piece, rest, more := strings.Cut(text, "\n"+token)
		if more {
			text = token + rest
		} else {
			piece, text = strings.TrimSuffix(piece, "\n"), ""
		}
		message, ok := strings.CutPrefix(piece, token)
		if !ok && first {
			continue
		}
		lines = append(lines, parseLine(message))
	}
	return lines
}

var (
	level = regexp.MustCompile(`(Debug|Info|Warning|Error|Fatal|Panic): `)
	// process is "imap(user)<pid><session>: ", "lmtp(pid): ", "master: ".
	processPrefix = regexp.MustCompile(`^([a-z0-9-]+)(?:\((.*?)\))?(?:<([0-9]+)>)?(?:<([^>]*)>)?: $`)
)

func parseLine(s string) Line {
	at := level.FindStringSubmatchIndex(s)
	if at == nil {
		return Line{Text: s}
	}
	l := Line{Prefix: s[:at[0]], Level: s[at[2]:at[3]], Text: s[at[1]:]}
	m := processPrefix.FindStringSubmatch(l.Prefix)
	if m == nil {
		return l
	}
	l.Service, l.User, l.Session = m[1], m[2], m[4]
	if pid, err := strconv.Atoi(m[3]); err == nil {
		l.PID = pid
	} else if pid, err := strconv.Atoi(m[2]); err == nil {
		l.PID, l.User = pid, ""
	}
	return l
}
