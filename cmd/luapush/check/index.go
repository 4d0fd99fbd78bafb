package check

import (
	"slices"
	"strings"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/lua/syntax"
	"github.com/luapush/luapush/runtime/mail"
)

// index gives what object.key or object[key] holds.
func (a *analysis) index(e *syntax.Index) value {
	a.use = toIndex
	object := a.unguarded(e.Object)
	key, constant := e.Key.(*syntax.String)
	if constant {
		return a.member(object, key.Value, key.Pos, false)
	}
	k := a.unguarded(e.Key)
	if k.kind == isString && k.exact && !k.maybeNil {
		return a.member(object, k.text, e.Key.Position(), false)
	}
	return a.dynamicIndex(object, k)
}

// dynamicIndex gives what a key that is not constant finds.
func (a *analysis) dynamicIndex(object, key value) value {
	switch object.kind {
	case none:
		return value{}
	case isTable:
		if key.kind == none {
			return value{}
		}
		return a.elements(object.table, !number(key))
	case isList:
		return value{kind: isString, maybeNil: true}
	}
	return unknown
}

// member gives what stands under a name in an object, and reports what cannot
// be there.
func (a *analysis) member(object value, name string, at syntax.Pos, method bool) value {
	switch object.kind {
	case none:
		return value{}
	case isTable:
		return a.field(object.table, name)
	case isNotification:
		if object.unsure {
			return unknown
		}
		return a.notification(object.events, name, at)
	case isString:
		return value{kind: isBuiltin, name: "lua", member: "string." + name}
	case isObject:
		switch {
		case object.name == globalTable:
			guard := a.guard
			a.guard++ // a look into _G is a test by itself
			v := a.readGlobal(&syntax.Name{Pos: at, Name: name}, toRead)
			a.guard = guard
			return v
		case strings.HasPrefix(object.name, "lua:"):
			return libraryMember(strings.TrimPrefix(object.name, "lua:"), name)
		}
		return a.hostMember(object, name, at, method)
	}
	return unknown
}

// hostMember gives a member of one of Dovecot's objects.
func (a *analysis) hostMember(object value, name string, at syntax.Pos, method bool) value {
	owner := object.name
	if a.written[owner+"."+name] || a.written[owner+".*"] {
		return unknown
	}
	m, ok := a.api.find(owner, name)
	full := owner + "." + name
	if a.guard > 0 {
		a.tested[full] = true
	}
	if !ok {
		if object.unsure || a.guard == 0 && a.tested[full] {
			return unknown
		}
		a.unknownMember(owner, name, at)
		return unknown
	}
	// Of a table that a release does not have, nothing more need be said.
	if !a.tested[full] && owner != "dovecot.http" && owner != "dovecot.base64" {
		a.checkReleases(memberName(owner, name, method), name, m.has, m.since, m.removed, at)
	}
	return m.value
}

// memberName writes a member down as scripts do.
func memberName(owner, name string, method bool) string {
	switch owner {
	case "mail_user":
		owner = "user"
	case "http client":
		owner = "client"
	case "http request":
		owner = "request"
	case "http response":
		owner = "response"
	}
	if method {
		return owner + ":" + name
	}
	return owner + "." + name
}

// unknownMember reports a member that no release has.
func (a *analysis) unknownMember(owner, name string, at syntax.Pos) {
	names := a.api.names(owner)
	hint := suggestion(name, names)
	if a.guard > 0 && hint == "" {
		return // a look for something that may be there
	}
	what, all := "has no", "it has"
	if owner == storageTable {
		if strings.HasSuffix(name, "AUTO_CREATE") || strings.HasSuffix(name, "AUTO_SUBSCRIBE") {
			a.report("unknown-member", at, "leave it out", "%s is in the documentation only: it is nil in Dovecot", memberName(owner, name, false))
			return
		}
		if hint == "" {
			// The likely ones only: there are some 25.
			names = slices.DeleteFunc(names, func(s string) bool { return !strings.HasPrefix(s, "STATUS_") })
			all = "its status items are"
		}
	}
	if hint == "" {
		hint = suggestionOrAll(name, all, names)
	}
	a.report("unknown-member", at, hint, "%s %s %s", article(owner), what, name)
}

func article(owner string) string {
	switch owner {
	case "dovecot", storageTable, "dovecot.http", "dovecot.base64":
		return owner
	case "mail_user":
		return "a user (mail_user)"
	case statusTable:
		return "the status of a mailbox"
	case "event":
		return "an event of dovecot.event()"
	}
	if strings.HasPrefix(owner, "http") {
		return "an HTTP " + strings.TrimPrefix(owner, "http ")
	}
	return "a " + owner
}

// checkReleases reports what some of the releases do not have.
func (a *analysis) checkReleases(full, name string, has func(dovecot.Release) bool, since, removed dovecot.Release, at syntax.Pos) {
	if a.guard > 0 {
		return
	}
	for _, r := range a.releases {
		if has(r) {
			continue
		}
		var none dovecot.Release
		switch {
		case removed != none && r.NotBefore(removed):
			a.report("release-api", at, replacement[name], "Dovecot %s has no %s: it went with %s", r, full, removed)
		case since != none:
			a.report("release-api", at, "", "Dovecot %s has no %s: it came with %s", r, full, since)
		default:
			a.report("release-api", at, "", "Dovecot %s has no %s", r, full)
		}
		return
	}
}

