package strip

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
)

// Key decides what words are replaced by. Who has it can find out what a word
// was by trying.
type Key [32]byte

// NewKey takes a key from a source of random bytes, such as crypto/rand.Reader.
func NewKey(random io.Reader) (Key, error) {
	var k Key
	if _, err := io.ReadFull(random, k[:]); err != nil {
		return Key{}, fmt.Errorf("no random bytes for a key: %w", err)
	}
	return k, nil
}

// keyPrefix tells what the text of a key is.
const keyPrefix = "luapush-strip-key:"

// ErrKey is the cause of the error for a text that is no key.
var ErrKey = errors.New("not a key for stripping")

// ParseKey reads the text that [Key.Text] makes; blanks around it do not count.
func ParseKey(text string) (Key, error) {
	coded, ok := strings.CutPrefix(strings.TrimSpace(text), keyPrefix)
	raw, err := base64.RawStdEncoding.Strict().DecodeString(coded)
	if !ok || err != nil || len(raw) != len(Key{}) {
		return Key{}, fmt.Errorf("%w: one is the line %s and 43 characters of base64", ErrKey, keyPrefix)
	}
	return Key(raw), nil
}

// Text is the key as it is kept in a file, without a line end.
func (k Key) Text() string { return keyPrefix + base64.RawStdEncoding.EncodeToString(k[:]) }

// String keeps a key out of logs.
func (k Key) String() string { return keyPrefix + "…" }

// stream is the numbers that a key gives for some text: as many as are asked
// for, the same ones each time.
type stream struct {
	mac   hash.Hash // of the text; beyond the first block, keyed with that block
	block [sha256.Size]byte
	used  int
	count uint32
}

// stream returns the numbers of a text; purpose keeps those of different uses
// apart.
func (k *Key) stream(purpose, text string) *stream {
	mac := hmac.New(sha256.New, k[:])
	io.WriteString(mac, purpose+"\x00"+text) //nolint:errcheck // a hash takes everything
	s := &stream{mac: mac}
	mac.Sum(s.block[:0])
	return s
}

func (s *stream) byte() byte {
	if s.used == len(s.block) {
		if s.count == 0 {
			s.mac = hmac.New(sha256.New, s.block[:])
		}
		s.mac.Reset()
		var count [4]byte
		binary.BigEndian.PutUint32(count[:], s.count)
		s.mac.Write(count[:])
		s.mac.Sum(s.block[:0])
		s.count++
		s.used = 0
	}
	s.used++
	return s.block[s.used-1]
}

// below gives a number from 0 to n-1; n is at most 65536.
func (s *stream) below(n int) int {
	return (int(s.byte())<<16 | int(s.byte())<<8 | int(s.byte())) % n
}
