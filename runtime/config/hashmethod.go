package config

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"encoding/binary"
	"hash"
	"math/bits"
)

// hashMethod returns the constructor of a hash by Dovecot's name for it, or nil.
func hashMethod(name string) func() hash.Hash {
	switch name {
	case "md4":
		return func() hash.Hash { return newMD4() }
	case "md5":
		return md5.New
	case "sha1":
		return sha1.New
	case "sha256":
		return sha256.New
	case "sha384":
		return sha512.New384
	case "sha512":
		return sha512.New
	case "sha3-256":
		return func() hash.Hash { return sha3.New256() }
	case "sha3-512":
		return func() hash.Hash { return sha3.New512() }
	case "size":
		return func() hash.Hash { return new(sizeHash) }
	}
	return nil
}

// sizeHash is Dovecot's "hash" that is the number of bytes, eight bytes of it, big end first.
type sizeHash struct{ bytes uint64 }

func (s *sizeHash) Write(data []byte) (int, error) {
	s.bytes += uint64(len(data))
	return len(data), nil
}
func (s *sizeHash) Sum(prefix []byte) []byte { return binary.BigEndian.AppendUint64(prefix, s.bytes) }
func (s *sizeHash) Reset()                   { s.bytes = 0 }
func (s *sizeHash) Size() int                { return 8 }
func (s *sizeHash) BlockSize() int           { return 1 }

// md4 is the digest of RFC 1320, which Go's own library does not have. It gathers the whole message first: the
// messages here are short.
type md4 struct{ message []byte }

func newMD4() *md4 { return new(md4) }

func (d *md4) Write(data []byte) (int, error) {
	d.message = append(d.message, data...)
	return len(data), nil
}
func (d *md4) Reset()         { d.message = d.message[:0] }
func (d *md4) Size() int      { return 16 }
func (d *md4) BlockSize() int { return 64 }

// Sum pads a copy of the message and runs every block through the compression function.
func (d *md4) Sum(prefix []byte) []byte {
	padded := append(append([]byte(nil), d.message...), 0x80)
	for len(padded)%64 != 56 {
		padded = append(padded, 0)
	}
	padded = binary.LittleEndian.AppendUint64(padded, uint64(len(d.message))*8)
	state := [4]uint32{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476}
	for ; len(padded) > 0; padded = padded[64:] {
		md4Block(&state, padded[:64])
	}
	for _, word := range state {
		prefix = binary.LittleEndian.AppendUint32(prefix, word)
	}
	return prefix
}

// The message word each step of a round takes, and by how much each step rotates (RFC 1320 §3.4).
var (
	md4Words = [3][16]int{
		{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
		{0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15},
		{0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15},
	}
	md4Shifts = [3][4]int{{3, 7, 11, 19}, {3, 5, 9, 13}, {3, 9, 11, 15}}
)

func md4Block(state *[4]uint32, block []byte) {
	var words [16]uint32
	for i := range words {
		words[i] = binary.LittleEndian.Uint32(block[4*i:])
	}
	a, b, c, d := state[0], state[1], state[2], state[3]
	for round := range 3 {
		for step := range 16 {
			var mixed uint32
			switch round {
			case 0:
				mixed = b&c | ^b&d
			case 1:
				mixed = (b&c | b&d | c&d) + 0x5a827999
			default:
				mixed = (b ^ c ^ d) + 0x6ed9eba1
			}
			a = bits.RotateLeft32(a+mixed+words[md4Words[round][step]], md4Shifts[round][step%4])
			a, b, c, d = d, a, b, c
		}
	}
	state[0] += a
	state[1] += b
	state[2] += c
	state[3] += d
}
