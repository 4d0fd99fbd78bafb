package mail

// Optional is a value that may be absent. Absent is nil in a script and no
// field in the document, which is something else than "", 0 or false.
type Optional[T any] struct {
	Value T
	Set   bool
}

// Text is an optional string of any bytes, not necessarily UTF-8.
type Text = Optional[string]

// Some returns v as a present value. For numbers name the type, as in
// Some[uint32](5000).
func Some[T any](v T) Optional[T] { return Optional[T]{Value: v, Set: true} }

// Get returns the value, and whether there is one.
func (o Optional[T]) Get() (T, bool) { return o.Value, o.Set }

// Or returns the value, or def when it is absent.
func (o Optional[T]) Or(def T) T {
	if o.Set {
		return o.Value
	}
	return def
}
