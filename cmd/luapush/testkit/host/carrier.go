package host

import (
	"net/http"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/runtime/httpclient"
)

// carried is the way of the case, or else of the host.
type carried struct{ host *Host }

// RoundTrip implements http.RoundTripper.
func (c *carried) RoundTrip(r *http.Request) (*http.Response, error) {
	if carrier := c.host.stage.Carrier; carrier != nil {
		return carrier.RoundTrip(r)
	}
	return c.host.otherwise.RoundTrip(r)
}

var _ bindings.ClientTransport = (*carried)(nil)

// Client implements bindings.ClientTransport.
func (c *carried) Client(s *httpclient.Settings) http.RoundTripper {
	return &ofClient{c.host, s}
}

// ofClient is the same for a client whose settings are known. A test may say
// what is answered after the client was made.
type ofClient struct {
	host     *Host
	settings *httpclient.Settings
}

// RoundTrip implements http.RoundTripper.
func (c *ofClient) RoundTrip(r *http.Request) (*http.Response, error) {
	if carrier := c.host.stage.Carrier; carrier != nil {
		return carrier.Client(c.settings).RoundTrip(r)
	}
	return c.host.otherwise.RoundTrip(r)
}

// Otherwise is where requests go that the case has no rule for.
func (h *Host) Otherwise() http.RoundTripper { return h.otherwise }
