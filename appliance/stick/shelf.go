package stick

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"zhunkao/appliance/store"
	"zhunkao/protocol"
)

// shelf is the journal on one stick that is in. It belongs to one goroutine.
type shelf struct {
	dir string
	box protocol.BoxID
	put func(f *os.File, b []byte) error // makes bytes durable at the end of a file

	root  *os.Root // the journal's folder; nil before open
	queue []uint64 // files of ours that were not read yet
	on    map[store.Place]bool
	files map[uint64]*kept // what each file of ours has
	last  uint64           // highest number there is

	file *os.File // that is appended to; nil: the next record begins one
	num  uint64
	size int64
}

// kept is what one file has. sure: this very store has had all of it, so that the
// file may go when the store has let go of it. What a store before this one
// wrote, on a disk that died, is nobody's to remove but the office's.
type kept struct {
	places []store.Place
	sure   bool
}

func newShelf(dir string, box protocol.BoxID, put func(*os.File, []byte) error) *shelf {
	return &shelf{dir: dir, box: box, put: put, on: map[store.Place]bool{}, files: map[uint64]*kept{}}
}

func (s *shelf) close() {
	if s == nil {
		return
	}
	s.drop()
	if s.root != nil {
		_ = s.root.Close() // a directory: nothing is lost
		s.root = nil
	}
}

// drop lets go of the file: what was written is synced, or was told as failed.
func (s *shelf) drop() {
	if s.file != nil {
		_ = s.file.Close()
		s.file = nil
	}
}

func (s *shelf) name(num uint64) string {
	return fmt.Sprintf("%s-%08d%s", s.box, num, protocol.StickExt)
}

// number is the reverse of name.
func (s *shelf) number(name string) (uint64, bool) {
	digits, ok := strings.CutPrefix(name, string(s.box)+"-")
	if !ok {
		return 0, false
	}
	digits, ok = strings.CutSuffix(digits, protocol.StickExt)
	n, err := strconv.ParseUint(digits, 10, 32)
	return n, ok && err == nil && s.name(n) == name
}

// open finds the files on the stick, once.
func (s *shelf) open() error {
	if s.root != nil {
		return nil
	}
	top, err := os.OpenRoot(s.dir)
	if err != nil {
		return err
	}
	defer top.Close()
	if err := top.Mkdir(protocol.StickDir, 0o700); err == nil {
		err = syncDir(top, ".")
		if err != nil {
			return err
		}
	} else if !errors.Is(err, fs.ErrExist) {
		return err
	}
	// OpenRoot would follow a link that stays on the stick: what is no folder is
	// in the way, and somebody must look.
	if fi, err := top.Lstat(protocol.StickDir); err != nil {
		return err
	} else if !fi.IsDir() {
		return fmt.Errorf("stick: %s is no folder", protocol.StickDir)
	}
	root, err := top.OpenRoot(protocol.StickDir)
	if err != nil {
		return err
	}
	names, err := list(root)
	if err == nil {
		for _, name := range names {
			if num, ok := s.number(name); ok {
				s.last = max(s.last, num)
				s.queue = append(s.queue, num)
			}
		}
	}
	if err != nil {
		return errors.Join(err, root.Close())
	}
	slices.Sort(s.queue)
	s.root = root
	return nil
}

// unread reports whether there are files whose records are not known yet.
func (s *shelf) unread() bool { return len(s.queue) > 0 }

// learn reads the next of them.
func (s *shelf) learn(ctx context.Context, have *store.Store) error {
	if err := s.read(ctx, s.queue[0], have); err != nil {
		return err
	}
	s.queue = s.queue[1:]
	return nil
}

// list gives the names in a folder, as many as are ever read.
func list(root *os.Root) (names []string, err error) {
	d, err := root.Open(".")
	if err != nil {
		return nil, err
	}
	defer d.Close()
	for {
		some, err := d.Readdirnames(1024)
		for _, n := range some {
			if strings.HasSuffix(n, protocol.StickExt) {
				names = append(names, n)
			}
		}
		if errors.Is(err, io.EOF) {
			return names, nil
		}
		if err != nil {
			return nil, err
		}
		if len(names) > protocol.MaxStickFiles {
			return nil, fmt.Errorf("stick: more than %d files", protocol.MaxStickFiles)
		}
	}
}

