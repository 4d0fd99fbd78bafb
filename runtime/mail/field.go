package mail

import "math"

// field is one field of an object of the document that is read into a T. The
// lists of them (transactionFields, userFields, …) are all that reading and
// writing know of the document's shape, so that the two cannot differ.
type field[T any] struct {
	name     string
	required bool
	read     func(*decoder, *T) error
	write    func(*encoder, *T) // of the value; nothing before or after
	present  func(*T) bool      // nil means always
}

func (f field[T]) mandatory() field[T] {
	f.required = true
	return f
}

// stringField is a string that is always written.
func stringField[T any](name string, at func(*T) *string) field[T] {
	return field[T]{
		name:  name,
		read:  func(d *decoder, t *T) error { return store(at(t), d.text) },
		write: func(e *encoder, t *T) { e.text(*at(t)) },
	}
}

// labelField is a string that is absent when empty.
func labelField[T any](name string, at func(*T) *string) field[T] {
	f := stringField(name, at)
	f.present = func(t *T) bool { return *at(t) != "" }
	return f
}

func textField[T any](name string, at func(*T) *Text) field[T] {
	f := stringField(name, func(t *T) *string { return &at(t).Value })
	read := f.read
	f.read = func(d *decoder, t *T) error { at(t).Set = true; return read(d, t) }
	f.present = func(t *T) bool { return at(t).Set }
	return f
}

func boolField[T any](name string, at func(*T) *Optional[bool]) field[T] {
	f := flagField(name, func(t *T) *bool { return &at(t).Value })
	read := f.read
	f.read = func(d *decoder, t *T) error { at(t).Set = true; return read(d, t) }
	f.present = func(t *T) bool { return at(t).Set }
	return f
}

// flagField is a boolean that is always written.
func flagField[T any](name string, at func(*T) *bool) field[T] {
	return field[T]{
		name:  name,
		read:  func(d *decoder, t *T) error { return store(at(t), d.boolean) },
		write: func(e *encoder, t *T) { e.boolean(*at(t)) },
	}
}

// numberField builds the field of an integer between low and high. at returns
// the number and its presence; a nil presence means always there.
func numberField[T any, N int | int64 | uint32 | uint64](
	name string, low int64, high uint64, at func(*T) (*N, *bool),
) field[T] {
	return field[T]{
		name: name,
		read: func(d *decoder, t *T) error {
			n, err := d.integer(low, high)
			if err != nil {
				return err
			}
			value, has := at(t)
			*value = N(n)
			if has != nil {
				*has = true
			}
			return nil
		},
		write: func(e *encoder, t *T) {
			value, _ := at(t)
			if *value < 0 {
				e.negative(int64(*value))
				return
			}
			e.unsigned(uint64(*value))
		},
		present: func(t *T) bool {
			_, has := at(t)
			return has == nil || *has
		},
	}
}

func uintField[T any](name string, at func(*T) (*uint32, *bool)) field[T] {
	return numberField(name, 0, math.MaxUint32, at)
}

func countField[T any](name string, at func(*T) *Optional[uint32]) field[T] {
	return uintField(name, func(t *T) (*uint32, *bool) { o := at(t); return &o.Value, &o.Set })
}

func modseqField[T any](name string, at func(*T) *Optional[uint64]) field[T] {
	return numberField(name, 0, math.MaxUint64, func(t *T) (*uint64, *bool) { o := at(t); return &o.Value, &o.Set })
}

// intField is a point in time; Dovecot has -1 for "unknown" (dovecot.md §2.3).
func intField[T any](name string, at func(*T) (*int64, *bool)) field[T] {
	return numberField(name, math.MinInt64, math.MaxInt64, at)
}

func minutesField[T any](name string, at func(*T) (*int, *bool)) field[T] {
	return numberField(name, math.MinInt32, math.MaxInt32, at)
}

// listField is a list of strings; nil is absent.
func listField[T any](name string, at func(*T) *[]string) field[T] {
	return field[T]{
		name:    name,
		read:    func(d *decoder, t *T) error { return store(at(t), d.texts) },
		write:   func(e *encoder, t *T) { e.texts(*at(t)) },
		present: func(t *T) bool { return *at(t) != nil },
	}
}

