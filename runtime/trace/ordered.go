package trace

import "sync"

// Ordered puts a Call in front of the records it caused, which is how people
// read it. It holds back at most limit records of a call that is still going
// on, so that a handler that logs without end does not fill the memory; what
// is over goes through at once. It is safe for concurrent use, but mixes the
// calls of sessions that run at the same time.
func Ordered(next Observer, limit int) Observer {
	return &ordered{next: next, limit: limit}
}

type ordered struct {
	mu    sync.Mutex
	next  Observer
	limit int
	held  []Record
}

func (o *ordered) Observe(r Record) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch r := r.(type) {
	case *Call:
		o.next.Observe(r)
		o.release()
	case *HTTP, *Log, *Metadata, *Note:
		if l, ok := r.(*Log); ok && l.Script == "" {
			// The driver's own lines stand between the calls.
			o.release()
			o.next.Observe(r)
			return
		}
		if n, ok := r.(*Note); ok && n.Host {
			o.release()
			o.next.Observe(r)
			return
		}
		if len(o.held) >= o.limit {
			o.release()
		}
		o.held = append(o.held, r)
	default:
		o.release()
		o.next.Observe(r)
	}
}

func (o *ordered) release() {
	for i, r := range o.held {
		o.next.Observe(r)
		o.held[i] = nil
	}
	o.held = o.held[:0]
}
