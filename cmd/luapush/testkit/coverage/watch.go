package coverage

import (
	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/trace"
)

// User implements runtime.API. It is called for each begin_txn.
func (a *watched) User(s *runtime.Session) vm.LValue {
	if s.Number() != 0 {
		a.host.begin(s)
	}
	return a.API.User(s)
}

// Event implements runtime.API. It is called for each event function.
func (a *watched) Event(s *runtime.Session, e *mail.Event) vm.LValue {
	a.host.event(s, e)
	return a.API.Event(s, e)
}

// Open implements runtime.API.
func (a *watched) Open(s *runtime.Session) error {
	h := a.host.handler(s.Program().Name())
	a.host.worker.current = h
	h.session, h.played, h.txn = s, false, nil
	return a.API.Open(s)
}

// begin is a transaction that begins.
func (h *host) begin(s *runtime.Session) {
	r := h.handler(s.Program().Name())
	h.worker.current = r
	again := r.session == s && r.played
	r.session, r.played, r.txn, r.at = s, true, s.Transaction(), -1
	if again {
		r.hit(h.worker, "second-transaction")
	}
	for i := range paths {
		if p := &paths[i]; p.transaction != nil && p.transaction(r, r.txn) {
			r.hit(h.worker, p.id)
		}
	}
	h.settings(r, s)
}

// settings notes which settings and metadata entries the transaction has and
// has not; the report asks for those that the script reads.
func (h *host) settings(r *handler, s *runtime.Session) {
	f := h.facts(r)
	for _, name := range f.settings {
		if _, ok := s.Setting(name); !ok {
			r.hit(h.worker, "no-setting:"+name)
		}
	}
	for _, key := range f.keys {
		if hasEntry(r.txn, key) {
			r.hit(h.worker, "metadata:"+key)
		} else {
			r.hit(h.worker, "no-metadata:"+key)
		}
	}
}

// hasEntry tells whether a transaction has a metadata entry, the user's or a
// mailbox's.
func hasEntry(t *mail.Transaction, key string) bool {
	if _, ok := t.MetadataValue(key); ok {
		return true
	}
	for _, box := range t.Mailboxes.All() {
		if _, ok := box.MetadataValue(key); ok {
			return true
		}
	}
	return false
}

// event is the call of an event function.
func (h *host) event(s *runtime.Session, e *mail.Event) {
	r := h.handler(s.Program().Name())
	h.worker.current = r
	r.defined[e.Name] = true
	t := r.events[e.Name]
	if t == nil {
		t = &tally{}
		r.events[e.Name] = t
	}
	h.worker.hit(t)
	if r.txn != nil {
		for i := range r.txn.Events {
			if &r.txn.Events[i] == e {
				r.at = i
			}
		}
	}
	for i := range paths {
		if p := &paths[i]; p.event != nil && p.on(e.Name) && p.event(e) {
			r.hit(h.worker, p.id)
		}
	}
}

func (r *handler) hit(w *Worker, id string) {
	t := r.reached[id]
	if t == nil {
		t = &tally{}
		r.reached[id] = t
	}
	w.hit(t)
}

// observe takes what handlers do.
func (h *host) observe(rec trace.Record) {
	switch x := rec.(type) {
	case *trace.Load:
		r := h.handler(x.Script)
		for _, name := range mail.EventNames() {
			for _, short := range x.Handlers {
				if name.HandlerFunction() == eventPrefix+short {
					r.defined[name] = true
				}
			}
		}
	case *trace.HTTP:
		if r := h.worker.current; r != nil {
			r.requests = true
			for i := range paths {
				if p := &paths[i]; p.request != nil && p.request(r, x) {
					r.hit(h.worker, p.id)
				}
			}
		}
	}
}

// eventPrefix is what the names of all event functions begin with.
const eventPrefix = "dovecot_lua_notify_event_"
