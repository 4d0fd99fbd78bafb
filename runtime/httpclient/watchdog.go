package httpclient

import (
	"sync"
	"sync/atomic"
	"time"
)

// watchdog calls a function once its deadline has passed. Moving the deadline is only a store: the timer finds out when
// it fires that there is time left, since touching a timer several times a request costs more than the rest of it.
type watchdog struct {
	start    time.Time
	deadline atomic.Int64 // nanoseconds since start
	least    time.Duration
	bite     func()

	mu    sync.Mutex // the timer may fire before it is known
	timer *time.Timer
}

// newWatchdog starts one that bites after d, unless it is put off; least is the shortest time it will be put off to, and
// the longest it takes to notice that its deadline was brought forward.
func newWatchdog(d, least time.Duration, bite func()) *watchdog {
	w := &watchdog{start: time.Now(), least: least, bite: bite}
	w.deadline.Store(int64(d))
	w.mu.Lock()
	w.timer = time.AfterFunc(min(d, least), w.check)
	w.mu.Unlock()
	return w
}

// putOff moves the deadline to d from now.
func (w *watchdog) putOff(d time.Duration) { w.deadline.Store(int64(time.Since(w.start) + d)) }

func (w *watchdog) check() {
	if left := time.Duration(w.deadline.Load()) - time.Since(w.start); left > 0 {
		w.mu.Lock()
		w.timer.Reset(min(left, w.least))
		w.mu.Unlock()
		return
	}
	w.bite()
}

// stop ends the watch; a bite under way is not waited for.
func (w *watchdog) stop() {
	w.mu.Lock()
	w.timer.Stop()
	w.mu.Unlock()
}
