package spec_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var settingRow = regexp.MustCompile("^\\| `([^`]+)`[^|]* \\| ([^|]+) \\| (\\S+)(?: (Test\\w+))? \\|$")

// documented are the settings that the documentation has, which the tables must
// not leave out.
var documented = []string{
	"mail_plugins", "push_notification_driver", "push_notification_driver2", "file", "mail_lua_script", "url", "cache_lifetime",
	"max_retries", "timeout_msecs", "user_from_metadata", "/private/vendor/vendor.dovecot/http-notify", "timeout", "msg_max_size",
	"push_notification", "driver", "lua_file", "lua_settings", "push_notification_ox_url", "push_notification_ox_cache_ttl",
	"push_notification_ox_user_from_metadata", "chronos_url", "chronos_msg_max_size", "http_client_request_timeout",
	"http_client_request_max_attempts",
}

// TestSettings holds settings.md true: each row names a test that is there, and
// that speaks of the setting.
func TestSettings(t *testing.T) {
	page, err := os.ReadFile("settings.md")
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for line := range strings.Lines(string(page)) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "| `") {
			continue
		}
		row := settingRow.FindStringSubmatch(line)
		if row == nil {
			t.Errorf("%s: is no row of setting, default and test", line)
			continue
		}
		setting, place, test := row[1], row[3], row[4]
		there[setting] = true
		text, ok := testText(t, place, test)
		switch {
		case !ok:
			t.Errorf("%s: there is no %s %s", setting, place, test)
		case !strings.Contains(text, setting):
			t.Errorf("%s: %s %s does not speak of it", setting, place, test)
		}
	}
	for _, setting := range documented {
		if !there[setting] {
			t.Errorf("settings.md leaves out %s", setting)
		}
	}
}

// testText gives the text of a scenario, or of the test of that name in a
// package.
func testText(t *testing.T, place, test string) (string, bool) {
	t.Helper()
	path := filepath.Join("..", filepath.FromSlash(place))
	if test == "" {
		data, err := os.ReadFile(path)
		return string(data), err == nil
	}
	files, err := filepath.Glob(filepath.Join(path, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, rest, ok := strings.Cut(string(data), "\nfunc "+test+"(t *testing.T) {"); ok {
			body, _, _ := strings.Cut(rest, "\nfunc ")
			return body, true
		}
	}
	return "", false
}
