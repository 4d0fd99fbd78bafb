package config

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/luapush/luapush/runtime/spelling"
)

// maxSections bounds sections inside sections, and how many there may be in all.
const (
	maxSectionDepth = 100
	maxSections     = 10_000
)

// noProtocol is the name of a protocol block without one: no protocol has it, so the block is never used.
const noProtocol = " "

// scope23 is what one filter holds: nothing, a protocol, or some connections only.
type scope23 struct {
	// protocol is the name of the protocol block, or noProtocol; "" is outside of all of them. connection is the local,
	// remote and local_name blocks around it.
	protocol, connection string
	values               settingList
	plugin               settingList
	blocks               []*block23
}

// block23 is a section other than plugin {}.
type block23 struct {
	kind, name string
	origin     Origin
	settings   settingList
	blocks     []*block23
}

// section23 is an open section: a filter, plugin {} or a block.
type section23 struct {
	kind, number string
	filter       bool
	scope        *scope23
	// block is the section's own block; nil at the top level of a scope and in plugin {}.
	block  *block23
	plugin bool
	opened Origin
}

// model23 is a configuration of Dovecot 2.3.
type model23 struct {
	values *valueReader
	warn   func(*FileError)
	// scopes are the filters in the order of their first appearance; the first one is the global one.
	scopes []*scope23
	open   []section23
	// unnamed counts the sections without a name, as Dovecot does, which shows in its messages.
	unnamed  int
	sections int
	// inFilter says where a global name was set inside of a filter first.
	inFilter map[string]Origin
	judged   map[string]bool
}

func newModel23(values *valueReader, warn func(*FileError)) *model23 {
	global := &scope23{}
	return &model23{values: values, warn: warn, scopes: []*scope23{global}, open: []section23{{scope: global}},
		inFilter: make(map[string]Origin), judged: make(map[string]bool)}
}

func (m *model23) current() *section23 { return &m.open[len(m.open)-1] }

func (m *model23) apply(l line) error {
	switch l.kind {
	case lineSection:
		return m.begin(l)
	case lineEnd:
		if len(m.open) == 1 {
			return &FileError{Origin: l.last, Text: "Unexpected '}'", cause: ErrSyntax}
		}
		m.open = m.open[:len(m.open)-1]
		return nil
	}
	return m.set(l)
}

func (m *model23) finish() error {
	return unclosed(m.values.reader.main, len(m.open), m.current().opened)
}

// unclosed refuses a configuration that ends inside of a section.
func unclosed(path string, open int, opened Origin) error {
	if open == 1 {
		return nil
	}
	return &FileError{Origin: Origin{File: path}, Text: "Missing '}' (section started at " + opened.String() + ")", cause: ErrSyntax}
}

// begin opens a section.
func (m *model23) begin(l line) error {
	m.sections++
	if m.sections > maxSections || len(m.open) > maxSectionDepth {
		return &FileError{Origin: l.last, Text: "too many sections", cause: ErrFileLimit}
	}
	parent := *m.current()
	next := section23{kind: l.key, scope: parent.scope, opened: l.last}
	switch {
	case isFilter(l.key):
		return m.beginFilter(l, parent)
	case parent.plugin && parent.filter:
		return m.refuse(l, "Unknown setting: plugin { "+l.key+" { "+l.key, hintOutside)
	case parent.plugin:
		return m.refuse(l, "Section not allowed here", "")
	case l.key == "plugin" && parent.block == nil:
		next.plugin = true
	case parent.block == nil && (l.key == "push_notification" || isOurs(l.key)):
		return m.refuse(l, "Unknown setting: "+l.key+" { "+l.key, hintOther24)
	case parent.block == nil && l.key == "mail_plugins":
		m.warn(&FileError{Origin: l.origin, Setting: l.key, Text: "Dovecot 2.3 takes this section for a name in mail_plugins",
			Hint: hintOther24, cause: ErrNoEffect})
	}
	next.number = l.value
	if l.value == "" {
		next.number = strconv.Itoa(m.unnamed)
		m.unnamed++
	}
	if !next.plugin {
		next.block = m.block(parent, l)
	}
	if l.key == "mail_plugins" && parent.block == nil {
		next.scope.values.set(Setting{Name: l.key, Value: next.number, Origin: l.origin})
	}
	m.open = append(m.open, next)
	return nil
}

