// Package dovecot names Dovecot's releases, and what each of them gives to a
// script. It holds facts only, no behaviour, and knows no other package.
package dovecot

import (
	"fmt"
	"strconv"
	"strings"
)

// Release is a version of Dovecot, such as 2.3.19.1. The zero value is no
// release; make one with [Parse] or use [Default]. Values compare with ==.
type Release struct {
	parts [4]uint16
}

// Default is the release luapush behaves as when none is named: what Debian 12
// ships, on which dovecot.md was observed.
var Default = Release{[4]uint16{2, 3, 19, 1}}

// Latest24 is the newest 2.4 that dovecot.md describes.
var Latest24 = Release{[4]uint16{2, 4, 4, 0}}

// First is the first release that had the lua driver.
var First = Release{[4]uint16{2, 3, 4, 0}}

// Parse reads "2.3", "2.4", or an exact release such as "2.3.4" or "2.3.9.1".
// The two short forms stand for [Default] and [Latest24]. Releases before
// 2.3.4 had no Lua and are refused.
func Parse(s string) (Release, error) {
	switch s {
	case "2.3":
		return Default, nil
	case "2.4":
		return Latest24, nil
	}
	var r Release
	parts := strings.Split(s, ".")
	if len(parts) < 3 || len(parts) > 4 {
		return Release{}, fmt.Errorf("unknown Dovecot release %q: give 2.3, 2.4, or an exact one such as 2.3.21 or 2.4.1", s)
	}
	for i, p := range parts {
		n, err := strconv.ParseUint(p, 10, 16)
		if err != nil {
			return Release{}, fmt.Errorf("unknown Dovecot release %q: give 2.3, 2.4, or an exact one such as 2.3.21 or 2.4.1", s)
		}
		r.parts[i] = uint16(n)
	}
	if !r.AtLeast(2, 3, 4) {
		return Release{}, fmt.Errorf("Dovecot %s has no Lua push driver: it came with 2.3.4", s)
	}
	if r.parts[0] != 2 || r.parts[1] > 4 {
		return Release{}, fmt.Errorf("Dovecot %s is not known to luapush: it knows 2.3.4 to 2.4", s)
	}
	return r, nil
}

// String gives the release as Dovecot writes it: 2.3.19.1, 2.4.0.
func (r Release) String() string {
	s := fmt.Sprintf("%d.%d.%d", r.parts[0], r.parts[1], r.parts[2])
	if r.parts[3] != 0 {
		s += "." + strconv.Itoa(int(r.parts[3]))
	}
	return s
}

// AtLeast tells whether the release is the given one or later. Missing parts
// count as 0: AtLeast(2, 4) is any 2.4.
func (r Release) AtLeast(parts ...uint16) bool {
	var other [4]uint16
	copy(other[:], parts)
	for i := range other {
		if r.parts[i] != other[i] {
			return r.parts[i] > other[i]
		}
	}
	return true
}

// NotBefore tells whether the release is the other one or a later one.
func (r Release) NotBefore(other Release) bool { return r.AtLeast(other.parts[:]...) }

// At names a release by its parts, for tables of what came when: At(2, 3, 7).
func At(parts ...uint16) Release {
	var r Release
	copy(r.parts[:], parts)
	return r
}