// textMapField is an object whose members are strings; nil is absent.
func textMapField[T any](name string, at func(*T) *Map[string]) field[T] {
	return field[T]{
		name: name,
		read: func(d *decoder, t *T) error {
			return readMap(d, at(t), func(string) (string, error) { return d.text() })
		},
		write: func(e *encoder, t *T) {
			writeMap(e, *at(t), func(_, value string) { e.text(value) })
		},
		present: func(t *T) bool { return *at(t) != nil },
	}
}

func objectField[T, O any](
	name string, at func(*T) (*O, *bool), fields []field[O], unknown func(*O) *[]Field,
) field[T] {
	return field[T]{
		name: name,
		read: func(d *decoder, t *T) error {
			object, has := at(t)
			if has != nil {
				*has = true
			}
			return readObject(d, fields, object, unknown(object))
		},
		write: func(e *encoder, t *T) {
			object, _ := at(t)
			writeObject(e, fields, object, *unknown(object))
		},
		present: func(t *T) bool {
			_, has := at(t)
			return has == nil || *has
		},
	}
}

// arrayField is a list of objects; nil is absent unless the field is required.
func arrayField[T, O any](
	name string, at func(*T) *[]O, fields []field[O], unknown func(*O) *[]Field,
) field[T] {
	return field[T]{
		name: name,
		read: func(d *decoder, t *T) error {
			list := []O{}
			err := d.elements("an array of objects", func() error {
				var zero O
				list = append(list, zero)
				last := &list[len(list)-1]
				return readObject(d, fields, last, unknown(last))
			})
			*at(t) = list
			return err
		},
		write: func(e *encoder, t *T) {
			list := *at(t)
			e.array(len(list), func(i int) { writeObject(e, fields, &list[i], *unknown(&list[i])) })
		},
		present: func(t *T) bool { return *at(t) != nil },
	}
}

func eventNameField(name string, at func(*Event) *EventName) field[Event] {
	return field[Event]{
		name:     name,
		required: true,
		read:     func(d *decoder, ev *Event) error { return store(at(ev), d.eventName) },
		write: func(e *encoder, ev *Event) {
			if !at(ev).Known() {
				_, err := ParseEventName(string(*at(ev)))
				e.fail(err)
			}
			e.text(string(*at(ev)))
		},
	}
}

func versionField(name string) field[Transaction] {
	return field[Transaction]{
		name: name,
		read: func(d *decoder, t *Transaction) error { return store(&t.Version, d.version) },
		write: func(e *encoder, t *Transaction) {
			if t.Version != 0 && t.Version != Version {
				e.failf("version %d cannot be written, only %d", t.Version, Version)
			}
			e.unsigned(Version)
		},
	}
}

func mailboxesField(name string) field[Transaction] {
	return field[Transaction]{
		name: name,
		read: func(d *decoder, t *Transaction) error {
			return readMap(d, &t.Mailboxes, func(key string) (*Mailbox, error) {
				m := new(Mailbox)
				if err := readObject(d, mailboxFields, m, &m.Unknown); err != nil {
					return nil, err
				}
				return m.named(key), d.sameName(key, m)
			})
		},
		write: func(e *encoder, t *Transaction) {
			writeMap(e, t.Mailboxes, func(key string, m *Mailbox) {
				if m == nil {
					e.failf("mailbox %s is nil", quoteShort(key))
					return
				}
				if m.VName == "" || m.Name == "" {
					c := *m
					m = c.named(key)
				}
				if m.VName != key {
					e.failf("mailbox %s has the vname %s", quoteShort(key), quoteShort(m.VName))
				}
				writeObject(e, mailboxFields, m, m.Unknown)
			})
		},
		present: func(t *Transaction) bool { return t.Mailboxes != nil },
	}
}

// named fills in the names the document left out.
func (m *Mailbox) named(key string) *Mailbox {
	if m.VName == "" {
		m.VName = key
	}
	if m.Name == "" {
		m.Name = m.VName
	}
	return m
}

// store puts what read returns at p.
func store[V any](p *V, read func() (V, error)) error {
	v, err := read()
	if err == nil {
		*p = v
	}
	return err
}