const hintOutside = "put the protocol block around plugin { }, not inside"

const hintOther24 = "this is the syntax of Dovecot 2.4, whose files begin with " + versionSetting

// refuse is what Dovecot would not start with.
func (m *model23) refuse(l line, text, hint string) error {
	return &FileError{Origin: l.last, Setting: l.key, Text: text, Hint: hint, cause: ErrUnknownSetting}
}

// block finds the block a section continues, or makes one. Those without a name never continue another.
func (m *model23) block(parent section23, l line) *block23 {
	in := &parent.scope.blocks
	if parent.block != nil {
		in = &parent.block.blocks
	}
	for _, b := range *in {
		if l.value != "" && b.kind == l.key && b.name == l.value {
			return b
		}
	}
	made := &block23{kind: l.key, name: l.value, origin: l.origin}
	*in = append(*in, made)
	return made
}

func isFilter(key string) bool {
	return key == "protocol" || key == "local" || key == "remote" || key == "local_name"
}

// beginFilter opens protocol, local, remote or local_name. Their order is fixed: local { local_name { remote {
// protocol {.
func (m *model23) beginFilter(l line, parent section23) error {
	protocol, connection := parent.scope.protocol, parent.scope.connection
	if text := filterOrder(l.key, protocol, connection); text != "" {
		return &FileError{Origin: l.last, Setting: l.key, Text: text, cause: ErrSyntax}
	}
	if l.key == "protocol" {
		protocol = protocolName(l, m.warn)
	} else {
		connection = strings.TrimLeft(connection+" "+l.key+" "+l.value, " ")
	}
	at := slices.IndexFunc(m.scopes, func(s *scope23) bool { return s.protocol == protocol && s.connection == connection })
	if at < 0 {
		at = len(m.scopes)
		m.scopes = append(m.scopes, &scope23{protocol: protocol, connection: connection})
	}
	// What was open stays open: Dovecot goes on with the names of the section around, and finds nothing there.
	m.open = append(m.open, section23{kind: l.key, filter: true, scope: m.scopes[at], block: parent.block,
		plugin: parent.plugin, opened: l.last})
	return nil
}

// protocolName is the name of a protocol block. One without a name is never used.
func protocolName(l line, warn func(*FileError)) string {
	if l.value != "" {
		return l.value
	}
	warn(&FileError{Origin: l.origin, Setting: l.key, Text: "This protocol block has no name, and is never used.",
		Hint: "write protocol lmtp {", cause: ErrNoEffect})
	return noProtocol
}

// filterOrder says in Dovecot's words why a filter may not stand inside of others; "" if it may.
func filterOrder(key, protocol, connection string) string {
	around := " " + connection
	switch {
	case key == "protocol" && protocol != "":
		return "Nested protocol { protocol { .. } } block not allowed"
	case key == "protocol":
		return ""
	case protocol != "":
		return "protocol { " + key + " { .. } } not allowed (use " + key + " { protocol { .. } } instead)"
	case key != "remote" && strings.Contains(around, " remote "):
		return "remote { " + key + " { .. } } not allowed (use " + key + " { remote { .. } } instead)"
	case key == "local" && strings.Contains(around, " local_name "):
		return "local_name { local { .. } } not allowed (use local { local_name { .. } } instead)"
	}
	return ""
}

