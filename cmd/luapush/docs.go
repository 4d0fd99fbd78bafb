package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/cmd/luapush/types"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/stdlib"
)

// docsCommand is "luapush docs".
type docsCommand struct {
	Name    string `arg:"" optional:"" help:"What to show: an object (mailbox), a function (mailbox:status), an event (MessageNew), a constant, a setting of dovecot.http.client, a module; without one, the names there are."`
	Dovecot string `default:"2.3" placeholder:"2.3|2.4|RELEASE" help:"The Dovecot whose API is shown; exact releases such as 2.3.4 work, too."`
}

// Run shows the pages of a name. One that several things bear has several.
func (d *docsCommand) Run(a *application) error {
	release, err := dovecot.Parse(d.Dovecot)
	if err != nil {
		return &usageError{text: "--dovecot: " + err.Error()}
	}
	all := topics(release)
	if d.Name == "" {
		return writeIndex(a.out, all, release)
	}
	found := findTopics(all, d.Name)
	if len(found) == 0 {
		hint := `"luapush docs" lists the names`
		if near := nearestTopic(all, d.Name); near != "" {
			hint = "did you mean " + near + "?"
		}
		return fmt.Errorf("there is no documentation of %s; %s", d.Name, hint)
	}
	for i, t := range found {
		if i > 0 {
			fmt.Fprintln(a.out)
		}
		fmt.Fprintf(a.out, "%s\n", t.title)
		if !t.has {
			fmt.Fprintf(a.out, "  Dovecot %s does not have it.\n", release)
		}
		if err := t.write(a.out); err != nil {
			return err
		}
	}
	return nil
}

// topic is a thing with a page.
type topic struct {
	group string
	// name is how it is written in full, aliases what it is also called.
	name    string
	aliases []string
	title   string
	doc     string
	// has tells that the release has it.
	has   bool
	write func(w io.Writer) error
}

// The groups of topics that the index shows.
const (
	entryGroup  = "Functions of the script that Dovecot calls"
	eventGroup  = "Events, and the functions that take them"
	objectGroup = "Objects and tables"
	moduleGroup = "Modules that a script may require"
)

// topics gives all topics, also those of other releases.
func topics(r dovecot.Release) []topic {
	list := entryTopics(r)
	for _, o := range types.Objects() {
		list = append(list, objectTopics(o, r)...)
	}
	list = append(list, storageTopics(r)...)
	list = append(list, statusTopics()...)
	list = append(list, eventFieldTopics(r)...)
	list = append(list, settingTopics(r)...)
	for _, m := range stdlib.Catalog() {
		list = append(list, topic{
			group: moduleGroup, name: m.Name, title: fmt.Sprintf("require %q", m.Name), doc: m.Doc, has: true,
			write: rows(m.Doc, [2]string{"Like", m.Library}, [2]string{"Debian", orDash(m.Debian)}, [2]string{"LuaRocks", orDash(m.LuaRocks)}),
		})
	}
	return list
}

func entryTopics(r dovecot.Release) []topic {
	var list []topic
	for _, e := range types.EntryPoints(r) {
		params := make([]string, len(e.Params))
		for i, p := range e.Params {
			params[i] = p.Name
		}
		call := e.Name + "(" + strings.Join(params, ", ") + ")"
		t := topic{
			group: entryGroup, name: e.Name, aliases: []string{strings.TrimPrefix(e.Name, "dovecot_lua_notify_")},
			title: call, doc: e.Doc, has: true,
		}
		if e.Event != "" {
			t.group, t.name, t.title = eventGroup, string(e.Event), string(e.Event)+": "+call
			t.doc = e.Name
			t.aliases = append(t.aliases, e.Name, strings.TrimPrefix(e.Name, "dovecot_lua_notify_event_"))
			t.write = eventPage(e, r)
		} else {
			details := make([][2]string, 0, len(e.Params)+1)
			for _, p := range e.Params {
				details = append(details, [2]string{p.Name, p.Type})
			}
			if e.Result != "" {
				details = append(details, [2]string{"returns", e.Result})
			}
			t.write = rows(e.Doc, details...)
		}
		list = append(list, t)
	}
	return list
}

func eventPage(e types.EntryPoint, r dovecot.Release) func(io.Writer) error {
	return func(w io.Writer) error {
		fmt.Fprintf(w, "  %s\n\nFields of event in Dovecot %s\n", e.Doc, r)
		table := columns(w)
		for _, f := range types.Fields(e.Event, r) {
			fmt.Fprintf(table, "  %s\t%s\t%s\n", f.Name, f.Type, f.Doc)
		}
		return table.Flush()
	}
}

