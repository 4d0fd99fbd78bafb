package httpclient

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/luapush/luapush/runtime/config"
	"github.com/luapush/luapush/runtime/dovecot"
)

// number makes the value of a Lua number.
func number(n float64) Value { return NumberValue(n, "n") }

// TestSettings23 has what Dovecot 2.3.19.1 answered to dovecot.http.client{KEY=VALUE}.
func TestSettings23(t *testing.T) {
	const notNumber = ": non-negative number expected"
	for _, c := range []struct {
		key   string
		value Value
		text  string
	}{
		{"user_agent", number(5), "user_agent: string expected"},
		{"user_agent", BooleanValue(true), "user_agent: string expected"},
		{"user_agent", OtherValue("table: 0x1"), "user_agent: string expected"},
		{"user_agent", StringValue("x"), ""},
		{"rawlog_dir", BooleanValue(false), "rawlog_dir: string expected"},
		{"max_redirects", StringValue("5"), "max_redirects" + notNumber},
		{"max_redirects", number(1.5), "max_redirects" + notNumber},
		{"max_redirects", number(-1), "max_redirects" + notNumber},
		{"max_redirects", number(4294967295), ""},
		{"max_redirects", number(4294967296), "max_redirects" + notNumber},
		{"max_redirects", number(math.NaN()), "max_redirects" + notNumber},
		{"max_redirects", number(math.Inf(1)), "max_redirects" + notNumber},
		{"max_redirects", number(3), ""},
		{"max_redirects", BooleanValue(true), "max_redirects" + notNumber},
		{"max_attempts", OtherValue("table: 0x1"), "max_attempts" + notNumber},
		{"connect_timeout_msecs", BooleanValue(false), "connect_timeout_msecs" + notNumber},
		{"max_auto_retry_delay_secs", OtherValue("function: 0x1"), "max_auto_retry_delay_secs" + notNumber},
		{"no_auto_retry", number(1), "no_auto_retry: boolean expected"},
		{"no_auto_retry", StringValue("yes"), "no_auto_retry: boolean expected"},
		{"no_auto_retry", BooleanValue(true), ""},
		{"no_auto_redirect", number(0), "no_auto_redirect: boolean expected"},
		{"debug", StringValue("x"), "debug: boolean expected"},
		{"proxy_url", number(5), ""},
		{"proxy_url", BooleanValue(true), ""},
		{"proxy_url", StringValue("x"), "proxy_url is invalid: Relative HTTP URL not allowed"},
		{"proxy_url", StringValue(""), "proxy_url is invalid: Relative HTTP URL not allowed"},
		{"proxy_url", StringValue("http://h#f"), "proxy_url is invalid: URL fragment not allowed for HTTP URL in this context"},
		{"proxy_url", StringValue("http://u:p@h:1"), ""},
		{"timeout", number(5), ""},
		{"1", number(5), ""},
		{"MAX_REDIRECTS", StringValue("x"), ""},
		{"event_parent", OtherValue("table: 0x1"), ""},
	} {
		_, err := ParseSettings(dovecot.Default, Defaults(dovecot.Default), []Entry{{c.key, c.value}})
		checkSettingError(t, c.key, err, c.text)
	}
}

func checkSettingError(t *testing.T, key string, err error, text string) {
	t.Helper()
	if text == "" {
		if err != nil {
			t.Errorf("%s: %v, want none", key, err)
		}
		return
	}
	var e *SettingError
	if want := "Invalid HTTP client setting: " + text; !errors.As(err, &e) || err.Error() != want {
		t.Errorf("%s: %v, want %s", key, err, want)
	}
}

