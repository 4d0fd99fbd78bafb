package bindings

import (
	"strconv"

	"github.com/luapush/luapush/runtime/config"
	"github.com/luapush/luapush/runtime/mail"
)

// variables are what % names stand for in the session's user. What only the
// mail process knows (its pid, addresses, environment) comes from the host's
// settings or is empty.
func (c *call) variables() config.Variables {
	u := c.User()
	return config.Variables{
		User: u.Username, Session: u.SessionID.Value, Service: u.Service.Value, Home: u.Home.Value,
		UID: number(u.UID), GID: number(u.GID),
		UserDB: userdbField(u),
		Now:    c.Now,
	}
}

// userdbField answers for the fields of the user's userdb, which has more than
// the extra ones that a document lists.
func userdbField(u *mail.User) func(string) (string, bool) {
	return func(field string) (string, bool) {
		if value, ok := u.Userdb.Get(field); ok {
			return value, true
		}
		switch field {
		case "uid":
			return number(u.UID), u.UID.Set
		case "gid":
			return number(u.GID), u.GID.Set
		case "home":
			return u.Home.Get()
		}
		return "", false
	}
}

func number(n mail.Optional[uint32]) string {
	if !n.Set {
		return ""
	}
	return strconv.FormatUint(uint64(n.Value), 10)
}

// expandUser expands the variables of the user, in the syntax of the release.
func expandUser(c *call) int {
	c.user()
	syntax := config.Syntax23
	if c.Release().NotBefore(since24) {
		syntax = config.Syntax24
	}
	return c.expand(config.NewExpander(syntax, c.variables()), c.string(2))
}

// expandGlobal expands variables that are not of a user (2.4.2).
func expandGlobal(c *call) int {
	expander := config.NewExpander(config.Syntax24, config.Variables{Now: c.Now})
	return c.expand(expander, c.string(1))
}

func (c *call) expand(e *config.Expander, format string) int {
	value, err := e.Expand(format)
	if err != nil {
		c.raise(err.Error())
	}
	return c.returnString(value)
}
