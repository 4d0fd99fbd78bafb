package main

import (
	"github.com/luapush/luapush/cmd/luapush/check"
	"github.com/luapush/luapush/runtime/dovecot"
)

// checkCommand is "luapush check".
type checkCommand struct {
	Scripts []string `arg:"" name:"script" help:"The handlers, Lua files."`

	Dovecot []string `default:"2.3" placeholder:"2.3,2.4,RELEASE" help:"The releases that the scripts shall run on, separated by commas; exact ones such as 2.3.4 work, too."`
	Format  string   `default:"text" enum:"text,json,github,sarif" placeholder:"text|json|github|sarif" help:"How to show findings: text for people, json (one object a line), github for workflow annotations, sarif for code scanning."`
	Color   string   `default:"auto" enum:"auto,always,never" placeholder:"auto|always|never" help:"Colours in the text. auto is on for a terminal, unless NO_COLOR is set."`
	FailOn  string   `default:"error" enum:"error,warning,info" placeholder:"error|warning|info" help:"End with exit code 1 for findings that are at least so severe."`
}

// Run checks the scripts. One that cannot be read does not keep the others from
// being checked.
func (c *checkCommand) Run(a *application) error {
	var options check.Options
	for _, s := range c.Dovecot {
		release, err := dovecot.Parse(s)
		if err != nil {
			return &usageError{text: "--dovecot: " + err.Error()}
		}
		options.Releases = append(options.Releases, release)
	}
	threshold, err := check.ParseSeverity(c.FailOn)
	if err != nil {
		return &usageError{text: "--fail-on: " + err.Error()}
	}
	var findings []check.Finding
	scripts, unreadable := 0, false
	for _, path := range c.Scripts {
		source, err := readScript(path)
		if err != nil {
			a.complain("%s", err)
			unreadable = true
			continue
		}
		scripts++
		findings = append(findings, check.Check(path, string(source), options)...)
	}
	if scripts > 0 || !unreadable {
		if err := c.write(a, findings, scripts); err != nil {
			return err
		}
	}
	if unreadable {
		return &exitError{CouldNotRun}
	}
	for _, f := range findings {
		if f.Severity >= threshold {
			return &exitError{ScriptFailed}
		}
	}
	return nil
}

// readScript reads a script; a folder is refused with what to write instead.
func readScript(path string) ([]byte, error) {
	if err := readable(path, "its scripts, such as "+path+"/*.lua"); err != nil {
		return nil, err
	}
	return readProgram(path)
}

func (c *checkCommand) write(a *application, findings []check.Finding, scripts int) error {
	switch c.Format {
	case "json":
		return check.WriteJSON(a.out, findings)
	case "github":
		return check.WriteGitHub(a.out, findings)
	case "sarif":
		return check.WriteSARIF(a.out, moduleVersion(), findings)
	}
	color := a.env.colored(c.Color)
	return check.WriteText(a.out, findings, scripts, check.TextOptions{Color: color})
}
