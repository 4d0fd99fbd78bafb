package oracle

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"net/textproto"
	"strings"
	"time"
)

// callTime bounds one dialogue with Dovecot; a handler may take its time inside
// one.
const callTime = 90 * time.Second

// crashTime bounds the wait for what Dovecot's master has to say about a process
// that broke off.
const crashTime = time.Second

// Envelope says how a message is delivered.
type Envelope struct {
	From string // "" is sender@example.net
	To   []string
	// Session is the id the session shall have; "" lets Dovecot make one.
	Session string
}

// Deliver delivers a message by LMTP and returns when that was answered. The
// bytes are sent as they are (lines end in CRLF: see [CRLF]) but for dots at
// the beginnings of lines; a last line without an end gets one. The error is a
// *textproto.Error for a reply other than 2xx.
func (i *Instance) Deliver(user string, mail []byte) error {
	_, err := i.Send(Envelope{To: []string{user}}, mail)
	return err
}

// Send delivers a message to the users of an envelope, and gives the reply to
// each: "250 2.0.0 <a@example.com> … Saved". The error is that of the first
// recipient who was refused.
func (i *Instance) Send(e Envelope, mail []byte) ([]string, error) {
	mark := i.Mark()
	replies, _, err := i.send(e, mail)
	if err != nil && !isReply(err) {
		// The process has died, and the reason stands in the log in a moment.
		i.Await(mark, crashTime, func(l Line) bool { return strings.Contains(l.Text, "child ") })
	}
	return replies, err
}

// Time delivers a message and gives the time that takes: from the end of its text
// to the last reply. Sessions and handlers begin and end within it.
func (i *Instance) Time(e Envelope, mail []byte) (time.Duration, error) {
	_, took, err := i.send(e, mail)
	return took, err
}

func isReply(err error) bool {
	_, ok := err.(*textproto.Error) //nolint:errorlint // it is made in this file, and not wrapped
	return ok
}

func (i *Instance) send(e Envelope, mail []byte) (replies []string, took time.Duration, err error) {
	c, err := i.dialLMTP(context.Background())
	if err != nil {
		return nil, 0, err
	}
	defer c.close()
	if err := c.open(e); err != nil {
		return nil, 0, err
	}
	var data bytes.Buffer
	writeDotted(&data, mail)
	start := time.Now()
	if _, err := c.conn.Write(data.Bytes()); err != nil {
		return nil, 0, fmt.Errorf("oracle: LMTP: %w", err)
	}
	var failed error
	for range e.To {
		reply, err := c.reply(2)
		if err != nil && !isReply(err) {
			return replies, 0, err
		}
		if err != nil && failed == nil {
			failed = err
		}
		replies = append(replies, reply)
	}
	took = time.Since(start)
	err = c.command(2, "QUIT")
	if failed == nil {
		failed = err
	}
	return replies, took, failed
}

// writeDotted writes the text of a DATA command and its end.
func writeDotted(b *bytes.Buffer, mail []byte) {
	if bytes.HasPrefix(mail, []byte(".")) {
		b.WriteByte('.')
	}
	b.Write(bytes.ReplaceAll(mail, []byte("\n."), []byte("\n..")))
	if !bytes.HasSuffix(mail, []byte("\r\n")) && len(mail) > 0 {
		b.WriteString("\r\n")
	}
	b.WriteString(".\r\n")
}

// CRLF gives a text with LF line ends the ones mail has. Line ends that are CRLF
// already stay.
func CRLF(text string) []byte {
	return []byte(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n"))
}

type lmtp struct {
	conn net.Conn
	text *textproto.Reader
}

// dialLMTP connects and takes the greeting.
func (i *Instance) dialLMTP(ctx context.Context) (*lmtp, error) {
	conn, err := dial(ctx, i.ports.lmtp)
	if err != nil {
		return nil, err
	}
	c := &lmtp{conn: conn, text: textproto.NewReader(bufio.NewReader(conn))}
	if _, err := c.reply(2); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

// dial connects to a port of the instance; the connection has the deadline of
// the context, or of callTime.
func dial(ctx context.Context, port int) (net.Conn, error) {
	deadline := time.Now().Add(callTime)
	if d, ok := ctx.Deadline(); ok && d.Before(deadline) {
		deadline = d
	}
	d := net.Dialer{Deadline: deadline}
	conn, err := d.DialContext(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return nil, fmt.Errorf("oracle: %w", err)
	}
	if err := conn.SetDeadline(deadline); err != nil {
		conn.Close()
		return nil, fmt.Errorf("oracle: %w", err)
	}
	return conn, nil
}

func (c *lmtp) open(e Envelope) error {
	if err := c.command(2, "LHLO localhost"); err != nil {
		return err
	}
	if e.Session != "" {
		if err := c.command(2, "XCLIENT SESSION="+e.Session); err != nil {
			return err
		}
		if err := c.command(2, "LHLO localhost"); err != nil {
			return err
		}
	}
	from := e.From
	if from == "" {
		from = "sender@example.net"
	}
	if err := c.command(2, "MAIL FROM:<"+from+">"); err != nil {
		return err
	}
	for _, to := range e.To {
		if err := c.command(2, "RCPT TO:<"+to+">"); err != nil {
			return err
		}
	}
	return c.command(3, "DATA")
}

// command sends a line and takes a reply of that class: 2 for 2xx.
func (c *lmtp) command(class int, line string) error {
	if _, err := c.conn.Write([]byte(line + "\r\n")); err != nil {
		return fmt.Errorf("oracle: LMTP: %w", err)
	}
	_, err := c.reply(class)
	return err
}

func (c *lmtp) reply(class int) (string, error) {
	code, text, err := c.text.ReadResponse(class)
	if err != nil && code == 0 {
		return "", fmt.Errorf("oracle: LMTP: %w", err)
	}
	return fmt.Sprintf("%d %s", code, text), err
}

func (c *lmtp) close() { _ = c.conn.Close() }
