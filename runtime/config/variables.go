package config

import (
	"strings"
	"time"
)

// Variables is what the names inside a % expression stand for: one mail session's facts. The functions may be nil,
// which means "has none". An [Expander] only reads it, so one value may serve several goroutines when its functions
// can.
type Variables struct {
	// User is the full user name; the local part and the domain are taken from it.
	User string
	// AuthUser is the name the session logged in with. Empty means the same as User.
	AuthUser string
	// Session is the session identifier, Service the protocol ("imap", "lmtp"), Home the user's home directory.
	Session, Service, Home string
	// LocalIP and RemoteIP are the connection's addresses; empty when there is none.
	LocalIP, RemoteIP string
	// PID, UID and GID are the numbers of the mail process, in decimal.
	PID, UID, GID string
	// Hostname is the name of the machine.
	Hostname string
	// UserDB answers %{userdb:FIELD}.
	UserDB func(field string) (value string, found bool)
	// Env answers %{env:NAME}. The process environment is never read behind the caller's back.
	Env func(name string) (value string, found bool)
	// Lookup answers long names this package does not know, %{NAME}.
	Lookup func(name string) (value string, found bool)
	// Event answers %{event:FIELD} (2.4).
	Event func(field string) (value string, found bool)
	// Provide answers the other %{PREFIX:KEY} of 2.4, such as system, dovecot and generate.
	Provide func(prefix, key string) (value string, found bool)
	// Now is the clock of %{date:…} and %{time:…} (2.4).
	Now func() time.Time
}

// long returns the value of a long name that both syntaxes share.
func (v *Variables) long(name string) (string, bool) {
	switch name {
	case "user":
		return v.User, true
	case "service":
		return v.Service, true
	case "home":
		return v.Home, true
	case "local_ip":
		return v.LocalIP, true
	case "remote_ip":
		return v.RemoteIP, true
	case "session":
		return v.Session, true
	case "auth_user":
		return v.authUser(), true
	}
	if v.Lookup != nil {
		return v.Lookup(name)
	}
	return "", false
}

func (v *Variables) authUser() string {
	if v.AuthUser != "" {
		return v.AuthUser
	}
	return v.User
}

func (v *Variables) userDB(field string) string {
	if v.UserDB == nil {
		return ""
	}
	value, _ := v.UserDB(field)
	return value
}

func (v *Variables) env(name string) string {
	if v.Env == nil {
		return ""
	}
	value, _ := v.Env(name)
	return value
}

// localPart is the user name up to its first "@", domain what follows that.
func localPart(user string) string {
	local, _, _ := strings.Cut(user, "@")
	return local
}

func domainOf(user string) string {
	_, domain, _ := strings.Cut(user, "@")
	return domain
}