// owner is what stands in front of the names of an object's members.
func owner(o *bindings.Object) string {
	name := strings.TrimPrefix(o.Name, "http ")
	if o.Methods {
		return name + ":"
	}
	return name + "."
}

func objectTopics(o bindings.Object, r dovecot.Release) []topic {
	t := topic{
		group: objectGroup, name: strings.TrimPrefix(o.Name, "http "), aliases: []string{o.Name, types.Class(o.Name)},
		title: o.Name, has: types.Has(&o, r), write: func(w io.Writer) error { return objectPage(w, &o, r) },
	}
	if o.Name == "mail_user" {
		t.aliases = append(t.aliases, "user")
	}
	short := t.name
	if types.OfModule(o.Name) {
		// The module is in the index already, and its objects follow from it.
		t.group = ""
		short = strings.TrimPrefix(o.Name, "luapush.")
		t.aliases = append(t.aliases, short)
	}
	var names []string
	var list []topic
	for _, f := range o.Functions {
		has := t.has && f.Has(r)
		if has {
			names = append(names, f.Name)
		}
		list = append(list, topic{
			name: owner(&o) + f.Name, aliases: []string{t.name + "." + f.Name, short + ":" + f.Name, f.Name},
			title: owner(&o) + f.Name + f.Signature(), doc: f.Doc, has: has, write: functionPage(o.Name, f, r),
		})
	}
	for _, f := range o.Fields {
		list = append(list, topic{
			name: t.name + "." + f.Name, aliases: []string{short + "." + f.Name, f.Name}, title: t.name + "." + f.Name, doc: f.Doc,
			has: f.Has(r), write: rows(f.Doc, append([][2]string{{"Type", f.Type}}, bounds(f.Since, f.Removed)...)...),
		})
	}
	t.doc = strings.Join(names, ", ")
	return append([]topic{t}, list...)
}

