package blob

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	// ownerLimit is the most bytes of unfinished parts of one owner: some ten
	// records with photos. A box sends records one after another.
	ownerLimit = 64 << 20
	// memoryLimit is the most bytes of one owner in memory: parts that came in
	// one piece, and pieces that wait for a gap before them to close.
	memoryLimit = 2 << 20
)

// parts keeps what has not come whole: for each owner a directory, in it a file
// for each part, whose length is how many leading bytes are here. A part that
// comes in one piece does not touch the disk.
type parts struct {
	dir string
	now func() time.Time

	mu     sync.Mutex // guards owners, and the files below
	owners map[string]*owner
}

type owner struct {
	parts  map[Hash]*part
	bytes  uint64 // declared sizes of all its parts
	memory int    // bytes of them in memory
}

type part struct {
	size    uint64
	have    uint64 // leading bytes here
	whole   []byte // set when it came in one piece and there was room: nothing on the disk
	onDisk  bool
	ahead   map[uint64][]byte // pieces beyond the leading run, by offset
	touched time.Time
}

// open reads what a former run left behind.
func (p *parts) open(dir string, now func() time.Time) error {
	p.dir, p.now, p.owners = dir, now, map[string]*owner{}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name, owner := filepath.Base(path), filepath.Base(filepath.Dir(path))
		h, err := ParseHash(name)
		fi, err2 := e.Info()
		if err != nil || err2 != nil || !validOwner(owner) {
			return errors.Join(err2, os.Remove(path)) // not one of ours
		}
		// The size is told by the next Stage.
		p.of(owner).parts[h] = &part{have: uint64(fi.Size()), onDisk: true, touched: fi.ModTime()}
		return nil
	})
}

func (p *parts) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.owners = nil
	return nil
}

func (p *parts) of(name string) *owner {
	o := p.owners[name]
	if o == nil {
		o = &owner{parts: map[Hash]*part{}}
		p.owners[name] = o
	}
	return o
}

// validOwner keeps an owner's name from leading out of the directory.
func validOwner(s string) bool {
	return s != "" && len(s) <= 64 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
}

func (p *parts) path(owner string, h Hash) string {
	return filepath.Join(p.dir, owner, h.String())
}

