package strip

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// variant is how a word is to be replaced, where not as everywhere.
type variant struct {
	// salt gives other words, where two names would have become one.
	salt int
	// accept tells whether a character can be written where the word stands. nil is
	// yes.
	accept func(old, replacement rune) bool
}

// word gives what a word is replaced by; it has as many characters, each as many
// bytes long.
func (s *Stripper) word(w string, v variant) string {
	cached := v.salt == 0 && v.accept == nil
	if cached {
		if r, ok := s.words[w]; ok {
			return r
		}
	}
	r := s.replace(w, v)
	if cached {
		if len(s.words) >= maxWords {
			clear(s.words)
		}
		s.words[strings.Clone(w)] = r
	}
	return r
}

// maxWords bounds the memory for words that have been replaced already.
const maxWords = 1 << 16

func (s *Stripper) replace(w string, v variant) string {
	if isOneToOne(w) {
		return s.permute(w, v.salt)
	}
	folded := fold(w)
	for again := 0; ; again++ {
		purpose := "word"
		if again > 0 || v.salt > 0 {
			purpose += " " + strconv.Itoa(again) + " " + strconv.Itoa(v.salt)
		}
		numbers := s.key.stream(purpose, folded)
		var out strings.Builder
		out.Grow(len(w))
		for _, r := range w {
			out.WriteRune(choose(s.alphabetOf(r), r, numbers.below(1<<16), v.accept))
		}
		// A word that is replaced by itself has not been replaced. Some cannot be.
		if out.String() != w || again == 8 {
			return out.String()
		}
	}
}

// choose takes the character with a number, or the next one that can be written.
func choose(a alphabet, old rune, number int, accept func(rune, rune) bool) rune {
	for i := range a.chars {
		if c := a.at(number + i); accept == nil || accept(old, c) {
			return c
		}
	}
	return old
}

// isOneToOne tells whether a word is too short for chance to keep two of them
// apart, or a number.
func isOneToOne(w string) bool {
	if len(w) <= 2 && w[0] < utf8.RuneSelf && w[len(w)-1] < utf8.RuneSelf {
		return true
	}
	return isNumber(w)
}

func isNumber(w string) bool {
	for i := range len(w) {
		if !isDigit(w[i]) {
			return false
		}
	}
	return len(w) > 0
}

// permute replaces letters and digits so that no two words of the same make
// become one: a Feistel network over numbers of mixed bases, whose halves are
// changed in turn by what the key makes of the other half.
func (s *Stripper) permute(w string, salt int) string {
	values := make([]int, len(w))
	bases := make([]int, len(w))
	for i := range len(w) {
		if c := w[i]; isDigit(c) {
			values[i], bases[i] = int(c-'0'), 10
		} else {
			values[i], bases[i] = int(c|0x20-'a'), 26
		}
	}
	if len(w) == 1 {
		values[0] = s.shuffled(bases[0], salt)[values[0]]
	} else {
		s.feistel(values, bases, salt)
	}
	out := make([]byte, len(w))
	for i, v := range values {
		switch {
		case bases[i] == 10:
			out[i] = '0' + byte(v)
		case w[i] < 'a':
			out[i] = 'A' + byte(v)
		default:
			out[i] = 'a' + byte(v)
		}
	}
	return string(out)
}

// feistelRounds are even, so that each half is changed as often as the other.
const feistelRounds = 8

func (s *Stripper) feistel(values, bases []int, salt int) {
	half := len(values) / 2
	kinds := make([]byte, len(bases))
	for i, b := range bases {
		kinds[i] = byte(b)
	}
	for round := range feistelRounds {
		fixed, changed, base := values[half:], values[:half], bases[:half]
		if round%2 == 1 {
			fixed, changed, base = values[:half], values[half:], bases[half:]
		}
		text := make([]byte, 0, 2*len(values)+8)
		text = append(strconv.AppendInt(text, int64(salt), 10), byte(round))
		text = append(text, kinds...)
		for _, v := range fixed {
			text = append(text, byte(v))
		}
		numbers := s.key.stream("short", string(text))
		for i := range changed {
			changed[i] = (changed[i] + numbers.below(base[i])) % base[i]
		}
	}
}

// shuffled is the numbers below n in the key's order.
func (s *Stripper) shuffled(n, salt int) []int {
	numbers := s.key.stream("single", strconv.Itoa(n)+" "+strconv.Itoa(salt))
	order := make([]int, n)
	for i := range order {
		j := numbers.below(i + 1)
		order[i] = order[j]
		order[j] = i
	}
	return order
}

// country gives what stands for the label of a country at the end of a domain:
// one of the codes that ISO 3166 leaves to its users, so that the domain never
// belongs to anyone.
func (s *Stripper) country(w string, salt int) string {
	n := s.key.stream("country", fold(w)+" "+strconv.Itoa(salt)).below(40)
	code := [2]byte{'x', 'a' + byte(n)}
	if n >= 26 {
		code = [2]byte{'q', 'm' + byte(n-26)}
	}
	for i := range code {
		if w[i] < 'a' {
			code[i] -= 'a' - 'A'
		}
	}
	return string(code[:])
}

// invalid replaces bytes that are no UTF-8. Each stays of its kind, so that what
// was wrong about them, and for how many bytes, stays.
func (s *Stripper) invalid(run string) string {
	numbers := s.key.stream("bytes", run)
	out := make([]byte, len(run))
	for i := range len(run) {
		low, high := kindOfByte(run[i])
		out[i] = low + byte(numbers.below(int(high-low)+1))
		if out[i] == 0xed {
			out[i] = 0xee
		}
		if run[i] == 0xed {
			out[i] = 0xed
		}
	}
	return string(out)
}

// kindOfByte gives the range of bytes that a decoder takes the same way: those
// that continue a character, in three ranges since not all may follow all, and
// those that begin one, by its length.
func kindOfByte(b byte) (low, high byte) {
	switch {
	case b < 0x90:
		return 0x80, 0x8f
	case b < 0xa0:
		return 0x90, 0x9f
	case b < 0xc0:
		return 0xa0, 0xbf
	case b < 0xc2:
		return 0xc0, 0xc1
	case b < 0xe0:
		return 0xc2, 0xdf
	case b == 0xe0 || b == 0xf0 || b == 0xf4:
		return b, b
	case b < 0xf0:
		return 0xe1, 0xef
	case b < 0xf4:
		return 0xf1, 0xf3
	case b < 0xf8:
		return 0xf5, 0xf7
	case b < 0xfc:
		return 0xf8, 0xfb
	case b < 0xfe:
		return 0xfc, 0xfd
	}
	return 0xfe, 0xff
}
