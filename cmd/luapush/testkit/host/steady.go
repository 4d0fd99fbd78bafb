package host

import "github.com/luapush/luapush/runtime/trace"

// Renumber gives a record whose transaction is counted from base+1 on, since a
// host counts those of all cases.
func Renumber(r trace.Record, base int64) trace.Record {
	if base == 0 || r.Transaction() == 0 {
		return r
	}
	n := trace.Txn(r.Transaction() - base)
	switch x := r.(type) {
	case *trace.Begin:
		return changed(x, func(r *trace.Begin) { r.Txn = n })
	case *trace.Call:
		return changed(x, func(r *trace.Call) { r.Txn = n })
	case *trace.HTTP:
		return changed(x, func(r *trace.HTTP) { r.Txn = n })
	case *trace.Log:
		return changed(x, func(r *trace.Log) { r.Txn = n })
	case *trace.Metadata:
		return changed(x, func(r *trace.Metadata) { r.Txn = n })
	case *trace.Error:
		return changed(x, func(r *trace.Error) { r.Txn = n })
	case *trace.End:
		return changed(x, func(r *trace.End) { r.Txn = n })
	case *trace.Note:
		return changed(x, func(r *trace.Note) { r.Txn = n })
	}
	return r
}

// Timeless gives a record without the time that it took.
func Timeless(r trace.Record) trace.Record {
	switch x := r.(type) {
	case *trace.Call:
		return changed(x, func(r *trace.Call) { r.Took = 0 })
	case *trace.HTTP:
		return changed(x, func(r *trace.HTTP) { r.Took = 0 })
	}
	return r
}

// changed gives a copy with a change: others were told the record itself, too.
func changed[T any](r *T, change func(*T)) *T {
	made := *r
	change(&made)
	return &made
}
