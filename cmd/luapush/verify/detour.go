package verify

import (
	_ "embed"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

//go:embed shim.lua
var shim string

// Contain gives the handler's text with what sends its requests to an address, a
// recorder's or one where nobody listens. It stands on the handler's own first
// line, so that lines keep their numbers.
func (s *Stage) Contain(handler []byte, to string) ([]byte, error) {
	path := filepath.Join(s.Dir(), "shim.lua")
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(shim, "@@RECORDER@@", to)), 0o600); err != nil {
		return nil, err
	}
	// The handler's own user reads it.
	if err := os.Chmod(path, 0o644); err != nil { //nolint:gosec // there is nothing secret in it
		return nil, err
	}
	return onFirstLine(path, handler), nil
}

// onFirstLine puts a call of a script in front of a text's first line.
func onFirstLine(path string, handler []byte) []byte {
	text := strings.TrimPrefix(string(handler), "\ufeff")
	if strings.HasPrefix(text, "#") {
		// Lua leaves such a line out, and what stands in its place must stay one.
		_, rest, found := strings.Cut(text, "\n")
		text = ""
		if found {
			text = "\n" + rest
		}
	}
	return fmt.Appendf(nil, "dofile(%q) %s", path, text)
}

// detoured is a URL as Contain has it made, with the login that it keeps.
var detoured = regexp.MustCompile(`http://([^\s/@]*@)?[^\s/@]+` + regexp.QuoteMeta(detour) + `(https?)/`)

// meant puts the URLs that the handler gave in the place of those that Contain
// made of them: Dovecot names one that it cannot parse.
func meant(text string) string { return detoured.ReplaceAllString(text, "$2://$1") }

// detourTransport sends all requests to one address, with the URL they were
// meant for in their path.
type detourTransport struct {
	to   string
	live http.RoundTripper
}

// Detour gives the transport that does in luapush what Contain does in Dovecot.
func Detour(to string, live http.RoundTripper) http.RoundTripper {
	return detourTransport{to, live}
}

// RoundTrip implements http.RoundTripper.
func (d detourTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	target := r.URL.RequestURI()
	if at := strings.Index(target, "://"); at >= 0 && !strings.HasPrefix(target, "/") {
		// The absolute form, after a redirect.
		target = target[at+3:]
		if slash := strings.IndexByte(target, '/'); slash >= 0 {
			target = target[slash:]
		} else {
			target = "/"
		}
	}
	turned := r.Clone(r.Context())
	turned.URL = &url.URL{Scheme: "http", Host: d.to, Opaque: detour + r.URL.Scheme + "/" + r.URL.Host + target}
	turned.Host = d.to
	return d.live.RoundTrip(turned)
}
