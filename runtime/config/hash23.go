package config

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"hash"
	"strconv"
	"strings"
)

// pkcs5Length is the number of bytes %{pkcs5:…} makes, whatever its rounds.
const pkcs5Length = 336

// isHash23 reports whether name, in lower case, is a hash of %{name;arguments:field}.
func isHash23(name string) bool {
	return name == "pkcs5" || hashMethod(name) != nil
}

// hashOptions23 are the arguments after the first semicolon.
type hashOptions23 struct {
	rounds   uint32
	truncate int // bits, 0 for all
	salt     string
	base64   bool
}

// hash23 answers %{name;arguments:field}. An unknown field, and a name not in lower case, give no text and no error.
func (x *expansion) hash23(name, arguments, field string) (string, bool, error) {
	method := hashMethod(name)
	if name == "pkcs5" {
		method = sha256.New
	}
	if method == nil {
		return "", false, nil
	}
	if err := x.enter(); err != nil {
		return "", false, err
	}
	defer x.leave()
	value, known, err := x.long23(field)
	if err != nil || !known {
		return "", false, err
	}
	options := hashOptions23{rounds: 1}
	if name == "pkcs5" {
		options.rounds, options.salt = 2048, field
	}
	if err := x.hashArguments23(&options, arguments, method().Size()*8); err != nil {
		return "", false, err
	}
	var digest []byte
	if name == "pkcs5" {
		digest, err = x.pkcs5(value, options.salt, options.rounds)
	} else {
		digest, err = x.saltedRounds(method, value, options.salt, uint64(options.rounds))
	}
	if err != nil {
		return "", false, err
	}
	if options.truncate > 0 {
		digest = truncateBits(digest, options.truncate)
	}
	if options.base64 {
		return base64.StdEncoding.EncodeToString(digest), true, nil
	}
	return hex.EncodeToString(digest), true, nil
}

func (x *expansion) hashArguments23(options *hashOptions23, arguments string, bits int) error {
	for argument := range strings.SplitSeq(arguments, ",") {
		name, value, found := strings.Cut(argument, "=")
		if !found {
			continue
		}
		switch name {
		case "rounds":
			rounds, err := strconv.ParseUint(value, 10, 32)
			if err != nil {
				return hashArgumentError(value, "is not number for rounds")
			}
			if rounds < 1 {
				return errors.New("Cannot parse hash arguments:rounds must be at least 1")
			}
			options.rounds = uint32(rounds)
		case "truncate":
			truncate, err := strconv.ParseUint(value, 10, 32)
			if err != nil {
				return hashArgumentError(value, "is not number for truncbits")
			}
			options.truncate = int(min(truncate, uint64(bits)))
		case "salt":
			// The salt ends the arguments: what follows it is not looked at.
			salt, _, err := x.expand23(value)
			options.salt = salt
			return err
		case "format":
			switch value {
			case "hex", "hexuc": // 2.3 prints both in lower case
				options.base64 = false
			case "base64":
				options.base64 = true
			default:
				return hashArgumentError(value, "is not supported format")
			}
		}
	}
	return nil
}

func hashArgumentError(value, problem string) error {
	return errors.New("Cannot parse hash arguments:'" + value + "' " + problem)
}

// saltedRounds hashes salt and value, then salt and the last digest, as often as rounds says.
func (x *expansion) saltedRounds(method func() hash.Hash, value, salt string, rounds uint64) ([]byte, error) {
	data := []byte(value)
	state := method()
	for range rounds {
		if err := x.spend(len(salt) + len(data) + state.BlockSize()); err != nil {
			return nil, err
		}
		state.Reset()
		state.Write([]byte(salt))
		state.Write(data)
		data = state.Sum(nil)
	}
	return data, nil
}

func (x *expansion) pkcs5(value, salt string, rounds uint32) ([]byte, error) {
	const blocks = (pkcs5Length + sha256.Size - 1) / sha256.Size
	if uint64(rounds)*blocks*2*sha256.BlockSize > maxWork {
		return nil, ErrExpansionLimit
	}
	if err := x.spend(int(rounds)*blocks*2*sha256.BlockSize + blocks*(len(value)+len(salt))); err != nil {
		return nil, err
	}
	return pbkdf2.Key(sha256.New, value, []byte(salt), int(rounds), pkcs5Length)
}

// truncateBits keeps the first bits of digest as a number of that many bits, so they end up right-aligned in bytes.
func truncateBits(digest []byte, bits int) []byte {
	length := (bits + 7) / 8
	if length > len(digest) || bits == len(digest)*8 {
		return digest
	}
	kept := append([]byte(nil), digest[:length]...)
	shift := (8 - bits%8) % 8
	if shift > 0 {
		for i := len(kept) - 1; i > 0; i-- {
			kept[i] = kept[i]>>shift | kept[i-1]<<(8-shift)
		}
		kept[0] >>= shift
	}
	return kept
}
