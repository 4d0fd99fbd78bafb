package config

import (
	"errors"
	"slices"
	"strings"

	"github.com/luapush/luapush/runtime/spelling"
)

// value makes a setting's value. delayed tells that it still has $SET: words in it.
func (m *model24) value(l line, name string, f *scope24) (setting Setting, delayed bool, err error) {
	setting = Setting{Name: name, Value: l.value, Origin: l.origin}
	switch l.kind {
	case lineFile:
		if !m.matters(name, f) {
			setting.Value = "<" + l.value
			return setting, false, nil
		}
		key := l.key
		if list := m.current().list; list != "" {
			key = list + "/" + key
		}
		setting.Value, err = m.values.file(l, key)
	case lineHeredoc:
		if name == "lua_file" {
			setting.Value = inlinePrefix + l.value
		}
	case lineVariable:
		setting.Value, err = m.values.words(l, func(word string) (string, error) {
			value, later, err := m.variable(l, word, name)
			delayed = delayed || later
			return value, err
		})
	}
	return setting, delayed, err
}

// inlinePrefix marks the content of a file that stands in the place of its name.
const inlinePrefix = "inline:"

// matters tells whether a file that is named instead of a value is worth opening.
func (m *model24) matters(name string, f *scope24) bool {
	if isOurs(name) || mattersElsewhere(name) || m.current().list == "lua_settings" {
		return true
	}
	return slices.ContainsFunc(f.path, func(e element) bool { return isOurs(e.kind) })
}

// variable answers a word that begins with $. A setting that names itself gets its value of now, any other one when
// all files are read.
func (m *model24) variable(l line, word, name string) (value string, later bool, err error) {
	if value, ok := m.values.environment(word); ok {
		return value, false, nil
	}
	other, ok := strings.CutPrefix(word, "$SET:")
	if !ok {
		return word, false, nil
	}
	if _, list := lists24[other]; list {
		return "", false, &FileError{Origin: l.last, Setting: l.key,
			Text: "Failed to expand " + word + ": Setting type can't be expanded to string",
			Hint: "to add to a list, write " + other + " { NAME = yes }", cause: ErrUnknownVariable}
	}
	if other != name && other != l.key {
		return word, true, nil
	}
	for i := len(m.open) - 1; i >= 0; i-- {
		if setting, ok := m.open[i].filter.settings.get(name); ok {
			return setting.Value, m.open[i].filter.delayed[name], nil
		}
	}
	return "", false, nil
}

// judge warns of names that Dovecot 2.4 would refuse, as far as they concern push notifications.
func (m *model24) judge(setting Setting, written string, f *scope24) {
	m.watch(setting, f)
	known := slices.Contains(names24, setting.Name)
	e, inside := f.lastSection()
	ours := inside && (slices.Contains(listFilters24, e.kind) || e.kind == "mail_lua")
	if known || !ours && !isOurs(setting.Name) {
		return
	}
	choices := slices.Clone(names24)
	if ours {
		for _, name := range names24 {
			if short, ok := strings.CutPrefix(name, e.kind+"_"); ok {
				choices = append(choices, short)
			}
		}
	}
	near, option := spelling.Nearest(written, choices), ""
	if ours && e.kind != "mail_lua" {
		option = options23[written]
	}
	if near == "" && option == "" && !isOurs(setting.Name) {
		return
	}
	m.warn(&FileError{Origin: setting.Origin, Setting: written, Text: notFound(written, f), Hint: judgeHint(written, near, option),
		cause: ErrUnknownSetting})
}

// notFound says in Dovecot's words which names it has tried.
func notFound(written string, f *scope24) string {
	e, inside := f.lastSection()
	switch {
	case !inside:
		return "Unknown setting: " + written
	case e.name == "":
		return "Unknown setting: " + written + " (" + e.kind + "_" + written + " not found either.)"
	}
	return "Unknown setting: " + written + " (" + e.kind + "_" + written + " or " + e.kind + "_" + e.name + "_" + written + " not found either.)"
}

// judgeHint says what to write instead of an unknown name.
func judgeHint(written, near, option string) string {
	full := "push_notification_" + written
	switch {
	case slices.Contains(names24, full):
		return "the full name is " + full + "; it may be shortened inside push_notification NAME { }"
	case option != "":
		return "this is an option of Dovecot 2.3; in 2.4 it is " + option
	case near != "":
		return "did you mean " + near + "?"
	}
	return "the settings are " + strings.Join(names24, ", ")
}

// watch warns of settings for some connections only.
func (m *model24) watch(setting Setting, f *scope24) {
	ours := isOurs(setting.Name) || mattersElsewhere(setting.Name)
	for _, e := range f.path {
		ours = ours || isOurs(e.kind)
	}
	if ours && f.connection != "" {
		m.warn(leftOut(setting, f.connection))
	}
}

// splitBoolList cuts a list at blanks and commas; words in quotes may contain both.
func splitBoolList(text string) ([]string, error) {
	var words []string
	for i := 0; i < len(text); {
		switch c := text[i]; c {
		case ' ', ',', '\t', '\n', '\r':
			i++
		case '"':
			end := i + 1
			for end < len(text) && text[end] != '"' {
				if text[end] == '\\' {
					end++
				}
				end++
			}
			if end >= len(text) {
				return nil, errors.New("Missing ending '\"'")
			}
			words = append(words, unescape(text[i+1:end]))
			i = end + 1
		default:
			end := strings.IndexAny(text[i:], " ,\t\n\r")
			if end < 0 {
				end = len(text) - i
			}
			words = append(words, text[i:i+end])
			i += end
		}
	}
	return words, nil
}
