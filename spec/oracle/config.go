package oracle

import (
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
)

// ports are where an instance listens on loopback.
type ports struct{ imap, lmtp, doveadm int }

// freePorts asks the system for three ports that nobody has now.
func freePorts() (ports, error) {
	var p ports
	for _, to := range []*int{&p.imap, &p.lmtp, &p.doveadm} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return p, fmt.Errorf("oracle: %w", err)
		}
		// Held until all are chosen, so that they differ.
		defer l.Close()
		*to = l.Addr().(*net.TCPAddr).Port
	}
	return p, nil
}

// apiKey and password are no secrets: nobody else reaches the instance's mail,
// and there is nothing in it.
const (
	apiKey   = "luapush-api-key"
	password = "luapush"
)

// base is the configuration, with @@NAME@@ to be filled in. Processes are kept
// for many sessions, and one of each kind stands ready: most of a delivery's
// time would go into making one. They write the log themselves, see the
// package's comment.
const base = `base_dir = @@DIR@@/run
state_dir = @@DIR@@/state
instance_name = luapush-oracle
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
log_path = @@DIR@@/dovecot.log
log_timestamp = "@@TOKEN@@"
mail_debug = @@DEBUG@@
mail_location = maildir:~/Maildir
mail_home = @@DIR@@/mail/%u
mail_fsync = never
mail_uid = @@UID@@
mail_gid = @@GID@@
first_valid_uid = 1
mail_attribute_dict = file:%h/dovecot-attributes
mail_plugins = mail_lua notify push_notification push_notification_lua
mail_max_userip_connections = 0
login_trusted_networks = 127.0.0.1
auth_failure_delay = 0
default_process_limit = 40
default_client_limit = 4000
passdb {
  driver = static
  args = password=@@PASSWORD@@
}
userdb {
  driver = passwd-file
  args = username_format=%u @@DIR@@/users
}
userdb {
  driver = static
  args = uid=@@UID@@ gid=@@GID@@ home=@@DIR@@/mail/%u
}
namespace inbox {
  inbox = yes
  separator = /
}
protocol imap {
  imap_metadata = yes
}
service auth {
  executable = auth -L
}
service imap-login {
  executable = imap-login -L
  service_count = 0
  client_limit = 200
  process_limit = 1
  process_min_avail = 1
  inet_listener imap {
    port = @@IMAP@@
  }
  inet_listener imaps {
    port = 0
  }
}
service imap {
  executable = imap -L
  service_count = @@SESSIONS@@
  process_limit = 40
  process_min_avail = 1
}
service lmtp {
  executable = lmtp -L
  service_count = 1000
  client_limit = 1
  process_limit = 40
  process_min_avail = 1
  inet_listener lmtp {
    port = @@LMTP@@
  }
}
service doveadm {
  executable = doveadm-server -L
  inet_listener http {
    port = @@DOVEADM@@
  }
}
service stats {
  chroot =
}
doveadm_api_key = @@APIKEY@@
doveadm_password = @@PASSWORD@@
`

// rootless lets everything run as the user that starts it.
const rootless = `default_internal_user = "@@USER@@"
default_internal_group = "@@GROUP@@"
default_login_user = "@@USER@@"
service anvil {
  chroot =
}
service imap-login {
  chroot =
}
`

func (i *Instance) configuration() (string, error) {
	o := &i.options
	var b strings.Builder
	b.WriteString(base)
	if !i.user.root {
		b.WriteString(rootless)
	}
	if err := o.plugin(&b); err != nil {
		return "", err
	}
	if o.Conf != "" {
		b.WriteString(strings.TrimRight(o.Conf, "\n") + "\n")
	}
	debug := "no"
	if o.Debug {
		debug = "yes"
	}
	// A process cannot become another user a second time.
	sessions := "1000"
	if len(o.Users) > 0 {
		sessions = "1"
	}
	return strings.NewReplacer(
		"@@SESSIONS@@", sessions,
		"@@DIR@@", i.dir, "@@SCRIPT@@", i.Handler(), "@@TOKEN@@", i.token, "@@DEBUG@@", debug,
		"@@UID@@", fmt.Sprint(i.user.uid), "@@GID@@", fmt.Sprint(i.user.gid),
		"@@USER@@", i.user.name, "@@GROUP@@", i.user.group,
		"@@IMAP@@", fmt.Sprint(i.ports.imap), "@@LMTP@@", fmt.Sprint(i.ports.lmtp), "@@DOVEADM@@", fmt.Sprint(i.ports.doveadm),
		"@@APIKEY@@", apiKey, "@@PASSWORD@@", password,
	).Replace(b.String()), nil
}

// users is the passwd-file of those who have system users of their own.
func (i *Instance) users() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(i.options.Users)) {
		u := i.options.Users[name]
		fmt.Fprintf(&b, "%s::%d:%d::%s::\n", name, u.UID, u.GID, i.Home(name))
	}
	return b.String()
}

// plugin writes the plugin section.
func (o *Options) plugin(b *strings.Builder) error {
	drivers := o.Drivers
	if drivers == nil && o.Handler != "" {
		drivers = []string{"lua:file=@@SCRIPT@@"}
	}
	b.WriteString("plugin {\n")
	for n, d := range drivers {
		key := "push_notification_driver"
		if n > 0 {
			key += fmt.Sprint(n + 1)
		}
		if err := setting(b, key, d); err != nil {
			return err
		}
	}
	for _, key := range slices.Sorted(maps.Keys(o.Plugin)) {
		if err := setting(b, key, o.Plugin[key]); err != nil {
			return err
		}
	}
	b.WriteString("}\n")
	return nil
}

// setting writes a setting so that its value is taken as it is.
func setting(b *strings.Builder, key, value string) error {
	if key == "" || strings.ContainsAny(key, " \t\r\n{}=#\"'\x00") {
		return fmt.Errorf("oracle: %q cannot be the name of a setting", key)
	}
	if strings.ContainsAny(value, "\r\n\x00") {
		return fmt.Errorf("oracle: setting %s: a value of Dovecot 2.3 cannot hold line ends or NUL", key)
	}
	fmt.Fprintf(b, "  %s = \"%s\"\n", key, strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value))
	return nil
}
