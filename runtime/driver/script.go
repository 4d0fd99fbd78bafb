package driver

// ScriptOptions is what script_init of the driver's script gets. For a Lua
// driver it is lua_settings; for one that luapush brings along, its options by
// their names of Dovecot 2.3, defaults included, and some more:
//
//   - luapush_release, the release whose behaviour is wanted, as "2.3.19.1";
//   - luapush_options, the text after the colon, if there was one (2.3);
//   - luapush_new_fields and luapush_append_fields for dlog: which fields of
//     MessageNew and MessageAppend the other drivers of the list ask Dovecot
//     for, separated by blanks, as Dovecot shows all to all of them
//     (dovecot.md §2.6, §8.2).
func (l *List) ScriptOptions(d *Driver, release string) map[string]string {
	options := map[string]string{}
	if d.Kind == Lua {
		for _, s := range d.LuaSettings {
			options[s.Name] = s.Value
		}
		return options
	}
	for _, o := range d.Options {
		options[o.Name] = o.Value
	}
	options["luapush_release"] = release
	if d.HasText {
		options["luapush_options"] = d.Text
	}
	if d.Kind == DLog {
		options["luapush_new_fields"], options["luapush_append_fields"] = l.fields()
	}
	return options
}

// fields are those that the drivers of the list ask for.
func (l *List) fields() (messageNew, messageAppend string) {
	const all = "date from snippet subject to"
	for _, d := range l.Running() {
		switch d.Kind {
		case Lua:
			return all, all
		case OX:
			messageNew = "from snippet subject"
		}
	}
	return messageNew, ""
}
