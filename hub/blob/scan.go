package blob

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"go.etcd.io/bbolt"
)

// scan finds the frames of a segment from an offset on. What is no frame is
// passed over: a power cut may leave anything where nothing was acknowledged
// yet, and beyond damage there may be frames that were. A frame is believed
// when its bytes have its hash, so whoever wrote them, they are what they are
// named. It returns the length of the segment and whether it ends with a frame.
func scan(f *os.File, mark []byte, from uint64, found func(Hash, uint64, uint32) error) (size uint64, clean bool, err error) {
	fi, err := f.Stat()
	if err != nil {
		return 0, false, err
	}
	size, clean = uint64(fi.Size()), true
	for at := from; at < size; {
		h, n, ok, err := frame(f, mark, at, size)
		if err != nil {
			return size, false, err
		}
		if ok {
			if err := found(h, at+uint64(headerSize), n); err != nil {
				return size, false, err
			}
			at, clean = at+uint64(headerSize)+uint64(n), true
			continue
		}
		if clean { // the zeros before the next batch
			end := min(aligned(at), size)
			if clean, err = zeros(f, at, end); err != nil {
				return size, false, err
			}
			if clean && at < end {
				at = end
				continue
			}
		}
		clean = false
		if at, err = next(f, mark, at+1, size); err != nil {
			return size, false, err
		}
	}
	return size, clean && from <= size, nil
}

// zeros reports whether nothing but zeros lies in a part of a block.
func zeros(f *os.File, from, to uint64) (bool, error) {
	var b [block]byte
	if _, err := f.ReadAt(b[:to-from], int64(from)); err != nil {
		return false, err
	}
	return len(bytes.TrimLeft(b[:to-from], "\x00")) == 0, nil
}

// frame reads the frame at an offset, if there is one.
func frame(f *os.File, mark []byte, at, size uint64) (h Hash, n uint32, ok bool, err error) {
	if size-at < uint64(headerSize) {
		return h, 0, false, nil
	}
	var head [headerSize]byte
	if _, err := f.ReadAt(head[:], int64(at)); err != nil {
		return h, 0, false, err
	}
	n = binary.BigEndian.Uint32(head[markSize:])
	h = Hash(head[markSize+4:])
	if !bytes.HasPrefix(head[:], mark) || n > Largest || size-at-uint64(headerSize) < uint64(n) {
		return h, 0, false, nil
	}
	b := make([]byte, n)
	if _, err := f.ReadAt(b, int64(at)+int64(headerSize)); err != nil && (n > 0 || !isEnd(err)) {
		return h, 0, false, err
	}
	return h, n, HashOf(b) == h, nil
}

// next finds where the mark stands from an offset on; size when nowhere.
func next(f *os.File, mark []byte, from, size uint64) (uint64, error) {
	r := bufio.NewReaderSize(io.NewSectionReader(f, int64(from), int64(size-min(from, size))), 1<<16)
	for at := from; ; {
		b, err := r.Peek(r.Size())
		if i := bytes.Index(b, mark); i >= 0 {
			return at + uint64(i), nil
		}
		if isEnd(err) || len(b) < len(mark) {
			return size, nil
		}
		if err != nil {
			return size, err
		}
		skip := len(b) - len(mark) + 1
		if _, err := r.Discard(skip); err != nil {
			return size, err
		}
		at += uint64(skip)
	}
}

func isEnd(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// recover finds what segments hold beyond the index: everything after a kill,
// nothing after an orderly end. What it finds may have been written and not
// synced, so it is synced before anything is said to be here.
func (s *files) recover() error {
	from, err := s.indexed()
	if err != nil {
		return err
	}
	list, err := s.seg.list()
	if err != nil {
		return err
	}
	if err := s.setMark(list); err != nil {
		return err
	}
	at := s.now()
	for _, n := range list {
		s.seg.last = n
		if n < from.segment {
			continue
		}
		start := uint64(0)
		if n == from.segment {
			start = from.offset
		}
		f, err := s.seg.file(n)
		if err != nil {
			return err
		}
		size, clean, err := scan(f, s.seg.mark[:], start, func(h Hash, offset uint64, size uint32) error {
			if known, err := s.inIndex(h); err != nil || known {
				return err
			}
			s.tail[h] = recent{place{n, offset, size}, at}
			if len(s.tail) < tailMost {
				return nil
			}
			if err := s.seg.sync(f); err != nil {
				return err
			}
			return s.index(position{n, offset + uint64(size)})
		})
		if err != nil {
			return fmt.Errorf("segment %d: %w", n, err)
		}
		if err := s.seg.sync(f); err != nil {
			return err
		}
		s.seg.size, s.seg.fresh = size, !clean
	}
	return nil
}

// setMark reads the mark of this store, or draws it. When the index was lost it
// is what most segments begin with.
func (s *files) setMark(list []uint32) error {
	return s.db.Update(func(tx *bbolt.Tx) error {
		meta := tx.Bucket(bucketMeta)
		if b := meta.Get(keyMark); len(b) == markSize {
			copy(s.seg.mark[:], b)
			return nil
		}
		_, _ = rand.Read(s.seg.mark[:]) // never fails (Go 1.24)
		seen, most := map[[markSize]byte]int{}, 0
		for _, n := range list {
			f, err := s.seg.file(n)
			if err != nil {
				return err
			}
			var m [markSize]byte
			if _, err := f.ReadAt(m[:], 0); isEnd(err) {
				continue // nothing was put into it
			} else if err != nil {
				return err
			}
			if seen[m]++; seen[m] > most {
				most, s.seg.mark = seen[m], m
			}
		}
		return meta.Put(keyMark, s.seg.mark[:])
	})
}
