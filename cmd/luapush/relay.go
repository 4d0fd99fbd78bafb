package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/scripts"
)

// relayCommand is "luapush relay".
type relayCommand struct {
	Show  relayShowCommand  `cmd:"" help:"Print the script that runs in Dovecot, or how to configure it."`
	Check relayCheckCommand `cmd:"" help:"Try a spool folder: is it there, who may write and read, is there room, does a transaction get through."`
}

// relayShowCommand is "luapush relay show".
type relayShowCommand struct {
	What     string   `arg:"" optional:"" default:"all" enum:"all,script,config" help:"script: only the Lua file, to be put where Dovecot reads it; config: only how to configure it; all: both."`
	Dovecot  string   `default:"2.3" placeholder:"2.3|2.4|RELEASE" help:"The Dovecot to configure; exact releases such as 2.3.4 work, too."`
	Spool    string   `default:"/var/spool/luapush" placeholder:"DIR" help:"The spool folder."`
	Script   string   `default:"/etc/dovecot/luapush-relay.lua" placeholder:"FILE" help:"Where the script will be."`
	Settings []string `name:"settings" placeholder:"NAME" help:"Names of settings to write down with each transaction."`
	Metadata []string `placeholder:"KEY" help:"Server metadata entries to write down, such as /private/vendor/vendor.dovecot/http-notify."`
	Status   bool     `help:"Write down the status of the mailbox, too."`
	MailUser string   `default:"vmail" placeholder:"USER" help:"The system user that Dovecot's mail processes run as (mail_uid)."`
}

// Run prints it.
func (r *relayShowCommand) Run(a *application) error {
	release, err := dovecot.Parse(r.Dovecot)
	if err != nil {
		return &usageError{text: "--dovecot: " + err.Error()}
	}
	for _, p := range []struct{ flag, path string }{{"--spool", r.Spool}, {"--script", r.Script}} {
		// Dovecot 2.3 has no way to write a blank in a driver's option.
		if !filepath.IsAbs(p.path) || strings.ContainsAny(p.path, "\"\\ \t\n\r\x00") {
			return &usageError{text: fmt.Sprintf("%s: %q: Dovecot needs an absolute path, without blanks and quotes", p.flag, p.path)}
		}
	}
	if r.MailUser == "" {
		return &usageError{text: "--mail-user: the name is empty; give Dovecot's mail_uid"}
	}
	for _, key := range r.Metadata {
		if !metadataKey(key) {
			return &usageError{text: fmt.Sprintf("--metadata: %q: a name begins with /private/ or /shared/, and has no blanks and quotes", key)}
		}
	}
	script, ok := scripts.Source("relay")
	if !ok {
		return errors.New("the relay is missing in this build")
	}
	if r.What != "script" {
		fmt.Fprint(a.out, r.configuration(release))
	}
	if r.What == "all" {
		fmt.Fprintf(a.out, "\n# %s\n# (luapush relay show script > %s)\n\n", r.Script, shellWord(r.Script))
	}
	if r.What != "config" {
		_, err = a.out.Write(script)
	}
	return err
}

// metadataKey tells whether a configuration can name a metadata entry so.
func metadataKey(key string) bool {
	return (strings.HasPrefix(key, "/private/") || strings.HasPrefix(key, "/shared/")) && !strings.ContainsAny(key, " ,\t\r\n\"(){%*\\")
}

// configuration is text for a file of dovecot.conf; what to type is in comments.
func (r *relayShowCommand) configuration(release dovecot.Release) string {
	var b strings.Builder
	spool := shellWord(r.Spool)
	fmt.Fprintf(&b, "# For Dovecot %s: a file such as /etc/dovecot/conf.d/95-luapush.conf\n#\n", release)
	fmt.Fprintf(&b, "#   install -d -o %[1]s -m 700 %[2]s %[2]s/tmp %[2]s/new\n", shellWord(r.MailUser), spool)
	fmt.Fprintf(&b, "#   luapush relay show script | luac5.4 -s -o %[1]s -\n"+
		"#     (as it is, if there is no luac: luapush relay show script > %[1]s)\n"+
		"#   doveadm reload\n#   luapush relay check %[2]s\n#\n", shellWord(r.Script), spool)
	b.WriteString("# Dovecot compiles a script for every delivery, and that is most of what this one\n" +
		"# costs; luac does it once. It must be the luac of the Lua that Dovecot was built\n" +
		"# with: what another release's makes is refused in Dovecot's log.\n#\n" +
		"# Where each mail user has a system user of its own, all of them must be able to\n" +
		"# write: \"luapush relay check\" says how.\n\n")
	if release.AtLeast(2, 4) {
		r.modern(&b)
	} else {
		r.classic(&b)
	}
	return b.String()
}

// settings are the relay's own, in the form NAME and VALUE.
func (r *relayShowCommand) settings() [][2]string {
	list := [][2]string{{"luapush_spool", r.Spool}}
	if len(r.Settings) > 0 {
		list = append(list, [2]string{"luapush_settings", strings.Join(r.Settings, " ")})
	}
	if len(r.Metadata) > 0 {
		list = append(list, [2]string{"luapush_metadata", strings.Join(r.Metadata, " ")})
	}
	if r.Status {
		list = append(list, [2]string{"luapush_status", "yes"})
	}
	return list
}

func (r *relayShowCommand) classic(b *strings.Builder) {
	b.WriteString(`# A protocol section that sets mail_plugins itself needs these, too.
mail_plugins = $mail_plugins mail_lua notify push_notification push_notification_lua
`)
	if len(r.Metadata) > 0 {
		b.WriteString("# Metadata needs a place, unless there is one already:\n#mail_attribute_dict = file:%h/dovecot-attributes\n")
	}
	b.WriteString(`plugin {
  # Where there is a push_notification_driver already, take the next number
  # (push_notification_driver2). Two drivers disturb each other in Dovecot 2.3: both
  # then get each mailbox event twice, and a Lua handler is blamed in the log for
  # every event that only the other one handles. To keep the old handler, rather
  # run it in luapush.
`)
	// A value is expanded by Dovecot: % begins a variable.
	fmt.Fprintf(b, "  push_notification_driver = \"lua:file=%s\"\n", strings.ReplaceAll(r.Script, "%", "%%"))
	for _, s := range r.settings() {
		fmt.Fprintf(b, "  %s = \"%s\"\n", s[0], strings.ReplaceAll(s[1], "%", "%%"))
	}
	b.WriteString("}\n")
}

func (r *relayShowCommand) modern(b *strings.Builder) {
	b.WriteString(`mail_plugins {
  mail_lua = yes
  notify = yes
  push_notification = yes
  push_notification_lua = yes
}
push_notification luapush {
  driver = lua
`)
	fmt.Fprintf(b, "  lua_file = %s\n  lua_settings {\n", r.Script)
	for _, s := range r.settings() {
		fmt.Fprintf(b, "    %s = \"%s\"\n", s[0], s[1])
	}
	b.WriteString("  }\n}\n")
	if len(r.Settings) > 0 {
		b.WriteString("# Dovecot 2.4 has no plugin settings: the names in luapush_settings are those of\n# lua_settings, beside which they belong.\n")
	}
}
