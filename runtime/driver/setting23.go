package driver

import (
	"strings"

	"github.com/luapush/luapush/runtime/config"
)

// The names of Dovecot 2.3 (dovecot.md §7.1, §1.1).
const (
	driverSetting     = "push_notification_driver"
	legacySetting     = "push_notification_backend"
	scriptFileSetting = "push_notification_lua_script_file"
	mailLuaSetting    = "mail_lua_script"
)

// settings23 puts together the plugin settings of the user: the file's, instead
// of them those of the user's userdb, and instead of all what was set by hand;
// with their % variables expanded.
func (b *builder) settings23() {
	all := b.view.Plugin()
	put := func(s config.Setting) {
		for i := range all {
			if all[i].Name == s.Name {
				all[i] = s
				return
			}
		}
		all = append(all, s)
	}
	for name, value := range b.User.Userdb.All() {
		// The other fields of a userdb are no plugin settings, but nobody can
		// tell them apart, and Dovecot does not either.
		put(config.Setting{Name: name, Value: value, Origin: config.Origin{File: "userdb"}})
	}
	for _, s := range b.Set {
		put(s)
	}
	for _, s := range all {
		value, problem := b.expand(s)
		switch {
		case problem == nil:
			s.Value = value
		case isDriverSetting(s.Name):
			b.broken[s.Name] = problem
		default:
			b.list.Problems = append(b.list.Problems, *problem)
			continue
		}
		b.list.Settings = append(b.list.Settings, s)
	}
}

func isDriverSetting(name string) bool {
	return strings.HasPrefix(name, driverSetting) || strings.HasPrefix(name, legacySetting)
}

// unknownVariable is what the expander leaves in the place of a variable that
// it does not know.
const unknownVariable = "UNSUPPORTED_VARIABLE_"

// expand expands a setting, or says in Dovecot's words why it cannot be.
func (b *builder) expand(s config.Setting) (string, *Problem) {
	problem := &Problem{
		Origin: s.Origin, Setting: s.Name,
		Hint: "a % stands for a variable here; write %% where the value needs a % itself",
	}
	head := "Failed to expand plugin setting " + s.Name + " = '" + s.Value + "': "
	value, err := b.expander.Expand(s.Value)
	if err != nil {
		problem.Text = head + err.Error()
		return "", problem
	}
	if _, rest, unknown := strings.Cut(value, unknownVariable); unknown && !strings.Contains(s.Value, unknownVariable) {
		problem.Text = head + "Unknown variable '%" + unknownName(s.Value, rest) + "'"
		return "", problem
	}
	return value, nil
}

// unknownName is the name that the expander's text begins with: of %{name} the
// whole one, else a single character.
func unknownName(format, text string) string {
	for _, part := range strings.Split(format, "%{")[1:] {
		if name := part[:strings.IndexAny(part+"}", "}:")]; name != "" && strings.HasPrefix(text, name) {
			return name
		}
	}
	for i := range text {
		if i > 0 {
			return text[:i]
		}
	}
	return text
}

// setting gives a plugin setting of the user.
func (b *builder) setting(name string) (config.Setting, bool) {
	for _, s := range b.list.Settings {
		if s.Name == name {
			return s, true
		}
	}
	return config.Setting{}, false
}
