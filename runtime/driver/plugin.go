package driver

import (
	"slices"
	"strings"

	"github.com/luapush/luapush/runtime/config"
)

// plugins takes out the drivers whose plugin the protocol's mail_plugins do not
// load. The framework needs notify; the Lua driver needs mail_lua and
// push_notification_lua, chronos its own.
func (b *builder) plugins() {
	words := b.view.List("mail_plugins")
	origin := config.Origin{}
	if s, ok := b.view.Get("mail_plugins"); ok {
		origin = s.Origin
	}
	if list, ok := b.User.Userdb.Get("mail_plugins"); ok && !b.blocks {
		words, origin = nil, config.Origin{File: "userdb"}
		for word := range strings.FieldsSeq(strings.ReplaceAll(list, ",", " ")) {
			words = append(words, config.Setting{Name: "mail_plugins", Value: word, Origin: origin})
		}
	}
	loaded := func(name string) bool {
		return slices.ContainsFunc(words, func(s config.Setting) bool { return s.Value == name })
	}
	where := ""
	if b.Protocol != "" {
		where = " for protocol " + b.Protocol
	}
	switch {
	case !loaded("push_notification"):
		b.off(&Problem{
			Origin: origin, Setting: "mail_plugins",
			Text: "the plugin push_notification is not loaded" + where + ", so Dovecot has no push drivers there",
			Hint: b.addPlugins("notify", "push_notification"),
		}, true)
	case !loaded("notify"):
		b.off(&Problem{
			Origin: origin, Setting: "mail_plugins",
			Text: "Couldn't load required plugin push_notification: Plugin notify must be loaded also",
			Hint: b.addPlugins("notify") + "; Dovecot does not deliver at all like this",
		}, false)
	case loaded("push_notification_lua") && !loaded("mail_lua"):
		b.off(&Problem{
			Origin: origin, Setting: "mail_plugins",
			Text: "Couldn't load required plugin push_notification_lua: undefined symbol: dlua_dovecot_register",
			Hint: b.addPlugins("mail_lua") + "; Dovecot does not deliver at all like this",
		}, false)
	}
	for _, d := range b.list.Drivers {
		switch {
		case d.Ignored:
		case d.Kind == Lua && !loaded("push_notification_lua"):
			d.Fault = nil
			d.fail(d.Setting.Origin, d.Setting.Name, b.unknownText(d), b.addPlugins("mail_lua", "push_notification_lua"))
		case d.Kind == Chronos && !loaded("push_notification_chronos"):
			d.Fault = nil
			d.fail(d.Setting.Origin, d.Setting.Name, b.unknownText(d), b.addPlugins("push_notification_chronos"))
		}
	}
}

func (b *builder) unknownText(d *Driver) string {
	if b.blocks {
		return unidentified(d.Name)
	}
	return "Unknown push notification driver: " + d.Name
}

// off keeps all drivers from running; silent says that Dovecot does not
// complain.
func (b *builder) off(p *Problem, silent bool) {
	b.list.Off = p
	for _, d := range b.list.Drivers {
		if !d.Ignored {
			d.Fault, d.Ignored = p, silent
		}
	}
}

func (b *builder) addPlugins(names ...string) string {
	if b.blocks {
		return "write mail_plugins { " + strings.Join(names, " = yes  ") + " = yes }"
	}
	return "write mail_plugins = $mail_plugins " + strings.Join(names, " ")
}
