package config

import (
	"slices"
	"strings"
)

func (m *model24) view(protocol string) *View { return m.resolver(protocol).view() }

const (
	// maxResolved bounds the settings of one view.
	maxResolved = 200_000
	// maxReferences bounds settings that name settings that name settings.
	maxReferences = 20
)

// resolver24 finds out what is in force for one protocol.
type resolver24 struct {
	// filters are those that apply, the more specific ones later.
	filters []*scope24
	// exact and inner are the filters of exactly one path, and the sections directly inside of it as they were opened.
	exact map[string][]*scope24
	inner map[string][]opened24
	// global is what is in force outside of all sections.
	global *found24
	warn   func(*FileError)
	// count is the number of settings handed out, expanded the bytes that variables made; over tells too many.
	count, expanded int
	over            bool
}

type opened24 struct {
	element
	origin Origin
}

// found24 is a set of settings in force; where they have $SET: words left is in delayed.
type found24 struct {
	settings settingList
	delayed  map[string]bool
}

// resolver selects the filters that match. More specific than others is what is inside of more sections with a name,
// then of more sections, then what came later.
func (m *model24) resolver(protocol string) *resolver24 {
	r := &resolver24{warn: func(*FileError) {}, exact: make(map[string][]*scope24), inner: make(map[string][]opened24)}
	seen := make(map[string]bool)
	for _, f := range m.filters {
		if f.group || f.connection != "" || !matchesProtocol(f.protocol, protocol) {
			continue
		}
		r.filters = append(r.filters, f)
		for i, e := range f.path {
			if key := pathKey(f.path[:i+1]); !seen[key] {
				seen[key] = true
				around := pathKey(f.path[:i])
				r.inner[around] = append(r.inner[around], opened24{e, f.origin})
			}
		}
	}
	slices.SortStableFunc(r.filters, func(a, b *scope24) int {
		aNamed, aPlain := a.specificity()
		bNamed, bPlain := b.specificity()
		if aNamed != bNamed {
			return aNamed - bNamed
		}
		return aPlain - bPlain
	})
	for _, f := range r.filters {
		key := pathKey(f.path)
		r.exact[key] = append(r.exact[key], f)
	}
	r.global = r.collect(r.exact[""])
	return r
}

func (f *scope24) specificity() (named, plain int) {
	for _, e := range f.path {
		if e.name != "" {
			named++
		} else {
			plain++
		}
	}
	return named, plain
}

func pathKey(path []element) string {
	var key strings.Builder
	for _, e := range path {
		key.WriteString(e.kind + "\x00" + e.name + "\x00")
	}
	return key.String()
}

// collect takes the settings of filters together, a later filter overruling an earlier one.
func (r *resolver24) collect(filters []*scope24) *found24 {
	f := &found24{delayed: make(map[string]bool)}
	for _, from := range filters {
		for _, setting := range from.settings.items {
			f.settings.set(setting)
			f.delayed[setting.Name] = from.delayed[setting.Name]
		}
	}
	return f
}

// inside collects what is in force inside of the sections of a path: what is written in one of them, and after that
// what stands outside of all and is for push drivers.
func (r *resolver24) inside(path []element) *found24 {
	var filters []*scope24
	for _, f := range r.filters {
		if len(f.path) > 0 && within(f, path) {
			filters = append(filters, f)
		}
	}
	f := r.collect(filters)
	for _, setting := range r.global.settings.items {
		if _, own := f.settings.get(setting.Name); !own && isInherited(setting.Name, path[0].kind) {
			f.settings.set(setting)
			f.delayed[setting.Name] = r.global.delayed[setting.Name]
		}
	}
	return f
}

// isInherited tells the global settings that matter inside of a section.
func isInherited(name, kind string) bool {
	if kind == "mail_lua" {
		return name == "lua_file"
	}
	return slices.Contains(names24, name) || strings.HasPrefix(name, "http_client_")
}

// within tells whether the circumstances of a filter are given inside of the sections of a path.
func within(f *scope24, path []element) bool {
	for _, e := range f.path {
		if !slices.Contains(path, e) {
			return false
		}
	}
	return true
}

func (r *resolver24) view() *View {
	v := &View{values: make(map[string]Setting), lists: make(map[string][]Setting)}
	for _, setting := range r.finished(r.global) {
		v.values[setting.Name] = setting
	}
	for name, boolean := range lists24 {
		if boolean {
			r.publishList(v, name)
		}
	}
	v.blocks = r.blocks(nil)
	return v
}

