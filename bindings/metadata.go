package bindings

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/store"
	"github.com/luapush/luapush/runtime/trace"
)

// holder is what has metadata: a user or a mailbox. They differ in what they
// do before an access and in what they put in front of errors (dovecot.md
// §6.4).
type holder interface {
	// mailbox gives the name of the mailbox in the store, "" for the user,
	// after making sure of the object.
	mailbox(c *call) string
	// prefix stands in front of an error of the operation; key tells an error
	// about the key from one of the storage.
	prefix(operation string, key bool) string
	// builtin are the entries that listing shows although nobody set them.
	builtin(c *call) []string
	// fixed gives the name, as Dovecot has it, of an entry that cannot be
	// changed, and "" for any other.
	fixed(key string) string
}

type userMetadata struct{}

func (userMetadata) mailbox(c *call) string { c.user(); return "" }

// prefix is "get" for setting, too, as it is in Dovecot.
func (userMetadata) prefix(operation string, key bool) string {
	if (operation == "set" || operation == "unset") && !key {
		return "Cannot get attribute: "
	}
	return ""
}

func (userMetadata) builtin(*call) []string { return []string{"/shared/comment", "/shared/admin"} }

func (userMetadata) fixed(key string) string {
	switch key {
	case "/shared/comment", "/shared/admin":
		return strings.Replace(key, "/shared/", "/shared/"+serverPrefix, 1)
	}
	return ""
}

type mailboxMetadata struct{}

func (mailboxMetadata) mailbox(c *call) string {
	m := c.mailbox()
	if c.f.Name == "metadata_get" || c.f.Name == "metadata_list" {
		c.open(m, "")
	} else if !m.opened {
		c.crash("metadata of the mailbox " + m.vname + " was changed before open() or sync()")
	}
	return m.vname
}

func (mailboxMetadata) prefix(operation string, _ bool) string {
	if operation == "set" || operation == "unset" {
		return "Cannot " + operation + " attribute: "
	}
	return ""
}

func (mailboxMetadata) builtin(c *call) []string {
	names := []string{"/private/comment", "/private/specialuse", "/shared/comment"}
	if c.mailbox().vname == "INBOX" {
		names = append(names, "/shared/"+serverPrefix+"comment", "/shared/"+serverPrefix+"admin")
	}
	return names
}

func (mailboxMetadata) fixed(key string) string {
	if key == "/private/specialuse" {
		return key
	}
	return ""
}

// serverPrefix is where INBOX holds the user's own entries.
const serverPrefix = "vendor/vendor.dovecot/pvt/server/"

// metadataMethods describes the four methods that users and mailboxes share.
func metadataMethods(h holder) []Function {
	key := Param{Name: "key", Type: Any}
	return []Function{
		{
			Name: "metadata_get", Params: []Param{key}, Variadic: true, Since: since237, Result: "string or nil, for each key",
			Doc: "Gives the values of metadata entries; keys begin with /private/ or /shared/.",
			run: func(c *call) int { return metadataGet(c, h) },
		},
		{
			Name: "metadata_set", Params: []Param{{Name: "key", Type: String}, {Name: "value", Type: Any}}, Since: since237,
			Doc: "Sets a metadata entry; nil, a boolean or a table removes it.",
			run: func(c *call) int { return metadataSet(c, h) },
		},
		{
			Name: "metadata_unset", Params: []Param{{Name: "key", Type: String}}, Since: since237,
			Doc: "Removes a metadata entry, also one that is not there.",
			run: func(c *call) int { return metadataUnset(c, h) },
		},
		{
			Name: "metadata_list", Params: []Param{{Name: "prefix", Type: Any}}, Variadic: true, Since: since237, Result: "table",
			Doc: "Gives the entries whose keys begin with any of the prefixes, by key.",
			run: func(c *call) int { return metadataList(c, h) },
		},
	}
}

