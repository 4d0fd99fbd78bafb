package oracle

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// IMAP is a connection, logged in.
type IMAP struct {
	owner *Instance
	conn  net.Conn
	in    *bufio.Reader
	tags  int
}

// Literal is an argument of [IMAP.Command] that is sent as an IMAP literal,
// bytes as they are, wherever the format has %s.
type Literal string

// Format writes the literal; it needs no continuation (RFC 7888).
func (l Literal) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "{%d+}\r\n%s", len(l), string(l)) }

// IMAPError is a tagged reply of NO or BAD.
type IMAPError struct {
	Status string // NO or BAD
	Text   string // with the response code
}

func (e *IMAPError) Error() string { return "IMAP: " + e.Status + " " + e.Text }

// IMAP logs a user in.
func (i *Instance) IMAP(user string) (*IMAP, error) { return i.IMAPSession(user, "") }

// IMAPSession logs a user in, in a session of that id; "" lets Dovecot make one.
func (i *Instance) IMAPSession(user, session string) (*IMAP, error) {
	conn, err := dial(context.Background(), i.ports.imap)
	if err != nil {
		return nil, err
	}
	c := &IMAP{owner: i, conn: conn, in: bufio.NewReader(conn)}
	if err := c.login(user, session); err != nil {
		c.conn.Close()
		return nil, err
	}
	return c, nil
}

func (c *IMAP) login(user, session string) error {
	if _, err := c.response(); err != nil {
		return err
	}
	if session != "" {
		if _, err := c.Command(`ID ("x-session-id" %q)`, session); err != nil {
			return err
		}
	}
	_, err := c.Command("LOGIN %s %s", Literal(user), Literal(password))
	return err
}

// Command sends a command, formatted as by fmt.Sprintf, and gives the untagged
// responses: without "* ", with literals in them as "{5}\r\nbytes". The error is
// an *[IMAPError] where the command was refused.
func (c *IMAP) Command(format string, args ...any) ([]string, error) {
	if err := c.conn.SetDeadline(time.Now().Add(callTime)); err != nil {
		return nil, fmt.Errorf("oracle: IMAP: %w", err)
	}
	mark := c.owner.Mark()
	c.tags++
	tag := "t" + strconv.Itoa(c.tags)
	if _, err := io.WriteString(c.conn, tag+" "+fmt.Sprintf(format, args...)+"\r\n"); err != nil {
		return nil, fmt.Errorf("oracle: IMAP: %w", err)
	}
	var untagged []string
	for {
		line, err := c.response()
		if err != nil {
			// The process has died, and the reason stands in the log in a moment.
			c.owner.Await(mark, crashTime, func(l Line) bool { return strings.Contains(l.Text, "child ") })
			return untagged, err
		}
		if rest, ok := strings.CutPrefix(line, "* "); ok {
			untagged = append(untagged, rest)
			continue
		}
		rest, ok := strings.CutPrefix(line, tag+" ")
		if !ok {
			continue // a continuation that nobody asked for
		}
		status, text, _ := strings.Cut(rest, " ")
		if status != "OK" {
			return untagged, &IMAPError{Status: status, Text: text}
		}
		return untagged, nil
	}
}

// Append adds a message to a mailbox; flags is "" or a list without its
// parentheses.
func (c *IMAP) Append(mailbox, flags string, mail []byte) error {
	if flags != "" {
		flags = "(" + flags + ") "
	}
	_, err := c.Command("APPEND %s %s%s", Literal(mailbox), flags, Literal(mail))
	return err
}

// response reads a line with the literals in it.
func (c *IMAP) response() (string, error) {
	var b strings.Builder
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			return "", fmt.Errorf("oracle: IMAP: the connection broke off: %w", err)
		}
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		b.WriteString(line)
		n, ok := literalSize(line)
		if !ok {
			return b.String(), nil
		}
		b.WriteString("\r\n")
		if _, err := io.CopyN(&b, c.in, n); err != nil {
			return "", fmt.Errorf("oracle: IMAP: the connection broke off: %w", err)
		}
	}
}

// literalSize finds the {5} or ~{5} that a line ends in.
func literalSize(line string) (int64, bool) {
	open := strings.LastIndexByte(line, '{')
	if open < 0 || !strings.HasSuffix(line, "}") {
		return 0, false
	}
	n, err := strconv.ParseInt(line[open+1:len(line)-1], 10, 64)
	return n, err == nil && n >= 0
}

// Close logs out and returns when Dovecot has closed the connection; the
// session's last lines, those of script_deinit, are in the log then, or will be
// in a moment.
func (c *IMAP) Close() error {
	_, err := c.Command("LOGOUT")
	if err == nil {
		_, err = io.Copy(io.Discard, c.in)
	}
	if closing := c.conn.Close(); err == nil {
		err = closing
	}
	return err
}
