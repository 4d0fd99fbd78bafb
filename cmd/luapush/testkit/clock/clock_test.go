package clock

import (
	"context"
	"math"
	"testing"
	"time"
)

func TestClock(t *testing.T) {
	c := New()
	if !c.Now().Equal(Start()) || c.Used() != 0 {
		t.Errorf("%s, %s", c.Now(), c.Used())
	}
	c.Advance(time.Hour)
	c.Advance(-time.Hour)
	if err := c.Sleep(context.Background(), time.Minute); err != nil {
		t.Error(err)
	}
	if got := c.Now().Sub(Start()); got != 61*time.Minute || c.Used() != got {
		t.Errorf("%s, %s", got, c.Used())
	}
	c.Set(time.Unix(0, 0))
	if c.Now().Unix() != 0 || c.Used() != 61*time.Minute {
		t.Errorf("%s, %s", c.Now(), c.Used())
	}
	for range 100 {
		c.Advance(math.MaxInt64)
	}
	if c.Now().Year() != 9999 {
		t.Errorf("%s", c.Now())
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if c.Sleep(ctx, time.Hour) == nil {
		t.Error("a sleep does not see the end of its context")
	}
}

func TestSeconds(t *testing.T) {
	for s, want := range map[float64]time.Duration{
		1.5: 1500 * time.Millisecond, -1: 0, 0: 0, math.Inf(1): math.MaxInt64, 1e300: math.MaxInt64,
	} {
		if got := Seconds(s); got != want {
			t.Errorf("%g: %s, want %s", s, got, want)
		}
	}
	if got := Seconds(math.NaN()); got != 0 {
		t.Error(got)
	}
}
