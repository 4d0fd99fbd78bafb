package httpclient

import (
	"crypto/tls"
	"errors"
	"time"
)

const ms = time.Millisecond

// options24 are the settings of 2.4: http_client_* without that prefix, then the TLS settings and those of the DNS
// client, which keep their names.
var options24 = []Option{
	{Name: "dns_ttl", Type: "time", Default: "30 mins", Ignored: true, Doc: "How long an address is remembered.",
		set24: time24(ms, func(s *Settings) *time.Duration { return &s.DNSTTL })},
	{Name: "user_agent", Type: "string", Doc: "Text of the User-Agent header; without it there is none.",
		set24: string24(func(s *Settings) *string { return &s.UserAgent })},
	{Name: "proxy_socket_path", Type: "string", Ignored: true, Doc: "UNIX socket of an HTTP proxy.",
		set24: string24(func(s *Settings) *string { return &s.ProxySocketPath })},
	{Name: "proxy_url", Type: "string", Doc: "HTTP proxy; its user and password are settings of their own.",
		set24: proxy24},
	{Name: "proxy_username", Type: "string", Doc: "User for the proxy.",
		set24: string24(func(s *Settings) *string { return &s.ProxyUsername })},
	{Name: "proxy_password", Type: "string", Doc: "Password for the proxy.",
		set24: string24(func(s *Settings) *string { return &s.ProxyPassword })},
	{Name: "rawlog_dir", Type: "string", Ignored: true, Doc: "Directory for logs of the raw traffic.",
		set24: string24(func(s *Settings) *string { return &s.RawlogDir })},
	{Name: "max_idle_time", Type: "time", Default: "0", Doc: "How long an unused connection is kept; 0 is for ever.",
		set24: time24(ms, func(s *Settings) *time.Duration { return &s.MaxIdleTime })},
	{Name: "max_parallel_connections", Type: "number", Default: "1", Ignored: true, Doc: "Connections to one peer.",
		set24: number24(func(s *Settings) *uint32 { return &s.MaxParallelConnections })},
	{Name: "max_pipelined_requests", Type: "number", Default: "1", Ignored: true, Doc: "Requests sent ahead of answers.",
		set24: number24(func(s *Settings) *uint32 { return &s.MaxPipelinedRequests })},
	{Name: "auto_redirect", Type: "boolean", Default: "yes", Doc: "Follow redirects; with no they are returned to the script.",
		set24: boolean24(func(s *Settings, b bool) { s.AutoRedirect = b })},
	{Name: "auto_retry", Type: "boolean", Default: "yes", Doc: "Try again after a lost connection or a timeout.",
		set24: boolean24(func(s *Settings, b bool) { s.AutoRetry = b })},
	{Name: "proxy_ssl_tunnel", Type: "boolean", Default: "yes", Doc: "Reach https servers through a tunnel of the proxy.",
		set24: boolean24(func(s *Settings, b bool) { s.ProxySSLTunnel = b })},
	{Name: "request_max_redirects", Type: "number", Default: "0", Doc: "How many redirects are followed; with 0 a redirect fails with status 9004.",
		set24: number24(func(s *Settings) *uint32 { return &s.MaxRedirects })},
	{Name: "request_max_attempts", Type: "number", Default: "1", Doc: "How often a request is sent at most.",
		set24: number24(func(s *Settings) *uint32 { return &s.MaxAttempts })},
	{Name: "read_request_max_attempts", Type: "number", Default: "0", Doc: "The same for GET and HEAD, unless it is 0.",
		set24: number24(func(s *Settings) *uint32 { return &s.ReadMaxAttempts })},
	{Name: "write_request_max_attempts", Type: "number", Default: "0", Doc: "The same for PUT and POST, unless it is 0.",
		set24: number24(func(s *Settings) *uint32 { return &s.WriteMaxAttempts })},
	{Name: "delete_request_max_attempts", Type: "number", Default: "0", Doc: "The same for DELETE, unless it is 0.",
		set24: number24(func(s *Settings) *uint32 { return &s.DeleteMaxAttempts })},
	{Name: "max_connect_attempts", Type: "number", Default: "0", Doc: "How many connects are tried at most, over all addresses; with 0 and 1 each address is tried once.",
		set24: number24(func(s *Settings) *uint32 { return &s.MaxConnectAttempts })},
	{Name: "connect_backoff_time", Type: "time", Default: "100 msecs", Doc: "Wait before the second connect; doubled for each further one.",
		set24: time24(ms, func(s *Settings) *time.Duration { return &s.ConnectBackoffTime })},
	{Name: "connect_backoff_max_time", Type: "time", Default: "1 mins", Doc: "Longest wait between connects; values below a minute have no effect.",
		set24: time24(ms, func(s *Settings) *time.Duration { return &s.ConnectBackoffMaxTime })},
	{Name: "response_hdr_max_size", Type: "size", Default: "200 k", Ignored: true, Doc: "Largest head of an answer; luapush takes 1 MB.",
		set24: size24(func(s *Settings) *uint64 { return &s.ResponseHdrMaxSize })},
	{Name: "response_hdr_max_field_size", Type: "size", Default: "8 k", Ignored: true, Doc: "Largest header field of an answer.",
		set24: size24(func(s *Settings) *uint64 { return &s.ResponseHdrMaxField })},
	{Name: "response_hdr_max_fields", Type: "number", Default: "50", Ignored: true, Doc: "Most header fields of an answer.",
		set24: number24(func(s *Settings) *uint32 { return &s.ResponseHdrMaxFields })},
	{Name: "request_absolute_timeout", Type: "time", Default: "0", Doc: "Limit of a whole request with all its attempts; 0 is none.",
		set24: time24(ms, func(s *Settings) *time.Duration { return &s.RequestAbsoluteTimeout })},
	{Name: "request_timeout", Type: "time", Default: "1 mins", Doc: "How long one attempt waits for the answer, and for each further part of it.",
		set24: time24(ms, func(s *Settings) *time.Duration { return &s.RequestTimeout })},
	{Name: "read_request_timeout", Type: "time", Default: "0", Doc: "The same for GET and HEAD, unless it is 0.",
		set24: time24(ms, func(s *Settings) *time.Duration { return &s.ReadRequestTimeout })},
	{Name: "write_request_timeout", Type: "time", Default: "0", Doc: "The same for PUT and POST, unless it is 0.",
		set24: time24(ms, func(s *Settings) *time.Duration { return &s.WriteRequestTimeout })},
	{Name: "delete_request_timeout", Type: "time", Default: "0", Doc: "The same for DELETE, unless it is 0.",
		set24: time24(ms, func(s *Settings) *time.Duration { return &s.DeleteRequestTimeout })},
	{Name: "connect_timeout", Type: "time", Default: "0", Doc: "Limit of a connect with its TLS handshake; 0 is request_timeout.",
		set24: time24(ms, func(s *Settings) *time.Duration { return &s.ConnectTimeout })},
	{Name: "soft_connect_timeout", Type: "time", Default: "0", Doc: "After this time the next address is tried beside the one that has not answered; 0 is never.",
		set24: time24(ms, func(s *Settings) *time.Duration { return &s.SoftConnectTimeout })},
	{Name: "max_auto_retry_delay", Type: "time", Default: "0", Doc: "Longest Retry-After of a 503 answer that is waited for; 0 is the request timeout.",
		set24: time24(time.Second, func(s *Settings) *time.Duration { return &s.MaxAutoRetryDelay })},
	{Name: "socket_send_buffer_size", Type: "size", Default: "0", Ignored: true, Doc: "Send buffer of the socket.",
		set24: size24(func(s *Settings) *uint64 { return &s.SocketSendBufferSize })},
	{Name: "socket_recv_buffer_size", Type: "size", Default: "0", Ignored: true, Doc: "Receive buffer of the socket.",
		set24: size24(func(s *Settings) *uint64 { return &s.SocketRecvBufferSize })},

	{Name: "ssl_client_ca_file", Type: "string", Doc: "File with the certificate authorities to trust in place of the system's.",
		set24: string24(func(s *Settings) *string { return &s.TLS.CAFile })},
	{Name: "ssl_client_ca_dir", Type: "string", Doc: "Directory of such files.",
		set24: string24(func(s *Settings) *string { return &s.TLS.CADir })},
	{Name: "ssl_client_cert_file", Type: "string", Doc: "File with the client's own certificate.",
		set24: string24(func(s *Settings) *string { return &s.TLS.CertFile })},
	{Name: "ssl_client_key_file", Type: "string", Doc: "File with the key of the client's certificate.",
		set24: string24(func(s *Settings) *string { return &s.TLS.KeyFile })},
	{Name: "ssl_client_require_valid_cert", Type: "boolean", Default: "yes", Doc: "Refuse servers whose certificate is not valid.",
		set24: boolean24(func(s *Settings, b bool) { s.TLS.SkipVerify = !b })},
	{Name: "ssl_min_protocol", Type: "string", Default: "TLSv1.2", Doc: "Oldest TLS version to accept: ANY, TLSv1, TLSv1.1, TLSv1.2, TLSv1.3 or LATEST.",
		set24: minProtocol24},
	{Name: "ssl_cipher_list", Type: "string", Ignored: true, Doc: "Ciphers of TLS 1.2 and before.", set24: ignore24},
	{Name: "ssl_cipher_suites", Type: "string", Ignored: true, Doc: "Ciphers of TLS 1.3.", set24: ignore24},
	{Name: "ssl_curve_list", Type: "string", Ignored: true, Doc: "Elliptic curves.", set24: ignore24},
	{Name: "ssl_options", Type: "string", Ignored: true, Doc: "Options of OpenSSL.", set24: ignore24},
	{Name: "dns_client_socket_path", Type: "string", Ignored: true, Doc: "Socket of Dovecot's DNS client.", set24: ignore24},
	{Name: "dns_client_timeout", Type: "time", Default: "10 secs", Ignored: true, Doc: "Limit of a name lookup.",
		set24: time24(ms, func(*Settings) *time.Duration { return new(time.Duration) })},

	{Name: "event_parent", Type: "event", Doc: "Event that the client's events descend from."},
}

func ignore24(*Settings, string) error { return nil }

// proxy24 reads proxy_url, which may carry no credentials.
func proxy24(s *Settings, text string) error {
	if text == "" {
		s.Proxy = nil
		return nil
	}
	u, err := parseLocation(text)
	if err != nil {
		return &SettingError{Key: "proxy_url", Reason: "Invalid http_client_proxy_url: " + err.Error(), Err: err}
	}
	s.Proxy = u
	return nil
}

// minProtocol24 reads the oldest TLS version; those that crypto/tls no longer speaks count as the oldest it does.
func minProtocol24(s *Settings, text string) error {
	version, ok := map[string]uint16{
		"ANY": tls.VersionTLS10, "TLSv1": tls.VersionTLS10, "TLSv1.1": tls.VersionTLS11,
		"TLSv1.2": tls.VersionTLS12, "TLSv1.3": tls.VersionTLS13, "LATEST": tls.VersionTLS13,
	}[text]
	if !ok {
		return errors.New("Unknown ssl_min_protocol value '" + text + "'")
	}
	s.TLS.MinVersion = version
	return nil
}
