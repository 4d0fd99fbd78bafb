package httpclient

import (
	"errors"
	"strings"
)

// Header is a header line with the name's case as the script gave it.
type Header struct {
	Name, Value string
}

// Request is one request of a script. Its methods may be called from one goroutine at a time.
type Request struct {
	method     string
	url        *URL
	headers    []Header
	payload    string
	hasPayload bool
}

// The refusals of a Request. Dovecot aborts on some of these and sends the others as they are, which makes a request
// that is none (dovecot.md §5.2).
var (
	ErrMethod      = errors.New("method is not a token of HTTP")
	ErrHeaderName  = errors.New("header name is not a token of HTTP")
	ErrHeaderValue = errors.New("header value contains a control character")
	ErrProxyHeader = errors.New("header Proxy-Authorization is the client's own")
)

// NewRequest makes a request. The method is sent as it is given; one that is not a token is refused with [ErrMethod].
func NewRequest(method string, u *URL) (*Request, error) {
	if !isToken(method) {
		return nil, ErrMethod
	}
	return &Request{method: method, url: u}, nil
}

// AddHeader adds a header line. A line of the same name, in any case, is replaced where it stands and keeps the case of
// its name. A name that is no token, a value with a control character other than a tab, and Proxy-Authorization are
// refused.
func (r *Request) AddHeader(name, value string) error {
	switch {
	case !isToken(name):
		return ErrHeaderName
	case strings.EqualFold(name, "Proxy-Authorization"):
		return ErrProxyHeader
	}
	for i := 0; i < len(value); i++ {
		if c := value[i]; c < ' ' && c != '\t' || c == 0x7f {
			return ErrHeaderValue
		}
	}
	for i := range r.headers {
		if strings.EqualFold(r.headers[i].Name, name) {
			r.headers[i].Value = value
			return nil
		}
	}
	r.headers = append(r.headers, Header{name, value})
	return nil
}

// RemoveHeader takes back a header line that was added. The client's own lines are not affected.
func (r *Request) RemoveHeader(name string) {
	for i := range r.headers {
		if strings.EqualFold(r.headers[i].Name, name) {
			r.headers = append(r.headers[:i], r.headers[i+1:]...)
			return
		}
	}
}

// SetPayload gives the request a body, which may be empty. As in Dovecot it ends at the first NUL byte.
func (r *Request) SetPayload(payload string) {
	r.payload, _, _ = strings.Cut(payload, "\x00")
	r.hasPayload = true
}

// Method returns the method as given.
func (r *Request) Method() string { return r.method }

// URL returns the target as given.
func (r *Request) URL() *URL { return r.url }

// Headers returns the added header lines in their order. The result belongs to the caller.
func (r *Request) Headers() []Header { return append([]Header(nil), r.headers...) }

// Payload returns the body, and whether there is one.
func (r *Request) Payload() (string, bool) { return r.payload, r.hasPayload }

// isToken follows RFC 9110 §5.6.2.
func isToken(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; !isAlnum(c) && strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return false
		}
	}
	return s != ""
}
