package strip

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Latin letters are replaced by these, which make no words.
const consonants = "bcdfghjklmnpqrstvwxz"

// alphabets are what letters beyond ASCII are replaced by: letters of the same
// script, case and length in UTF-8 that every charset in use for that script
// has, so that a word is replaced alike whatever charset it is in. Lower is in the
// order of its capitals.
var alphabets = []struct {
	script *unicode.RangeTable
	size   int
	lower  []rune
}{
	{unicode.Latin, 2, []rune("áâäçéëíîóôöúü")},
	{unicode.Greek, 2, []rune("αβγδεζηθικλμνξοπρστυφχψω")},
	{unicode.Cyrillic, 2, []rune("абвгдежзийклмнопрстуфхцчшщъыьэюя")},
	{unicode.Hebrew, 2, []rune("אבגדהוזחטיכלמנסעפצקרשת")},
	{unicode.Arabic, 2, []rune("ابتثجحخدذرزسشصضطظعغفقكلمنهوي")},
	{unicode.Hiragana, 3, []rune("あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわん")},
	{unicode.Katakana, 3, []rune("アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン")},
	{unicode.Hangul, 3, []rune("가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허고노도로모보소오조초코토포호구누두루무부수우주추쿠투푸후")},
	{unicode.Han, 3, []rune("一二三四五六七八九十人大小山川水火木土日月年中上下左右天地子女手足目口耳心力石田白立竹米牛羊文本正生先早草花村森林空夕赤王玉金町字名出入休男犬音工才士夫太母皮羽老考肉自色血行衣西角言谷豆走身里雨非食首百千万方古今半外多少毛止友父用回同寺光合弟社何近作汽形妹京明取受所的者使始姓委季定官府性房放昔易服果枝武法")},
}

// isWord tells whether a character is part of a word.
func isWord(r rune) bool {
	if r < utf8.RuneSelf {
		return isASCIIWord(byte(r))
	}
	return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.Is(unicode.Nd, r)
}

func isASCIIWord(c byte) bool { return isDigit(c) || isLetter(c) }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isUpper(r rune) bool { return unicode.IsUpper(r) }

// alphabet is the characters that may stand for one.
type alphabet struct {
	chars []rune
	upper bool // the characters' capitals are meant
}

func (a alphabet) at(i int) rune {
	r := a.chars[i%len(a.chars)]
	if a.upper {
		return unicode.ToUpper(r)
	}
	return r
}

var (
	consonantAlphabet = []rune(consonants)
	digitAlphabet     = []rune("0123456789")
)

// alphabetOf gives the characters that may replace a character of a word.
func (s *Stripper) alphabetOf(r rune) alphabet {
	if r < utf8.RuneSelf {
		if isDigit(byte(r)) {
			return alphabet{chars: digitAlphabet}
		}
		return alphabet{chars: consonantAlphabet, upper: isUpper(r)}
	}
	if unicode.IsLetter(r) && !unicode.Is(unicode.Lm, r) {
		for i := range alphabets {
			a := &alphabets[i]
			if utf8.RuneLen(r) == a.size && unicode.Is(a.script, r) {
				return alphabet{chars: a.lower, upper: isUpper(r) || unicode.IsTitle(r)}
			}
		}
	}
	return alphabet{chars: s.neighbours(r)}
}

// neighbours are the characters of the same kind near a character, in the half
// of 256 that it is in; blocks of scripts are aligned so.
func (s *Stripper) neighbours(r rune) []rune {
	kind := kindOf(r)
	key := neighbourhood{kind, r &^ 0x7f, utf8.RuneLen(r)}
	if chars, ok := s.near[key]; ok {
		return chars
	}
	var chars []rune
	for i := range rune(0x80) {
		if c := key.base + i; utf8.RuneLen(c) == key.size && kindOf(c) == kind {
			chars = append(chars, c)
		}
	}
	s.near[key] = chars
	return chars
}

type neighbourhood struct {
	kind int
	base rune
	size int
}

// kindOf tells kinds of characters apart that must stay.
func kindOf(r rune) int {
	for i, table := range []*unicode.RangeTable{
		unicode.Lu, unicode.Ll, unicode.Lt, unicode.Lm, unicode.Lo, unicode.Mn, unicode.Mc, unicode.Me, unicode.Nd,
	} {
		if unicode.Is(table, r) {
			return i + 1
		}
	}
	return 0
}

// fold takes the case out of a word.
func fold(word string) string { return strings.Map(unicode.ToLower, word) }