// set takes a setting into the section that is open.
func (m *model23) set(l line) error {
	s := m.current()
	if s.plugin && s.filter {
		return m.refuse(l, "Unknown setting: plugin { "+l.key, hintOutside)
	}
	top := !s.plugin && s.block == nil
	if name, ok := strings.CutPrefix(l.key, pluginPath); ok && top && !strings.Contains(name, "/") {
		return m.setPlugin(l, name, s)
	}
	if s.plugin && strings.Contains(l.key, "/") {
		return m.refuse(l, "Unknown setting: plugin { "+l.key, "")
	}
	if s.block != nil && len(m.open) == 2 && s.kind == "mail_plugins" {
		return m.refuse(l, "Unknown setting: mail_plugins { "+l.key, hintOther24)
	}
	if top && (isOurs(l.key) || l.key == versionSetting) {
		return m.refuse(l, "Unknown setting: "+l.key, "in Dovecot 2.3 it belongs inside plugin { }")
	}
	value, err := m.value(l, s, s.plugin || top && mattersElsewhere(l.key))
	if err != nil {
		return err
	}
	setting := Setting{Name: l.key, Value: value, Origin: l.origin}
	switch {
	case s.plugin:
		m.keepPlugin(setting, s)
		return nil
	case s.block != nil:
		s.block.settings.set(setting)
		return nil
	default:
		s.scope.values.set(setting)
	}
	m.watch(setting, s)
	return nil
}

// pluginPath begins the names of settings of plugin {} that are written outside of it.
const pluginPath = "plugin/"

// setPlugin takes "plugin/name = value", which stands for plugin { name = value }.
func (m *model23) setPlugin(l line, name string, s *section23) error {
	value, err := m.value(l, s, true)
	if err != nil {
		return err
	}
	m.keepPlugin(Setting{Name: name, Value: value, Origin: l.origin}, s)
	return nil
}

func (m *model23) keepPlugin(setting Setting, s *section23) {
	s.scope.plugin.set(setting)
	m.judge(setting)
	m.watch(setting, s)
}

func (m *model23) judge(setting Setting) {
	if m.judged[setting.Name] {
		return
	}
	m.judged[setting.Name] = true
	if text, hint, cause := judgePlugin(setting.Name); text != "" {
		m.warn(&FileError{Origin: setting.Origin, Setting: setting.Name, Text: text, Hint: hint, cause: cause})
	}
}

// watch warns of settings that do not reach where one would think.
func (m *model23) watch(setting Setting, s *section23) {
	ours := isOurs(setting.Name) || mattersElsewhere(setting.Name)
	if !ours {
		return
	}
	if s.scope.connection != "" {
		m.warn(leftOut(setting, s.scope.connection))
	}
	if len(m.open) > 1 && s.scope != m.scopes[0] {
		if _, seen := m.inFilter[setting.Name]; !seen {
			m.inFilter[setting.Name] = setting.Origin
		}
		return
	}
	if earlier, ok := m.inFilter[setting.Name]; ok {
		m.warn(&FileError{Origin: setting.Origin, Setting: setting.Name,
			Text: "Global setting " + setting.Name + " won't change the setting inside an earlier filter at " +
				earlier.File + " line " + strconv.Itoa(earlier.Line),
			Hint:  "move the global setting before it, if it is to count there",
			cause: ErrNoEffect})
	}
}

func leftOut(setting Setting, connection string) *FileError {
	return &FileError{Origin: setting.Origin, Setting: setting.Name,
		Text: setting.Name + " is left out: it counts for some connections only (" + connection + ")",
		Hint: "luapush knows no connections; write it outside of the block to use it", cause: ErrNoEffect}
}

// value makes the setting's value. Files are opened, and variables have to exist, for what matters only.
func (m *model23) value(l line, s *section23, matters bool) (string, error) {
	switch l.kind {
	case lineFile:
		if !matters {
			return "<" + l.value, nil
		}
		key := l.key
		if s.plugin {
			key = "plugin/" + s.number + "/" + l.key
		}
		return m.values.file(l, key)
	case lineVariable:
		return m.values.words(l, func(word string) (string, error) { return m.variable(l, word, s, matters) })
	}
	return l.value, nil
}

