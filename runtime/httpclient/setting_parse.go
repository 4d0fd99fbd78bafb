package httpclient

import (
	"errors"
	"fmt"
	"math"

	"github.com/luapush/luapush/runtime/dovecot"
)

// ParseSettings turns the entries of the table given to dovecot.http.client into settings, starting from base, which is
// [Defaults] and whatever the host configures besides (the ssl_client_* settings of dovecot.conf). The error is a
// [*SettingError] with Dovecot's text (dovecot.md §5.1).
//
// In 2.3 a setting has a Lua type, unknown keys are ignored, and of several wrong entries the one that comes first in
// [Options] is reported. In 2.4 a value is text in the setting's own grammar, an unknown key is an error, and the first
// wrong entry is reported. The entry event_parent is accepted and left to the caller, which alone can check it.
func ParseSettings(release dovecot.Release, base Settings, entries []Entry) (Settings, error) {
	s := base
	var err error
	if release.AtLeast(2, 4) {
		err = parse24(&s, entries)
	} else {
		err = parse23(&s, entries)
	}
	if err != nil {
		return Settings{}, err
	}
	return s, nil
}

func parse23(s *Settings, entries []Entry) error {
	for i := range options23 {
		o := &options23[i]
		for _, e := range entries {
			if e.Key != o.Name || o.set23 == nil {
				continue
			}
			if reason := o.set23(s, e.Value); reason != "" {
				return &SettingError{Key: e.Key, Reason: o.Name + reason}
			}
		}
	}
	return nil
}

func parse24(s *Settings, entries []Entry) error {
	for _, e := range entries {
		o := find(options24, e.Key)
		if o == nil {
			return &SettingError{Key: e.Key, Reason: e.Key + " is unknown setting"}
		}
		if o.set24 == nil {
			continue
		}
		if err := o.set24(s, e.Value.text); err != nil {
			if whole := (*SettingError)(nil); errors.As(err, &whole) {
				return whole
			}
			return &SettingError{Key: e.Key, Reason: e.Key + "=" + e.Value.text + ": " + err.Error(), Err: err}
		}
	}
	return check24(s)
}

// check24 refuses what the settings may not be together, after all of them were read.
func check24(s *Settings) error {
	for _, c := range []struct {
		wrong bool
		text  string
	}{
		{s.MaxAttempts == 0, "request_max_attempts must not be 0"},
		{s.MaxPipelinedRequests == 0, "http_client_max_pipelined_requests must not be 0"},
		{s.MaxParallelConnections == 0, "http_client_max_parallel_connections must not be 0"},
		{s.ConnectBackoffTime == 0, "http_client_connect_backoff_time_msecs must not be 0"},
		{
			s.ConnectBackoffMaxTime < s.ConnectBackoffTime,
			fmt.Sprintf("http_client_connect_backoff_time_msecs (%d) must not be smaller than "+
				"http_client_connect_backoff_max_time_msecs (%d)",
				s.ConnectBackoffMaxTime.Milliseconds(), s.ConnectBackoffTime.Milliseconds()),
		},
		{s.RequestTimeout == 0, "http_client_request_timeout_msecs must not be 0"},
	} {
		if c.wrong {
			return &SettingError{Reason: c.text}
		}
	}
	return nil
}

func find(options []Option, name string) *Option {
	for i := range options {
		if options[i].Name == name {
			return &options[i]
		}
	}
	return nil
}

// uint23 reads a non-negative integral number of 32 bits; a string of digits is none.
func uint23(v Value) (uint32, bool) {
	n := v.number
	if v.kind != kindNumber || n != math.Trunc(n) || n < 0 || n > math.MaxUint32 {
		return 0, false
	}
	return uint32(n), true
}
