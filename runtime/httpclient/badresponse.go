package httpclient

import (
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/luapush/luapush/runtime/transport"
)

func formatInt(n int64) string { return strconv.FormatInt(n, 10) }

// badResponse recognises an answer that is no HTTP, from the transport's error and the first bytes that came. It is nil
// when the connection just broke, even inside the head.
func badResponse(err error, head []byte) *fault {
	text := err.Error()
	reason := ""
	switch {
	case strings.Contains(text, "multiple Content-Length"):
		reason = reasonLengths
	case strings.Contains(text, "bad Content-Length"):
		reason = "Invalid Content-Length header"
	case strings.Contains(text, "unsupported transfer encoding"):
		_, coding, _ := strings.Cut(text, ": \"")
		coding, _, _ = strings.Cut(strings.TrimSuffix(coding, "\""), ",")
		reason = "Unknown transfer coding `" + coding + "'"
	case strings.Contains(text, "response header list larger than"),
		strings.Contains(text, "server response headers exceeded"):
		reason = "Failed to parse header: Excessive header size"
	default:
		reason = headFault(string(head))
		if reason == "" && strings.Contains(text, "malformed") && !brokeOff(string(head)) {
			// net/http is stricter than Dovecot: control bytes in a header value.
			reason = "Failed to parse header: Invalid character in header field"
		}
	}
	if reason == "" {
		return nil
	}
	return &fault{status: StatusBadResponse, reason: reason}
}

// brokeOff tells whether the head ended before its empty line, so that not its form but its end is the fault.
func brokeOff(head string) bool {
	return len(head) < len("HTTP/1.1") || !strings.Contains(head, "\n\r\n") && !strings.Contains(head, "\n\n")
}

// headFault finds the first thing wrong with the beginning of an answer, as Dovecot's parser would; "" for nothing.
// Interim answers are passed over.
func headFault(head string) string {
	for {
		rest, status, reason := statusFault(head)
		if reason != "" {
			return reason
		}
		if status/100 != 1 {
			return headersFault(rest)
		}
		rest = "\r\n" + rest
		end := strings.Index(rest, "\r\n\r\n")
		if end < 0 {
			return ""
		}
		head = rest[end+4:]
	}
}

// statusFault checks the status line; rest is what follows it.
func statusFault(head string) (rest string, status int, reason string) {
	const version = "HTTP/1.1"
	for i := range version {
		if i >= len(head) {
			return "", 0, ""
		}
		digit := i == 5 || i == 7
		if digit && !isDigit(head[i]) || !digit && head[i] != version[i] {
			if len(head) < len(version) {
				return "", 0, ""
			}
			return "", 0, "Invalid HTTP version in response: " + quote(head)
		}
	}
	rest = head[len(version):]
	if rest == "" {
		return "", 0, ""
	}
	if rest[0] != ' ' {
		return "", 0, "Expected ' ' after response version, but found " + quote(rest)
	}
	rest = rest[1:]
	if len(rest) < 3 {
		return "", 0, ""
	}
	status, err := strconv.Atoi(rest[:3])
	if err != nil || status < 100 || status > 599 {
		return "", 0, reasonStatus
	}
	rest = rest[3:]
	if rest == "" {
		return "", status, ""
	}
	if rest[0] != ' ' {
		return "", 0, "Expected ' ' after response status code, but found " + quote(rest)
	}
	for i := 1; i < len(rest); i++ {
		if c := rest[i]; c < ' ' && c != '\t' || c == 0x7f {
			if c == '\n' || strings.HasPrefix(rest[i:], "\r\n") || rest[i:] == "\r" {
				_, rest, _ = strings.Cut(rest[i:], "\n")
				return rest, status, ""
			}
			return "", 0, "Expected line end after response, but found " + quote(rest[i:])
		}
	}
	return "", status, ""
}

// The texts that are needed in two places.
const (
	reasonStatus  = "Invalid HTTP status code in response"
	reasonLengths = "Duplicate Content-Length header"
)

// headersFault checks the names of header lines, and that there is one length.
func headersFault(lines string) string {
	const trouble = "Failed to parse header: "
	lengths := 0
	for first := true; ; first = false {
		line, rest, whole := strings.Cut(lines, "\n")
		if !whole || line == "" || line == "\r" {
			return ""
		}
		lines = rest
		if !first && (line[0] == ' ' || line[0] == '\t') {
			continue // a folded line
		}
		n := 0
		for n < len(line) && isToken(line[n:n+1]) {
			n++
		}
		switch {
		case n == 0:
			return trouble + "Empty header field name"
		case n == len(line):
			return trouble + "Expected ':' after header field name '" + line + "', but found 0x0a"
		case line[n] != ':':
			found := "'" + line[n:n+1] + "'"
			if line[n] < ' ' || line[n] >= 0x7f {
				found = "0x" + string("0123456789abcdef"[line[n]>>4]) + string("0123456789abcdef"[line[n]&15])
			}
			return trouble + "Expected ':' after header field name '" + line[:n] + "', but found " + found
		case strings.EqualFold(line[:n], "Content-Length"):
			if lengths++; lengths > 1 {
				return reasonLengths
			}
		}
	}
}

// refuseHead refuses answers that net/http takes and Dovecot does not.
func (f *flight) refuseHead(r *http.Response, x *transport.Exchange) *fault {
	bad := func(reason string) *fault { return &fault{status: StatusBadResponse, reason: reason} }
	switch {
	case r.StatusCode == http.StatusSwitchingProtocols || r.StatusCode/100 == 1:
		// Never asked for; Dovecot goes on waiting for the real answer, which cannot come.
		c, _ := x.Connection()
		return f.lost(c, io.EOF, false)
	case r.StatusCode < 100 || r.StatusCode > 599:
		return bad(reasonStatus)
	case r.StatusCode == http.StatusNoContent && r.ContentLength > 0,
		r.StatusCode == http.StatusNoContent && strings.Trim(r.Header.Get("Content-Length"), "0") != "":
		return bad("Unexpected Content-Length header field for 204 response (length=" + r.Header.Get("Content-Length") + ")")
	}
	if reason := headFault(string(x.Head())); reason != "" {
		return bad(reason)
	}
	return nil
}
