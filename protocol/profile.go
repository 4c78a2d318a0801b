package protocol

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"
)

// The profile of CBOR that the wire speaks (README, "Encoding"): core
// deterministic encoding, and in it only unsigned and negative integers, byte
// and text strings, arrays, maps, true and false. No tag, float, null,
// undefined or indefinite length. Every value has exactly one form, so a
// message cannot be re-spelled on its way, and a decoder in another language
// needs a hundred lines.
//
// The walk goes before the decoder proper, because that passes over what it
// does not know: duplicate keys, bad text or deep nesting inside an unknown
// field would slip through.

const (
	// MaxItems is the most data items (integers, strings, arrays, maps and
	// what is in them) that one message may hold. With it the memory of a
	// decoded message stays below about 150 bytes an item: 10 MiB.
	MaxItems = 1 << 16
	// MaxDepth is how deep arrays and maps may stand in each other.
	MaxDepth = 16
)

type walker struct {
	b     []byte
	items int
}

// profile returns nil if b is exactly one value of the profile.
func profile(b []byte) error {
	w := walker{b: b, items: MaxItems}
	if !w.value(MaxDepth) || len(w.b) != 0 {
		if w.items < 0 {
			return ErrTooLarge
		}
		return ErrMalformed
	}
	return nil
}

// value takes one value off the front; false means that it is none of ours.
func (w *walker) value(depth int) bool {
	if w.items--; w.items < 0 {
		return false
	}
	major, n, ok := w.head()
	if !ok {
		return false
	}
	switch major {
	case 0, 1:
		return true
	case 2, 3:
		if n > uint64(len(w.b)) {
			return false
		}
		s := w.b[:n]
		w.b = w.b[n:]
		return major == 2 || utf8.Valid(s)
	case 4:
		return depth > 0 && w.array(n, depth-1)
	case 5:
		return depth > 0 && w.pairs(n, depth-1)
	case 7:
		return n == 20 || n == 21
	}
	return false
}

func (w *walker) array(n uint64, depth int) bool {
	for range n {
		if !w.value(depth) {
			return false
		}
	}
	return true
}

// pairs takes n pairs whose keys must rise strictly in the order of their
// encoded bytes (RFC 8949 §4.2.1), which also excludes duplicates.
func (w *walker) pairs(n uint64, depth int) bool {
	var last []byte
	for i := range n {
		start := w.b
		if len(start) == 0 || start[0]>>5 != 3 || !w.value(0) {
			return false // keys are texts
		}
		key := start[:len(start)-len(w.b)]
		if i > 0 && bytes.Compare(last, key) >= 0 {
			return false
		}
		last = key
		if !w.value(depth) {
			return false
		}
	}
	return true
}

// head takes an initial byte and its argument, which must be in its shortest
// form. For major type 7 only the one-byte simple values pass.
func (w *walker) head() (major byte, n uint64, ok bool) {
	if len(w.b) == 0 {
		return 0, 0, false
	}
	major, info := w.b[0]>>5, w.b[0]&31
	w.b = w.b[1:]
	if info < 24 {
		return major, uint64(info), true
	}
	if info > 27 || major == 7 {
		return 0, 0, false
	}
	size := 1 << (info - 24)
	if len(w.b) < size {
		return 0, 0, false
	}
	for _, c := range w.b[:size] {
		n = n<<8 | uint64(c)
	}
	w.b = w.b[size:]
	shortest := [...]uint64{24, 1 << 8, 1 << 16, 1 << 32}
	return major, n, n >= shortest[info-24]
}

// What follows reads what has gone through profile before.

// fields takes a map and calls f with each key, which takes the value.
func (w *walker) fields(f func(key string) bool) bool {
	major, n, ok := w.head()
	if !ok || major != 5 {
		return false
	}
	for range n {
		major, length, ok := w.head()
		if !ok || major != 3 || length > uint64(len(w.b)) {
			return false
		}
		key := string(w.b[:length])
		w.b = w.b[length:]
		if !f(key) {
			return false
		}
	}
	return true
}

// bytes takes a byte string, which shares memory with what is read.
func (w *walker) bytes() ([]byte, bool) {
	major, n, ok := w.head()
	if !ok || major != 2 || n > uint64(len(w.b)) {
		return nil, false
	}
	b := w.b[:n:n]
	w.b = w.b[n:]
	return b, true
}

// pass takes any value and forgets it.
func (w *walker) pass() bool {
	w.items = MaxItems
	return w.value(MaxDepth)
}

// What follows writes values of the profile.

// appendHead writes an initial byte with its argument in its shortest form.
func appendHead(b []byte, major byte, n uint64) []byte {
	major <<= 5
	switch {
	case n < 24:
		return append(b, major|byte(n))
	case n < 1<<8:
		return append(b, major|24, byte(n))
	case n < 1<<16:
		return binary.BigEndian.AppendUint16(append(b, major|25), uint16(n))
	case n < 1<<32:
		return binary.BigEndian.AppendUint32(append(b, major|26), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(b, major|27), n)
}

func appendBytes(b, s []byte) []byte { return append(appendHead(b, 2, uint64(len(s))), s...) }

func appendText(b []byte, s string) []byte { return append(appendHead(b, 3, uint64(len(s))), s...) }
