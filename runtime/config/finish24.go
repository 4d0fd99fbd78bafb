package config

import (
	"slices"
	"strings"
)

// finish joins the groups to where they are included, and looks for what only the whole of the files can tell.
func (m *model24) finish() error {
	if err := unclosed(m.values.reader.main, len(m.open), m.current().opened); err != nil {
		return err
	}
	if err := m.joinGroups(); err != nil {
		return err
	}
	drivers := make(map[string]bool)
	// "!imap" is a protocol, too, that its block is for: one that is not imap.
	protocols := []string{""}
	for _, f := range m.filters {
		if e, inside := f.last(); inside && e.kind == "push_notification" {
			drivers[e.name] = true
		}
		if f.connection == "" && !slices.Contains(protocols, f.protocol) && len(protocols) <= maxDrivers {
			protocols = append(protocols, f.protocol)
		}
	}
	if len(drivers) > maxDrivers || len(protocols) > maxDrivers {
		return m.tooMany("too many push_notification or protocol blocks")
	}
	for _, protocol := range protocols {
		r := m.resolver(protocol)
		r.warn = m.warn
		if r.view(); r.over {
			return m.tooMany("the settings of all push_notification blocks together are too many")
		}
	}
	return nil
}

func (m *model24) tooMany(text string) error {
	return &FileError{Origin: Origin{File: m.values.reader.main}, Text: text, cause: ErrFileLimit}
}

// joinGroups copies what "@label = name" stands for to where it stands. What is set there itself has precedence.
func (m *model24) joinGroups() error {
	groups := make(map[string]map[string][]*scope24)
	for _, g := range m.filters {
		if !g.group || len(g.path) == 0 {
			continue
		}
		label := g.path[0]
		if groups[label.kind] == nil {
			groups[label.kind] = make(map[string][]*scope24)
		}
		groups[label.kind][label.name] = append(groups[label.kind][label.name], g)
	}
	copied := 0
	for _, f := range slices.Clone(m.filters) {
		for _, include := range f.include {
			names := groups[include.Name]
			if names[include.Value] == nil {
				m.unknownGroup(include, names != nil)
			}
			for _, g := range names[include.Value] {
				copied += len(g.settings.items) + 1
				if copied > maxResolved {
					return m.tooMany("the settings of groups are included too often")
				}
				m.joinGroup(f, g)
			}
		}
	}
	return nil
}

func (m *model24) unknownGroup(include Setting, label bool) {
	text := "Unknown group label " + include.Name
	switch {
	case label:
		text = "Unknown group " + include.Name + "=" + include.Value
	case strings.HasSuffix(include.Name, "_defaults"):
		return // Dovecot brings groups of its own, whose names end so.
	}
	m.warn(&FileError{Origin: include.Origin, Setting: include.Name, Text: text,
		Hint: "write group " + include.Name + " " + include.Value + " { }", cause: ErrUnknownSetting})
}

// joinGroup copies one section of a group.
func (m *model24) joinGroup(f, g *scope24) {
	path := append(slices.Clip(f.path), g.path[1:]...)
	to := m.filter(scope24{protocol: f.protocol, connection: f.connection, path: path, origin: g.origin})
	for _, setting := range g.settings.items {
		if _, own := to.settings.get(setting.Name); own {
			continue
		}
		to.settings.set(setting)
		if g.delayed[setting.Name] && to.delayed == nil {
			to.delayed = make(map[string]bool)
		}
		if to.delayed != nil {
			to.delayed[setting.Name] = g.delayed[setting.Name]
		}
	}
	for name, list := range g.lists {
		if _, own := to.lists[name]; !own {
			*to.list(name, list.origin) = *list
		}
	}
}
