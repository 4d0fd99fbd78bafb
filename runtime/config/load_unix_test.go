//go:build unix

package config

import (
	"errors"
	"testing"
)

// TestLoadEndsReading reads a device without an end.
func TestLoadEndsReading(t *testing.T) {
	if _, err := Load("/dev/zero", LoadOptions{}); !errors.Is(err, ErrFileLimit) {
		t.Errorf("got %v", err)
	}
}