// key is an argument that is a metadata key.
func (c *call) key(n int, h holder, operation string) string {
	k := c.string(n)
	if !strings.HasPrefix(k, "/private/") && !strings.HasPrefix(k, "/shared/") {
		c.raiseHint(h.prefix(operation, true)+"Invalid key prefix, must be /private/ or /shared/",
			"the key was "+strconv.Quote(k)+"; upper and lower case differ")
	}
	return k
}

// checkString raises unless an argument of any type is a string.
func (c *call) checkString(n int) {
	switch c.l.Get(n).(type) {
	case vm.LString, vm.LNumber:
	default:
		c.raise(fmt.Sprintf("expected string at #%d", n))
	}
}

// metadataGet and metadataList take one key after the other; the mailbox is opened for the first that is well-formed.
func metadataGet(c *call, h holder) int {
	top := c.l.GetTop()
	for n := 2; n <= top; n++ {
		c.checkString(n)
		key := c.key(n, h, "get")
		value, err := c.Store().Metadata(h.mailbox(c), key)
		if err != nil {
			c.refuse(h.prefix("get", false), err)
		}
		c.l.Push(text(value))
	}
	return top - 1
}

func metadataSet(c *call, h holder) int {
	box := h.mailbox(c)
	key := c.key(2, h, "set")
	switch v := c.l.Get(3).(type) {
	case vm.LString, vm.LNumber:
		c.setMetadata(h, "set", box, key, mail.Some(native.ToString(v)))
	default:
		c.setMetadata(h, "set", box, key, mail.Text{})
	}
	return 0
}

func metadataUnset(c *call, h holder) int {
	box := h.mailbox(c)
	c.setMetadata(h, "unset", box, c.key(2, h, "unset"), mail.Text{})
	return 0
}

func (c *call) setMetadata(h holder, operation, box, key string, value mail.Text) {
	if name := h.fixed(key); name != "" {
		c.raise(h.prefix(operation, false) + "The " + name + " attribute cannot be changed")
	}
	if err := c.Store().SetMetadata(box, key, value); err != nil {
		c.refuse(h.prefix(operation, false), err)
	}
	op := "unset"
	if value.Set {
		op = "set"
	}
	c.Emit(&trace.Metadata{Txn: c.Number(), Op: op, Mailbox: box, Key: key, Value: value.Value})
}

func metadataList(c *call, h holder) int {
	t := c.l.NewTable()
	for n := 2; n <= c.l.GetTop(); n++ {
		c.checkString(n)
		prefix := c.key(n, h, "list")
		box := h.mailbox(c)
		for _, name := range h.builtin(c) {
			if key, ok := builtinKey(name, prefix); ok {
				t.RawSetString(key, vm.LString(""))
			}
		}
		entries, err := c.Store().ListMetadata(box, prefix)
		if err != nil {
			c.refuse(h.prefix("list", false), err)
		}
		for _, e := range entries {
			t.RawSetString(e.Key, vm.LString(e.Value))
		}
	}
	c.l.Push(t)
	return 1
}

// builtinKey tells whether the list of a prefix has an entry that nobody set, and by which key. Other than for the
// entries of the storage, the prefix must end where a part of the name does, and Dovecot puts it before what is left
// of the name as it is, without a slash between the two.
func builtinKey(name, prefix string) (key string, ok bool) {
	rest, ok := strings.CutPrefix(name, strings.TrimSuffix(prefix, "/"))
	if !ok || rest != "" && rest[0] != '/' {
		return "", false
	}
	return prefix + strings.TrimPrefix(rest, "/"), true
}

// refuse raises an error of the store, with Dovecot's prefix.
func (c *call) refuse(prefix string, err error) {
	var refusal *store.Error
	hint := "the call is " + c.signature()
	if errors.As(err, &refusal) && refusal.Hint != "" {
		hint = refusal.Hint
	}
	c.raiseHint(prefix+err.Error(), hint)
}

func decimal(n int) string { return strconv.Itoa(n) }
