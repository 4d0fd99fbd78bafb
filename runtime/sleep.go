package runtime

import (
	"context"
	"time"
)

// Sleep waits as the host does, for a script: until d is over, or the context
// ends, whose error it returns then. It may be called from any goroutine.
func (s *Session) Sleep(ctx context.Context, d time.Duration) error {
	return s.host.options.Sleep(ctx, d)
}

// sleep really waits.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
