package protocol

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
)

// The journal of unsent records that a box keeps on an inserted stick: files of
// frames, appended to and never written over. What lies in it is what goes over
// the wire, envelope and ciphertexts, so whoever finds a stick has no more than
// whoever listens at a broker. README, chapter "The stick", has every byte.
const (
	// StickDir is the directory on the stick that holds the files.
	StickDir = "ZHUNKAO"
	// StickExt ends the name of a file: {box}-{number in 8 digits}.zkj.
	StickExt = ".zkj"
	// MaxStickFile bounds one file in bytes: FAT32 holds none of 4 GiB.
	MaxStickFile = 1<<32 - 1
	// MaxStickFiles bounds how many files of a stick are read.
	MaxStickFiles = 4096

	stickMagic = "ZKSTICK1"
	stickMark  = "ZKfr"
	stickHead  = 16
	// maxStickDamage bounds the damaged stretches of one file: looking for the
	// next frame behind each costs time, and a hostile file is full of them.
	maxStickDamage = 256
)

// The kinds of frames.
const (
	stickFile     = 1 // StickFile
	stickEnvelope = 2 // an envelope
	stickPart     = 3 // a ciphertext that the envelope before it names
)

// ErrNoStick says that a file is no journal of this version.
var ErrNoStick = errors.New("protocol: not a stick's journal of this version")

// StickFile is the first frame of a file. Nobody has signed it: it says which
// box to ask, not whom to believe.
type StickFile struct {
	Box  BoxID  `cbor:"box"`
	File uint64 `cbor:"file"` // number of the file, from 1
}

var stickTable = crc32.MakeTable(crc32.Castagnoli)

// appendFrame appends one frame.
func appendFrame(dst []byte, kind byte, payload []byte) []byte {
	at := len(dst)
	dst = append(dst, stickMark...)
	dst = append(dst, kind, 0, 0, 0)
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(payload)))
	sum := crc32.Update(crc32.Checksum(dst[at:], stickTable), stickTable, payload)
	dst = binary.BigEndian.AppendUint32(dst, sum)
	return append(dst, payload...)
}

// AppendStickFile appends how a file begins.
func AppendStickFile(dst []byte, f StickFile) ([]byte, error) {
	head, err := Encode(f)
	if err != nil {
		return nil, err
	}
	return appendFrame(append(dst, stickMagic...), stickFile, head), nil
}

// AppendStickRecord appends a record: its envelope, and all it names in the
// manifest's order. Errors: ErrHash when parts lacks one of them, or has another.
func AppendStickRecord(dst []byte, r Record, parts map[Hash][]byte) ([]byte, error) {
	size := stickHead + len(r.Envelope)
	for _, p := range r.Manifest.Parts() {
		if !p.Matches(parts[p.Hash]) {
			return nil, fmt.Errorf("%w: a part for the stick", ErrHash)
		}
		size += stickHead + int(p.Size)
	}
	dst = appendFrame(slices.Grow(dst, size), stickEnvelope, r.Envelope)
	for _, p := range r.Manifest.Parts() {
		dst = appendFrame(dst, stickPart, parts[p.Hash])
	}
	return dst, nil
}

// StickRecord is one envelope of a stick with what came behind it. Nothing is
// verified but that each part has the hash and size that the manifest names.
type StickRecord struct {
	Envelope []byte
	Manifest Manifest
	Parts    map[Hash][]byte
	// Whole: all that the manifest names is here. Else the file was torn or
	// damaged behind the envelope.
	Whole bool
}

// StickReader reads one file. It holds one record at a time.
type StickReader struct {
	r    io.Reader
	buf  []byte
	at   int  // of the next byte in buf
	end  bool // r is at its end
	file StickFile

	next    []byte // an envelope read ahead
	damaged int
	lost    bool // between two frames something was passed over
	tail    int  // bytes passed over since the last frame
}

// NewStickReader reads the beginning of a file. Errors: ErrNoStick, those of r.
func NewStickReader(r io.Reader) (*StickReader, error) {
	s := &StickReader{r: r}
	if err := s.fill(len(stickMagic)); err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(s.buf, []byte(stickMagic)) {
		return nil, ErrNoStick
	}
	s.at = len(stickMagic)
	kind, payload, err := s.frame()
	if err == nil && (kind != stickFile || len(payload) > 1<<10 || s.lost) {
		err = ErrNoStick
	}
	if errors.Is(err, io.EOF) {
		err = ErrNoStick
	}
	if err != nil {
		return nil, err
	}
	if err := Decode(payload, &s.file); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoStick, err)
	}
	if !s.file.Box.Valid() {
		return nil, ErrNoStick
	}
	return s, nil
}

// File is how the file calls itself.
func (s *StickReader) File() StickFile { return s.file }

// Damaged counts the stretches that were no frames, up to here; a torn end is
// one of them.
func (s *StickReader) Damaged() int { return s.damaged }

