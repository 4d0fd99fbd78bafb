package config

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// encodings24 returns the filters that hash a value or write it in another form.
func encodings24(name string) filter24 {
	switch name {
	case "hash":
		return filterHash24
	case "md5", "sha1", "sha256", "sha384", "sha512":
		return func(p *pipe24, a arguments24) error { return p.hash24(a, name, false) }
	case "base64":
		return filterBase6424
	case "unbase64":
		return filterUnbase6424
	case "hex":
		return filterHex24
	case "unhex":
		return filterUnhex24
	case "hexlify":
		return filterHexlify24
	case "unhexlify":
		return filterUnhexlify24
	case "benumber":
		return func(p *pipe24, a arguments24) error { return filterNumber24(p, a, binary.BigEndian) }
	case "lenumber":
		return func(p *pipe24, a arguments24) error { return filterNumber24(p, a, binary.LittleEndian) }
	case "encrypt", "decrypt":
		return func(*pipe24, arguments24) error { return errors.New("not supported by luapush") }
	}
	return nil
}

func filterHash24(p *pipe24, a arguments24) error {
	if len(a) == 0 {
		return errNoParameters24
	}
	first := a.ordered()[0]
	if first.key != "" {
		return errors.New("No algorithm as first parameter")
	}
	algorithm, err := p.text(first)
	if err != nil {
		return err
	}
	return p.hash24(a, algorithm, true)
}

// hash24 takes rounds= and salt=; named tells that the algorithm is the first argument.
func (p *pipe24) hash24(a arguments24, algorithm string, named bool) error {
	method := hashMethod(algorithm)
	if method == nil {
		return fmt.Errorf("Unsupported algorithm '%s'", algorithm)
	}
	rounds, salt := int64(1), ""
	err := a.each(func(parameter parameter24) error {
		if !named || parameter.index > 0 {
			return errTooMany24
		}
		return nil
	}, func(parameter parameter24) (known bool, err error) {
		switch parameter.key {
		case "rounds":
			rounds, err = p.integer(parameter)
		case "salt":
			salt, err = p.text(parameter)
		default:
			return false, nil
		}
		return true, err
	})
	if err != nil {
		return err
	}
	action := algorithm
	if named {
		action = "hash"
	}
	if err := p.need(action); err != nil {
		return err
	}
	digest, err := p.saltedRounds(method, p.value, salt, uint64(max(rounds, 0)))
	if err == nil {
		p.setBinary(string(digest))
	}
	return err
}

// base64Encoding24 reads pad= and url=.
func (p *pipe24) base64Encoding24(a arguments24, flag func(parameter24) (bool, error)) (*base64.Encoding, error) {
	padded, url := true, false
	err := a.each(nil, func(parameter parameter24) (known bool, err error) {
		switch parameter.key {
		case "pad":
			padded, err = flag(parameter)
		case "url":
			url, err = flag(parameter)
		default:
			return false, nil
		}
		return true, err
	})
	encoding := base64.StdEncoding
	if url {
		encoding = base64.URLEncoding
	}
	if !padded {
		encoding = encoding.WithPadding(base64.NoPadding)
	}
	return encoding, err
}

func filterBase6424(p *pipe24, a arguments24) error {
	encoding, err := p.base64Encoding24(a, p.flag)
	if err != nil {
		return err
	}
	if err := p.need("base64"); err != nil {
		return err
	}
	p.setText(encoding.EncodeToString([]byte(p.value)))
	return nil
}

func filterUnbase6424(p *pipe24, a arguments24) error {
	encoding, err := p.base64Encoding24(a, func(parameter parameter24) (bool, error) {
		number, err := p.integer(parameter)
		if err == nil && number != 0 && number != 1 {
			err = fmt.Errorf("Supported values for %s are 0 or 1", parameter.key)
		}
		return number == 1, err
	})
	if err != nil {
		return err
	}
	if err := p.need("unbase64"); err != nil {
		return err
	}
	// What follows the first character that is no base64 is dropped without an error, as in Dovecot.
	decoded := make([]byte, encoding.DecodedLen(len(p.value)))
	n, _ := encoding.Decode(decoded, []byte(p.value))
	p.setBinary(string(decoded[:n]))
	return nil
}

// filterHex24 is hex([width]): a decimal number in hexadecimal. A negative width fills and cuts on the right.
func filterHex24(p *pipe24, a arguments24) error {
	var width int64
	err := a.each(func(parameter parameter24) (err error) {
		if parameter.index > 0 {
			return errTooMany24
		}
		width, err = p.integer(parameter)
		return err
	}, nil)
	if err != nil {
		return err
	}
	if err := p.need("hex"); err != nil {
		return err
	}
	number, err := strconv.ParseUint(p.value, 10, 64)
	if err != nil {
		return errors.New("Input is not a number")
	}
	if width > maxExpansion || width < -maxExpansion {
		return ErrExpansionLimit
	}
	digits := strconv.FormatUint(number, 16)
	if length := int(width); length < 0 {
		digits = (digits + strings.Repeat("0", max(-length-len(digits), 0)))[:-length]
	} else if length > 0 {
		digits = strings.Repeat("0", max(length-len(digits), 0)) + digits
		digits = digits[len(digits)-length:]
	}
	p.setSame(digits)
	return nil
}

func filterUnhex24(p *pipe24, a arguments24) error {
	if err := a.none(); err != nil {
		return err
	}
	if err := p.need("unhex"); err != nil {
		return err
	}
	number, err := strconv.ParseUint(withoutPlus(p.value), 16, 64)
	if err != nil {
		return errors.New("Input is not a hex number")
	}
	p.setText(strconv.FormatUint(number, 10))
	return nil
}

// filterHexlify24 is hexlify([width]): bytes as hexadecimal digits, filled or cut to width.
func filterHexlify24(p *pipe24, a arguments24) error {
	var width int64
	if len(a) > 0 {
		first := a.ordered()[0]
		if first.key != "" {
			return unsupportedKey24(first.key)
		}
		var err error
		if width, err = p.integer(first); err != nil {
			return err
		}
		if width < 0 {
			return errors.New("Width must be positive")
		}
		if width > maxExpansion {
			return ErrExpansionLimit
		}
	}
	if err := p.need("hexlify"); err != nil {
		return err
	}
	digits := hex.EncodeToString([]byte(p.value))
	if width > 0 {
		digits = strings.Repeat("0", max(int(width)-len(digits), 0)) + digits
		digits = digits[:width]
	}
	p.setText(digits)
	return nil
}

func filterUnhexlify24(p *pipe24, a arguments24) error {
	if err := a.none(); err != nil {
		return err
	}
	if err := p.need("unhexlify"); err != nil {
		return err
	}
	decoded, err := hex.DecodeString(p.value)
	if err != nil {
		return errors.New("Not a hex value")
	}
	p.setBinary(string(decoded))
	return nil
}

// filterNumber24 reads 1, 2, 4 or 8 bytes as an unsigned number.
func filterNumber24(p *pipe24, a arguments24, order binary.ByteOrder) error {
	if err := a.none(); err != nil {
		return err
	}
	if err := p.need("convert to number"); err != nil {
		return err
	}
	var number uint64
	switch data := []byte(p.value); len(data) {
	case 1:
		number = uint64(data[0])
	case 2:
		number = uint64(order.Uint16(data))
	case 4:
		number = uint64(order.Uint32(data))
	case 8:
		number = order.Uint64(data)
	default:
		return fmt.Errorf("Cannot convert '%d' bytes to number", len(data))
	}
	p.setText(strconv.FormatUint(number, 10))
	return nil
}
