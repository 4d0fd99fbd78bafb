package verify

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/luapush/luapush/spec/oracle"
)

// Step is one thing that happens to mail: a delivery, or what a user does in one
// IMAP session.
type Step struct {
	// Name is for people.
	Name string
	// To are the recipients of Mail, which is delivered by LMTP as it is.
	To   []string
	Mail []byte
	// User logs in by IMAP where Do is set, which then acts.
	User string
	Do   func(*oracle.IMAP) error
	// Metadata are server entries that the user, or the first recipient, is given
	// before; nil takes one away.
	Metadata map[string]*string
}

// setUp sets the metadata, in a session of its own.
func (s *Step) setUp(o *oracle.Instance) error {
	if len(s.Metadata) == 0 {
		return nil
	}
	user := s.User
	if user == "" {
		user = s.To[0]
	}
	return setMetadata(o, user, s.Metadata)
}

// setMetadata sets server entries of a user.
func setMetadata(o *oracle.Instance, user string, entries map[string]*string) error {
	c, err := o.IMAPSession(user, "setup")
	if err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		value := "NIL"
		if v := entries[key]; v != nil {
			value = fmt.Sprintf("%s", oracle.Literal(*v))
		}
		if _, err := c.Command(`SETMETADATA "" (%s %s)`, key, value); err != nil {
			_ = c.Close() // the first error counts
			return fmt.Errorf("metadata of %s: %w", user, err)
		}
	}
	return c.Close()
}

// users are those that the steps concern, in their order.
func users(steps []Step) []string {
	var list []string
	known := map[string]bool{}
	for _, s := range steps {
		for _, u := range append([]string{s.User}, s.To...) {
			if u != "" && !known[u] {
				known[u] = true
				list = append(list, u)
			}
		}
	}
	return list
}

// errDied says that Dovecot's process broke off.
var errDied = errors.New("Dovecot's process died")

// take does the step in a session of the id.
func (s *Step) take(o *oracle.Instance, session string) error {
	if s.Do == nil {
		_, err := o.Send(oracle.Envelope{To: s.To, Session: session}, s.Mail)
		return asDied(err)
	}
	c, err := o.IMAPSession(s.User, session)
	if err != nil {
		return asDied(err)
	}
	if err := s.Do(c); err != nil {
		_ = c.Close() // the first error counts
		return asDied(err)
	}
	return asDied(c.Close())
}

// asDied tells a broken connection from a refusal, which is an answer.
func asDied(err error) error {
	var refused *oracle.IMAPError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused), isReply(err):
		return err
	}
	return fmt.Errorf("%w: %w", errDied, err)
}