func objectPage(w io.Writer, o *bindings.Object, r dovecot.Release) error {
	table := columns(w)
	for _, f := range o.Fields {
		if f.Has(r) {
			fmt.Fprintf(table, "  %s\t%s\t%s\n", f.Name, f.Type, f.Doc)
		}
	}
	if len(o.Fields) > 0 {
		table.Flush()
		fmt.Fprintln(w)
	}
	for _, f := range o.Functions {
		if f.Has(r) {
			fmt.Fprintf(table, "  %s\t%s\n", owner(o)+f.Name+f.Signature(), f.Doc)
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if o.Name == "event" {
		fmt.Fprintf(w, "\nThat is what dovecot.event() makes. For the table that an event function gets, see the event: luapush docs %s\n", mail.MessageNew)
	}
	return nil
}

func functionPage(object string, f bindings.Function, r dovecot.Release) func(io.Writer) error {
	var details [][2]string
	for _, p := range f.Params {
		kind := string(p.Type)
		if p.Optional {
			kind += ", may be left out"
		}
		details = append(details, [2]string{p.Name, kind})
	}
	if f.Variadic {
		details = append(details, [2]string{"…", "more of the last"})
	}
	if f.Result != "" {
		details = append(details, [2]string{"returns", f.Result})
	}
	page := rows(f.Doc, append(details, bounds(f.Since, f.Removed)...)...)
	if object != "dovecot.http" {
		return page
	}
	return func(w io.Writer) error {
		if err := page(w); err != nil || !f.Has(r) {
			return err
		}
		fmt.Fprintf(w, "\nSettings in Dovecot %s\n", r)
		table := columns(w)
		for _, o := range types.Settings(r) {
			fmt.Fprintf(table, "  %s\t%s\t%s\t%s\n", o.Name, o.Type, orDash(o.Default), o.Doc)
		}
		if err := table.Flush(); err != nil {
			return err
		}
		other := "2.4"
		if r.AtLeast(2, 4) {
			other = "2.3"
		}
		_, err := fmt.Fprintf(w, "\nThose of Dovecot %s are others: luapush docs dovecot.http.client --dovecot %s\n", other, other)
		return err
	}
}

func storageTopics(r dovecot.Release) []topic {
	list := []topic{{
		group: objectGroup, name: "dovecot.storage", aliases: []string{"storage"}, title: "dovecot.storage", has: true,
		doc: "The constants, such as STATUS_MESSAGES.",
		write: func(w io.Writer) error {
			table := columns(w)
			for _, c := range bindings.Constants() {
				if c.Has(r) {
					fmt.Fprintf(table, "  %s\t%#v\t%s\n", c.Name, c.Value, c.Doc)
				}
			}
			return table.Flush()
		},
	}}
	for _, c := range bindings.Constants() {
		list = append(list, topic{
			name: "dovecot.storage." + c.Name, aliases: []string{c.Name}, title: "dovecot.storage." + c.Name, doc: c.Doc,
			has: c.Has(r), write: rows(c.Doc, append([][2]string{{"Value", fmt.Sprintf("%#v", c.Value)}}, bounds(c.Since, c.Removed)...)...),
		})
	}
	return list
}

func statusTopics() []topic {
	list := []topic{{
		group: objectGroup, name: "status", title: "status, which mailbox:status gives", has: true,
		doc: "The counters that mailbox:status gives.",
		write: func(w io.Writer) error {
			table := columns(w)
			for _, f := range bindings.StatusFields {
				fmt.Fprintf(table, "  %s\t%s\t%s\n", f.Name, f.Type, f.Doc)
			}
			return table.Flush()
		},
	}}
	for _, f := range bindings.StatusFields {
		name := "status." + f.Name
		list = append(list, topic{name: name, aliases: []string{f.Name}, title: name, doc: f.Doc, has: true, write: rows(f.Doc, [2]string{"Type", f.Type})})
	}
	return list
}

func eventFieldTopics(r dovecot.Release) []topic {
	var list []topic
	for _, f := range bindings.EventFields {
		events := "all"
		if f.Of != nil {
			names := make([]string, len(f.Of))
			for i, e := range f.Of {
				names[i] = string(e)
			}
			events = strings.Join(names, ", ")
		}
		has := !f.Documented && slices.ContainsFunc(mail.EventNames(), func(e mail.EventName) bool { return f.Has(e, r) })
		list = append(list, topic{
			name: "event." + f.Name, aliases: []string{f.Name}, title: "event." + f.Name, doc: f.Doc, has: has,
			write: rows(f.Doc, append([][2]string{{"Type", f.Type}, {"Events", events}}, bounds(f.Since, f.Removed)...)...),
		})
	}
	return list
}

// settingTopics are the settings of the release, and those that only the other
// generation has.
func settingTopics(r dovecot.Release) []topic {
	var list []topic
	seen := map[string]bool{}
	other := dovecot.Latest24
	if r.AtLeast(2, 4) {
		other = dovecot.Default
	}
	for _, of := range []dovecot.Release{r, other} {
		for _, o := range types.Settings(of) {
			if seen[o.Name] {
				continue
			}
			seen[o.Name] = true
			generation := "2.3"
			if of.AtLeast(2, 4) {
				generation = "2.4"
			}
			list = append(list, topic{
				name: "dovecot.http.client." + o.Name, aliases: []string{o.Name, "http_client_" + o.Name},
				title: o.Name + ", a setting of dovecot.http.client", doc: o.Doc, has: of == r && types.HasHTTP(r),
				write: rows(o.Doc, [2]string{"Type", o.Type}, [2]string{"Default", orDash(o.Default)}, [2]string{"Dovecot", generation}),
			})
		}
	}
	return list
}

func columns(w io.Writer) *tabwriter.Writer { return tabwriter.NewWriter(w, 0, 0, 2, ' ', 0) }

// rows makes a page of a sentence and named details.
func rows(doc string, details ...[2]string) func(io.Writer) error {
	return func(w io.Writer) error {
		fmt.Fprintf(w, "  %s\n", doc)
		if len(details) == 0 {
			return nil
		}
		fmt.Fprintln(w)
		table := columns(w)
		for _, d := range details {
			fmt.Fprintf(table, "  %s\t%s\n", d[0], d[1])
		}
		return table.Flush()
	}
}

func bounds(since, removed dovecot.Release) [][2]string {
	var none dovecot.Release
	var list [][2]string
	if since != none {
		list = append(list, [2]string{"since", "Dovecot " + since.String()})
	}
	if removed != none {
		list = append(list, [2]string{"until", "before Dovecot " + removed.String()})
	}
	return list
}

func writeIndex(w io.Writer, all []topic, r dovecot.Release) error {
	fmt.Fprintf(w, "What Dovecot %s gives to scripts. \"luapush docs NAME\" tells more, also of mailbox:status, event.uid, STATUS_UNSEEN.\n", r)
	for _, group := range []string{entryGroup, eventGroup, objectGroup, moduleGroup} {
		fmt.Fprintf(w, "\n%s\n", group)
		table := columns(w)
		for _, t := range all {
			if t.group == group && t.has {
				fmt.Fprintf(table, "  %s\t%s\n", t.name, t.doc)
			}
		}
		if err := table.Flush(); err != nil {
			return err
		}
	}
	return nil
}
