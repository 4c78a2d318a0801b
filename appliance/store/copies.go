package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"zhunkao/protocol"
)

// A copy of every sealed record is appended to a segment file in records/, so
// that a lost database can be built again. One file for each record would be
// plainer, but making a file costs two commits of the file system's journal
// where appending costs one (measured: 2–6 ms against 1.2 ms).
//
// A segment is a run of frames: 8 bytes of mark, length and CRC-32C of the
// payload (big-endian), then the payload, a recordCopy. The mark lets a reader
// find the next frame behind a damaged one. Behind the last frame there may be
// zeros: they are written ahead, so that the next frames go into room that the
// file has already and their sync need not wait for the file system's journal,
// which the database's own sync is waiting for at the same moment.
const (
	segmentSize = 1 << 20  // a new segment is begun beyond this
	segmentStep = 64 << 10 // zeros are written ahead in steps of this
	frameHeader = 16
	maxFrame    = protocol.MaxBody + protocol.MaxMessage
	segmentExt  = ".log"
)

var frameMark = []byte("ZKrecord")

// copies is the set of segments of an open store.
type copies struct {
	dir  string
	disk disk

	mu    sync.Mutex // guards what follows
	file  *os.File   // the segment that is written; nil before the first append
	seg   uint64     // its number
	size  int64      // of its sound part
	room  int64      // size with the zeros behind it
	where map[protocol.Hash]uint64
	live  map[uint64]int // records in each segment that are still kept
}

// frame is one copy as found on the disk.
type frame struct {
	segment uint64
	hash    protocol.Hash // of the envelope
	copied  recordCopy
}

func (c *copies) path(seg uint64) string {
	return filepath.Join(c.dir, fmt.Sprintf("%016d%s", seg, segmentExt))
}

// segments lists what is there, in order, and removes half-made ones.
func (c *copies) segments() ([]uint64, error) {
	var out []uint64
	err := forEachFile(c.dir, func(_, name string) error {
		if n, ok := segmentNumber(name); ok {
			out = append(out, n)
		}
		return nil
	})
	slices.Sort(out)
	return out, err
}

func segmentNumber(name string) (uint64, bool) {
	digits, ok := strings.CutSuffix(name, segmentExt)
	n, err := strconv.ParseUint(digits, 10, 64)
	return n, ok && err == nil
}

// read gives the sound frames of a segment and the bytes they cover. torn:
// bytes behind the last frame that are neither a frame nor zeros, as a power cut
// leaves; bad: how many damaged stretches lie before a sound frame.
func (c *copies) read(seg uint64) (frames []frame, sound int64, torn bool, bad int, err error) {
	raw, err := os.ReadFile(c.path(seg))
	if err != nil {
		return nil, 0, false, 0, fmt.Errorf("store: copies: %w", err)
	}
	at, lost := 0, false
	for at < len(raw) {
		payload, ok := frameAt(raw[at:])
		var f frame
		if ok {
			f = frame{segment: seg}
			ok = protocol.Decode(payload, &f.copied) == nil
		}
		if !ok {
			lost = true
			next := bytes.Index(raw[at+1:], frameMark)
			if next < 0 {
				break
			}
			at += 1 + next
			continue
		}
		if lost {
			bad, lost = bad+1, false
		}
		f.hash = protocol.HashOf(f.copied.Envelope)
		frames = append(frames, f)
		at += frameHeader + len(payload)
		sound = int64(at)
	}
	return frames, sound, len(bytes.TrimRight(raw[sound:], "\x00")) > 0, bad, nil
}

func frameAt(raw []byte) ([]byte, bool) {
	if len(raw) < frameHeader || !bytes.Equal(raw[:8], frameMark) {
		return nil, false
	}
	n, sum := binary.BigEndian.Uint32(raw[8:]), binary.BigEndian.Uint32(raw[12:])
	if n > maxFrame || uint64(n) > uint64(len(raw)-frameHeader) {
		return nil, false
	}
	payload := raw[frameHeader : frameHeader+n]
	return payload, crc32.Checksum(payload, castagnoli) == sum
}

func makeFrame(r recordCopy) ([]byte, error) {
	payload, err := protocol.Encode(r)
	if err != nil {
		return nil, err
	}
	b := append(make([]byte, 0, frameHeader+len(payload)), frameMark...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(payload)))
	b = binary.BigEndian.AppendUint32(b, crc32.Checksum(payload, castagnoli))
	return append(b, payload...), nil
}