func TestSettings23Values(t *testing.T) {
	got, err := ParseSettings(dovecot.Default, Defaults(dovecot.Default), []Entry{
		{"user_agent", StringValue("a")},
		{"max_idle_time_msecs", number(1500)},
		{"no_auto_redirect", BooleanValue(true)},
		{"no_auto_retry", BooleanValue(true)},
		{"max_redirects", number(2)},
		{"max_attempts", number(3)},
		{"max_connect_attempts", number(4)},
		{"connect_backoff_time_msecs", number(5)},
		{"connect_backoff_max_time_msecs", number(6)},
		{"request_absolute_timeout_msecs", number(7)},
		{"request_timeout_msecs", number(8)},
		{"connect_timeout_msecs", number(9)},
		{"soft_connect_timeout_msecs", number(10)},
		{"max_auto_retry_delay_secs", number(11)},
		{"debug", BooleanValue(true)},
		{"proxy_url", StringValue("http://u:p@h:1")},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := Defaults(dovecot.Default)
	want.UserAgent, want.MaxIdleTime = "a", 1500*ms
	want.AutoRedirect, want.AutoRetry, want.Debug = false, false, true
	want.MaxRedirects, want.MaxAttempts, want.MaxConnectAttempts = 2, 3, 4
	want.ConnectBackoffTime, want.ConnectBackoffMaxTime = 5*ms, 6*ms
	want.RequestAbsoluteTimeout, want.RequestTimeout, want.ConnectTimeout, want.SoftConnectTimeout = 7*ms, 8*ms, 9*ms, 10*ms
	want.MaxAutoRetryDelay = 11 * time.Second
	want.Proxy = &URL{Host: "h", Port: 1, User: "u", Password: "p", HasPassword: true, Target: "/"}
	want.ProxyUsername, want.ProxyPassword = "u", "p"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	// Of two wrong entries the one Dovecot looks at first counts, not the one a script writes first.
	_, err = ParseSettings(dovecot.Default, want, []Entry{{"max_attempts", StringValue("x")}, {"no_auto_retry", number(1)}})
	checkSettingError(t, "two", err, "no_auto_retry: boolean expected")
}

func TestSettings24(t *testing.T) {
	for _, c := range []struct{ key, value, text string }{
		{"auto_retry", "cow", "auto_retry=cow: Invalid boolean value: cow (use yes or no)"},
		{"auto_retry", "true", "auto_retry=true: Invalid boolean value: true (use yes or no)"},
		{"auto_retry", "YES", ""},
		{"timeout", "10", "timeout is unknown setting"},
		{"debug", "yes", "debug is unknown setting"},
		{"max_attempts", "3", "max_attempts is unknown setting"},
		{"request_timeout", "10", "request_timeout=10: Time interval '10' is missing units (add e.g. 's' for seconds)"},
		{"request_timeout", "-1", "request_timeout=-1: Invalid time interval: -1"},
		{"request_timeout", "1.5s", "request_timeout=1.5s: Invalid time interval: 1.5s"},
		{"request_timeout", "9999 weeks", "request_timeout=9999 weeks: Time interval is too large: 9999 weeks"},
		{"request_timeout", "0", "http_client_request_timeout_msecs must not be 0"},
		{"request_timeout", "unlimited", ""},
		{"max_auto_retry_delay", "1500ms", "max_auto_retry_delay=1500ms: Milliseconds not supported for this setting: 1500ms"},
		{"max_auto_retry_delay", "2000ms", ""},
		{"request_max_attempts", "3.0", "request_max_attempts=3.0: Invalid number 3.0: Not a valid number"},
		{"request_max_attempts", "-3", "request_max_attempts=-3: Invalid number -3: Number too small"},
		{"request_max_attempts", "+3", "request_max_attempts=+3: Invalid number +3: Not a valid number"},
		{"request_max_attempts", "", "request_max_attempts=: Invalid number : Not a valid number"},
		{"request_max_attempts", "4294967296", "request_max_attempts=4294967296: Invalid number 4294967296: Number too large"},
		{"request_max_attempts", "0", "request_max_attempts must not be 0"},
		{"max_pipelined_requests", "0", "http_client_max_pipelined_requests must not be 0"},
		{"max_parallel_connections", "0", "http_client_max_parallel_connections must not be 0"},
		{"connect_backoff_time", "0", "http_client_connect_backoff_time_msecs must not be 0"},
		{"connect_backoff_time", "2 mins", "http_client_connect_backoff_time_msecs (60000) must not be smaller than http_client_connect_backoff_max_time_msecs (120000)"},
		{"response_hdr_max_size", "5 x", "response_hdr_max_size=5 x: Invalid size: 5 x"},
		{"response_hdr_max_size", "5 k", ""},
		{"response_hdr_max_size", "99999999999999T", "response_hdr_max_size=99999999999999T: Size is too large: 99999999999999T"},
		{"proxy_url", "h", "Invalid http_client_proxy_url: Relative HTTP URL not allowed"},
		{"proxy_url", "http://u@h", "Invalid http_client_proxy_url: HTTP URL does not allow `userinfo@' part"},
		{"proxy_url", "", ""},
		{"ssl_min_protocol", "TLSv1.3", ""},
		{"ssl_min_protocol", "SSLv3", "ssl_min_protocol=SSLv3: Unknown ssl_min_protocol value 'SSLv3'"},
		{"ssl_client_require_valid_cert", "no", ""},
		{"ssl_cipher_list", "ALL", ""},
		{"dns_client_timeout", "5", "dns_client_timeout=5: Time interval '5' is missing units (add e.g. 's' for seconds)"},
	} {
		_, err := ParseSettings(dovecot.Latest24, Defaults(dovecot.Latest24), []Entry{{c.key, StringValue(c.value)}})
		checkSettingError(t, c.key, err, c.text)
	}
	var cause *config.ValueError
	_, err := ParseSettings(dovecot.Latest24, Defaults(dovecot.Latest24), []Entry{{"auto_retry", NumberValue(5, "5.0")}})
	checkSettingError(t, "auto_retry", err, "auto_retry=5.0: Invalid boolean value: 5.0 (use yes or no)")
	if !errors.As(err, &cause) {
		t.Errorf("%v has no cause", err)
	}
}

// TestOptionsChangeSettings gives every option a value that is not its default and expects to see it in the settings,
// unless the option is one that is only accepted.
func TestOptionsChangeSettings(t *testing.T) {
	values := map[string]map[string]Value{
		"2.3": {"string": StringValue("http://p:1"), "number": number(77), "boolean": BooleanValue(true)},
		"2.4": {
			"string": StringValue("TLSv1.3"), "number": StringValue("77"), "time": StringValue("77s"), "size": StringValue("77k"),
		},
	}
	for version, byType := range values {
		release, err := dovecot.Parse(version)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range Options(release) {
			if o.Doc == "" || !strings.HasSuffix(o.Doc, ".") {
				t.Errorf("%s %s: doc %q is no sentence", version, o.Name, o.Doc)
			}
			v := byType[o.Type]
			switch {
			case o.Type == "event":
				continue
			case o.Name == "proxy_url":
				v = StringValue("http://p:1")
			case o.Type == "boolean" && version == "2.4":
				v = StringValue(map[string]string{"yes": "no", "no": "yes"}[o.Default])
			}
			base := Defaults(release)
			base.ConnectBackoffMaxTime = 24 * time.Hour
			got, err := ParseSettings(release, base, []Entry{{o.Name, v}})
			if err != nil {
				t.Errorf("%s %s: %v", version, o.Name, err)
				continue
			}
			if same := cmp.Equal(base, got); same && !o.Ignored {
				t.Errorf("%s %s: has no effect", version, o.Name)
			}
		}
	}
}

// TestOptionDefaults reads every written default and expects the default settings.
func TestOptionDefaults(t *testing.T) {
	var entries []Entry
	for _, o := range Options(dovecot.Latest24) {
		if o.Default != "" && o.Name != "ssl_min_protocol" {
			entries = append(entries, Entry{o.Name, StringValue(o.Default)})
		}
	}
	got, err := ParseSettings(dovecot.Latest24, Settings{}, entries)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Defaults(dovecot.Latest24), got); diff != "" {
		t.Error(diff)
	}
}

func TestSettingsByMethod(t *testing.T) {
	s := Defaults(dovecot.Latest24)
	s.MaxAttempts, s.ReadMaxAttempts, s.WriteMaxAttempts, s.DeleteMaxAttempts = 2, 3, 4, 5
	s.RequestTimeout, s.ReadRequestTimeout, s.WriteRequestTimeout, s.DeleteRequestTimeout = 2*ms, 3*ms, 4*ms, 5*ms
	for method, want := range map[string]uint32{"GET": 3, "HEAD": 3, "PUT": 4, "POST": 4, "DELETE": 5, "PATCH": 2, "get": 2} {
		if n := s.attempts(method); n != want {
			t.Errorf("%s: %d attempts, want %d", method, n, want)
		}
		if d := s.requestTimeout(method); d != time.Duration(want)*ms {
			t.Errorf("%s: timeout %v", method, d)
		}
		if d := s.connectTimeout(method); d != time.Duration(want)*ms {
			t.Errorf("%s: connect timeout %v", method, d)
		}
	}
	var zero Settings
	if zero.attempts("GET") != 1 || zero.requestTimeout("GET") != time.Minute || zero.backoffTime() != 100*ms ||
		zero.retryDelay("GET") != time.Minute || zero.backoffLimit() != time.Minute {
		t.Error("zero settings have no sane meaning")
	}
}