// variable answers $name with what the name has at this point of the file. In a filter that is what the filter itself
// has set, or Dovecot's default; only "name = $name …" goes on to what is around the filter.
func (m *model23) variable(l line, word string, s *section23, matters bool) (string, error) {
	if value, ok := m.values.environment(word); ok {
		return value, nil
	}
	name := word[1:]
	if setting, ok := s.scope.values.get(name); ok {
		return setting.Value, nil
	}
	if name == l.key {
		for i := len(m.open) - 1; i >= 0; i-- {
			if setting, ok := m.open[i].scope.values.get(name); ok {
				return setting.Value, nil
			}
		}
	}
	value, known := defaults23[name]
	switch {
	case known:
		return value, nil
	case !matters:
		return word, nil
	case name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "":
		return "", &FileError{Origin: l.last, Setting: l.key, Text: "Unknown variable: " + word,
			Hint: "a variable is a word of its own, between blanks; a $ that is none needs quotes around the value", cause: ErrUnknownVariable}
	}
	hint := "luapush does not know Dovecot's default of it; write the value instead"
	if near := spelling.Nearest(name, slices.Sorted(maps.Keys(defaults23))); near != "" {
		hint = "did you mean $" + near + "?"
	}
	m.warn(&FileError{Origin: l.origin, Setting: l.key, Text: word + " is taken as empty: no line above sets " + name,
		Hint: hint, cause: ErrUnknownVariable})
	return "", nil
}

// view applies the global scope and the protocol's. Where several scopes match, the first one in the file counts.
func (m *model23) view(protocol string) *View {
	scopes := []*scope23{m.scopes[0]}
	for i := len(m.scopes) - 1; i > 0; i-- {
		if s := m.scopes[i]; s.connection == "" && matchesProtocol(s.protocol, protocol) {
			scopes = append(scopes, s)
		}
	}
	v := &View{values: make(map[string]Setting)}
	var plugin settingList
	var blocks []*block23
	for _, s := range scopes {
		for _, setting := range s.values.items {
			v.values[setting.Name] = setting
		}
		for _, setting := range s.plugin.items {
			plugin.set(setting)
		}
		blocks = append(blocks, s.blocks...)
	}
	v.plugin = plugin.items
	v.blocks = publish23(blocks)
	return v
}

// matchesProtocol tells whether a protocol block is for a protocol; "!imap" is for all others.
func matchesProtocol(pattern, protocol string) bool {
	if protocol == "" {
		return pattern == ""
	}
	if not, ok := strings.CutPrefix(pattern, "!"); ok {
		return not != protocol
	}
	return pattern == "" || pattern == protocol
}

// publish23 turns sections into Blocks, joining those of one kind and name.
func publish23(blocks []*block23) []Block {
	var out []Block
	type id struct{ kind, name string }
	at := make(map[id]int)
	merged := make(map[id]*block23)
	for _, b := range blocks {
		key := id{b.kind, b.name}
		whole, ok := merged[key]
		if ok && b.name != "" {
			for _, setting := range b.settings.items {
				whole.settings.set(setting)
			}
			whole.blocks = append(slices.Clip(whole.blocks), b.blocks...)
			out[at[key]].Settings, out[at[key]].Blocks = whole.settings.items, publish23(whole.blocks)
			continue
		}
		whole = &block23{kind: b.kind, name: b.name, origin: b.origin, blocks: b.blocks}
		for _, setting := range b.settings.items {
			whole.settings.set(setting)
		}
		at[key], merged[key] = len(out), whole
		out = append(out, Block{Kind: b.kind, Name: b.name, Origin: b.origin, Settings: whole.settings.items, Blocks: publish23(b.blocks)})
	}
	return out
}
