package deliver

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/transform"
)

// wideDecoder decodes UTF-16, UCS-2 and UTF-32. It is a transform.Transformer.
type wideDecoder struct {
	order binary.ByteOrder
	size  int  // of a unit: 2 or 4
	pairs bool // surrogates make one character
	mark  bool // a byte order mark at the beginning says the order
	begun bool
}

func wide(w wideDecoder) func() *charset {
	return func() *charset {
		d := w
		return &charset{decoder: &d}
	}
}

// Reset implements transform.Transformer.
func (w *wideDecoder) Reset() { w.begun = false }

// Transform implements transform.Transformer.
func (w *wideDecoder) Transform(dst, src []byte, _ bool) (nDst, nSrc int, err error) {
	for nSrc < len(src) {
		rest := src[nSrc:]
		if len(rest) < w.size {
			return nDst, nSrc, transform.ErrShortSrc
		}
		if len(dst)-nDst < utf8.UTFMax {
			return nDst, nSrc, transform.ErrShortDst
		}
		r := w.unit(rest)
		if !w.begun && w.mark && w.isMark(r) {
			w.begun = true
			nSrc += w.size
			continue
		}
		w.begun = true
		n := w.size
		if w.pairs && r >= 0xd800 && r < 0xdc00 {
			if len(rest) < 4 {
				return nDst, nSrc, transform.ErrShortSrc
			}
			n = 4
			r = utf16.DecodeRune(r, w.unit(rest[2:]))
			if r == utf8.RuneError {
				return nDst, nSrc, errInvalid
			}
		}
		if !utf8.ValidRune(r) {
			return nDst, nSrc, errInvalid
		}
		nDst += utf8.EncodeRune(dst[nDst:], r)
		nSrc += n
	}
	return nDst, nSrc, nil
}

func (w *wideDecoder) unit(data []byte) rune {
	if w.size == 2 {
		return rune(w.order.Uint16(data))
	}
	return rune(w.order.Uint32(data))
}

// isMark takes a byte order mark, and turns the order round where it says so.
func (w *wideDecoder) isMark(r rune) bool {
	switch {
	case r == 0xfeff:
		return true
	case w.size == 2 && r == 0xfffe, w.size == 4 && uint32(r) == 0xfffe0000:
		if w.order == binary.ByteOrder(binary.LittleEndian) {
			w.order = binary.BigEndian
		} else {
			w.order = binary.LittleEndian
		}
		return true
	}
	return false
}
