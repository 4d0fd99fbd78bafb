package spelling

import (
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
	names := []string{"url", "cache_lifetime", "max_retries", "timeout_msecs", "user_from_metadata", "ox", "dlog", "lua"}
	for wrong, want := range map[string]string{
		"urll":                      "url",
		"ulr":                       "url",
		"URL":                       "url",
		"cache_life_time":           "cache_lifetime",
		"cachelifetime":             "cache_lifetime",
		"max_retrys":                "max_retries",
		"timeout":                   "",
		"timeoutmsec":               "timeout_msecs",
		"user_from_metdata":         "user_from_metadata",
		"dolg":                      "dlog",
		"luaa":                      "lua",
		"webhook":                   "",
		"":                          "",
		strings.Repeat("url", 1000): "",
	} {
		if got := Nearest(wrong, names); got != want {
			t.Errorf("Nearest(%q) = %q, not %q", wrong, got, want)
		}
	}
}
