package verify

import (
	"errors"
	"net/textproto"
	"strings"
)

func isReply(err error) bool {
	var reply *textproto.Error
	return errors.As(err, &reply)
}

// Effects are what a handler did during a step.
type Effects struct {
	// Requests are in the order in which they arrived.
	Requests []Request
	// Lines are those of the log, "info text", errors among them.
	Lines []string
}

// Request is an HTTP request as it stood on the wire.
type Request struct {
	Method string
	// URL is the one that the handler meant.
	URL string
	// Headers are "Name: value", sorted, without those that are the client's own
	// and say nothing of the handler: Date, Connection, Expect.
	Headers []string
	Body    string
}

// String is the request on several lines.
func (r Request) String() string {
	lines := append([]string{r.Method + " " + r.URL}, r.Headers...)
	if r.Body != "" {
		lines = append(lines, "", r.Body)
	}
	return strings.Join(lines, "\n")
}

// MetadataKey names an entry of a user's metadata; Mailbox is "" for those of the
// user, "server" entries in IMAP's terms.
type MetadataKey struct{ User, Mailbox, Key string }

// String is for people.
func (k MetadataKey) String() string {
	where := k.User
	if k.Mailbox != "" {
		where += " " + k.Mailbox
	}
	return where + " " + k.Key
}

// Result is what a handler did in all steps.
type Result struct {
	Steps []Effects
	// Changes are the entries that were changed, with the value that was left;
	// nil is none.
	Changes map[MetadataKey]*string
	// Left answers for all entries; nil for what luapush did, which is all in
	// Changes.
	Left map[MetadataKey]string
}
