package strip

import (
	"html"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// markup takes HTML apart: tags are fixed but for what stands in them as text,
// and a character reference is seen as its character.
func (s *Stripper) markup(in string) []piece {
	var pieces []piece
	for in != "" {
		at := strings.IndexAny(in, "<&")
		if at < 0 {
			return s.phrase(pieces, in)
		}
		pieces = s.phrase(pieces, in[:at])
		in = in[at:]
		if in[0] == '&' {
			p, size := reference(in)
			pieces = append(pieces, p)
			in = in[size:]
			continue
		}
		size := 1
		if len(in) >= len(cdata) && strings.EqualFold(in[:len(cdata)], cdata) {
			size = len(cdata)
			pieces = append(pieces, fixedPiece(in[:size], " "))
		} else if len(in) > 1 && (isLetter(in[1]) || in[1] == '/' || in[1] == '!' || in[1] == '?') && !strings.HasPrefix(in, "<!--") {
			size = tagSize(in)
			pieces = s.tag(pieces, in[:size])
		} else {
			pieces = append(pieces, fixedPiece("<", " "))
		}
		in = in[size:]
	}
	return pieces
}

// cdata begins text that has no tags.
const cdata = "<![CDATA["

// tagSize is where a tag ends; quotes hide its end.
func tagSize(in string) int {
	for i := 1; i < len(in); i++ {
		switch in[i] {
		case '>':
			return i + 1
		case '"', '\'':
			if end := strings.IndexByte(in[i+1:], in[i]); end >= 0 && in[i-1] == '=' {
				i += 1 + end
			}
		}
	}
	return len(in)
}

// tag adds a tag. Names of elements and attributes stay, values are text.
func (s *Stripper) tag(pieces []piece, in string) []piece {
	for i := 0; i < len(in); {
		switch c := in[i]; {
		case isASCIIWord(c):
			end := i
			for end < len(in) && (isASCIIWord(in[end]) || in[end] == '-' || in[end] >= 0x80) {
				end++
			}
			if w := in[i:end]; markupWords.has(w) {
				pieces = append(pieces, fixedPiece(w, " "))
			} else {
				pieces = literal(pieces, w)
			}
			i = end
		case (c == '"' || c == '\'') && i > 0 && in[i-1] == '=':
			end := strings.IndexByte(in[i+1:], c)
			if end < 0 {
				end = len(in) - i - 1
			}
			pieces = append(pieces, fixedPiece(in[i:i+1], " "))
			pieces = references(pieces, in[i+1:i+1+end])
			i += 1 + end
			if i < len(in) {
				pieces = append(pieces, fixedPiece(in[i:i+1], " "))
				i++
			}
		case c == '=' && i+1 < len(in) && in[i+1] != '"' && in[i+1] != '\'':
			// A value without quotes may be a URL.
			end := i + 1
			for end < len(in) && strings.IndexByte(" \t\r\n>", in[end]) < 0 {
				end++
			}
			pieces = append(pieces, fixedPiece("=", " "))
			pieces = references(pieces, in[i+1:end])
			i = end
		default:
			_, size := utf8.DecodeRuneInString(in[i:])
			pieces = literal(pieces, in[i:i+size])
			i += size
		}
	}
	return pieces
}

// references adds text with character references, as in an attribute.
func references(pieces []piece, in string) []piece {
	for in != "" {
		at := strings.IndexByte(in, '&')
		if at < 0 {
			break
		}
		pieces = literal(pieces, in[:at])
		p, size := reference(in[at:])
		pieces = append(pieces, p)
		in = in[at+size:]
	}
	return literal(pieces, in)
}

// reference is the character reference at the beginning of a text; only the & if
// there is none.
func reference(in string) (p piece, size int) {
	end := 1
	for end < len(in) && end < longestReference && (isASCIIWord(in[end]) || end == 1 && in[end] == '#') {
		end++
	}
	name := in[1:end]
	if end < len(in) && in[end] == ';' {
		end++
	}
	raw := in[:end]
	if strings.HasPrefix(name, "#") {
		return numeric(raw, name), end
	}
	if r := namedLetter(name); r != 0 {
		return piece{raw: raw, view: string(r), write: func(view string) (string, bool) {
			r, _ := utf8.DecodeRuneInString(view)
			return "&" + letterName(r, name) + raw[1+len(name):], true
		}}, end
	}
	if r, size := utf8.DecodeRuneInString(html.UnescapeString("&" + name + ";")); size > 0 && !isWord(r) && isReference(name) {
		return fixedPiece(raw, " "), end
	}
	return piece{raw: "&", view: "&"}, 1
}

const longestReference = 12

// isReference tells whether the whole name stands for a character. A name that only
// begins with one, as in &copyalice;, is text.
func isReference(name string) bool {
	return utf8.RuneCountInString(html.UnescapeString("&"+name+";")) == 1
}

// numeric is a character reference by number.
func numeric(raw, name string) piece {
	number, base := name[1:], 10
	if strings.HasPrefix(number, "x") || strings.HasPrefix(number, "X") {
		number, base = number[1:], 16
	}
	n, err := strconv.ParseUint(number, base, 32)
	if err != nil || n > utf8.MaxRune || !utf8.ValidRune(rune(n)) {
		return piece{raw: raw, view: raw}
	}
	r := rune(n)
	if !isWord(r) {
		return fixedPiece(raw, " ")
	}
	start := len(raw) - len(strings.TrimSuffix(raw, ";"))
	return piece{raw: raw, view: string(r), write: func(view string) (string, bool) {
		other, _ := utf8.DecodeRuneInString(view)
		return raw[:2+len(name)-1-len(number)] + sameDigits(r, other, base, number) + raw[len(raw)-start:], true
	}}
}

// sameDigits writes a character's number with as many digits as another's, or that
// of a character near it that has as many.
func sameDigits(old, r rune, base int, number string) string {
	upper := strings.ToUpper(number) == number
	for i := range rune(0x200) {
		c := r + i
		if i >= 0x100 {
			c = r - (i - 0xff)
		}
		if c == old || !isWord(c) || unicode.IsUpper(c) != unicode.IsUpper(old) || unicode.IsDigit(c) != unicode.IsDigit(old) {
			continue
		}
		text := strconv.FormatInt(int64(c), base)
		if len(text) > len(number) {
			continue
		}
		text = strings.Repeat("0", len(number)-len(text)) + text
		if len(strings.TrimLeft(number, "0")) == len(strings.TrimLeft(text, "0")) {
			if upper {
				text = strings.ToUpper(text)
			}
			return text
		}
	}
	return number
}

// letterNames are the references to letters by name, a group a line of which any
// may stand for any other: as long, and of the same case.
var letterNames = strings.Fields(`
ouml=ö,auml=ä,uuml=ü,euml=ë,iuml=ï,yuml=ÿ
Ouml=Ö,Auml=Ä,Uuml=Ü,Euml=Ë,Iuml=Ï,Yuml=Ÿ
aacute=á,eacute=é,iacute=í,oacute=ó,uacute=ú,yacute=ý,agrave=à,egrave=è,igrave=ì,ograve=ò,ugrave=ù,atilde=ã,ntilde=ñ,otilde=õ,ccedil=ç,oslash=ø,scaron=š
Aacute=Á,Eacute=É,Iacute=Í,Oacute=Ó,Uacute=Ú,Yacute=Ý,Agrave=À,Egrave=È,Igrave=Ì,Ograve=Ò,Ugrave=Ù,Atilde=Ã,Ntilde=Ñ,Otilde=Õ,Ccedil=Ç,Oslash=Ø,Scaron=Š
acirc=â,ecirc=ê,icirc=î,ocirc=ô,ucirc=û,aring=å,aelig=æ,oelig=œ,szlig=ß,thorn=þ
Acirc=Â,Ecirc=Ê,Icirc=Î,Ocirc=Ô,Ucirc=Û,Aring=Å,AElig=Æ,OElig=Œ,THORN=Þ
alpha=α,gamma=γ,delta=δ,theta=θ,kappa=κ,sigma=σ,omega=ω
Alpha=Α,Gamma=Γ,Delta=Δ,Theta=Θ,Kappa=Κ,Sigma=Σ,Omega=Ω
beta=β,zeta=ζ,iota=ι
Beta=Β,Zeta=Ζ,Iota=Ι
eta=η,rho=ρ,tau=τ,phi=φ,chi=χ,psi=ψ,eth=ð
Eta=Η,Rho=Ρ,Tau=Τ,Phi=Φ,Chi=Χ,Psi=Ψ,ETH=Ð
mu=μ,nu=ν,xi=ξ,pi=π
Mu=Μ,Nu=Ν,Xi=Ξ,Pi=Π
lambda=λ,sigmaf=ς
Lambda=Λ
epsilon=ε,omicron=ο,upsilon=υ
Epsilon=Ε,Omicron=Ο,Upsilon=Υ`)

// letterGroup finds the group of a name; nil if it is none.
func letterGroup(name string) []string {
	for _, line := range letterNames {
		if group := strings.Split(line, ","); len(group[0]) >= len(name) {
			for _, entry := range group {
				if n, _, _ := strings.Cut(entry, "="); n == name {
					return group
				}
			}
		}
	}
	return nil
}

// namedLetter is the letter of a reference; 0 if it is none.
func namedLetter(name string) rune {
	for _, entry := range letterGroup(name) {
		if n, letter, _ := strings.Cut(entry, "="); n == name {
			r, _ := utf8.DecodeRuneInString(letter)
			return r
		}
	}
	return 0
}

// letterName is the name for a letter instead of another one's: its own if it is
// as long, else one of its group.
func letterName(r rune, old string) string {
	group := letterGroup(old)
	for _, entry := range group {
		if name, letter, _ := strings.Cut(entry, "="); letter == string(r) {
			return name
		}
	}
	name, _, _ := strings.Cut(group[int(r)%len(group)], "=")
	return name
}

// markupWords are names of elements and attributes, and words of their values that
// change what is seen.
var markupWords = vocabularyOf("html head title body base link meta style script noscript template " +
	"h1 h2 h3 h4 h5 h6 p div span br hr pre code blockquote q cite em strong b i u s small big sub sup tt kbd samp var dfn abbr mark del ins font center " +
	"ul ol li dl dt dd table caption thead tbody tfoot tr td th col colgroup img picture source map area object embed param iframe frame frameset " +
	"form input button select option textarea label fieldset legend header footer main nav section article aside figure figcaption address a " +
	"href src alt class id name content http-equiv charset type rel lang dir width height align valign border cellpadding cellspacing bgcolor color face size " +
	"target value action method colspan rowspan background xmlns doctype public xml version encoding media hidden")