// read finds which records a file has whole. What is no file of ours, or is
// damaged, has none: they are written again into another.
func (s *shelf) read(ctx context.Context, num uint64, have *store.Store) error {
	f, err := s.root.OpenFile(s.name(num), os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil // a link, or what cannot be opened: its number is passed over
	}
	defer f.Close()
	if fi, err := f.Stat(); err != nil || !fi.Mode().IsRegular() {
		return err
	}
	r, err := protocol.NewStickReader(f)
	if errors.Is(err, protocol.ErrNoStick) || err == nil && r.File().Box != s.box {
		return nil
	}
	if err != nil {
		return err
	}
	k := &kept{sure: true}
	s.files[num] = k
	defer func() { k.sure = k.sure && r.Damaged() == 0 }()
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		rec, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if errors.Is(err, protocol.ErrNoStick) || err == nil && !rec.Whole {
			k.sure = false
		}
		if errors.Is(err, protocol.ErrNoStick) {
			return nil
		}
		if err != nil {
			return err
		}
		if !rec.Whole {
			continue
		}
		p := store.Place{Epoch: rec.Manifest.Epoch, Sequence: rec.Manifest.Sequence}
		k.places = append(k.places, p)
		hash, err := have.HashAt(p)
		if errors.Is(err, store.ErrBroken) {
			return err
		}
		if err == nil && hash == protocol.HashOf(rec.Envelope) {
			s.on[p] = true
		} else {
			k.sure = false
		}
	}
}

// piece is one record that is to be written, with its place.
type piece struct {
	place store.Place
	kept  store.Kept
}

// append makes some records durable on the stick, with one sync. After an error
// none of them counts as being there, and the file is not written to any more:
// nobody knows where it ends.
func (s *shelf) append(some []piece) (err error) {
	begun := false
	defer func() {
		if err == nil {
			return
		}
		if begun { // else each try on a full stick would leave another file
			s.drop()
			_ = s.root.Remove(s.name(s.num))
			delete(s.files, s.num)
		} else if s.file != nil {
			_ = s.file.Truncate(s.size) // gives room back; what lies behind counts for nothing, whether this succeeds or not
			s.drop()
		}
	}()
	var b []byte
	fresh := s.file == nil || s.size >= fileSize
	if fresh {
		s.drop()
		if b, err = protocol.AppendStickFile(nil, protocol.StickFile{Box: s.box, File: s.last + 1}); err != nil {
			return err
		}
	}
	for _, one := range some {
		if b, err = protocol.AppendStickRecord(b, one.kept.Record, one.kept.Parts); err != nil {
			return err
		}
	}
	if fresh {
		if err := s.begin(); err != nil {
			return err
		}
		begun = true
	}
	if err := s.put(s.file, b); err != nil {
		return err
	}
	if fresh {
		if err := syncDir(s.root, "."); err != nil {
			return err
		}
	}
	s.size += int64(len(b))
	for _, one := range some {
		s.files[s.num].places = append(s.files[s.num].places, one.place)
		s.on[one.place] = true
	}
	return nil
}

// begin makes the next file; what has its name is passed over.
func (s *shelf) begin() error {
	for range 1000 {
		s.last++
		f, err := s.root.OpenFile(s.name(s.last), os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			s.last--
			return err
		}
		s.file, s.num, s.size = f, s.last, 0
		s.files[s.num] = &kept{sure: true}
		return nil
	}
	return fmt.Errorf("stick: no name is free: %w", fs.ErrExist)
}

// tidy removes files that have nothing of what is here, but for the one that is
// written to.
func (s *shelf) tidy(here map[store.Place]bool) error {
	gone := false
	for num, k := range s.files {
		if s.file != nil && num == s.num || !k.sure || contains(k.places, here) {
			continue
		}
		if err := s.root.Remove(s.name(num)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		gone = true
		delete(s.files, num)
		for _, p := range k.places {
			delete(s.on, p)
		}
	}
	if !gone {
		return nil
	}
	return syncDir(s.root, ".")
}

func contains(places []store.Place, here map[store.Place]bool) bool {
	for _, p := range places {
		if here[p] {
			return true
		}
	}
	return false
}

func syncDir(root *os.Root, name string) error {
	d, err := root.Open(name)
	if err != nil {
		return err
	}
	err = d.Sync()
	// vfat of old kernels knows no sync of folders; the file's own sync wrote its
	// entry there.
	if errors.Is(err, unix.EINVAL) {
		err = nil
	}
	return errors.Join(err, d.Close())
}
