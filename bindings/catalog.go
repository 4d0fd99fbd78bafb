package bindings

import (
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/httpclient"
)

// Object describes a kind of value that scripts meet, for those who check,
// complete or document scripts. It comes from the descriptions by which
// arguments are checked when scripts run.
type Object struct {
	// Name is how we call it: "dovecot", "event", "mail_user", "mailbox",
	// "http client", "http request", "http response", "dovecot.base64".
	Name string
	// Methods tells that the functions are called with a colon.
	Methods   bool
	Functions []Function
	Fields    []Field
}

// Field describes a field of an object that is no function. Type is "string",
// "number", "boolean" or "userdata".
type Field struct {
	Name           string
	Type           string
	Doc            string
	Since, Removed dovecot.Release
}

// Has tells whether a release has the function.
func (f *Function) Has(r dovecot.Release) bool { return f.has(r) }

// Signature writes a call of the function down: (name, [flags]).
func (f *Function) Signature() string { return f.parameters() }

// Arity gives how many arguments the function takes, without self; most is -1
// for any number.
func (f *Function) Arity() (least, most int) {
	for _, p := range f.Params {
		if !p.Optional {
			least++
		}
	}
	if f.Variadic || f.Uncounted {
		return least, -1
	}
	return least, len(f.Params)
}

// Has tells whether a release has the field.
func (f *Field) Has(r dovecot.Release) bool { return within(r, f.Since, f.Removed) }

// Has tells whether a release has the constant.
func (c *Constant) Has(r dovecot.Release) bool { return within(r, c.Since, c.Removed) }

// Constants describes dovecot.storage.
func Constants() []Constant { return append([]Constant(nil), storageConstants...) }

// HTTPSettings describes the settings of dovecot.http.client in a release.
func HTTPSettings(r dovecot.Release) []httpclient.Option { return httpclient.Options(r) }

// Objects describes everything else that scripts meet but the tables of
// events, which are EventFields, and of status, which are StatusFields.
func Objects() []Object {
	return []Object{
		{Name: "dovecot", Functions: dovecotFunctions},
		{Name: "dovecot.base64", Functions: base64Functions},
		{Name: "dovecot.http", Functions: []Function{clientFunction}},
		{Name: "event", Methods: true, Functions: eventMethods()},
		{Name: "mail_user", Methods: true, Functions: userMethods(), Fields: userFields},
		{Name: "mailbox", Methods: true, Functions: mailboxMethods(), Fields: mailboxFields},
		{Name: "http client", Methods: true, Functions: clientMethods()},
		{Name: "http request", Methods: true, Functions: requestMethods()},
		{Name: "http response", Methods: true, Functions: responseMethods()},
	}
}

// userFields are the fields of a mail_user (dovecot.md §6.1).
var userFields = []Field{
	{Name: "username", Type: "string", Doc: "The user's name, usually local@domain."},
	{Name: "home", Type: "string", Doc: "The home folder; nil without one."},
	{Name: "uid", Type: "number", Doc: "The system user's number."},
	{Name: "gid", Type: "number", Doc: "The system group's number."},
	{Name: "service", Type: "string", Doc: "The process that does the work: lmtp, imap."},
	{Name: "session_id", Type: "string", Doc: "The mail session; nil without one."},
	{Name: "session_create_time", Type: "number", Doc: "When the session began, in seconds since 1970 UTC."},
	{Name: "nonexistent", Type: "boolean", Doc: "The user does not exist."},
	{Name: "anonymous", Type: "boolean", Doc: "The user logged in anonymously."},
	{Name: "autocreated", Type: "boolean", Doc: "The user is one of Dovecot's own."},
	{Name: "mail_debug", Type: "boolean", Doc: "Debugging is on.", Removed: since24},
	{Name: "fuzzy_search", Type: "boolean", Doc: "Searches are fuzzy."},
	{Name: "dsyncing", Type: "boolean", Doc: "dsync is at work."},
	{Name: "admin", Type: "boolean", Doc: "An administrator acts for the user."},
	{Name: "session_restored", Type: "boolean", Doc: "The session was restored."},
}

// mailboxFields are the fields of a mailbox (dovecot.md §6.2).
var mailboxFields = []Field{
	{Name: "name", Type: "string", Doc: "The name in the storage, with its separator and in modified UTF-7."},
	{Name: "vname", Type: "string", Doc: "The name as the user sees it, in UTF-8."},
}
