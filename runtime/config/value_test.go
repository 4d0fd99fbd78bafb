package config

import (
	"encoding/json"
	"errors"
	"strconv"
	"testing"
	"time"
)

// TestValuesFrozen compares with what doveconf of Dovecot 2.3.19.1 makes of a value.
func TestValuesFrozen(t *testing.T) {
	parsers := map[string]func(string) (string, error){
		"seconds": func(text string) (string, error) {
			n, err := ParseTimeSeconds(text)
			return strconv.FormatUint(uint64(n), 10), err
		},
		"milliseconds": func(text string) (string, error) {
			n, err := ParseTimeMilliseconds(text)
			if d, durationErr := ParseTime(text); d != time.Duration(n)*time.Millisecond || (durationErr == nil) != (err == nil) {
				t.Errorf("ParseTime(%q) = %v, %v", text, d, durationErr)
			}
			return strconv.FormatUint(uint64(n), 10), err
		},
		"size": func(text string) (string, error) {
			n, err := ParseSize(text)
			return strconv.FormatUint(n, 10), err
		},
		"bool": func(text string) (string, error) {
			yes, err := ParseBool(text)
			return map[bool]string{true: "yes", false: "no"}[yes], err
		},
	}
	seen := map[string]int{}
	readLines(t, "testdata/values-2.3.jsonl", func(line int, data []byte) {
		var c struct{ Kind, Value, Result, Error string }
		if err := json.Unmarshal(data, &c); err != nil {
			t.Fatalf("line %d: %v", line, err)
		}
		seen[c.Kind]++
		got, err := parsers[c.Kind](c.Value)
		if c.Error != "" {
			var valueError *ValueError
			if !errors.As(err, &valueError) || err.Error() != c.Error || valueError.Value != c.Value || errors.Unwrap(err) == nil {
				t.Errorf("line %d: %s %q: got %q, %v; want error %q", line, c.Kind, c.Value, got, err, c.Error)
			}
			return
		}
		if err != nil || got != c.Result {
			t.Errorf("line %d: %s %q: got %q, %v; want %q", line, c.Kind, c.Value, got, err, c.Result)
		}
	})
	for kind := range parsers {
		if seen[kind] < 25 {
			t.Errorf("only %d cases of %s", seen[kind], kind)
		}
	}
}

func TestValueCauses(t *testing.T) {
	_, units := ParseTime("5")
	_, fraction := ParseTimeSeconds("1ms")
	_, large := ParseSize("16777216T")
	_, invalid := ParseBool("")
	for err, want := range map[error]error{units: ErrMissingUnits, fraction: ErrMilliseconds, large: ErrValueTooLarge, invalid: ErrInvalidValue} {
		if !errors.Is(err, want) {
			t.Errorf("%v is not %v", err, want)
		}
	}
}

func TestPluginBool(t *testing.T) {
	for text, want := range map[string]bool{"": true, "yes": true, "no": false, "No": false, "0": false, "00": false, "false": false, "F": false, "n": false, "off": true, "1": true, " no": true} {
		if got := PluginBool(text, true); got != want {
			t.Errorf("%q: got %v", text, got)
		}
	}
	if PluginBool("yes", false) {
		t.Error("an unset setting must be false")
	}
}

func FuzzValues(f *testing.F) {
	for _, seed := range []string{"5 mins", "1500ms", "16777215T", "500 KiB", "yes", "0", "4294967295s"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		seconds, secondsErr := ParseTimeSeconds(text)
		milliseconds, err := ParseTimeMilliseconds(text)
		if secondsErr == nil && err == nil && uint64(seconds)*1000 != uint64(milliseconds) {
			t.Errorf("%q: %d s and %d ms", text, seconds, milliseconds)
		}
		if size, err := ParseSize(text); err == nil {
			if again, err := ParseSize(strconv.FormatUint(size, 10)); err != nil || again != size {
				t.Errorf("%q: %d, then %d, %v", text, size, again, err)
			}
		}
		if yes, err := ParseBool(text); err == nil && yes != PluginBool(text, true) {
			t.Errorf("%q: a valid boolean must mean the same in plugin {}", text)
		}
	})
}
