package types

import (
	"regexp"
	"strings"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/httpclient"
	"github.com/luapush/luapush/runtime/mail"
)

const (
	statusClass   = "dovecot.mailbox_status"
	settingsClass = "dovecot.http_settings"
	requestClass  = "dovecot.http_request_settings"
)

// Class is the name of an object's class: dovecot.mailbox, dovecot.http_client.
func Class(object string) string {
	if object == "dovecot" || strings.HasPrefix(object, "dovecot.") || OfModule(object) {
		return object
	}
	return "dovecot." + strings.ReplaceAll(object, " ", "_")
}

// EventClass is the name of the class of an event's table.
func EventClass(name mail.EventName) string { return "dovecot." + string(name) }

// results are the types for what descriptions say of results.
var results = map[string]string{
	"string":                       "string",
	"string or nil":                "string?",
	"string or nil, for each key":  "string? ...",
	"integer":                      "integer",
	"two integers":                 "integer, integer",
	"message, or nil and a reason": "luapush.message?, string?",
	"list of parts":                "luapush.part[]",
	"boolean":                      "boolean",
	"list of strings":              "string[]",
	"{tv_sec, tv_usec}":            "{tv_sec: integer, tv_usec: integer}",
	"event":                        Class("event"),
	"mailbox":                      Class("mailbox"),
	"http client":                  Class("http client"),
	"request":                      Class("http request"),
	"response":                     Class("http response"),
}

func resultType(f *bindings.Function) string {
	if f.Result != "table" {
		return results[f.Result] // a test finds a result without a type
	}
	if f.Name == "status" {
		return statusClass
	}
	return "table<string, string>" // metadata_list
}

// paramType is the type of a parameter. Whole numbers are "number", since those
// that Dovecot gives are floats on Lua 5.3 and later.
func paramType(o *bindings.Object, f *bindings.Function, p bindings.Param) string {
	switch p.Type {
	case bindings.String, bindings.Bytes:
		return "string|number"
	case bindings.Integer, bindings.Flags:
		return "number"
	case bindings.Truth:
		return "boolean"
	case bindings.EventT:
		return Class("event")
	case bindings.Table:
		switch o.Name + "." + f.Name {
		case "dovecot.http.client":
			return settingsClass
		case "http client.request":
			return requestClass
		}
		return "table"
	}
	return "any"
}

func fieldType(kind string) string {
	if kind == "list" {
		return "string[]"
	}
	return kind
}

// settingType is the type of a setting's value. 2.4 takes the text that would
// stand in its configuration: booleans are yes and no, times have units, and
// only plain numbers may be Lua's.
func settingType(o httpclient.Option, r dovecot.Release) string {
	switch {
	case o.Type == "event":
		return Class("event")
	case !r.AtLeast(2, 4):
		return o.Type
	case o.Type == "boolean":
		return `"yes"|"no"`
	case o.Type == "number", o.Type == "size":
		return "number|string"
	}
	return "string"
}

var nilBefore = regexp.MustCompile(`nil before ([0-9.]+[0-9])`)

// MaybeNil tells whether a description says that a field may be nil in a
// release.
func MaybeNil(doc string, r dovecot.Release) bool {
	if strings.Contains(doc, "nil without") {
		return true
	}
	m := nilBefore.FindStringSubmatch(doc)
	if m == nil {
		return false
	}
	until, err := dovecot.Parse(m[1])
	return err == nil && !r.NotBefore(until)
}
