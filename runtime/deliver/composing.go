package deliver

import (
	"unicode/utf8"

	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// composer decodes windows-1255 and windows-1258, which have letters and the marks
// upon them apart. As glibc does, it puts the two together, and so holds each letter
// back until it sees what follows: the last letter of a text is lost, since Dovecot
// does not ask for it. It is a transform.Transformer.
type composer struct {
	high    []rune
	letter  func(r rune) bool                        // may have a mark
	compose func(letter, m rune) (r rune, open bool) // 0 if they stay apart; open is for a second mark
	held    rune                                     // the letter that waits; 0 is none
}

// Reset implements transform.Transformer.
func (c *composer) Reset() { c.held = 0 }

// Transform implements transform.Transformer.
func (c *composer) Transform(dst, src []byte, _ bool) (nDst, nSrc int, err error) {
	for ; nSrc < len(src); nSrc++ {
		if len(dst)-nDst < 2*utf8.UTFMax {
			return nDst, nSrc, transform.ErrShortDst
		}
		r := rune(src[nSrc])
		if r >= utf8.RuneSelf {
			if r = c.high[r-utf8.RuneSelf]; r == utf8.RuneError {
				return nDst, nSrc, errInvalid
			}
		}
		holds := c.letter(r)
		if c.held != 0 {
			if whole, open := c.compose(c.held, r); whole != 0 {
				r, holds = whole, open
			} else {
				nDst += utf8.EncodeRune(dst[nDst:], c.held)
			}
			c.held = 0
		}
		if holds {
			c.held = r
		} else {
			nDst += utf8.EncodeRune(dst[nDst:], r)
		}
	}
	return nDst, nSrc, nil
}

func newWindows1255() *charset {
	return &charset{decoder: &composer{high: []rune(windows1255), letter: isHebrewLetter, compose: composeHebrew}}
}

func newWindows1258() *charset {
	return &charset{decoder: &composer{high: []rune(windows1258), letter: isVietnameseLetter, compose: composeVietnamese}}
}

func isHebrewLetter(r rune) bool { return r >= 0x5d0 && r <= 0x5ea || r >= 0x5f0 && r <= 0x5f2 }

// composeHebrew waits for a second point on a shin that has one.
func composeHebrew(letter, point rune) (r rune, open bool) {
	r = hebrew[[2]rune{letter, point}]
	return r, r == 0xfb2a || r == 0xfb2b || r == 0xfb49
}

// isVietnameseLetter takes everything from A to the last letter for one, as glibc
// does.
func isVietnameseLetter(r rune) bool { return r >= 'A' && r <= 'ư' }

func composeVietnamese(letter, mark rune) (r rune, open bool) {
	switch mark {
	case 0x300, 0x301, 0x303, 0x309, 0x323:
	default:
		return 0, false
	}
	if r, ok := twoMarks[[2]rune{letter, mark}]; ok {
		return r, false
	}
	whole := norm.NFC.String(string([]rune{letter, mark}))
	if r, size := utf8.DecodeRuneInString(whole); size == len(whole) {
		return r, false
	}
	return 0, false
}

// twoMarks are those that Unicode puts together in another order.
var twoMarks = map[[2]rune]rune{
	{'Ó', 0x303}: 'Ṍ', {'Ö', 0x303}: 'Ṏ', {'Ú', 0x303}: 'Ṹ', {'ó', 0x303}: 'ṍ', {'ö', 0x303}: 'ṏ', {'ú', 0x303}: 'ṹ',
}

// hebrew are letters with points, which Unicode never puts together.
var hebrew = map[[2]rune]rune{
	{0x5f2, 0x5b7}: 0xfb1f, {0x5d0, 0x5b7}: 0xfb2e, {0x5d0, 0x5b8}: 0xfb2f, {0x5d0, 0x5bc}: 0xfb30,
	{0x5d1, 0x5bc}: 0xfb31, {0x5d1, 0x5bf}: 0xfb4c, {0x5d2, 0x5bc}: 0xfb32, {0x5d3, 0x5bc}: 0xfb33,
	{0x5d4, 0x5bc}: 0xfb34, {0x5d5, 0x5b9}: 0xfb4b, {0x5d5, 0x5bc}: 0xfb35, {0x5d6, 0x5bc}: 0xfb36,
	{0x5d8, 0x5bc}: 0xfb38, {0x5d9, 0x5b4}: 0xfb1d, {0x5d9, 0x5bc}: 0xfb39, {0x5da, 0x5bc}: 0xfb3a,
	{0x5db, 0x5bc}: 0xfb3b, {0x5db, 0x5bf}: 0xfb4d, {0x5dc, 0x5bc}: 0xfb3c, {0x5de, 0x5bc}: 0xfb3e,
	{0x5e0, 0x5bc}: 0xfb40, {0x5e1, 0x5bc}: 0xfb41, {0x5e3, 0x5bc}: 0xfb43, {0x5e4, 0x5bc}: 0xfb44,
	{0x5e4, 0x5bf}: 0xfb4e, {0x5e6, 0x5bc}: 0xfb46, {0x5e7, 0x5bc}: 0xfb47, {0x5e8, 0x5bc}: 0xfb48,
	{0x5e9, 0x5bc}: 0xfb49, {0x5e9, 0x5c1}: 0xfb2a, {0x5e9, 0x5c2}: 0xfb2b, {0x5ea, 0x5bc}: 0xfb4a,
	{0xfb49, 0x5c1}: 0xfb2c, {0xfb49, 0x5c2}: 0xfb2d, {0xfb2a, 0x5bc}: 0xfb2c, {0xfb2b, 0x5bc}: 0xfb2d,
}

// The upper halves of both, as in singleByteCharsets.
const (
	windows1255 = "€�‚ƒ„…†‡ˆ‰�‹�����‘’“”•–—˜™�›����\u00a0¡¢£₪¥¦§¨©×«¬\u00ad®¯°±²³´µ¶·¸¹÷»¼½¾¿\u05b0\u05b1\u05b2\u05b3\u05b4\u05b5\u05b6\u05b7\u05b8\u05b9�\u05bb\u05bc\u05bd\u05be\u05bf\u05c0\u05c1\u05c2\u05c3\u05f0\u05f1\u05f2\u05f3\u05f4�������\u05d0\u05d1\u05d2\u05d3\u05d4\u05d5\u05d6\u05d7\u05d8\u05d9\u05da\u05db\u05dc\u05dd\u05de\u05df\u05e0\u05e1\u05e2\u05e3\u05e4\u05e5\u05e6\u05e7\u05e8\u05e9\u05ea��\u200e\u200f�"
	windows1258 = "€�‚ƒ„…†‡ˆ‰�‹Œ����‘’“”•–—˜™�›œ��Ÿ\u00a0¡¢£¤¥¦§¨©ª«¬\u00ad®¯°±²³´µ¶·¸¹º»¼½¾¿ÀÁÂĂÄÅÆÇÈÉÊË\u0300ÍÎÏĐÑ\u0309ÓÔƠÖ×ØÙÚÛÜƯ\u0303ßàáâăäåæçèéêë\u0301íîïđñ\u0323óôơö÷øùúûüư₫ÿ"
)
