package oracle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
)

// DoveadmURL is where doveadm's HTTP API takes commands.
func (i *Instance) DoveadmURL() string {
	return fmt.Sprintf("http://127.0.0.1:%d/doveadm/v1", i.ports.doveadm)
}

// APIKey is what doveadm_api_key is set to.
func (i *Instance) APIKey() string { return apiKey }

// Password is every user's password, and doveadm_password.
func (i *Instance) Password() string { return password }

// IMAPPort is the port of IMAP on 127.0.0.1.
func (i *Instance) IMAPPort() int { return i.ports.imap }

// LMTPPort is the port of LMTP on 127.0.0.1.
func (i *Instance) LMTPPort() int { return i.ports.lmtp }

// Doveadm runs the command doveadm with the arguments and gives its standard
// output. The error has the standard error of one that failed; errors.As finds
// an *exec.ExitError with the code. It takes about 40 ms; the HTTP API is faster.
func (i *Instance) Doveadm(args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), callTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, i.install.doveadm, append([]string{"-c", i.path("dovecot.conf")}, args...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = fmt.Errorf("oracle: doveadm %s: %w\n%s", args, err, bytes.TrimSpace(stderr.Bytes()))
	} else if err != nil {
		err = fmt.Errorf("oracle: %w", err)
	}
	return stdout.String(), err
}
