package httpclient

import (
	"context"
	"time"
)

// Clock is where a client reads the time and waits between attempts. The zero value is the real one.
type Clock struct {
	// Now tells the time.
	Now func() time.Time
	// Sleep waits, and returns the context's error when that ends first.
	Sleep func(ctx context.Context, d time.Duration) error
}

func (c Clock) now() time.Time {
	if c.Now != nil {
		return c.Now()
	}
	return time.Now()
}

func (c Clock) sleep(ctx context.Context, d time.Duration) error {
	if c.Sleep != nil {
		return c.Sleep(ctx, d)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
