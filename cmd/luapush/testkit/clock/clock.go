// Package clock is the time that handlers and tests see: it stands still until a
// test, a sleep or a slow answer moves it, so that a test of an hour takes no
// time and gives the same result each time.
//
// It must not be used for limits: an endless loop takes no time on it.
//
// A Clock belongs to the goroutine that runs the case.
package clock

import (
	"context"
	"math"
	"time"
)

// Start is what a clock shows when a case begins: a Thursday, long before
// anything wraps around.
func Start() time.Time { return time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC) }

// end is as far as a clock goes: os.date and RFC 3339 end there.
var end = time.Date(9999, time.December, 31, 23, 59, 59, 0, time.UTC)

// Clock is a clock that stands still.
type Clock struct {
	at    time.Time
	began time.Time
}

// New gives a clock that shows Start.
func New() *Clock {
	c := &Clock{}
	c.Reset()
	return c
}

// Reset puts the clock back to Start.
func (c *Clock) Reset() { c.at, c.began = Start(), Start() }

// Now is what the clock shows.
func (c *Clock) Now() time.Time { return c.at }

// Used is how long the clock has run, for os.clock.
func (c *Clock) Used() time.Duration { return c.at.Sub(c.began) }

// Advance moves the clock. It stops at the end of the year 9999, and never goes
// back.
func (c *Clock) Advance(d time.Duration) {
	if d <= 0 {
		return
	}
	if c.at = c.at.Add(d); c.at.After(end) {
		c.at = end
	}
}

// Set lets the clock show a time; what has run for os.clock stays.
func (c *Clock) Set(t time.Time) {
	used := c.Used()
	c.at = t.UTC()
	c.began = c.at.Add(-used)
}

// Sleep advances the clock instead of waiting, and gives the context's error.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.Advance(d)
	return nil
}

// Seconds makes a duration of a script's number; what is too long or no number
// becomes the longest.
func Seconds(s float64) time.Duration {
	const longest = time.Duration(math.MaxInt64)
	switch {
	case !(s > 0):
		return 0
	case s >= longest.Seconds():
		return longest
	}
	return time.Duration(s * float64(time.Second))
}
