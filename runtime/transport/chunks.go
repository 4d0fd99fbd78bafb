package transport

import (
	"errors"
	"io"
	"math"
	"strings"
)

// chunkReader decodes a chunked body (RFC 9112 §7.1) as Dovecot does, which takes line ends without CR, no blanks
// around extensions, and no quoted extension value but an empty one.
type chunkReader struct {
	state   chunkState
	size    uint64
	digits  bool // of the size, at least one has come
	named   bool // the extension has a name
	trailer fieldReader
	read    int // of the trailer
}

type chunkState int

const (
	inSize chunkState = iota
	extension
	extensionName
	extensionEquals
	extensionValue
	inToken
	stringStart
	inString
	escaped
	sizeLF
	inData
	dataEnd
	dataLF
	inTrailer
	chunksDone
)

// next takes bytes up to and with the next piece of data, and gives it and how many they were. The error is in
// Dovecot's words.
func (r *chunkReader) next(data []byte) (piece []byte, used int, err error) {
	for used < len(data) && r.state != chunksDone {
		if r.state == inData {
			n := int(min(r.size, uint64(len(data)-used)))
			if r.size -= uint64(n); r.size == 0 {
				r.state = dataEnd
			}
			return data[used : used+n], used + n, nil
		}
		again, reason := r.step(data[used])
		if reason != "" {
			return nil, used, bodyError(reason)
		}
		if !again {
			used++
		}
	}
	return nil, used, nil
}

// end is the error of a body that ends here.
func (r *chunkReader) end() error {
	if r.state == inTrailer {
		return errTrailerEnd
	}
	return errPayloadEnd
}

// bodyError is what is wrong with a body, in Dovecot's words.
type bodyError string

func (e bodyError) Error() string { return string(e) }

const (
	errPayloadEnd = bodyError("Unexpected end of payload")
	errTrailerEnd = bodyError("Failed to parse chunked trailer: Premature end of input")
)

// step takes a byte that is no data; again says that it was only looked at.
func (r *chunkReader) step(c byte) (again bool, reason string) {
	switch r.state {
	case inSize:
		return r.sizeDigit(c)
	case sizeLF:
		return r.line(c, "chunk size")
	case dataEnd:
		if c == '\r' {
			r.state = dataLF
			return false, ""
		}
		return r.line(c, "chunk data")
	case dataLF:
		return r.line(c, "chunk data")
	case inTrailer:
		if r.read++; r.read > maxHeaderBytes {
			return false, "Failed to parse chunked trailer: Excessive header size"
		}
		_, end, fault := r.trailer.feed(c)
		if fault != "" {
			return false, "Failed to parse chunked trailer: " + fault
		}
		if end {
			r.state = chunksDone
		}
		return false, ""
	}
	return r.extend(c)
}

func (r *chunkReader) sizeDigit(c byte) (again bool, reason string) {
	digit := strings.IndexByte("0123456789abcdef", c|0x20)
	if c < '0' || digit < 0 {
		if !r.digits {
			return false, "Expected chunk size digit, but found " + found(c)
		}
		r.state = extension
		return true, ""
	}
	r.digits = true
	if r.size > math.MaxUint64>>4 {
		r.size = math.MaxUint64
	} else {
		r.size = r.size<<4 | uint64(digit)
	}
	return false, ""
}

// line ends the line after a size or after data.
func (r *chunkReader) line(c byte, after string) (again bool, reason string) {
	switch {
	case c != '\n':
		return false, "Expected new line after " + after + ", but found " + found(c)
	case after == "chunk data":
		r.state, r.digits, r.size = inSize, false, 0
	case r.size > 0:
		r.state = inData
	default:
		r.state = inTrailer
	}
	return false, ""
}

// extend takes a byte of a chunk's extensions, which mean nothing.
func (r *chunkReader) extend(c byte) (again bool, reason string) {
	to := func(s chunkState, again bool) (bool, string) {
		r.state = s
		return again, ""
	}
	switch r.state {
	case extension:
		switch c {
		case ';':
			r.named = false
			return to(extensionName, false)
		case '\r':
			return to(sizeLF, false)
		}
		return to(sizeLF, true)
	case extensionName:
		switch {
		case isTokenByte(c):
			r.named = true
			return false, ""
		case !r.named:
			return false, "Invalid chunked extension name"
		}
		return to(extensionEquals, true)
	case extensionEquals:
		if c == '=' {
			return to(extensionValue, false)
		}
		return to(extension, true)
	case extensionValue:
		if c == '"' {
			return to(stringStart, false)
		}
		return to(inToken, true)
	case inToken:
		if isTokenByte(c) {
			return false, ""
		}
		return to(extension, true)
	}
	return r.extendString(c)
}

// extendString takes a byte of a quoted value. Dovecot sees its closing quote at the beginning and behind a backslash
// only.
func (r *chunkReader) extendString(c byte) (again bool, reason string) {
	switch {
	case r.state == stringStart && c == '"':
		r.state = extension
		return false, ""
	case r.state == escaped && isText(c):
		r.state = stringStart
		return true, ""
	case r.state == escaped:
		return false, "Escaped invalid character " + found(c) + " in chunked extension value string"
	case c == '\\':
		r.state = escaped
		return false, ""
	case c == '"' || !isText(c):
		return false, "Invalid character " + found(c) + " in chunked extension value string"
	}
	r.state = inString
	return false, ""
}

// cut is the error of a body that the connection's error ended.
func cut(err, reason error) error {
	if errors.Is(err, io.EOF) {
		return reason
	}
	return err
}
