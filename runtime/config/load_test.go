package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// frozenSettings is one configuration and what Dovecot's own doveconf made of it. A warning is in Dovecot's words.
type frozenSettings struct {
	Name        string                `json:"name"`
	Files       map[string]frozenText `json:"files"`
	Protocol    string                `json:"protocol"`
	Env         map[string]string     `json:"env"`
	Error       string                `json:"error"`
	Plugin      map[string]frozenText `json:"plugin"`
	MailPlugins *frozenText           `json:"mail_plugins"`
	Warnings    []string              `json:"warnings"`
}

// TestSettingsAsDoveconf loads each configuration that doveconf 2.3.19.1 was asked about, from disk.
func TestSettingsAsDoveconf(t *testing.T) {
	readLines(t, "testdata/settings-2.3.jsonl", func(line int, data []byte) {
		var want frozenSettings
		if err := json.Unmarshal(data, &want); err != nil {
			t.Fatalf("line %d: %v", line, err)
		}
		t.Run(want.Name, func(t *testing.T) { compareWithDoveconf(t, want) })
	})
}

func compareWithDoveconf(t *testing.T, want frozenSettings) {
	t.Chdir(t.TempDir())
	for name, text := range want.Files {
		writeFile(t, name, text.text)
	}
	s, err := Load("dovecot.conf", LoadOptions{Getenv: func(name string) string { return want.Env[name] },
		Release: release(t, "2.3.19.1")})
	if want.Error != "" {
		if got := asDovecotLogs(t, err); got != want.Error {
			t.Errorf("error\n got %s\nwant %s", got, want.Error)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	v := s.For(want.Protocol)
	got, wanted := make(map[string]string), make(map[string]string)
	for _, setting := range v.Plugin() {
		got[setting.Name] = setting.Value
	}
	for name, value := range want.Plugin {
		wanted[name] = value.text
	}
	if diff := cmp.Diff(wanted, got); diff != "" {
		t.Errorf("plugin {} (-doveconf +luapush):\n%s", diff)
	}
	plugins, _ := v.Get("mail_plugins")
	if plugins.Value != want.MailPlugins.text {
		t.Errorf("mail_plugins = %q, doveconf has %q", plugins.Value, want.MailPlugins.text)
	}
	for _, warning := range want.Warnings {
		if !warned(s.Warnings(), warning) {
			t.Errorf("no warning like Dovecot's: %s\nonly %v", warning, s.Warnings())
		}
	}
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// asDovecotLogs writes an error as Dovecot does.
func asDovecotLogs(t *testing.T, err error) string {
	t.Helper()
	var e *FileError
	if !errors.As(err, &e) {
		t.Fatalf("error is %T (%v), not *FileError", err, err)
	}
	if e.Unwrap() == nil {
		t.Errorf("%v has no cause", err)
	}
	if e.Origin.Line == 0 {
		return fmt.Sprintf("Error in configuration file %s: %s", e.Origin.File, e.Text)
	}
	return fmt.Sprintf("Error in configuration file %s line %d: %s", e.Origin.File, e.Origin.Line, e.Text)
}

func warned(warnings []*FileError, dovecot string) bool {
	for _, w := range warnings {
		at := fmt.Sprintf("%s line %d: ", w.Origin.File, w.Origin.Line)
		if strings.HasPrefix(strings.TrimPrefix(dovecot, "Configuration file "), at+w.Text) {
			return true
		}
	}
	return false
}
