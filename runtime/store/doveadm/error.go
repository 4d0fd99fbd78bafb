package doveadm

import (
	"fmt"
	"strconv"
	"strings"
)

// Kind is the class of a failure.
type Kind int

// The kinds of failure.
const (
	// KindConnect: there was no connection; the request was not sent.
	KindConnect Kind = iota + 1
	// KindTimeout: the answer did not come in time.
	KindTimeout
	// KindNoReply: the connection ended without an answer. A doveadm server does
	// that when it does not like a command's parameters.
	KindNoReply
	// KindHTTP: an HTTP status other than 200.
	KindHTTP
	// KindMalformed: an answer that is not doveadm's.
	KindMalformed
	// KindCommand: doveadm carried the command out, or tried to, and it failed.
	KindCommand
	// KindRefused: the request was not sent, because it could not mean what it says.
	KindRefused
)

// Exit codes of commands (sysexits.h, and doveadm's own 2 and 68).
const (
	ExitChanged    = 2
	ExitUsage      = 64
	ExitData       = 65
	ExitNoUser     = 67
	ExitNotFound   = 68
	ExitNoSpace    = 73
	ExitTemporary  = 75
	ExitPermission = 77
	ExitConfig     = 78
)

// Error is a failed request. Its texts hold no secret.
type Error struct {
	Kind    Kind
	Command string
	// Endpoint is the URL without a password; "" if none was asked.
	Endpoint string
	// Status is the HTTP status of KindHTTP.
	Status int
	// Type is doveadm's name for the failure of KindCommand, such as "exitCode"
	// or "unknownMethod", and ExitCode the code of the former.
	Type     string
	ExitCode int
	// Detail is what the other side or the system said.
	Detail string
	Err    error
}

// Error says what failed, where, and what to do.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("doveadm")
	if e.Command != "" {
		b.WriteString(" " + e.Command)
	}
	if e.Endpoint != "" {
		b.WriteString(" at " + e.Endpoint)
	}
	b.WriteString(": " + e.what())
	if e.Detail != "" {
		b.WriteString(": " + e.Detail)
	}
	if hint := e.Hint(); hint != "" {
		b.WriteString("; " + hint)
	}
	return b.String()
}

// Unwrap gives the cause; it may be nil.
func (e *Error) Unwrap() error { return e.Err }

// Temporary tells whether the same request can succeed later.
func (e *Error) Temporary() bool {
	switch e.Kind {
	case KindConnect, KindTimeout:
		return true
	case KindHTTP:
		return e.Status >= 500
	case KindCommand:
		return e.ExitCode == ExitTemporary || e.ExitCode == ExitNoSpace
	}
	return false
}

func (e *Error) what() string {
	switch e.Kind {
	case KindConnect:
		return "no connection"
	case KindTimeout:
		return "no answer in time"
	case KindNoReply:
		return "the connection ended without an answer"
	case KindHTTP:
		return "HTTP status " + strconv.Itoa(e.Status)
	case KindMalformed:
		return "the answer is not doveadm's"
	case KindCommand:
		if e.Type == "exitCode" {
			return fmt.Sprintf("exit code %d (%s)", e.ExitCode, exitText(e.ExitCode))
		}
		return e.Type
	}
	return "not sent"
}

func exitText(code int) string {
	switch code {
	case ExitChanged:
		return "it changed while it was being read"
	case ExitUsage:
		return "wrong usage"
	case ExitData:
		return "Dovecot refused the key or value"
	case ExitNoUser:
		return "User doesn't exist"
	case ExitNotFound:
		return "not found"
	case ExitNoSpace:
		return "no space or quota"
	case ExitTemporary:
		return "temporary failure"
	case ExitPermission:
		return "Permission denied"
	case ExitConfig:
		return "wrong configuration"
	}
	return "unknown"
}

// Hint says what to do about the failure; "" if nothing is known to help.
func (e *Error) Hint() string {
	switch e.Kind {
	case KindConnect:
		return "is Dovecot running, with \"service doveadm { inet_listener http { port = … } }\" at this address?"
	case KindTimeout:
		return "see Dovecot's log; the limit is " + Prefix + "endpoints.readTimeout, or that of the caller"
	case KindNoReply:
		return "a doveadm process that ends like this has written why to Dovecot's log (a parameter it does not accept, exit code 64), " +
			"or something between here and it closed the connection"
	case KindHTTP:
		switch {
		case e.Status == 401:
			return Prefix + "apiSecret must be Dovecot's doveadm_api_key"
		case e.Status == 404:
			return "the path of the endpoint is /doveadm/v1"
		case e.Status == 500:
			return "Dovecot answers so when neither doveadm_api_key nor doveadm_password is set"
		case e.Status >= 300 && e.Status < 400:
			return "redirects are not followed: name the endpoint itself"
		}
	case KindMalformed:
		return "is the endpoint a Dovecot's doveadm?"
	case KindCommand:
		return e.commandHint()
	}
	return ""
}

func (e *Error) commandHint() string {
	switch {
	case e.Type == "unknownMethod":
		return "this Dovecot does not have the command, or a plugin that provides it is not loaded"
	case e.Type == "invalidRequest":
		return "this Dovecot does not take these parameters"
	case e.Type == "unAuthorized":
		return "Dovecot does not allow the command to this client (doveadm_allowed_commands)"
	case e.ExitCode == ExitData:
		return "see Dovecot's log; is mail_attribute_dict set, and the attribute one that can be changed?"
	case e.ExitCode == ExitNoUser:
		return "Dovecot's userdb does not have the user of the transaction"
	case e.ExitCode == ExitConfig, e.ExitCode == ExitTemporary:
		return "see Dovecot's log"
	}
	return ""
}