// publishList makes a boolean list a list of words.
func (r *resolver24) publishList(v *View, name string) {
	list, set := r.list(nil, name)
	if !set {
		return
	}
	words, joined := []Setting{}, Setting{Name: name, Origin: list.origin}
	for _, item := range list.items.items {
		if yes, err := ParseBool(item.Value); err == nil && yes {
			words = append(words, Setting{Name: name, Value: item.Name, Origin: item.Origin})
			joined.Value = strings.TrimLeft(joined.Value+" "+item.Name, " ")
		}
	}
	v.lists[name], v.values[name] = words, joined
}

// list collects a list in force. A less specific filter's words count unless the list was replaced as a whole.
func (r *resolver24) list(path []element, name string) (list list24, set bool) {
	for _, from := range r.filters {
		more, ok := from.lists[name]
		if !ok || !within(from, path) {
			continue
		}
		if !set || more.replaces {
			list = list24{origin: more.origin}
		}
		set = true
		for _, item := range more.items.items {
			list.items.set(item)
		}
	}
	return list, set
}

// blocks makes the sections directly inside of a path.
func (r *resolver24) blocks(path []element) []Block {
	var blocks []Block
	for _, o := range r.inner[pathKey(path)] {
		if r.over {
			break
		}
		blocks = append(blocks, r.block(append(slices.Clip(path), o.element), o.origin))
	}
	return blocks
}

// block makes one section. In the blocks of push drivers, and in mail_lua, it has all that is in force; in other
// sections what is written there.
func (r *resolver24) block(path []element, origin Origin) Block {
	e := path[len(path)-1]
	b := Block{Kind: e.kind, Name: e.name, Origin: origin, Blocks: r.blocks(path)}
	if !isOurs(path[0].kind) {
		b.Settings = r.finished(r.collect(r.exact[pathKey(path)]))
		return b
	}
	b.Settings = r.finished(r.inside(path))
	if list, set := r.list(path, "lua_settings"); set && len(path) == 1 {
		f := &found24{settings: list.items, delayed: make(map[string]bool)}
		for _, item := range list.items.items {
			f.delayed[item.Name] = strings.Contains(item.Value, "$SET:")
		}
		b.Blocks = append(b.Blocks, Block{Kind: "lua_settings", Origin: list.origin, Settings: r.finished(f)})
	}
	return b
}

// finished gives settings their last form: variables replaced, the path of a script made whole.
func (r *resolver24) finished(f *found24) []Setting {
	settings := slices.Clone(f.settings.items)
	r.count += len(settings)
	r.over = r.over || r.count > maxResolved
	for i := range settings {
		s := &settings[i]
		if f.delayed[s.Name] {
			s.Value = r.references(f, *s, s, 0)
		}
		if s.Name == "lua_file" && isFilePath(s.Value) {
			s.Value = relativeTo(s.Origin.File, s.Value)
		}
	}
	return settings
}

// isFilePath tells a file's name from the script itself, from what depends on the user, and from nothing.
func isFilePath(value string) bool {
	return value != "" && !strings.HasPrefix(value, inlinePrefix) && !strings.HasPrefix(value, "~") && !strings.Contains(value, "%{")
}

// references replaces the $SET: words of s by what is in force in its place. The setting that was asked for is first.
func (r *resolver24) references(f *found24, s Setting, first *Setting, depth int) string {
	words := strings.Split(s.Value, " ")
	for i, word := range words {
		name, ok := strings.CutPrefix(word, "$SET:")
		if !ok || r.over {
			continue
		}
		words[i] = ""
		from := f
		other, known := f.settings.get(name)
		if !known {
			from = r.global
			other, known = r.global.settings.get(name)
		}
		switch {
		case !known:
			r.refer(first, word+" is taken as empty: no line sets "+name, "luapush does not know Dovecot's default of it; write the value instead")
		case depth == maxReferences:
			r.refer(first, word+" is taken as empty: its value leads back to itself", "write the value instead")
		case from.delayed[name]:
			words[i] = r.references(from, other, first, depth+1)
		default:
			words[i] = other.Value
		}
		r.expanded += len(words[i]) + 1 // a step costs, too
		r.over = r.over || r.expanded > maxExpanded
	}
	return strings.Join(words, " ")
}

func (r *resolver24) refer(s *Setting, text, hint string) {
	if isOurs(s.Name) || mattersElsewhere(s.Name) {
		r.warn(&FileError{Origin: s.Origin, Setting: s.Name, Text: text, Hint: hint, cause: ErrUnknownVariable})
	}
}
