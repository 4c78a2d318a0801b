package protocol

import (
	"fmt"
	"slices"
)

// Piece is a run of bytes of one part.
type Piece struct {
	Part   Hash   `cbor:"part"`
	Offset uint64 `cbor:"off"`
	Bytes  []byte `cbor:"bytes"`
}

// Chunk carries pieces, of one or several parts, at most MaxPiece bytes in
// all. It is not signed: a part is taken only when the whole has the hash that
// a signed manifest names. Chunks may come twice, late and in any order.
type Chunk struct {
	Record ID      `cbor:"record"`
	Pieces []Piece `cbor:"pieces"`
}

// Chunks cuts parts of record into chunk messages. skip(hash) gives how many
// leading bytes of a part the hub holds already; nil means none. A part of
// order whose bytes are not in parts is left out. The pieces share memory with
// parts.
func Chunks(record ID, parts map[Hash][]byte, order []Part, skip func(Hash) uint64) []Chunk {
	var out []Chunk
	cur, room := Chunk{Record: record}, MaxPiece
	flush := func() {
		if len(cur.Pieces) > 0 {
			out = append(out, cur)
		}
		cur, room = Chunk{Record: record}, MaxPiece
	}
	for _, p := range order {
		b := parts[p.Hash]
		off := uint64(0)
		if skip != nil {
			off = min(skip(p.Hash), uint64(len(b)))
		}
		for off < uint64(len(b)) {
			n := min(uint64(room), uint64(len(b))-off)
			cur.Pieces = append(cur.Pieces, Piece{Part: p.Hash, Offset: off, Bytes: b[off : off+n]})
			off += n
			if room -= int(n); room == 0 {
				flush()
			}
		}
	}
	flush()
	return out
}

// ParseChunk decodes a chunk and refuses one beyond the limits. The pieces
// share memory with raw.
func ParseChunk(raw []byte) (Chunk, error) {
	if len(raw) > MaxMessage {
		return Chunk{}, ErrTooLarge
	}
	if err := profile(raw); err != nil {
		return Chunk{}, fmt.Errorf("%w: chunk", err)
	}
	c, ok := readChunk(raw)
	if !ok {
		return Chunk{}, fmt.Errorf("%w: chunk", ErrMalformed)
	}
	return c, c.check()
}

// AppendChunk appends a chunk to b as Encode would write it: the bytes of its
// pieces, nearly all of what a box sends, are copied once and not three times.
func AppendChunk(b []byte, c Chunk) ([]byte, error) {
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("protocol: encode a chunk: %w", err)
	}
	size := chunkHead
	for _, p := range c.Pieces {
		size += pieceHead + len(p.Bytes)
	}
	b = appendHead(slices.Grow(b, size), 5, 2)
	b = appendHead(appendText(b, "pieces"), 4, uint64(len(c.Pieces)))
	for _, p := range c.Pieces {
		b = appendHead(b, 5, 3)
		b = appendHead(appendText(b, "off"), 0, p.Offset)
		b = appendBytes(appendText(b, "part"), p.Part[:])
		b = appendBytes(appendText(b, "bytes"), p.Bytes)
	}
	return appendBytes(appendText(b, "record"), c.Record[:]), nil
}

// The most that a chunk takes beside its pieces, and a piece beside its bytes.
const (
	chunkHead = 1 + 7 + 3 + 7 + 1 + 16
	pieceHead = 1 + 4 + 9 + 5 + 2 + 32 + 6 + 5
)

// readChunk reads a chunk out of bytes that keep to the profile, as Decode would,
// but that the bytes of the pieces are not copied: they are nearly all of what the
// hub receives, and their form is always the same.
func readChunk(raw []byte) (c Chunk, ok bool) {
	w := walker{b: raw}
	ok = w.fields(func(key string) bool {
		switch key {
		case "record":
			b, ok := w.bytes()
			return ok && copy(c.Record[:], b) == len(b) && len(b) == len(c.Record)
		case "pieces":
			major, n, ok := w.head()
			if !ok || major != 4 {
				return false
			}
			// The bytes of the message bound what is allocated, not what it claims.
			c.Pieces = make([]Piece, 0, min(n, MaxBlobs+1))
			for range n {
				var p Piece
				if !w.piece(&p) {
					return false
				}
				c.Pieces = append(c.Pieces, p)
			}
			return true
		}
		return w.pass()
	})
	return c, ok && len(w.b) == 0
}

func (w *walker) piece(p *Piece) bool {
	return w.fields(func(key string) (ok bool) {
		switch key {
		case "part":
			b, ok := w.bytes()
			return ok && copy(p.Part[:], b) == len(b) && len(b) == len(p.Part)
		case "off":
			major, n, ok := w.head()
			p.Offset = n
			return ok && major == 0
		case "bytes":
			p.Bytes, ok = w.bytes()
			return ok
		}
		return w.pass()
	})
}

func (c Chunk) check() error {
	if len(c.Pieces) == 0 || len(c.Pieces) > MaxBlobs+1 || c.Record == (ID{}) {
		return fmt.Errorf("%w: chunk", ErrMalformed)
	}
	total := 0
	for _, p := range c.Pieces {
		if len(p.Bytes) == 0 || p.Part.IsZero() {
			return fmt.Errorf("%w: piece", ErrMalformed)
		}
		if p.Offset > MaxPart || p.Offset+uint64(len(p.Bytes)) > MaxPart {
			return ErrTooLarge
		}
		total += len(p.Bytes)
	}
	if total > MaxPiece {
		return ErrTooLarge
	}
	return nil
}

// Want is the hub asking for what it lacks: whole records to be announced
// again, and the rest of parts of which it holds the beginning.
type Want struct {
	Address
	Records []uint64   `cbor:"records,omitempty"` // sequences in this epoch
	Parts   []WantPart `cbor:"parts,omitempty"`
}

// WantPart asks for the bytes of one part from From on.
type WantPart struct {
	Record ID     `cbor:"record"`
	Part   Hash   `cbor:"part"`
	From   uint64 `cbor:"from"`
}