// Stage takes bytes of a part of the given whole size at an offset and returns
// how many leading bytes of it are here. owner is who sends (a box id, lower-case
// letters and digits): owners cannot disturb each other. Bytes beyond the
// leading run are kept in memory until the gap closes, or dropped when there
// are too many. ErrTooLarge.
func (s *files) Stage(owner string, h Hash, size, offset uint64, b []byte) (uint64, error) {
	p := &s.parts
	if !validOwner(owner) {
		return 0, errors.New("blob: not an owner")
	}
	if size == 0 || size > Largest || offset > size || uint64(len(b)) > size-offset {
		return 0, fmt.Errorf("%w: part", ErrTooLarge)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.owners == nil {
		return 0, errors.New("blob: closed")
	}
	o := p.of(owner)
	q := o.parts[h]
	if q == nil || q.size == 0 {
		if o.bytes+size > ownerLimit {
			return 0, fmt.Errorf("%w: parts of one owner", ErrTooLarge)
		}
		if q == nil {
			q = &part{}
			o.parts[h] = q
		}
		q.size = size
		o.bytes += size
	}
	if q.size != size || q.have > size {
		return 0, fmt.Errorf("%w: part has another size", ErrHash)
	}
	q.touched = p.now()
	if err := p.take(o, q, owner, h, offset, b); err != nil {
		return q.have, fmt.Errorf("blob: stage: %w", err)
	}
	return q.have, nil
}

// take adds bytes to the leading run, or puts them aside.
func (p *parts) take(o *owner, q *part, owner string, h Hash, offset uint64, b []byte) error {
	if q.have == 0 && offset == 0 && uint64(len(b)) == q.size && o.memory+len(b) <= memoryLimit {
		p.dropAhead(o, q)
		q.whole, q.have = slices.Clone(b), q.size
		o.memory += len(b)
		return nil
	}
	if offset > q.have {
		if old, ok := q.ahead[offset]; ok && len(old) >= len(b) || o.memory+len(b) > memoryLimit {
			return nil // asked for again by who is missing it
		}
		if q.ahead == nil {
			q.ahead = map[uint64][]byte{}
		}
		o.memory += len(b) - len(q.ahead[offset])
		q.ahead[offset] = slices.Clone(b)
		return nil
	}
	for offset <= q.have {
		if end := offset + uint64(len(b)); end > q.have {
			if err := p.append(q, owner, h, b[q.have-offset:]); err != nil {
				return err
			}
		}
		if len(q.ahead) == 0 {
			return nil
		}
		offset = q.nextAhead()
		if offset > q.have {
			return nil
		}
		b = q.ahead[offset]
		o.memory -= len(b)
		delete(q.ahead, offset)
	}
	return nil
}

func (q *part) nextAhead() uint64 {
	next := ^uint64(0)
	for off := range q.ahead {
		next = min(next, off)
	}
	return next
}

func (p *parts) dropAhead(o *owner, q *part) {
	for _, b := range q.ahead {
		o.memory -= len(b)
	}
	q.ahead = nil
}

// append writes to the file of a part. It is not synced: what a power cut takes
// is asked for again, and the hash finds what it leaves damaged.
func (p *parts) append(q *part, owner string, h Hash, b []byte) error {
	path := p.path(owner, h)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(b, int64(q.have))
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	q.have += uint64(len(b))
	q.onDisk = true
	return nil
}

// Staged returns how many leading bytes of a part are here.
func (s *files) Staged(owner string, h Hash) uint64 {
	s.parts.mu.Lock()
	defer s.parts.mu.Unlock()
	if o := s.parts.owners[owner]; o != nil && o.parts[h] != nil {
		return o.parts[h].have
	}
	return 0
}

// Take returns a part that is complete and has its hash. ErrIncomplete when
// bytes lack; ErrHash when it is another, and then it is discarded. The part
// stays until Discard.
func (s *files) Take(owner string, h Hash) ([]byte, error) {
	p := &s.parts
	p.mu.Lock()
	defer p.mu.Unlock()
	o := p.owners[owner]
	if o == nil || o.parts[h] == nil {
		return nil, ErrIncomplete
	}
	q := o.parts[h]
	if q.size == 0 || q.have < q.size {
		return nil, ErrIncomplete
	}
	b := q.whole
	if b == nil {
		var err error
		if b, err = os.ReadFile(p.path(owner, h)); err != nil {
			return nil, fmt.Errorf("blob: take: %w", err)
		}
	}
	if uint64(len(b)) != q.size || HashOf(b) != h {
		return nil, errors.Join(ErrHash, p.forget(owner, h))
	}
	return b, nil
}

// Discard forgets parts of an owner; without parts, all of them.
func (s *files) Discard(owner string, hashes ...Hash) error {
	p := &s.parts
	p.mu.Lock()
	defer p.mu.Unlock()
	o := p.owners[owner]
	if o == nil {
		return nil
	}
	if len(hashes) == 0 {
		for h := range o.parts {
			hashes = append(hashes, h)
		}
	}
	var errs []error
	for _, h := range hashes {
		errs = append(errs, p.forget(owner, h))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("blob: discard: %w", err)
	}
	return nil
}

// forget removes one part. The caller holds mu.
func (p *parts) forget(owner string, h Hash) error {
	o := p.owners[owner]
	q := o.parts[h]
	if q == nil {
		return nil
	}
	p.dropAhead(o, q)
	o.memory -= len(q.whole)
	o.bytes -= q.size
	delete(o.parts, h)
	if len(o.parts) == 0 {
		delete(p.owners, owner)
	}
	if !q.onDisk {
		return nil
	}
	if err := os.Remove(p.path(owner, h)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (p *parts) sweep(before time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var errs []error
	for name, o := range p.owners {
		for h, q := range o.parts {
			if q.touched.Before(before) {
				errs = append(errs, p.forget(name, h))
			}
		}
	}
	return errors.Join(errs...)
}
