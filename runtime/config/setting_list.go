package config

// settingList holds settings in the order of their first appearance; a later value takes the place of the earlier one.
type settingList struct {
	items []Setting
	index map[string]int
}

func (l *settingList) set(setting Setting) {
	if at, ok := l.index[setting.Name]; ok {
		l.items[at] = setting
		return
	}
	if l.index == nil {
		l.index = make(map[string]int)
	}
	l.index[setting.Name] = len(l.items)
	l.items = append(l.items, setting)
}

func (l *settingList) get(name string) (Setting, bool) {
	at, ok := l.index[name]
	if !ok {
		return Setting{}, false
	}
	return l.items[at], true
}
