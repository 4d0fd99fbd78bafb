package httpclient

import (
	"fmt"
	"strings"
	"time"

	"github.com/luapush/luapush/runtime/transport"
)

// seconds writes a duration as Dovecot does: seconds with three decimals.
func seconds(d time.Duration) string {
	msecs := max(d.Milliseconds(), 0)
	return fmt.Sprintf("%d.%03d", msecs/1000, msecs%1000)
}

// retriesRemark follows the reason of an answer that came at a later attempt.
func retriesRemark(retries int, d time.Duration) string {
	return fmt.Sprintf(" (%d retries in %s secs)", retries, seconds(d))
}

// connectsRemark follows the reason of a failed connect that was not the only one.
func (f *flight) connectsRemark() string {
	if f.connects < 2 {
		return ""
	}
	return fmt.Sprintf(" (%d attempts in %s secs)", f.connects, seconds(f.now().Sub(f.queued)))
}

// history follows the reason of a timeout or a lost connection and tells what had been done till then.
func (f *flight) history(c transport.Connection, connected, inFlight bool) string {
	now := f.now()
	var b strings.Builder
	fmt.Fprintf(&b, " (Request queued %s secs ago", seconds(now.Sub(f.queued)))
	if f.retries > 0 {
		fmt.Fprintf(&b, ", %d times retried", f.retries)
	}
	if f.sends == 0 {
		b.WriteString(", not yet sent")
	} else {
		fmt.Fprintf(&b, ", %d send attempts in %s secs", f.sends, seconds(now.Sub(f.firstSent)))
		last := seconds(now.Sub(f.lastSent))
		if f.sends > 1 {
			fmt.Fprintf(&b, ", %s in last attempt", last)
		}
		if inFlight {
			fmt.Fprintf(&b, ", %s in http ioloop", last)
		}
	}
	b.WriteString(", 0.000 in other ioloops")
	if connected {
		opened := c.Opened
		if opened.IsZero() {
			opened = f.lastSent
		}
		fmt.Fprintf(&b, ", connected %s secs ago", seconds(now.Sub(opened)))
	}
	return b.String() + ")"
}
