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
		made := *x
		made.Txn = n
		return &made
	case *trace.Call:
		made := *x
		made.Txn = n
		return &made
	case *trace.HTTP:
		made := *x
		made.Txn = n
		return &made
	case *trace.Log:
		made := *x
		made.Txn = n
		return &made
	case *trace.Metadata:
		made := *x
		made.Txn = n
		return &made
	case *trace.Error:
		made := *x
		made.Txn = n
		return &made
	case *trace.End:
		made := *x
		made.Txn = n
		return &made
	case *trace.Note:
		made := *x
		made.Txn = n
		return &made
	}
	return r
}

// Timeless gives a record without the time that it took.
func Timeless(r trace.Record) trace.Record {
	switch x := r.(type) {
	case *trace.Call:
		made := *x
		made.Took = 0
		return &made
	case *trace.HTTP:
		made := *x
		made.Took = 0
		return &made
	}
	return r
}
