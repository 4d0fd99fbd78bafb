package machine

// Hits counts how often code came by. A NOP instruction has the index of its
// counter in its Bx; the upper two bits of its A say what it does:
//
//	0  counts; with the lowest bit of A, the next instruction is free for the meter
//	1  a loop begins, whose depth among the function's loops is in the other bits
//	2  counts, and the loop of that depth has been entered
//	3  counts if that loop has not been entered since it began
type Hits struct {
	// Counts may be replaced by a longer list at any time. What is counted at
	// an index that is not in it is lost.
	Counts []uint64
}

const (
	nopCount = iota
	nopEnter
	nopBody
)

// count does a NOP and gives how many instructions are free.
func (r *Loop) count(i instruction, cf *frame) (free int64) {
	kind, depth := i.a()>>6, i.a()&63
	free = 1
	if kind == nopCount {
		free += int64(depth & 1)
	}
	h := r.meter.Hits
	if h == nil {
		return free
	}
	if kind != nopCount {
		for len(r.entered) <= cf.Idx {
			r.entered = append(r.entered, 0)
		}
		loops, bit := &r.entered[cf.Idx], uint64(1)<<depth
		switch {
		case kind == nopEnter:
			*loops &^= bit
			return free
		case kind == nopBody:
			*loops |= bit
		case *loops&bit != 0:
			return free
		}
	}
	if at := i.bx(); at < len(h.Counts) {
		h.Counts[at]++
	}
	return free
}
