// Package types writes LuaCATS definitions of what a script meets in Dovecot:
// a file that begins with ---@meta, which the Lua language server reads for
// completion, documentation and the checking of types.
//
// Everything in it comes from the descriptions in package bindings by which
// arguments are checked when scripts run, so that it has what the release has
// and nothing else. The package only makes text; it writes no files.
package types

import (
	"fmt"
	"slices"
	"strings"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/httpclient"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/stdlib/luapush"
)

// Definitions gives the definitions of a release as one Lua file.
func Definitions(r dovecot.Release) string {
	w := &writer{release: r}
	w.line("---@meta")
	w.line("-- What Dovecot %s gives to push-notification scripts.", r)
	w.line("-- Written by \"luapush types --dovecot %s\"; for another release, write it again.", r)
	for _, o := range Objects() {
		if Has(&o, r) {
			w.object(&o)
		}
	}
	w.storage()
	w.status()
	if HasHTTP(r) {
		w.http()
	}
	for _, name := range mail.EventNames() {
		w.event(name)
	}
	for _, e := range EntryPoints(r) {
		w.entryPoint(&e)
	}
	return w.String()
}

// Has tells whether a release has any function or field of an object that
// scripts can come by.
func Has(o *bindings.Object, r dovecot.Release) bool {
	if strings.HasPrefix(o.Name, "http ") && !HasHTTP(r) {
		return false
	}
	for i := range o.Functions {
		if o.Functions[i].Has(r) {
			return true
		}
	}
	return false
}

// HasHTTP tells whether a release has dovecot.http, without which nothing else
// of HTTP can be reached.
func HasHTTP(r dovecot.Release) bool {
	for _, o := range bindings.Objects() {
		if o.Name == "dovecot.http" {
			return Has(&o, r)
		}
	}
	return false
}

type writer struct {
	strings.Builder
	release dovecot.Release
}

func (w *writer) line(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }

func (w *writer) field(name string, optional bool, kind, doc string) {
	if optional {
		name += "?"
	}
	w.line("---@field %s %s %s", name, kind, doc)
}

// object writes a class and its functions. The tables under dovecot are globals;
// of the other objects only the class has a name.
func (w *writer) object(o *bindings.Object) {
	w.line("")
	if o.Name == luapush.Name {
		w.line("---What require \"luapush\" gives, which only luapush has. ---@type luapush beside it tells an editor.")
	}
	w.line("---@class %s", Class(o.Name))
	for i := range o.Fields {
		if f := &o.Fields[i]; f.Has(w.release) {
			w.field(f.Name, MaybeNil(f.Doc, w.release), fieldType(f.Type), f.Doc)
		}
	}
	owner, separator := o.Name, "."
	if o.Methods {
		owner, separator = strings.NewReplacer(" ", "_", ".", "_").Replace(o.Name), ":"
	}
	if o.Methods || OfModule(o.Name) {
		w.line("local %s = {}", owner)
	} else {
		w.line("%s = {}", owner)
	}
	for i := range o.Functions {
		if f := &o.Functions[i]; f.Has(w.release) {
			w.function(o, owner+separator+f.Name, f)
		}
	}
}

func (w *writer) function(o *bindings.Object, name string, f *bindings.Function) {
	w.line("\n---%s", f.Doc)
	var names []string
	for _, p := range f.Params {
		names = append(names, p.Name)
		mark := ""
		if p.Optional {
			mark = "?"
		}
		w.line("---@param %s%s %s", p.Name, mark, paramType(o, f, p))
	}
	if f.Variadic {
		names = append(names, "...")
		w.line("---@param ... %s", paramType(o, f, f.Params[len(f.Params)-1]))
	}
	if f.Result != "" {
		w.line("---@return %s", resultType(f))
	}
	w.line("function %s(%s) end", name, strings.Join(names, ", "))
}

func (w *writer) storage() {
	w.line("\n---@class dovecot.storage\ndovecot.storage = {}")
	for _, c := range bindings.Constants() {
		if c.Has(w.release) {
			w.line("---%s\ndovecot.storage.%s = %#v", c.Doc, c.Name, c.Value)
		}
	}
}

func (w *writer) status() {
	w.line("\n---What mailbox:status gives.\n---@class %s", statusClass)
	w.field("mailbox", false, "string", "The mailbox as the user sees it, in UTF-8.")
	for _, f := range bindings.StatusFields {
		w.field(f.Name, false, fieldType(f.Type), f.Doc)
	}
	w.field("keywords", true, "string[]", "Names of the keywords in use; nil unless STATUS_KEYWORDS was asked for.")
}

// http writes the tables that the functions of HTTP take.
func (w *writer) http() {
	w.line("\n---The settings of dovecot.http.client.\n---@class %s", settingsClass)
	for _, o := range Settings(w.release) {
		w.field(o.Name, true, settingType(o, w.release), settingDoc(o))
	}
	w.line("\n---What client:request takes.\n---@class %s", requestClass)
	w.field("url", false, "string", "Where the request goes, http or https.")
	w.field("method", true, "string", "The method; GET without one.")
}

// Settings gives the settings of dovecot.http.client that a script can use in a
// release: all but event_parent of 2.3, which Dovecot accepts and then crashes
// of (dovecot.md §5.1).
func Settings(r dovecot.Release) []httpclient.Option {
	return slices.DeleteFunc(bindings.HTTPSettings(r), func(o httpclient.Option) bool {
		return o.Type == "event" && !r.AtLeast(2, 4)
	})
}

func settingDoc(o httpclient.Option) string {
	if o.Default == "" {
		return o.Doc
	}
	return o.Doc + " Default: " + o.Default + "."
}

func (w *writer) event(name mail.EventName) {
	w.line("\n---The event that %s gets.\n---@class %s", name.HandlerFunction(), EventClass(name))
	for _, f := range Fields(name, w.release) {
		w.field(f.Name, MaybeNil(f.Doc, w.release), fieldType(f.Type), f.Doc)
	}
}

// Fields gives the fields of an event that a release has, without those that
// only the documentation promises.
func Fields(name mail.EventName, r dovecot.Release) []bindings.EventField {
	var list []bindings.EventField
	for _, f := range bindings.EventFields {
		if !f.Documented && f.Has(name, r) {
			list = append(list, f)
		}
	}
	return list
}

func (w *writer) entryPoint(e *EntryPoint) {
	w.line("\n---%s", e.Doc)
	var names []string
	for _, p := range e.Params {
		names = append(names, p.Name)
		w.line("---@param %s %s", p.Name, p.Type)
	}
	if e.Result != "" {
		w.line("---@return %s", e.Result)
	}
	w.line("function %s(%s) end", e.Name, strings.Join(names, ", "))
}
