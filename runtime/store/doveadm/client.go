package doveadm

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/luapush/luapush/runtime/mail"
)

// Options are the parts of the outer world that a [Client] uses. The zero value
// is the real network and clock.
type Options struct {
	// Dial opens a TCP connection; the default is [net.Dialer.DialContext].
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// TLS is for https endpoints; nil verifies against the system's authorities.
	TLS *tls.Config
	// Now is the clock of the black list.
	Now func() time.Time
	// MaxReply bounds an answer, in bytes; 0 is 128 MiB, which is a message of
	// some 100 MiB.
	MaxReply int64
}

const defaultMaxReply = 128 << 20

// Client asks the endpoints of its settings. Its methods are safe from any
// goroutine.
type Client struct {
	options   Options
	secrets   *strings.Replacer
	transport *http.Transport
	rotation  rotation
	total     chan struct{}

	// The checks of black-listed endpoints, ended by Close.
	ctx    context.Context // the client's own life
	cancel context.CancelFunc
	mu     sync.Mutex
	checks sync.WaitGroup
}

// New makes a client. The settings must be enabled and valid; nothing is
// connected yet.
func New(s Settings, o Options) (*Client, error) {
	if !s.Enabled {
		return nil, errors.New(Prefix + "enabled is not true: the connector is switched off")
	}
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if o.Dial == nil {
		o.Dial = (&net.Dialer{}).DialContext
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.MaxReply <= 0 {
		o.MaxReply = defaultMaxReply
	}
	routes := s.MaxConnectionsPerRoute
	if routes <= 0 {
		routes = max(1, s.TotalConnections/len(s.Endpoints))
	}
	c := &Client{
		options: o, total: make(chan struct{}, s.TotalConnections),
		rotation: rotation{interval: s.CheckInterval, now: o.Now},
	}
	var secrets []string
	for _, text := range s.Endpoints {
		u, err := parseEndpoint(text)
		if err != nil {
			return nil, err
		}
		secrets = append(secrets, secretForms(s.APISecret, u.User)...)
		c.rotation.endpoints = append(c.rotation.endpoints, newEndpoint(u, s.APISecret, routes))
	}
	c.secrets = strings.NewReplacer(secrets...)
	c.transport = newTransport(s, o)
	c.ctx, c.cancel = context.WithCancel(context.Background())
	return c, nil
}

// secretForms are the texts that must not be shown, each followed by what is
// shown in its place.
func secretForms(secret Secret, user *url.Userinfo) []string {
	var forms []string
	add := func(s string) {
		if s != "" {
			forms = append(forms, s, hidden)
		}
	}
	if user != nil {
		password, _ := user.Password()
		_, credentials, _ := strings.Cut(authorization("", user), " ")
		add(credentials)
		add(password)
	}
	if secret != "" {
		add(base64.StdEncoding.EncodeToString([]byte(secret)))
		add(string(secret))
	}
	return forms
}

func newTransport(s Settings, o Options) *http.Transport {
	t := &http.Transport{
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			if s.ConnectTimeout > 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, s.ConnectTimeout)
				defer cancel()
			}
			conn, err := o.Dial(ctx, network, addr)
			if err != nil || s.ReadTimeout <= 0 {
				return conn, err
			}
			return &silentConn{Conn: conn, timeout: s.ReadTimeout}, nil
		},
		TLSClientConfig:     o.TLS,
		TLSHandshakeTimeout: s.ConnectTimeout,
		DisableCompression:  true,
		// No connection is kept. Dovecot ends it after each answer; where something
		// between keeps it open, a change on a kept connection could be lost without
		// knowing whether it was made. It is not said with "Connection: close"
		// (DisableKeepAlives): 2.3.19 then swallows its 401.
		MaxIdleConnsPerHost:    -1,
		MaxResponseHeaderBytes: 1 << 16,
		Protocols:              new(http.Protocols),
	}
	t.Protocols.SetHTTP1(true)
	return t
}

// silentConn bounds the time in which nothing moves.
type silentConn struct {
	net.Conn
	timeout time.Duration
}

// Read implements [net.Conn].
func (c *silentConn) Read(p []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(c.timeout)); err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}

// Write implements [net.Conn].
func (c *silentConn) Write(p []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(c.timeout)); err != nil {
		return 0, err
	}
	return c.Conn.Write(p)
}

// Close ends the checks. Requests that are under way end by themselves.
func (c *Client) Close() error {
	c.mu.Lock()
	c.cancel()
	c.mu.Unlock()
	c.checks.Wait()
	c.transport.CloseIdleConnections()
	return nil
}

// ask sends a question: it changes nothing, and may be asked of each endpoint.
func (c *Client) ask(ctx context.Context, command string, parameters ...parameter) ([]mail.Map[string], error) {
	return c.do(ctx, command, parameters, true)
}

// change sends a command that must not be carried out twice.
func (c *Client) change(ctx context.Context, command string, parameters ...parameter) error {
	_, err := c.do(ctx, command, parameters, false)
	return err
}

func (c *Client) do(ctx context.Context, command string, parameters []parameter, repeatable bool) ([]mail.Map[string], error) {
	body, err := encode(command, parameters)
	if err != nil {
		return nil, err
	}
	order, due := c.rotation.turn()
	c.check(due)
	var failures []error
	for _, e := range order {
		rows, failure := c.attempt(ctx, e, command, body)
		if failure == nil {
			c.rotation.report(e, true)
			return rows, nil
		}
		if failure.unreachable(ctx) {
			c.rotation.report(e, false)
		}
		failures = append(failures, failure.error)
		if ctx.Err() != nil || !failure.movesOn() || !repeatable && failure.sent {
			break
		}
	}
	var last *Error
	if errors.As(failures[len(failures)-1], &last) && (len(failures) == 1 || last.Kind == KindCommand) {
		// Dovecot's own word counts more than that another could not be asked.
		return nil, last
	}
	return nil, errors.Join(failures...)
}

// check asks black-listed endpoints whether they are back, beside the request.
func (c *Client) check(due []*endpoint) {
	for _, e := range due {
		c.mu.Lock()
		if c.ctx.Err() == nil {
			c.checks.Go(func() {
				defer c.rotation.checked(e)
				c.rotation.report(e, c.probe(c.ctx, e))
			})
		}
		c.mu.Unlock()
	}
}
