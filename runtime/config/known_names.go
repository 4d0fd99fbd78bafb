package config

import (
	"strconv"
	"strings"

	"github.com/luapush/luapush/runtime/spelling"
)

// pluginNames23 are the push settings of plugin {} of Dovecot 2.3 (dovecot.md §1.1, §1.5, §7.1). Numbers may follow the
// first two.
var pluginNames23 = []string{
	"push_notification_driver", "push_notification_backend", "push_notification_lua_script_file", "mail_lua_script",
}

// names24 are the settings of Dovecot 2.4 that may stand inside a push_notification or mail_lua block with a shortened
// name (dovecot.md §7.2, §8.3).
var names24 = []string{
	"push_notification_driver", "push_notification_ox_url", "push_notification_ox_cache_ttl",
	"push_notification_ox_user_from_metadata", "push_notification_chronos_url", "push_notification_chronos_msg_max_size",
	"lua_file",
}

// lists24 are the lists of Dovecot 2.4: true where the words are yes or no, false where they have values.
var lists24 = map[string]bool{
	"mail_plugins": true, "protocols": true, "mail_attachment_detection_options": true, "login_plugins": true,
	"auth_mechanisms": true, "imap_capability": true,
	"lua_settings": false, "import_environment": false, "auth_policy_request_attributes": false,
}

// aliases24 are names that only Dovecot's documentation has, and what they stand for.
var aliases24 = map[string]string{
	"push_notification_lua_file":     "lua_file",
	"push_notification_lua_settings": "lua_settings",
}

// options23 are the driver options of Dovecot 2.3, and what takes their place inside a push_notification block of 2.4.
var options23 = map[string]string{
	"url":                "ox_url",
	"cache_lifetime":     "ox_cache_ttl",
	"user_from_metadata": "ox_user_from_metadata",
	"max_retries":        "push_notification_ox { http_client_request_max_attempts = NUMBER }, which is one more",
	"timeout_msecs":      "push_notification_ox { http_client_request_timeout = TIME }",
	"msg_max_size":       "chronos_msg_max_size",
	"file":               "lua_file",
}

// namedFilters24 are sections of Dovecot 2.4 that take no name, listFilters24 those that must have one.
var (
	namedFilters24 = []string{"push_notification_ox", "push_notification_chronos", "mail_lua", "mail_attribute"}
	listFilters24  = []string{"push_notification"}
)

// sections24 are the sections of Dovecot 2.4 whose names are judged.
var sections24 = []string{"push_notification", "push_notification_ox", "push_notification_chronos", "mail_lua",
	"lua_settings", "mail_plugins", "mail_attribute"}

// defaults23 are the settings of Dovecot 2.3 whose default is the same in every build, for $variables that name a
// setting no file sets.
var defaults23 = map[string]string{
	"mail_plugins": "", "mail_attribute_dict": "", "mail_home": "", "mail_location": "", "hostname": "", "mail_debug": "no",
}

// ourPrefixes begin the names that are judged.
var ourPrefixes = []string{"push_notification", "mail_lua", "lua_", "ox_", "chronos_"}

// isOurs tells whether a name can only be meant for what luapush plays.
func isOurs(name string) bool {
	for _, prefix := range ourPrefixes {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// mattersElsewhere tells whether a setting of somebody else decides what luapush does.
func mattersElsewhere(name string) bool {
	return name == "mail_plugins" || name == "mail_attribute_dict"
}

// judgePlugin says what is wrong with the name of a setting in plugin {} of Dovecot 2.3. Such names are free, so only
// what can hardly be meant otherwise is wrong.
func judgePlugin(name string) (text, hint string, cause error) {
	base := strings.TrimRight(name, "0123456789")
	number, err := strconv.Atoi(name[len(base):])
	numbered := base == pluginNames23[0] || base == pluginNames23[1]
	switch {
	case numbered && base == name:
		return "", "", nil
	case numbered && number == 1:
		return name + " is never read", "the first driver is " + base + ", the second " + base + "2", ErrNoEffect
	case numbered && (err != nil || number < 2 || name != base+strconv.Itoa(number)):
		return name + " is never read", "they count " + base + ", " + base + "2, " + base + "3", ErrNoEffect
	case numbered:
		return "", "", nil
	}
	near := spelling.Nearest(base, pluginNames23)
	if near == name || near == "" && !strings.HasPrefix(name, "push_notification_") {
		return "", "", nil
	}
	hint = "its settings are " + strings.Join(pluginNames23, ", ")
	if near != "" {
		hint = "did you mean " + near + "?"
	}
	return "Dovecot's push plugin does not read " + name, hint, ErrUnknownSetting
}
