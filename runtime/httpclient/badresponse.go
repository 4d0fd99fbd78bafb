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
		reason = transport.HeadFault(head)
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

// The texts that are needed for transports that do not read as Dovecot does.
const (
	reasonStatus  = "Invalid HTTP status code in response"
	reasonLengths = "Duplicate Content-Length header"
)

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
	if reason := transport.HeadFault(x.Head()); reason != "" {
		return bad(reason)
	}
	return nil
}
