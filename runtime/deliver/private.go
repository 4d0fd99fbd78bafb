package deliver

// The cells that a charset leaves to its users stand one after the other in
// Unicode's private area. These functions give 0 for all other cells.

func privateCP932(seq []byte) rune {
	if seq[0] < 0xf0 || seq[0] > 0xf9 || seq[1] < 0x40 || seq[1] == 0x7f || seq[1] > 0xfc {
		return 0
	}
	column := rune(seq[1]) - 0x40
	if seq[1] >= 0x80 {
		column--
	}
	return 0xe000 + rune(seq[0]-0xf0)*188 + column
}

func privateEUCJP(seq []byte) rune {
	first := rune(0xe000)
	if seq[0] == 0x8f {
		first, seq = 0xe000+10*94, seq[1:]
	}
	if seq[0] < 0xf5 || seq[0] > 0xfe || seq[1] < 0xa1 || seq[1] > 0xfe {
		return 0
	}
	return first + rune(seq[0]-0xf5)*94 + rune(seq[1]-0xa1)
}

func privateBig5(seq []byte) rune {
	if seq[0] < 0xc6 || seq[0] > 0xc8 || seq[0] == 0xc6 && seq[1] < 0xa1 ||
		seq[1] < 0x40 || seq[1] > 0x7e && seq[1] < 0xa1 || seq[1] > 0xfe {
		return 0
	}
	column := rune(seq[1]) - 0x40
	if seq[1] >= 0xa1 {
		column -= 0xa1 - 0x7f
	}
	return 0xf672 + rune(seq[0]-0xc6)*157 + column
}

func privateGB18030(seq []byte) rune {
	if len(seq) > 2 {
		return 0
	}
	row, column := seq[0], seq[1]
	switch {
	case row >= 0xaa && row <= 0xaf && column >= 0xa1 && column <= 0xfe:
		return 0xe000 + rune(row-0xaa)*94 + rune(column-0xa1)
	case row >= 0xf8 && row <= 0xfe && column >= 0xa1 && column <= 0xfe:
		return 0xe000 + 6*94 + rune(row-0xf8)*94 + rune(column-0xa1)
	case row >= 0xa1 && row <= 0xa7 && column >= 0x40 && column <= 0xa0 && column != 0x7f:
		n := rune(column) - 0x40
		if column >= 0x80 {
			n--
		}
		return 0xe4c6 + rune(row-0xa1)*96 + n
	}
	return 0
}
