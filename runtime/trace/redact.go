package trace

import (
	"regexp"
	"strings"
)

// Mask stands where a secret was.
const Mask = "***"

// userinfo finds the user name and password of a URL inside any text. What
// follows "://" and ends at the last "@" before a slash, blank or quote is
// userinfo, also when it has no colon: a token is often given alone.
var userinfo = regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*://)[^\s/"'<>?#]+@`)

// Redact takes the user name and password out of every URL in the text.
func Redact(text string) string {
	if !strings.Contains(text, "://") || !strings.Contains(text, "@") {
		return text
	}
	return userinfo.ReplaceAllString(text, "${1}"+Mask+"@")
}

// RedactHeader gives the value that may be shown for a header line: of
// Authorization, Proxy-Authorization, cookies and headers that carry a key or
// token only the scheme is left.
func RedactHeader(name, value string) string {
	switch lower := strings.ToLower(name); {
	case lower == "authorization", lower == "proxy-authorization":
		if scheme, _, found := strings.Cut(value, " "); found {
			return scheme + " " + Mask
		}
		return Mask
	case lower == "cookie",
		strings.Contains(lower, "token"), strings.Contains(lower, "secret"),
		strings.Contains(lower, "password"), strings.HasSuffix(lower, "-key"):
		return Mask
	}
	return Redact(value)
}
