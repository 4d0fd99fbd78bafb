package host

import (
	"net/http"
	"reflect"

	"github.com/luapush/luapush/runtime/httpclient"
)

// Carrier is a way for requests that knows how long a client waits.
type Carrier interface {
	http.RoundTripper
	// Client gives the round tripper of a client with these settings.
	Client(s *httpclient.Settings) http.RoundTripper
}

// carried is the way of the case, or else of the host.
type carried struct{ host *Host }

// RoundTrip implements http.RoundTripper.
func (c *carried) RoundTrip(r *http.Request) (*http.Response, error) {
	if carrier := c.host.stage.Carrier; carrier != nil {
		return carrier.RoundTrip(r)
	}
	return c.host.otherwise.RoundTrip(r)
}

// ofClient is the same for a client whose settings are known.
type ofClient struct {
	carried
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

// clientOf gives the HTTP client that an object of dovecot.http stands for. The
// object's type is that of package bindings, which embeds the client.
func clientOf(object any) *httpclient.Client {
	v := reflect.Indirect(reflect.ValueOf(object))
	if v.Kind() != reflect.Struct {
		return nil
	}
	f := v.FieldByName("Client")
	if !f.IsValid() || !f.CanInterface() {
		return nil
	}
	c, _ := f.Interface().(*httpclient.Client)
	return c
}
