package config

import "slices"

// View is the settings in force for one protocol: the global ones, overruled by those of the protocol blocks that
// match. It never changes, and any number of goroutines may read it.
type View struct {
	// values are the global settings by name, sections left out.
	values map[string]Setting
	// lists are the boolean lists of Dovecot 2.4, such as mail_plugins.
	lists  map[string][]Setting
	plugin []Setting
	blocks []Block
}

// Block is a section with its settings, as "push_notification ox { … }" of Dovecot 2.4. What was written about it in
// several places is one Block; in a protocol's View the protocol's share overrules the global one.
type Block struct {
	// Kind is the first word ("push_notification", "lua_settings", "push_notification_ox"), Name the second or "".
	Kind, Name string
	// Origin is where the block was opened first.
	Origin Origin
	// Settings are in the order of their first appearance. In a push_notification block of Dovecot 2.4, where names may be
	// shortened, they have their full names (push_notification_driver, push_notification_ox_url, lua_file), and those
	// that apply to every block because they stand outside of all come last. In lua_settings the names are free.
	Settings []Setting
	// Blocks are the sections inside: lua_settings, and named filters such as push_notification_ox, with what is in
	// force inside of them.
	Blocks []Block
}

// Get returns a setting of the block by its full name.
func (b *Block) Get(name string) (Setting, bool) { return find(b.Settings, name) }

// Block returns the first section inside of the given kind, such as "lua_settings".
func (b *Block) Block(kind string) (Block, bool) {
	at := slices.IndexFunc(b.Blocks, func(inner Block) bool { return inner.Kind == kind })
	if at < 0 {
		return Block{}, false
	}
	return b.Blocks[at], true
}

// Get returns a setting that stands in no section, such as mail_plugins, mail_attribute_dict or mail_debug. It reports
// false where the files do not set it, whatever Dovecot's default is. mail_plugins of Dovecot 2.4 is a list, see
// [View.List]; Get then gives its words in one line.
func (v *View) Get(name string) (Setting, bool) {
	setting, ok := v.values[name]
	return setting, ok
}

// Plugin returns the settings of plugin {} of Dovecot 2.3, in the order of their first appearance; where a name was set
// more than once, the last value counts. Names are as written. There are none in Dovecot 2.4.
func (v *View) Plugin() []Setting { return slices.Clone(v.plugin) }

// PluginGet returns one setting of plugin {}.
func (v *View) PluginGet(name string) (Setting, bool) { return find(v.plugin, name) }

// Blocks returns the sections of one kind in the order in which they were first opened: "push_notification" is the
// user's driver list in Dovecot 2.4. In Dovecot 2.3 sections without a name are never the same one.
func (v *View) Blocks(kind string) []Block {
	var blocks []Block
	for _, block := range v.blocks {
		if block.Kind == kind {
			blocks = append(blocks, block)
		}
	}
	return blocks
}

// List returns the words of a setting that is a list, as mail_plugins and protocols are: one Setting a word, in order,
// the word in Value, the list's name in Name, and the line that added it. Dovecot 2.3 separates words by blanks and
// commas; in Dovecot 2.4 a word that was set to no is left out.
func (v *View) List(name string) []Setting {
	if words, ok := v.lists[name]; ok {
		return slices.Clone(words)
	}
	setting, ok := v.values[name]
	if !ok {
		return nil
	}
	return splitList(setting)
}

func find(settings []Setting, name string) (Setting, bool) {
	at := slices.IndexFunc(settings, func(s Setting) bool { return s.Name == name })
	if at < 0 {
		return Setting{}, false
	}
	return settings[at], true
}

// splitList cuts a value at blanks and commas.
func splitList(list Setting) []Setting {
	var words []Setting
	start := -1
	for i := 0; i <= len(list.Value); i++ {
		separator := i == len(list.Value) || list.Value[i] == ' ' || list.Value[i] == ','
		if !separator && start < 0 {
			start = i
		}
		if separator && start >= 0 {
			words = append(words, Setting{Name: list.Name, Value: list.Value[start:i], Origin: list.Origin})
			start = -1
		}
	}
	return words
}
