package config

import (
	"slices"
	"strings"

	"github.com/luapush/luapush/runtime/spelling"
)

// maxDrivers bounds the push_notification blocks, each of which takes part in every global push setting.
const maxDrivers = 100

// element is one section of the path to a setting: "push_notification ox" or, without a name, "mail_lua".
type element struct{ kind, name string }

// scope24 is a set of circumstances, and the settings in force under them. In Dovecot 2.4 every section is one.
type scope24 struct {
	protocol, connection string
	path                 []element
	// group tells a group @label name, which counts only where it is asked for.
	group  bool
	origin Origin

	settings settingList
	// delayed are the settings whose value has $SET: words in it, which count when everything is read.
	delayed map[string]bool
	lists   map[string]*list24
	include []Setting
}

// list24 is a string list or a boolean list in one filter.
type list24 struct {
	origin Origin
	// replaces tells that what less specific filters say does not count.
	replaces bool
	items    settingList
}

func (f *scope24) list(name string, at Origin) *list24 {
	if l, ok := f.lists[name]; ok {
		return l
	}
	if f.lists == nil {
		f.lists = make(map[string]*list24)
	}
	l := &list24{origin: at}
	f.lists[name] = l
	return l
}

// last is the innermost section.
func (f *scope24) last() (e element, inside bool) {
	if len(f.path) == 0 {
		return element{}, false
	}
	return f.path[len(f.path)-1], true
}

// section24 is an open section.
type section24 struct {
	kind   string
	filter *scope24
	// list is the name of the list that is open, "" in a filter.
	list   string
	opened Origin
}

// model24 is a configuration of Dovecot 2.4.
type model24 struct {
	values   *valueReader
	warn     func(*FileError)
	filters  []*scope24
	byName   map[string]*scope24
	open     []section24
	sections int
	version  string
}

func newModel24(values *valueReader, warn func(*FileError)) *model24 {
	m := &model24{values: values, warn: warn, byName: make(map[string]*scope24)}
	m.open = []section24{{filter: m.filter(scope24{})}}
	return m
}

// filter finds the filter of these circumstances or makes it.
func (m *model24) filter(like scope24) *scope24 {
	var name strings.Builder
	for _, part := range []string{like.protocol, like.connection} {
		name.WriteString(part)
		name.WriteByte(0)
	}
	for _, e := range like.path {
		name.WriteString(e.kind + "\x00" + e.name + "\x00")
	}
	if f, ok := m.byName[name.String()]; ok {
		return f
	}
	m.byName[name.String()] = &like
	m.filters = append(m.filters, &like)
	return &like
}

func (m *model24) current() *section24 { return &m.open[len(m.open)-1] }

func (m *model24) apply(l line) error {
	switch l.kind {
	case lineSection, lineGroup:
		m.sections++
		if m.sections > maxSections || len(m.open) > maxSectionDepth {
			return &FileError{Origin: l.last, Text: "too many sections", cause: ErrFileLimit}
		}
		return m.begin(l)
	case lineEnd:
		if len(m.open) == 1 {
			return &FileError{Origin: l.last, Text: "Unexpected '}'", cause: ErrSyntax}
		}
		m.open = m.open[:len(m.open)-1]
		return nil
	}
	if l.key == versionSetting {
		if m.version != "" && m.version != l.value {
			return &FileError{Origin: l.last, Setting: l.key, Text: versionSetting + " value can't be changed once set", cause: ErrSyntax}
		}
		m.version = l.value
	}
	return m.set(l)
}

