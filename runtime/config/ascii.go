package config

// Dovecot folds case and classifies characters byte by byte in the C locale, whatever the text's encoding is; Go's own
// functions would also touch letters outside ASCII.

func lowerASCII(text string) string { return mapASCII(text, 'A', 'Z') }

func upperASCII(text string) string { return mapASCII(text, 'a', 'z') }

// mapASCII flips the case of the letters between first and last.
func mapASCII(text string, first, last byte) string {
	for i := 0; i < len(text); i++ {
		if text[i] >= first && text[i] <= last {
			flipped := []byte(text)
			for ; i < len(flipped); i++ {
				if flipped[i] >= first && flipped[i] <= last {
					flipped[i] ^= 0x20
				}
			}
			return string(flipped)
		}
	}
	return text
}

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }
