package httpclient

import "time"

// options23 are the settings of 2.3.19 and later 2.3, in the order in which Dovecot looks for them.
var options23 = []Option{
	{
		Name: "user_agent", Type: "string",
		Doc:   "Text of the User-Agent header; without it there is none.",
		set23: string23(func(s *Settings) *string { return &s.UserAgent }),
	},
	{
		Name: "rawlog_dir", Type: "string", Ignored: true,
		Doc:   "Directory for logs of the raw traffic.",
		set23: string23(func(s *Settings) *string { return &s.RawlogDir }),
	},
	{
		Name: "max_idle_time_msecs", Type: "number", Default: "0",
		Doc:   "How long an unused connection is kept; 0 is for ever.",
		set23: duration23(time.Millisecond, func(s *Settings) *time.Duration { return &s.MaxIdleTime }),
	},
	{
		Name: "no_auto_redirect", Type: "boolean", Default: "false",
		Doc:   "Return redirects to the script instead of following or refusing them.",
		set23: boolean23(func(s *Settings, b bool) { s.AutoRedirect = !b }),
	},
	{
		Name: "no_auto_retry", Type: "boolean", Default: "false",
		Doc:   "Do not try again after a lost connection or a timeout. Retries that an answer asks for still happen.",
		set23: boolean23(func(s *Settings, b bool) { s.AutoRetry = !b }),
	},
	{
		Name: "max_redirects", Type: "number", Default: "0",
		Doc:   "How many redirects are followed; with 0 a redirect fails with status 9004.",
		set23: number23(func(s *Settings) *uint32 { return &s.MaxRedirects }),
	},
	{
		Name: "max_attempts", Type: "number", Default: "0",
		Doc:   "How often a request is sent at most; 0 is once.",
		set23: number23(func(s *Settings) *uint32 { return &s.MaxAttempts }),
	},
	{
		Name: "max_connect_attempts", Type: "number", Default: "0",
		Doc:   "How many connects are tried at most, over all addresses; with 0 and 1 each address is tried once.",
		set23: number23(func(s *Settings) *uint32 { return &s.MaxConnectAttempts }),
	},
	{
		Name: "connect_backoff_time_msecs", Type: "number", Default: "100",
		Doc:   "Wait before the second connect; doubled for each further one.",
		set23: duration23(time.Millisecond, func(s *Settings) *time.Duration { return &s.ConnectBackoffTime }),
	},
	{
		Name: "connect_backoff_max_time_msecs", Type: "number", Default: "60000",
		Doc:   "Longest wait between connects; values below 60000 have no effect.",
		set23: duration23(time.Millisecond, func(s *Settings) *time.Duration { return &s.ConnectBackoffMaxTime }),
	},
	{
		Name: "request_absolute_timeout_msecs", Type: "number", Default: "0",
		Doc:   "Limit of a whole request with all its attempts; 0 is none.",
		set23: duration23(time.Millisecond, func(s *Settings) *time.Duration { return &s.RequestAbsoluteTimeout }),
	},
	{
		Name: "request_timeout_msecs", Type: "number", Default: "60000",
		Doc:   "How long one attempt waits for the answer, and for each further part of it.",
		set23: duration23(time.Millisecond, func(s *Settings) *time.Duration { return &s.RequestTimeout }),
	},
	{
		Name: "connect_timeout_msecs", Type: "number", Default: "0",
		Doc:   "Limit of a connect with its TLS handshake; 0 is request_timeout_msecs.",
		set23: duration23(time.Millisecond, func(s *Settings) *time.Duration { return &s.ConnectTimeout }),
	},
	{
		Name: "soft_connect_timeout_msecs", Type: "number", Default: "0",
		Doc:   "After this time the next address is tried beside the one that has not answered; 0 is never.",
		set23: duration23(time.Millisecond, func(s *Settings) *time.Duration { return &s.SoftConnectTimeout }),
	},
	{
		Name: "max_auto_retry_delay_secs", Type: "number", Default: "0",
		Doc:   "Longest Retry-After of a 503 answer that is waited for; 0 is the request timeout.",
		set23: duration23(time.Second, func(s *Settings) *time.Duration { return &s.MaxAutoRetryDelay }),
	},
	{
		Name: "debug", Type: "boolean", Default: "false",
		Doc:   "Log what the client does at debug level.",
		set23: boolean23(func(s *Settings, b bool) { s.Debug = b }),
	},
	{
		Name: "proxy_url", Type: "string",
		Doc:   "HTTP proxy, with its user and password if it wants them.",
		set23: proxy23,
	},
	{
		Name: "event_parent", Type: "event",
		Doc: "Event that the client's events descend from.",
	},
}