// begin opens a section.
func (m *model24) begin(l line) error {
	parent := m.current()
	around := parent.filter
	next := scope24{protocol: around.protocol, connection: around.connection, path: around.path, group: around.group, origin: l.origin}
	kind := l.key
	if alias, ok := aliases24[kind]; ok {
		m.warnAlias(l, alias)
		kind = alias
	}
	list := false
	switch {
	case parent.list != "":
		return m.wrong(l, "Unknown section name: "+kind, "the settings of "+parent.list+" are words and values")
	case l.kind == lineGroup:
		if len(around.path) > 0 || around.protocol != "" || around.connection != "" {
			return m.wrong(l, "groups must defined at top-level, not under filters", "")
		}
		next.group = true
	case isFilter(kind):
		if err := m.beginFilter(l, &next); err != nil {
			return err
		}
		kind = ""
	default:
		var err error
		if list, err = m.judgeSection(l, kind); err != nil {
			return err
		}
	}
	if kind != "" && !list {
		next.path = append(slices.Clip(next.path), element{kind, l.value})
	}
	s := section24{kind: l.key, filter: m.filter(next), opened: l.last}
	if list {
		s.list = kind
		s.filter.list(kind, l.origin)
	}
	m.open = append(m.open, s)
	return nil
}

func (m *model24) wrong(l line, text, hint string) error {
	return &FileError{Origin: l.last, Setting: l.key, Text: text, Hint: hint, cause: ErrSyntax}
}

// beginFilter opens protocol, local, remote or local_name, which may stand inside of each other only.
func (m *model24) beginFilter(l line, next *scope24) error {
	text := filterOrder(l.key, next.protocol, next.connection)
	if e, inside := next.lastSection(); inside && text == "" {
		text = e.kind + " { " + l.key + " { .. } } not allowed (use " + l.key + " { " + e.kind + " { .. } } instead)"
	}
	if text != "" {
		return m.wrong(l, text, "")
	}
	if l.key == "protocol" {
		next.protocol = protocolName(l, m.warn)
	} else {
		next.connection = strings.TrimLeft(next.connection+" "+l.key+" "+l.value, " ")
	}
	return nil
}

// lastSection is last without the group that is around all.
func (f *scope24) lastSection() (element, bool) {
	if f.group && len(f.path) == 1 {
		return element{}, false
	}
	return f.last()
}

// judgeSection says whether a section is a list, and refuses what Dovecot refuses.
func (m *model24) judgeSection(l line, kind string) (list bool, err error) {
	_, list = lists24[kind]
	switch {
	case list:
		return true, nil
	case slices.Contains(listFilters24, kind) && l.value == "" && !l.quoted:
		return false, m.wrong(l, kind+" { } is missing section name", "write "+kind+" NAME {")
	case slices.Contains(namedFilters24, kind) && (l.value != "" || l.quoted):
		return false, m.wrong(l, kind+" { } must not have a section name", "write "+kind+" {")
	case kind == "plugin":
		return false, m.wrong(l, "Unknown section name: plugin",
			"this is the syntax of Dovecot 2.3; 2.4 has push_notification NAME { } and mail_lua { }")
	case slices.Contains(sections24, kind) || slices.Contains(listFilters24, kind):
		return false, nil
	}
	if near := spelling.Nearest(kind, sections24); near != "" && len(kind) > 6 || isOurs(kind) {
		hint := "the sections are " + strings.Join(sections24, ", ")
		if near != "" {
			hint = "did you mean " + near + "?"
		}
		m.warn(&FileError{Origin: l.origin, Setting: kind, Text: "Unknown section name: " + kind, Hint: hint, cause: ErrUnknownSetting})
	}
	return false, nil
}

// fullName makes the full name of a setting that is shortened inside of a filter. Dovecot tries, inside of a
// "push_notification ox", push_notification_ox_NAME, then push_notification_NAME, then NAME.
func (m *model24) fullName(f *scope24, name string) string {
	e, inside := f.last()
	if !inside {
		return name
	}
	kind := strings.TrimPrefix(e.kind, "@")
	for _, full := range []string{kind + "_" + e.name + "_" + name, kind + "_" + name} {
		if slices.Contains(names24, full) {
			return full
		}
	}
	return name
}