// load reads every segment, keeps the frames that keep() names, and writes a
// segment anew when it holds others: a frame whose transaction never happened
// would only confuse a rebuild. It gives the number of frames dropped.
func (c *copies) load(keep func(protocol.Hash) bool) (dropped int, err error) {
	c.where, c.live = map[protocol.Hash]uint64{}, map[uint64]int{}
	segs, err := c.segments()
	if err != nil {
		return 0, err
	}
	for _, seg := range segs {
		frames, sound, torn, bad, err := c.read(seg)
		if err != nil {
			return dropped, err
		}
		kept := frames[:0:0]
		for _, f := range frames {
			if _, twice := c.where[f.hash]; !twice && keep(f.hash) {
				kept = append(kept, f)
				c.where[f.hash] = seg
				c.live[seg]++
			}
		}
		dropped += len(frames) - len(kept)
		if len(kept) < len(frames) || torn || bad > 0 {
			if sound, err = c.rewrite(seg, kept); err != nil {
				return dropped, err
			}
		}
		c.seg, c.size = seg, sound
		if len(kept) == 0 {
			if err := removeIfThere(c.path(seg)); err != nil {
				return dropped, err
			}
			c.size = segmentSize // the next append begins a new one
		}
	}
	return dropped, nil
}

func (c *copies) rewrite(seg uint64, frames []frame) (int64, error) {
	var all []byte
	for _, f := range frames {
		b, err := makeFrame(f.copied)
		if err != nil {
			return 0, err
		}
		all = append(all, b...)
	}
	return int64(len(all)), c.disk.writeFile(c.path(seg), all)
}

// append makes one copy durable.
func (c *copies) append(hash protocol.Hash, r recordCopy) error {
	b, err := makeFrame(r)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.ready(); err != nil {
		return err
	}
	if err := c.write(b); err != nil {
		return fmt.Errorf("store: copies: %w", err)
	}
	if err := c.disk.syncFile(c.file); err != nil {
		return fmt.Errorf("store: copies: %w", err)
	}
	c.size += int64(len(b))
	c.where[hash] = c.seg
	c.live[c.seg]++
	return nil
}

// write puts b behind what is sound, with zeros behind it when it leaves the
// room made before and the disk has enough. A write that found no room leaves a
// torn tail; the next one goes over it.
func (c *copies) write(b []byte) error {
	end := c.size + int64(len(b))
	if end > c.room {
		room := (end/segmentStep + 1) * segmentStep
		_, err := c.file.WriteAt(append(b, make([]byte, room-end)...), c.size)
		if err == nil {
			c.room = room
		}
		if err == nil || !isFull(err) {
			return err
		}
	}
	_, err := c.file.WriteAt(b, c.size)
	return err
}

// ready opens the segment to write, a new one if the last is long enough.
func (c *copies) ready() error {
	if c.file != nil && c.size < segmentSize {
		return nil
	}
	if c.file != nil {
		if err := c.file.Close(); err != nil {
			return fmt.Errorf("store: copies: %w", err)
		}
		c.file = nil
	}
	fresh := c.seg == 0 || c.size >= segmentSize
	if fresh {
		c.seg, c.size = c.seg+1, 0
	}
	f, err := os.OpenFile(c.path(c.seg), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("store: copies: %w", err)
	}
	fi, err := f.Stat()
	if err != nil {
		return fmt.Errorf("store: copies: %w", errors.Join(err, f.Close()))
	}
	c.file, c.room = f, fi.Size()
	if fresh {
		return c.disk.syncDir(c.dir)
	}
	return nil
}

// forget lets go of copies; a segment without any left is removed.
func (c *copies) forget(hashes []protocol.Hash) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var errs []error
	for _, h := range hashes {
		seg, ok := c.where[h]
		if !ok {
			continue
		}
		delete(c.where, h)
		if c.live[seg]--; c.live[seg] == 0 && seg != c.seg {
			delete(c.live, seg)
			errs = append(errs, removeIfThere(c.path(seg)))
		}
	}
	return errors.Join(errs...)
}

func (c *copies) has(h protocol.Hash) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, ok := c.where[h]
	return ok
}

func (c *copies) close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.file == nil {
		return nil
	}
	err := c.file.Close()
	c.file = nil
	if errors.Is(err, fs.ErrClosed) {
		return nil
	}
	return err
}
