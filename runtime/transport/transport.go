package transport

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// Transport is a round tripper that holds resources.
type Transport interface {
	http.RoundTripper

	// Close lets go of all idle connections. Requests under way end as they would have, and their connections are not
	// kept. A closed transport may be used again: it then opens new connections.
	Close() error
}

// Words lists what [Parse] accepts, for usage texts.
const Words = "dry, live, refused, timeout, dns, reset, badresponse, or a status from 100 to 999"

// Parse makes the transport that a word names: "dry", "live" (with the given options), one of the failing modes
// "refused", "timeout", "dns", "reset", "badresponse", or a status code of three digits that every request is answered
// with. The error for anything else lists what is accepted.
func Parse(word string, live LiveOptions) (Transport, error) {
	switch word {
	case "dry":
		return Dry(), nil
	case "live":
		return Live(live), nil
	}
	for _, mode := range []Mode{Refused, Timeout, DNS, Reset, BadResponse} {
		if word == string(mode) {
			return Failing(mode), nil
		}
	}
	if code, err := strconv.Atoi(word); err == nil && len(word) == 3 && code >= 100 {
		return Answering(code), nil
	}
	return nil, fmt.Errorf("unknown HTTP transport %q: use %s", word, Words)
}

// hostPort gives host and port of a request's target, with the scheme's port when none is written.
func hostPort(r *http.Request) (host, port string) {
	host, port = r.URL.Hostname(), r.URL.Port()
	if port == "" {
		port = "80"
		if strings.EqualFold(r.URL.Scheme, "https") {
			port = "443"
		}
	}
	return host, port
}

// discardBody closes a body that is not going to be sent, as a round tripper must.
func discardBody(r *http.Request) {
	if r.Body != nil {
		r.Body.Close()
	}
}