// set takes a setting into the section that is open.
func (m *model24) set(l line) error {
	s := m.current()
	if s.list != "" {
		return m.setInList(l, s)
	}
	f := s.filter
	if strings.HasPrefix(l.key, "@") {
		return m.setInclude(l, f)
	}
	name := m.fullName(f, l.key)
	if e, inside := f.last(); inside && e.name == "" && strings.HasPrefix(name, e.kind+"_") {
		// What a section without a name has as a prefix anyway stands outside of it.
		f = m.filter(scope24{protocol: f.protocol, connection: f.connection, path: f.path[:len(f.path)-1], group: f.group, origin: l.origin})
		name = m.fullName(f, name)
	}
	if alias, ok := aliases24[name]; ok {
		m.warnAlias(l, alias)
		name = alias
	}
	setting, delayed, err := m.value(l, name, f)
	if err != nil {
		return err
	}
	if boolean, list := lists24[name]; list {
		return m.replaceList(l, setting, boolean, f)
	}
	m.judge(setting, l.key, f)
	f.settings.set(setting)
	if delayed && f.delayed == nil {
		f.delayed = make(map[string]bool)
	}
	if f.delayed != nil {
		f.delayed[name] = delayed
	}
	return nil
}

// warnAlias says that a name is accepted which no release of Dovecot is known to have.
func (m *model24) warnAlias(l line, alias string) {
	m.warn(&FileError{Origin: l.origin, Setting: l.key, Text: "Unknown setting: " + l.key + ", which only the documentation has",
		Hint: "write " + alias, cause: ErrUnknownSetting})
}

// setInclude takes "@label = name".
func (m *model24) setInclude(l line, f *scope24) error {
	if f.group {
		return m.wrong(l, "Recursive include groups not allowed", "")
	}
	setting := Setting{Name: l.key, Value: l.value, Origin: l.origin}
	at := slices.IndexFunc(f.include, func(s Setting) bool { return s.Name == l.key })
	if at >= 0 {
		f.include[at] = setting
	} else {
		f.include = append(f.include, setting)
	}
	return nil
}

// setInList takes a word of a list.
func (m *model24) setInList(l line, s *section24) error {
	setting, _, err := m.value(l, l.key, s.filter)
	if err != nil {
		return err
	}
	if lists24[s.list] {
		if _, err := ParseBool(setting.Value); err != nil && !strings.Contains(setting.Value, "%{") {
			return &FileError{Origin: l.last, Setting: l.key, Text: l.key + ": " + err.Error(), Hint: "write " + l.key + " = yes", cause: err}
		}
	}
	m.watch(Setting{Name: s.list, Origin: l.origin}, s.filter)
	s.filter.list(s.list, l.origin).items.set(setting)
	return nil
}

// replaceList takes "list = words", which is the whole list.
func (m *model24) replaceList(l line, setting Setting, boolean bool, f *scope24) error {
	if !boolean && setting.Value != "" {
		return m.wrong(l, l.key+": Setting is a string list, use '"+setting.Name+" {'", "write each word in a line of its own")
	}
	m.watch(setting, f)
	list := f.list(setting.Name, l.origin)
	*list = list24{origin: l.origin, replaces: true}
	words, err := splitBoolList(setting.Value)
	if err != nil {
		return &FileError{Origin: l.last, Setting: l.key, Text: l.key + ": " + err.Error(), cause: ErrSyntax}
	}
	for _, word := range words {
		if setting.Name == "mail_plugins" && strings.HasPrefix(word, "$") {
			m.warn(&FileError{Origin: l.origin, Setting: l.key, Text: "Dovecot 2.4 takes " + word + " for the name of a plugin",
				Hint: "to add to the list, write mail_plugins { NAME = yes }", cause: ErrUnknownVariable})
		}
		list.items.set(Setting{Name: word, Value: "yes", Origin: l.origin})
	}
	return nil
}
