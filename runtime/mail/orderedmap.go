package mail

import "iter"

// Entry is one member of a Map.
type Entry[V any] struct {
	Key   string
	Value V
}

// Map is a list of members in document order, each key once. A nil Map is an
// object the document does not have; an empty one that is not nil is {}.
// Lookups walk the list: settings, metadata and mailboxes of one transaction
// are few.
type Map[V any] []Entry[V]

// Get returns the value of key, and whether it is there.
func (m Map[V]) Get(key string) (V, bool) {
	for i := range m {
		if m[i].Key == key {
			return m[i].Value, true
		}
	}
	var none V
	return none, false
}

// Put replaces the value of key in its place, or adds it at the end.
func (m *Map[V]) Put(key string, value V) {
	for i := range *m {
		if (*m)[i].Key == key {
			(*m)[i].Value = value
			return
		}
	}
	*m = append(*m, Entry[V]{key, value})
}

// Delete removes key and reports whether it was there.
func (m *Map[V]) Delete(key string) bool {
	for i := range *m {
		if (*m)[i].Key == key {
			*m = append((*m)[:i], (*m)[i+1:]...)
			return true
		}
	}
	return false
}

// All yields the members in document order.
func (m Map[V]) All() iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for i := range m {
			if !yield(m[i].Key, m[i].Value) {
				return
			}
		}
	}
}