// Next gives the next record; io.EOF when there is none, ErrNoStick when the
// file is so damaged that looking on is no use.
func (s *StickReader) Next() (StickRecord, error) {
	env := s.next
	s.next = nil
	for env == nil {
		kind, payload, err := s.frame()
		if err != nil {
			return StickRecord{}, err
		}
		if kind == stickEnvelope { // parts without their envelope are of no use
			env = payload
		}
	}
	out := StickRecord{Envelope: env, Parts: map[Hash][]byte{}}
	m, _, err := ParseEnvelope(env)
	if err != nil {
		return out, nil // whoever takes it says why not
	}
	out.Manifest = m
	need := map[Hash]Part{}
	for _, p := range m.Parts() {
		need[p.Hash] = p
	}
	for len(need) > 0 {
		kind, payload, err := s.frame()
		if errors.Is(err, io.EOF) || errors.Is(err, ErrNoStick) {
			return out, nil // the end is told by the next call
		}
		if err != nil {
			return StickRecord{}, err
		}
		if kind == stickEnvelope {
			s.next = payload
			return out, nil
		}
		if kind != stickPart {
			continue
		}
		h := HashOf(payload)
		if p, ok := need[h]; ok && p.Size == uint64(len(payload)) {
			out.Parts[h] = payload
			delete(need, h)
		}
	}
	out.Whole = true
	return out, nil
}

// frame gives the next sound frame, and looks for it behind damage. The payload
// is the caller's.
func (s *StickReader) frame() (kind byte, payload []byte, err error) {
	s.lost = false
	for {
		if s.damaged > maxStickDamage {
			return 0, nil, ErrNoStick
		}
		kind, payload, ok, err := s.sound()
		if err != nil {
			return 0, nil, err
		}
		if ok {
			s.lost = s.tail > 0
			s.tail = 0
			return kind, payload, nil
		}
		if s.at == len(s.buf) && s.end {
			return 0, nil, io.EOF
		}
		if err := s.seek(); err != nil {
			return 0, nil, err
		}
	}
}

// sound reads the frame at the place where it stands, if there is one.
func (s *StickReader) sound() (kind byte, payload []byte, ok bool, err error) {
	if err := s.fill(stickHead); err != nil || len(s.buf)-s.at < stickHead {
		return 0, nil, false, err
	}
	head := s.buf[s.at : s.at+stickHead]
	kind, n := head[4], binary.BigEndian.Uint32(head[8:])
	if string(head[:4]) != stickMark || head[5]|head[6]|head[7] != 0 || n > MaxPart || kind == stickEnvelope && n > MaxMessage {
		return 0, nil, false, nil
	}
	if err := s.fill(stickHead + int(n)); err != nil || len(s.buf)-s.at < stickHead+int(n) {
		return 0, nil, false, err
	}
	head = s.buf[s.at : s.at+stickHead]
	body := s.buf[s.at+stickHead : s.at+stickHead+int(n)]
	if crc32.Update(crc32.Checksum(head[:12], stickTable), stickTable, body) != binary.BigEndian.Uint32(head[12:]) {
		return 0, nil, false, nil
	}
	s.at += stickHead + int(n)
	return kind, bytes.Clone(body), true, nil
}

// seek goes on to the next mark. Zeros are not damage: a file system that was
// torn out may leave them.
func (s *StickReader) seek() error {
	first := true
	zeros := true
	for {
		from := s.at
		if first {
			from++
		}
		if i := bytes.Index(s.buf[min(from, len(s.buf)):], []byte(stickMark)); i >= 0 {
			s.pass(from+i, &zeros)
			break
		}
		// The last bytes may be the beginning of a mark.
		s.pass(max(s.at, len(s.buf)-len(stickMark)+1), &zeros)
		if s.end {
			s.pass(len(s.buf), &zeros)
			break
		}
		first = false
		if err := s.fill(len(s.buf) - s.at + 1); err != nil {
			return err
		}
	}
	if !zeros {
		s.damaged++
	}
	return nil
}

// pass lets go of what lies before to.
func (s *StickReader) pass(to int, zeros *bool) {
	gone := s.buf[s.at:to]
	*zeros = *zeros && len(bytes.Trim(gone, "\x00")) == 0
	s.tail += len(gone)
	s.at = to
}

// fill has n bytes stand in the buffer, if there are so many.
func (s *StickReader) fill(n int) error {
	if len(s.buf)-s.at >= n || s.end {
		return nil
	}
	rest := copy(s.buf, s.buf[s.at:])
	s.buf, s.at = s.buf[:rest], 0
	want := max(n, 64<<10)
	s.buf = slices.Grow(s.buf, want-rest)
	for len(s.buf) < n {
		got, err := s.r.Read(s.buf[len(s.buf):cap(s.buf)])
		s.buf = s.buf[:len(s.buf)+got]
		if errors.Is(err, io.EOF) {
			s.end = true
			return nil
		}
		if err != nil {
			return fmt.Errorf("protocol: stick: %w", err)
		}
	}
	return nil
}
