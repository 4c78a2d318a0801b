package blob

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// A segment is a file of frames, one after the other: the mark of this store (8
// random bytes), size of the ciphertext (4 bytes, big-endian), its SHA-256, the
// ciphertext. Frames are appended and never changed. Those of one Put begin at a
// multiple of 4,096 bytes, with zeros before it. Whoever sends a blob does not
// know the mark, so he cannot fill a search for it with false ones.
//
// They do not lie in the pages of bbolt because leaves of it hold two to four
// values of any size and are written whole: 64 records of 41 KB then took
// 0.29 ms of CPU a record and several times their size in writes.
const (
	segmentSize   = 256 << 20 // a fuller one is not appended to
	segmentSuffix = ".seg"
	markSize      = 8
	headerSize    = markSize + 4 + len(Hash{})
)

// place says where a ciphertext lies.
type place struct {
	segment uint32
	offset  uint64 // of the ciphertext
	size    uint32
}

const placeSize = 16

func (p place) encode() []byte {
	b := binary.BigEndian.AppendUint32(make([]byte, 0, placeSize), p.segment)
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint64(b, p.offset), p.size)
}

func decodePlace(b []byte) (place, error) {
	if len(b) != placeSize {
		return place{}, errors.New("blob: the index is damaged")
	}
	return place{binary.BigEndian.Uint32(b), binary.BigEndian.Uint64(b[4:]), binary.BigEndian.Uint32(b[12:])}, nil
}

// segments is the directory of segments. What appends is for one goroutine at
// a time (files.writing); read and punch may run beside it.
type segments struct {
	dir  string
	max  uint64
	mark [markSize]byte
	sync func(*os.File) error // a test cuts the power here

	last  uint32 // the segment that is appended to; 0 before the first
	size  uint64 // its length
	fresh bool   // the next append begins a new segment
	w     *writer

	mu    sync.Mutex // guards files
	files map[uint32]*os.File
}

func (s *segments) path(n uint32) string {
	return filepath.Join(s.dir, fmt.Sprintf("%08d%s", n, segmentSuffix))
}

// list gives the numbers of the segments, rising.
func (s *segments) list() ([]uint32, error) {
	entries, err := os.ReadDir(s.dir) // sorted by name
	if err != nil {
		return nil, err
	}
	var out []uint32
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), segmentSuffix)
		if !ok {
			continue
		}
		n, err := strconv.ParseUint(name, 10, 32)
		if err != nil || n == 0 {
			return nil, fmt.Errorf("%s is no segment", e.Name())
		}
		out = append(out, uint32(n))
	}
	return out, nil
}

// file gives an open segment. Error: fs.ErrNotExist.
func (s *segments) file(n uint32) (*os.File, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.files == nil {
		return nil, fs.ErrClosed
	}
	if f := s.files[n]; f != nil {
		return f, nil
	}
	f, err := os.OpenFile(s.path(n), os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	s.files[n] = f
	return f, nil
}

// begin makes the next segment; its name is durable when begin returns.
func (s *segments) begin() error {
	f, err := os.OpenFile(s.path(s.last+1), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(s.sync(f), syncDir(s.dir), f.Close()); err != nil {
		return err
	}
	s.last, s.size, s.fresh = s.last+1, 0, false
	return s.w.close() // append opens it anew
}

// append writes blobs, syncs once, and gives their places. After an error the
// end of the segment is not known: nothing may be appended any more.
func (s *segments) append(hashes []Hash, batch map[Hash][]byte) ([]place, error) {
	if s.last == 0 || s.fresh || s.size >= s.max {
		if err := s.begin(); err != nil {
			return nil, err
		}
	}
	if s.w.f == nil {
		if err := s.w.open(s.path(s.last)); err != nil {
			return nil, err
		}
	}
	out := make([]place, len(hashes))
	at := aligned(s.size)
	s.w.begin(at)
	var head [headerSize]byte
	for i, h := range hashes {
		b := batch[h]
		copy(head[:], s.mark[:])
		binary.BigEndian.PutUint32(head[markSize:], uint32(len(b)))
		copy(head[markSize+4:], h[:])
		if _, err := s.w.Write(head[:]); err != nil {
			return nil, err
		}
		if _, err := s.w.Write(b); err != nil {
			return nil, err
		}
		out[i] = place{s.last, at + uint64(headerSize), uint32(len(b))}
		at += uint64(headerSize + len(b))
	}
	if err := s.w.end(); err != nil {
		return nil, err
	}
	if err := s.sync(s.w.f); err != nil {
		return nil, err
	}
	s.size = aligned(at)
	return out, nil
}

// read gives the bytes of a place; bytes that are not there are zero, so that
// the hash finds them.
func (s *segments) read(p place) ([]byte, error) {
	f, err := s.file(p.segment)
	if errors.Is(err, fs.ErrNotExist) {
		return make([]byte, p.size), nil
	}
	if err != nil {
		return nil, err
	}
	b := make([]byte, p.size)
	if n, err := f.ReadAt(b, int64(p.offset)); err != nil && n == len(b) || isEnd(err) {
		return b, nil
	} else if err != nil {
		return nil, err
	}
	return b, nil
}

// punch gives the disk back what a swept blob took. A file system that cannot
// do it keeps the space.
func (s *segments) punch(p place) error {
	f, err := s.file(p.segment)
	if err != nil {
		return err
	}
	err = unix.Fallocate(int(f.Fd()), unix.FALLOC_FL_PUNCH_HOLE|unix.FALLOC_FL_KEEP_SIZE, int64(p.offset), int64(p.size))
	if errors.Is(err, unix.EOPNOTSUPP) || errors.Is(err, unix.ENOSYS) {
		return nil
	}
	return err
}

func (s *segments) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	errs := []error{s.w.close()}
	for _, f := range s.files {
		errs = append(errs, f.Close())
	}
	s.files = nil
	return errors.Join(errs...)
}

// syncData makes what was written to f durable, and its length.
func syncData(f *os.File) error {
	if err := unix.Fdatasync(int(f.Fd())); err != nil {
		return &fs.PathError{Op: "fdatasync", Path: f.Name(), Err: err}
	}
	return nil
}
