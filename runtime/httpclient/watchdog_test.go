package httpclient

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestWatchdog(t *testing.T) {
	for _, c := range []struct {
		name    string
		putOffs []time.Duration // each after the wait before it of 30 ms
		bites   time.Duration
	}{
		{"untouched", nil, 100 * ms},
		{"put off", []time.Duration{50 * ms, 50 * ms}, 110 * ms},
		{"put off for long", []time.Duration{time.Second}, 1030 * ms},
		{"brought forward", []time.Duration{20 * ms}, 50 * ms},
	} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			bitten := make(chan time.Duration, 1)
			dog := newWatchdog(100*ms, 20*ms, func() { bitten <- time.Since(start) })
			for _, d := range c.putOffs {
				time.Sleep(30 * ms)
				dog.putOff(d)
			}
			if got := <-bitten; got != c.bites {
				t.Errorf("%s: bites after %v, want %v", c.name, got, c.bites)
			}
			dog.stop()
		})
	}
	synctest.Test(t, func(t *testing.T) {
		dog := newWatchdog(100*ms, 100*ms, func() { t.Error("bites though stopped") })
		time.Sleep(50 * ms)
		dog.stop()
		time.Sleep(time.Second)
	})
}
