package watch

import (
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// poller looks at the files of its folders at each tick.
type poller struct {
	changes chan string
	folders chan order
	end     chan struct{}
	work    sync.WaitGroup
}

// order says what to look at; seen is closed when it was looked at first, and
// whatever changes afterwards is a change.
type order struct {
	folders []string
	seen    chan struct{}
}

// newPoller makes one with a clock that starts when there is something to look
// at.
func newPoller(ticker func() (tick <-chan time.Time, stop func())) *poller {
	p := &poller{changes: make(chan string), folders: make(chan order), end: make(chan struct{})}
	p.work.Go(func() { p.look(ticker) })
	return p
}

// Watch implements Watcher.
func (p *poller) Watch(folders []string) {
	o := order{folders, make(chan struct{})}
	select {
	case p.folders <- o:
		<-o.seen
	case <-p.end:
	}
}

// Changes implements Watcher.
func (p *poller) Changes() <-chan string { return p.changes }

// Close implements Watcher.
func (p *poller) Close() error {
	close(p.end)
	p.work.Wait()
	return nil
}

func (p *poller) look(ticker func() (<-chan time.Time, func())) {
	defer close(p.changes)
	var folders []string
	var tick <-chan time.Time
	stop := func() {}
	defer func() { stop() }()
	var seen map[string]string
	// queue has what nobody has taken yet.
	var queue []string
	for {
		var changes chan string
		next := ""
		if len(queue) > 0 {
			changes, next = p.changes, queue[0]
		}
		select {
		case <-p.end:
			return
		case o := <-p.folders:
			folders = o.folders
			stop()
			tick, stop = nil, func() {}
			if len(folders) > 0 {
				tick, stop = ticker()
			}
			// What was seen before goes on counting; what is new is as it is.
			now := snapshot(folders)
			for path, stamp := range seen {
				if _, there := now[path]; there {
					now[path] = stamp
				}
			}
			seen = now
			close(o.seen)
		case changes <- next:
			queue = queue[1:]
		case <-tick:
			now := snapshot(folders)
			queue = append(queue, differences(seen, now)...)
			seen = now
		}
	}
}

// differences are the paths whose versions differ, sorted.
func differences(before, now map[string]string) []string {
	var list []string
	for path, stamp := range now {
		if before[path] != stamp {
			list = append(list, path)
		}
	}
	for path := range before {
		if _, there := now[path]; !there {
			list = append(list, path)
		}
	}
	slices.Sort(list)
	return list
}

// snapshot has the versions of all files of folders.
func snapshot(folders []string) map[string]string {
	all := map[string]string{}
	for _, folder := range folders {
		entries, err := os.ReadDir(folder)
		if err != nil {
			continue // it is gone
		}
		for _, e := range entries {
			path := filepath.Join(folder, e.Name())
			all[path] = stampOf(path)
		}
	}
	return all
}
