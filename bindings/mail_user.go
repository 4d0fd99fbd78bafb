package bindings

import (
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/mail"
)

// userItem is what a mail_user object stands for.
type userItem struct{ name string }

var userObject = object{structure: "struct mail_user", owner: "user:"}

// userMethods describes the methods of a mail_user (dovecot.md §6.1).
func userMethods() []Function {
	return append([]Function{
		{
			Name: "plugin_getenv", Params: []Param{{Name: "setting", Type: Any}}, Removed: since24, Result: "string or nil",
			Doc: "Gives a setting of plugin {} or of the user's userdb; nil if it is not set.",
			run: pluginGetenv,
		},
		{
			Name: "var_expand", Params: []Param{{Name: "format", Type: String}}, Result: "string",
			Doc: "Expands % variables, such as %u for the user name.",
			run: expandUser,
		},
		{
			Name:   "mailbox",
			Params: []Param{{Name: "name", Type: String}, {Name: "flags", Type: Integer, Optional: true}}, Result: "mailbox",
			Doc: "Gives a mailbox object, which is not open yet. Free it when done.",
			run: newMailbox,
		},
	}, metadataMethods(userMetadata{})...)
}

// User implements runtime.API.
func (d *Dovecot) User(s *runtime.Session) vm.LValue {
	st, l, u := stateOf(s), s.L(), s.User()
	if st.userMeta == nil {
		st.userMeta = methods(l, userObject.structure, st.lib.user)
		st.userMeta.RawSetString("__tostring", userToString)
		st.userMeta.RawSetString("__eq", userEqual)
		st.userMeta.RawSetString("__lt", userLess)
		st.userMeta.RawSetString("__le", userLessOrEqual)
	}
	t := l.CreateTable(0, 18)
	t.Metatable = st.userMeta
	t.RawSetString("item", item(&userItem{u.Username}))
	t.RawSetString("username", vm.LString(u.Username))
	setText(t, "home", u.Home)
	setText(t, "service", u.Service)
	setText(t, "session_id", u.SessionID)
	t.RawSetString("uid", vm.LNumber(u.UID.Value))
	t.RawSetString("gid", vm.LNumber(u.GID.Value))
	t.RawSetString("session_create_time", vm.LNumber(u.SessionCreateTime.Value))
	t.RawSetString("nonexistent", vm.LBool(u.Nonexistent.Value))
	t.RawSetString("anonymous", vm.LBool(u.Anonymous.Value))
	t.RawSetString("autocreated", vm.LBool(u.Autocreated.Value))
	if !s.Release().NotBefore(since24) {
		t.RawSetString("mail_debug", vm.LBool(s.Debug()))
	}
	t.RawSetString("fuzzy_search", vm.LBool(u.FuzzySearch.Value))
	t.RawSetString("dsyncing", vm.LBool(u.Dsyncing.Value))
	t.RawSetString("admin", vm.LBool(u.Admin.Value))
	t.RawSetString("session_restored", vm.LBool(u.SessionRestored.Value))
	return t
}

func setText(t *vm.LTable, name string, value mail.Text) {
	if value.Set {
		t.RawSetString(name, vm.LString(value.Value))
	}
}

// user is the user a method was called on.
func (c *call) user() *userItem {
	u, ok := c.self.(*userItem)
	if !ok {
		c.crash("the method was called on another kind of object")
	}
	return u
}

func pluginGetenv(c *call) int {
	c.user()
	switch c.l.Get(2).(type) {
	case vm.LString, vm.LNumber:
	default:
		c.crash("the setting's name must be a string, got " + typeName(c.l, 2))
	}
	name := cString(native.ToString(c.l.Get(2)))
	value, ok := c.Setting(name)
	if !ok {
		value, ok = c.User().Userdb.Get(name)
	}
	if !ok {
		c.l.Push(vm.LNil)
		return 1
	}
	return c.returnString(value)
}

// newMailbox gives a mailbox object. Dovecot looks at nothing but the name
// until the mailbox is opened.
func newMailbox(c *call) int {
	c.user()
	var flags int64
	if c.l.GetTop() > 2 {
		flags = c.integer(3)
	}
	return pushMailbox(c, c.string(2), flags)
}

// userPair is the two users of a comparison.
func userPair(l *vm.LState) (a, b string) {
	c := call{Session: runtime.From(l), l: l}
	first, ok1 := userObject.argument(&c, 1).(*userItem)
	second, ok2 := userObject.argument(&c, 2).(*userItem)
	if !ok1 || !ok2 {
		c.crash("a mail_user was compared with something else")
	}
	return first.name, second.name
}

func comparison(compare func(a, b string) bool) *vm.LFunction {
	return &vm.LFunction{IsG: true, GFunction: func(l *vm.LState) int {
		a, b := userPair(l)
		l.Push(vm.LBool(compare(a, b)))
		return 1
	}}
}

// Comparing two users crashes Dovecot; luapush compares their names.
var (
	userToString = &vm.LFunction{IsG: true, GFunction: func(l *vm.LState) int {
		c := call{Session: runtime.From(l), l: l}
		u, ok := userObject.argument(&c, 1).(*userItem)
		if !ok {
			c.crash("tostring was given another kind of object")
		}
		return c.returnString(u.name)
	}}
	userEqual       = comparison(func(a, b string) bool { return a == b })
	userLess        = comparison(func(a, b string) bool { return strings.Compare(a, b) < 0 })
	userLessOrEqual = comparison(func(a, b string) bool { return strings.Compare(a, b) <= 0 })
)
