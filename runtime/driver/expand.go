package driver

import (
	"strconv"

	"github.com/luapush/luapush/runtime/config"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/mail"
)

// NewExpander gives what replaces the % variables of a user's settings
// (dovecot.md §6.7), such as %h. What only the mail process knows is empty. The
// result is safe for concurrent use while the user is not changed.
func NewExpander(r dovecot.Release, u *mail.User) *config.Expander {
	syntax := config.Syntax23
	if r.AtLeast(2, 4) {
		syntax = config.Syntax24
	}
	return config.NewExpander(syntax, config.Variables{
		User: u.Username, Session: u.SessionID.Value, Service: u.Service.Value, Home: u.Home.Value,
		UID: number(u.UID), GID: number(u.GID),
		UserDB: func(field string) (string, bool) {
			switch value, ok := u.Userdb.Get(field); {
			case ok:
				return value, true
			case field == "uid":
				return number(u.UID), u.UID.Set
			case field == "gid":
				return number(u.GID), u.GID.Set
			case field == "home":
				return u.Home.Get()
			}
			return "", false
		},
	})
}

func number(n mail.Optional[uint32]) string {
	if !n.Set {
		return ""
	}
	return strconv.FormatUint(uint64(n.Value), 10)
}

func decimal(n int) string { return strconv.Itoa(n) }
