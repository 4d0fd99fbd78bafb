package spec_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/config"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/source"
	"github.com/luapush/luapush/runtime/store"
	"github.com/luapush/luapush/runtime/trace"
	"github.com/luapush/luapush/scripts"
	"github.com/luapush/luapush/stdlib"
)

// TestDrivers plays the probes that are about Dovecot's configuration and the
// scripts' files: which drivers there are, and what is said of those that fail.
func TestDrivers(t *testing.T) {
	world := newProbeWorld(t, newProbeServer(t), liveTransport(t))
	named := divergences(t, "probes/config-divergences.txt")
	var count counter
	for _, file := range []string{"probes/lifecycle.jsonl", "probes/load-errors.jsonl"} {
		for _, s := range readScripts(t, file) {
			if !strings.HasPrefix(s.ID, "config/") && s.File != "missing" && s.File != "directory" && s.File != "unreadable" {
				continue
			}
			t.Run(s.ID, func(t *testing.T) {
				got := world.drivers(t, s)
				named.judge(t, s.ID, fmt.Sprint(s.Settings, "\n", s.Script), s.compare(world, got), &count)
			})
		}
	}
	named.unused(t)
	t.Logf("%d configurations agree with real Dovecot, %d differ by name", count.agreed, count.differed)
	if count.agreed == 0 {
		t.Error("no configuration was compared")
	}
}

// scriptPath is where the probe's script is.
const scriptPath = "/probes/handler.lua"

// files answers for the probe's files.
func (s *wholeScript) files(path string) ([]byte, error) {
	fail := func(cause error) ([]byte, error) { return nil, &fs.PathError{Op: "open", Path: path, Err: cause} }
	switch {
	case path == "dovecot.conf":
		return []byte(s.conf()), nil
	case path != scriptPath || s.File == "missing":
		return fail(fs.ErrNotExist)
	case s.File == "directory":
		return fail(syscall.EISDIR)
	case s.File == "unreadable":
		return fail(fs.ErrPermission)
	}
	return []byte(s.Script), nil
}

// conf is the probe's configuration.
func (s *wholeScript) conf() string {
	settings := map[string]string{"push_notification_driver": "lua:file=@@SCRIPT@@"}
	for name, value := range s.Settings {
		if !strings.HasPrefix(name, "@") {
			settings[name] = value
		}
	}
	conf := "mail_plugins = mail_lua notify push_notification push_notification_lua\nplugin {\n"
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		conf += "  " + name + " = \"" + strings.ReplaceAll(settings[name], "@@SCRIPT@@", scriptPath) + "\"\n"
	}
	return conf + "}\n"
}

// drivers plays the world's transaction through the drivers of a configuration,
// and gives the lines that Dovecot would have logged.
func (w *probeWorld) drivers(t *testing.T, s wholeScript) (lines []string) {
	t.Helper()
	settings, err := config.Load("dovecot.conf", config.LoadOptions{ReadFile: s.files})
	if err != nil {
		t.Fatal(err)
	}
	options := runtime.Options{
		API: bindings.NewDovecot(), Modules: stdlib.Modules(), Strict: true, HTTP: w.live,
		Limits: runtime.Limits{Time: 20 * time.Second},
		Observer: trace.ObserverFunc(func(r trace.Record) {
			switch r := r.(type) {
			case *trace.Log:
				if !r.Suppressed {
					lines = append(lines, string(r.Level)+" "+r.Message)
				}
			case *trace.Error:
				lines = append(lines, "error "+driverLine(r))
			}
		}),
	}
	if s.Settings["@attributes"] == "off" {
		options.Store = withoutAttributes{store.NewDocument()}
	}
	host := runtime.New(options)
	drivers := host.Configured(runtime.Configured{Settings: settings, ReadFile: s.files, Bundled: scripts.Source})
	document := strings.ReplaceAll(w.environment, "\n", " ")
	from := source.NewReader(strings.NewReader(document), "probes/environment.json")
	if _, err := host.RunDrivers(context.Background(), drivers, from); err != nil {
		t.Fatal(err)
	}
	for i := range lines {
		lines[i] = strings.ReplaceAll(lines[i], scriptPath, "handler.lua")
	}
	return lines
}

// driverLine writes an error with the driver's name in front, as Dovecot does.
func driverLine(r *trace.Error) string {
	name, _, _ := strings.Cut(r.Driver, "#")
	switch r.Code {
	case runtime.CodeSettings:
		return r.Message
	case "syntax":
		return name + ": lua_load(" + scriptPath + ") failed: " + r.Text
	}
	return name + ": " + dovecotLine(r)
}

// withoutAttributes is a store of a Dovecot without mail_attribute_dict.
type withoutAttributes struct{ store.Store }

func (w withoutAttributes) View(t *mail.Transaction) store.View {
	return viewWithoutAttributes{w.Store.View(t)}
}

type viewWithoutAttributes struct{ store.View }

var errNoAttributes = errors.New("no mail_attribute_dict")

func refuse() error {
	return &store.Error{Text: "Mailbox attributes not enabled", Cause: errNoAttributes}
}

func (viewWithoutAttributes) Metadata(string, string) (mail.Text, error) {
	return mail.Text{}, refuse()
}

func (viewWithoutAttributes) SetMetadata(string, string, mail.Text) error { return refuse() }

func (viewWithoutAttributes) ListMetadata(string, string) ([]mail.Entry[string], error) {
	return nil, nil
}
