package library

// The character classes of the C locale, as bits.
const (
	classAlpha = 1 << iota
	classControl
	classDigit
	classGraph
	classLower
	classPunct
	classSpace
	classUpper
	classHex
	classZero
)

var classes = func() (table [256]uint16) {
	table[0] = classZero
	for i := range 128 {
		c := byte(i)
		switch {
		case c < 32 || c == 127:
			table[i] |= classControl
		case c > 32:
			table[i] |= classGraph
		}
		switch {
		case c >= 'a' && c <= 'z':
			table[i] |= classAlpha | classLower
		case c >= 'A' && c <= 'Z':
			table[i] |= classAlpha | classUpper
		case c >= '0' && c <= '9':
			table[i] |= classDigit
		case c > 32 && c < 127:
			table[i] |= classPunct
		}
		if c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f' {
			table[i] |= classHex
		}
		if c == ' ' || c >= '\t' && c <= '\r' {
			table[i] |= classSpace
		}
	}
	return
}()

// classOf gives the bits that a pattern's letter (%a and so on) stands for; 0
// for a letter that is no class.
func classOf(letter byte) uint16 {
	switch letter | 0x20 {
	case 'a':
		return classAlpha
	case 'c':
		return classControl
	case 'd':
		return classDigit
	case 'g':
		return classGraph
	case 'l':
		return classLower
	case 'p':
		return classPunct
	case 's':
		return classSpace
	case 'u':
		return classUpper
	case 'w':
		return classAlpha | classDigit
	case 'x':
		return classHex
	case 'z':
		return classZero
	}
	return 0
}

// inClass tells whether c matches the letter after a %.
func inClass(c, letter byte) bool {
	bits := classOf(letter)
	if bits == 0 || letter < 'A' {
		return c == letter
	}
	return (classes[c]&bits != 0) == (letter >= 'a')
}