// replacement says what to use in place of what is gone.
var replacement = map[string]string{
	"plugin_getenv": "take the setting from script_init(settings); it is set by lua_settings in push_notification",
	"mail_debug":    "leave it out: event:log_debug is written only when debugging is on",

	"MAILBOX_SYNC_FLAG_FULL_WRITE": "leave it out",
}

// fieldTest is a look of a function whether a notification has a field.
type fieldTest struct {
	in   *function
	name string
}

// notification gives a field of the table that event functions get.
func (a *analysis) notification(events eventSet, name string, at syntax.Pos) value {
	if a.written["notification."+name] || a.written["notification.*"] {
		return unknown
	}
	f := a.lookUp(events, name)
	test := fieldTest{a.current, name}
	if a.guard > 0 {
		a.testedFields[test] = true
	}
	unguarded := !a.testedFields[test]
	switch {
	case f.here && !f.missing:
		f.value.absent = f.absent && unguarded
		return f.value
	case f.here:
		if unguarded {
			a.checkReleases("event."+name, name, f.has, f.since, f.removed, at)
		}
		return f.value
	case f.documented != "":
		if unguarded {
			a.report("documented-field", at, documentedHint(name), "event.%s is nil in Dovecot: only the documentation has it", name)
		}
		return unknown
	case f.elsewhere != nil:
		if unguarded {
			verb := "has"
			if len(events.names()) > 1 {
				verb = "have"
			}
			a.report("event-field", at, a.fieldHint(events, name), "%s %s no %s; that comes with %s", list(events.names()), verb, name, list(f.elsewhere))
		}
		return unknown
	}
	if _, isMethod := a.api.find("event", name); isMethod {
		a.report("event-field", at, "make one: local e = dovecot.event()",
			"the event function's argument is a table of fields; %s belongs to the events of dovecot.event()", name)
		return unknown
	}
	a.report("event-field", at, a.fieldHint(events, name), "no event has a field %s", name)
	return unknown
}

func documentedHint(name string) string {
	if name == "user" {
		return "keep user.username of begin_txn in the context"
	}
	return "use event.keywords"
}

func (a *analysis) fieldHint(events eventSet, wrong string) string {
	var names []string
	for _, f := range bindings.EventFields {
		if !f.Documented && a.any(&f, events) {
			names = append(names, f.Name)
		}
	}
	what := "the events"
	if one := events.names(); len(one) == 1 {
		what = string(one[0])
	}
	return suggestionOrAll(wrong, what+" has", names)
}

// any tells whether one of the events has a field in one of the releases.
func (a *analysis) any(f *bindings.EventField, events eventSet) bool {
	return slices.ContainsFunc(events.names(), func(e mail.EventName) bool { return a.has(f, e) })
}

// has tells whether an event has a field in one of the releases.
func (a *analysis) has(f *bindings.EventField, e mail.EventName) bool {
	return slices.ContainsFunc(a.releases, func(r dovecot.Release) bool { return f.Has(e, r) })
}

// found is what is known of a field of notifications.
type found struct {
	here       bool // one of the events has it in one of the releases
	missing    bool // no event has it in some release
	absent     bool // messages may lack it
	value      value
	documented string
	elsewhere  []mail.EventName
	has        func(dovecot.Release) bool
	since      dovecot.Release
	removed    dovecot.Release
}

func (a *analysis) lookUp(events eventSet, name string) found {
	var f found
	names := events.names()
	type own = *bindings.EventField
	var fields []own
	other := false // another release has it
	for i := range bindings.EventFields {
		field := &bindings.EventFields[i]
		if field.Name != name {
			continue
		}
		if field.Documented {
			if a.any(field, events) {
				f.documented = field.Doc
			}
			continue
		}
		fields = append(fields, field)
		for _, e := range mail.EventNames() {
			if a.has(field, e) && !slices.Contains(f.elsewhere, e) {
				f.elsewhere = append(f.elsewhere, e)
			}
		}
	}
	f.has = func(r dovecot.Release) bool {
		return slices.ContainsFunc(fields, func(field own) bool {
			return slices.ContainsFunc(names, func(e mail.EventName) bool { return field.Has(e, r) })
		})
	}
	f.missing = slices.ContainsFunc(a.releases, func(r dovecot.Release) bool { return !f.has(r) })
	for _, field := range fields {
		if of := field.Of; of != nil && !slices.ContainsFunc(names, func(e mail.EventName) bool { return slices.Contains(of, e) }) {
			continue
		}
		if !a.any(field, events) {
			if !f.here {
				other = true
				f.since, f.removed = field.Since, field.Removed
			}
			continue
		}
		v := typed(field.Type, "event."+name)
		f.absent = strings.Contains(field.Doc, "nil without")
		v.maybeNil = f.absent
		if f.here {
			v = a.join(f.value, v)
		}
		f.here, f.value, f.since, f.removed = true, v, field.Since, field.Removed
	}
	for _, e := range names {
		if f.here && !slices.ContainsFunc(fields, func(field own) bool { return a.has(field, e) }) {
			f.value.maybeNil = true
		}
	}
	if !f.here && other && f.documented == "" {
		f.here, f.value = true, unknown
	}
	return f
}
