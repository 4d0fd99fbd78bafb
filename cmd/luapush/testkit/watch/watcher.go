package watch

import (
	"path/filepath"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Watcher tells which files change. Its methods are called from one goroutine.
type Watcher interface {
	// Watch says which folders to watch from now on, in place of those before.
	// One that is not there is left out.
	Watch(folders []string)
	// Changes gives the paths of files that were made, written, renamed or
	// removed, joined from the folder's name and their own.
	Changes() <-chan string
	// Close ends the watching, and closes Changes.
	Close() error
}

// pollEvery is how often folders are looked at where the system tells nothing.
const pollEvery = 250 * time.Millisecond

// NewWatcher gives a watcher that the operating system tells of changes; where
// it cannot, one that looks at the files four times a second.
func NewWatcher() Watcher {
	poll := newPoller(func() (<-chan time.Time, func()) {
		t := time.NewTicker(pollEvery)
		return t.C, t.Stop
	})
	events, err := fsnotify.NewWatcher()
	if err != nil {
		return poll
	}
	n := &notified{events: events, poll: poll, watched: map[string]bool{}, changes: make(chan string), end: make(chan struct{})}
	n.work.Go(n.forward)
	return n
}

// notified hands on what the operating system tells.
type notified struct {
	events *fsnotify.Watcher
	// poll looks after folders that the system does not watch.
	poll    *poller
	watched map[string]bool
	changes chan string
	end     chan struct{}
	work    sync.WaitGroup
}

// Watch implements Watcher.
func (n *notified) Watch(folders []string) {
	wanted := map[string]bool{}
	var others []string
	for _, f := range folders {
		wanted[f] = true
		// One that is watched already may be another by the same name, which
		// took its place.
		if err := n.events.Add(f); err == nil {
			n.watched[f] = true
			continue
		}
		delete(n.watched, f)
		if isFolder(f) {
			others = append(others, f)
		}
	}
	for f := range n.watched {
		if !wanted[f] {
			_ = n.events.Remove(f) // it may be gone already
			delete(n.watched, f)
		}
	}
	n.poll.Watch(others)
}

// Changes implements Watcher.
func (n *notified) Changes() <-chan string { return n.changes }

// Close implements Watcher.
func (n *notified) Close() error {
	close(n.end)
	err := n.events.Close()
	if polling := n.poll.Close(); err == nil {
		err = polling
	}
	n.work.Wait()
	return err
}

func (n *notified) forward() {
	defer close(n.changes)
	polled := n.poll.Changes()
	for {
		var path string
		select {
		case <-n.end:
			return
		case e, ok := <-n.events.Events:
			if !ok {
				return
			}
			if e.Op == fsnotify.Chmod {
				continue
			}
			path = filepath.Clean(e.Name)
		case _, ok := <-n.events.Errors:
			// Events were lost; the next ones come all the same.
			if !ok {
				return
			}
			continue
		case p, ok := <-polled:
			if !ok {
				polled = nil
				continue
			}
			path = p
		}
		select {
		case n.changes <- path:
		case <-n.end:
			return
		}
	}
}
