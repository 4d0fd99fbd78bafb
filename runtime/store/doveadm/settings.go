package doveadm

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Prefix is what the names of all settings begin with.
const Prefix = "com.openexchange.dovecot.doveadm."

// Settings are the connector's. The names in the comments follow [Prefix].
type Settings struct {
	Enabled bool // enabled
	// Endpoints are URLs such as http://imap.example.com:8080/doveadm/v1; the
	// path may be left out. (endpoints)
	Endpoints []string
	// TotalConnections bounds the connections to all endpoints together.
	// (endpoints.totalConnections)
	TotalConnections int
	// MaxConnectionsPerRoute bounds those to one endpoint; 0 or less gives each
	// its share of the total. (endpoints.maxConnectionsPerRoute)
	MaxConnectionsPerRoute int
	// ReadTimeout is how long an endpoint may be silent; 0 is for ever.
	// (endpoints.readTimeout, in milliseconds)
	ReadTimeout time.Duration
	// ConnectTimeout bounds the connect and, with https, the TLS handshake; 0 is
	// no limit. (endpoints.connectTimeout, in milliseconds)
	ConnectTimeout time.Duration
	// CheckInterval is how long a black-listed endpoint is left alone.
	// (endpoints.checkInterval, in milliseconds)
	CheckInterval time.Duration
	// APISecret is Dovecot's doveadm_api_key. (apiSecret)
	APISecret Secret
}

// Defaults are the connector's; endpoints and secret have none, and it is not
// enabled.
func Defaults() Settings {
	return Settings{
		TotalConnections: 100,
		ReadTimeout:      10 * time.Second,
		ConnectTimeout:   3 * time.Second,
		CheckInterval:    time.Minute,
	}
}

// Secret is a text that no formatting shows.
type Secret string

const hidden = "(hidden)"

// String hides the secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return hidden
}

// GoString hides the secret.
func (s Secret) GoString() string { return `"` + s.String() + `"` }

// MarshalText hides the secret from encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// authorization is the header for the API secret, or for the user and password
// of the URL, which Dovecot compares with doveadm_password.
func authorization(secret Secret, user *url.Userinfo) string {
	if secret != "" {
		return "X-Dovecot-API " + base64.StdEncoding.EncodeToString([]byte(secret))
	}
	if user != nil {
		password, _ := user.Password()
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(user.Username()+":"+password))
	}
	return ""
}

// Validate tells what is wrong with the settings, each problem by the name of
// its setting; nil if nothing is. Settings that are not enabled are not used and
// so never wrong.
func (s *Settings) Validate() error {
	if !s.Enabled {
		return nil
	}
	var wrong []error
	add := func(name, format string, args ...any) {
		wrong = append(wrong, fmt.Errorf("%s%s: %s", Prefix, name, fmt.Sprintf(format, args...)))
	}
	if len(s.Endpoints) == 0 {
		add("endpoints", "is empty: give the URL of Dovecot's doveadm, http://HOST:PORT/doveadm/v1")
	}
	passwords := true
	for _, e := range s.Endpoints {
		u, err := parseEndpoint(e)
		if err != nil {
			add("endpoints", "%v", err)
		} else if u.User == nil {
			passwords = false
		}
	}
	if s.APISecret == "" && !passwords {
		add("apiSecret", "is empty: give what Dovecot has as doveadm_api_key")
	}
	if s.TotalConnections < 1 {
		add("endpoints.totalConnections", "%d: at least 1", s.TotalConnections)
	}
	for _, d := range []struct {
		name  string
		value time.Duration
	}{{"readTimeout", s.ReadTimeout}, {"connectTimeout", s.ConnectTimeout}, {"checkInterval", s.CheckInterval}} {
		if d.value < 0 {
			add("endpoints."+d.name, "%v: not below 0", d.value)
		}
	}
	return errors.Join(wrong...)
}

// parseEndpoint reads an endpoint's URL; the path is /doveadm/v1 if it has none.
// The errors show no password.
func parseEndpoint(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil {
		var e *url.Error
		if errors.As(err, &e) {
			err = e.Err
		}
		if strings.Contains(s, "@") {
			return nil, errors.New("not a URL (it is not shown, since it may hold a password)")
		}
		return nil, fmt.Errorf("%q is not a URL: %w", s, err)
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("%q: a URL begins with http:// or https://", u.Redacted())
	case u.Hostname() == "":
		return nil, fmt.Errorf("%q: the host is missing", u.Redacted())
	case u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("%q: a query or fragment has no meaning here", u.Redacted())
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = "/doveadm/v1"
	}
	return u, nil
}
