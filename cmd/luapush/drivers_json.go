package main

import (
	"encoding/json"
	"io"

	"github.com/luapush/luapush/runtime/config"
	"github.com/luapush/luapush/runtime/driver"
	"github.com/luapush/luapush/runtime/trace"
)

// driverLine is a driver in the JSON form. Credentials in URLs are masked in
// every text.
type driverLine struct {
	Driver  string       `json:"driver"`
	Kind    driver.Kind  `json:"kind"`
	Setting string       `json:"setting"`
	Origin  string       `json:"origin"`
	Script  string       `json:"script,omitempty"`
	Options []optionLine `json:"options"`
	// Runs tells whether luapush runs it, Dovecot whether Dovecot would.
	Runs     bool          `json:"runs"`
	Dovecot  bool          `json:"dovecot"`
	Fault    *problemLine  `json:"fault,omitempty"`
	Warnings []problemLine `json:"warnings,omitempty"`
}

type optionLine struct {
	Name    string `json:"name"`
	Setting string `json:"setting"`
	Value   string `json:"value"`
	Default bool   `json:"default,omitempty"`
	Origin  string `json:"origin,omitempty"`
}

type problemLine struct {
	Text   string `json:"text"`
	Hint   string `json:"hint,omitempty"`
	Origin string `json:"origin,omitempty"`
}

// json writes one object for each driver.
func (l *driverList) json(out io.Writer) error {
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false)
	stopped := false
	for _, d := range l.Drivers {
		text, hint, place := l.fault(d)
		line := driverLine{
			Driver: d.Label, Kind: d.Kind, Setting: d.Setting.Name, Origin: d.Setting.Origin.String(), Script: d.File,
			Options: []optionLine{}, Runs: text == "", Dovecot: text == "" && !stopped,
		}
		for _, o := range d.Options {
			line.add(o.Name, o.Setting, shownValue(driver.Option{Name: o.Name, Value: o.Value}), o.Default, o.Origin)
		}
		for _, s := range d.LuaSettings {
			line.add(s.Name, "lua_settings "+s.Name, s.Value, false, s.Origin)
		}
		if text != "" {
			line.Fault = &problemLine{trace.Redact(text), hint, place}
			stopped = stopped || !d.Ignored
		}
		for _, w := range d.Warnings {
			line.Warnings = append(line.Warnings, problemLine{trace.Redact(w.Text), w.Hint, w.Origin.String()})
		}
		if err := lines.Encode(line); err != nil {
			return err
		}
	}
	return nil
}

func (d *driverLine) add(name, setting, value string, preset bool, origin config.Origin) {
	d.Options = append(d.Options, optionLine{name, setting, trace.Redact(value), preset, origin.String()})
}
