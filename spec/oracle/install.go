package oracle

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// ErrMissing says that there is no Dovecot to start; the error that wraps it
// says what is missing.
var ErrMissing = errors.New("no Dovecot 2.3 with LMTP, IMAP and its Lua push driver is installed; " +
	"on Debian and Ubuntu: apt-get install dovecot-core dovecot-imapd dovecot-lmtpd")

// install is what is installed.
type install struct {
	dovecot, doveadm string // paths
	release          string // "2.3.19.1"
}

// find looks for a Dovecot that can be used. It costs two short processes.
func find(ctx context.Context) (install, error) {
	var in install
	for _, c := range []struct {
		to   *string
		name string
	}{{&in.dovecot, "dovecot"}, {&in.doveadm, "doveadm"}} {
		path, err := lookPath(c.name)
		if err != nil {
			return in, missing("%s is not in PATH, /usr/sbin or /usr/local/sbin", c.name)
		}
		*c.to = path
	}
	version, err := exec.CommandContext(ctx, in.dovecot, "--version").Output()
	if err != nil {
		return in, fmt.Errorf("oracle: %s --version: %w", in.dovecot, err)
	}
	in.release, _, _ = strings.Cut(strings.TrimSpace(string(version)), " ")
	if !strings.HasPrefix(in.release, "2.3.") {
		return in, missing("%s is Dovecot %s, whose configuration is another", in.dovecot, in.release)
	}
	return in, parts(ctx)
}

// parts tells whether the processes and modules are there that Debian keeps in
// packages of their own, or that a build may leave out.
func parts(ctx context.Context) error {
	conf, err := lookPath("doveconf")
	if err != nil {
		return missing("doveconf is not in PATH")
	}
	out, err := exec.CommandContext(ctx, conf, "-d", "-h", "libexec_dir", "mail_plugin_dir").Output()
	dirs := strings.Fields(string(out))
	if err != nil || len(dirs) != 2 {
		return fmt.Errorf("oracle: doveconf -d -h libexec_dir mail_plugin_dir: answers %q (%w)", out, err)
	}
	for _, path := range []string{
		filepath.Join(dirs[0], "lmtp"), filepath.Join(dirs[0], "imap"),
		filepath.Join(dirs[1], "lib22_push_notification_lua_plugin.so"),
	} {
		if _, err := os.Stat(path); err != nil {
			return missing("%s is not there", path)
		}
	}
	return nil
}

func missing(format string, args ...any) error {
	return fmt.Errorf("%w (%s)", ErrMissing, fmt.Sprintf(format, args...))
}

// lookPath looks in PATH, and where an ordinary user's PATH does not lead.
func lookPath(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err == nil {
		return path, nil
	}
	for _, dir := range []string{"/usr/sbin", "/usr/local/sbin", "/usr/bin", "/usr/local/bin"} {
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return path, nil
		}
	}
	return "", err
}

// Installed says whether Start can find a Dovecot: nil, or [ErrMissing] with
// what is missing.
func Installed(ctx context.Context) error {
	_, err := find(ctx)
	return err
}
