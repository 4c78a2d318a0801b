package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// The page format of bbolt (its version 2), as far as a reader needs it. bbolt
// writes it in the machine's order; every board we know is little-endian, and
// on another one the magic does not match and the file is refused.
const (
	pageHeader   = 16
	elementSize  = 16
	bucketHeader = 16
	metaSize     = 64

	flagBranch = 0x01
	flagLeaf   = 0x02

	leafIsBucket = 0x01

	boltMagic   = 0xED0CDAED
	boltVersion = 2

	maxDepth    = 32
	maxOverflow = 1 << 12 // 16 MiB in one page run: far beyond any value of ours
)

// inspection is what inspectFile counted.
type inspection struct {
	pageSize int
	pages    uint64 // below the high-water mark
	used     uint64 // reachable
	keys     uint64
}

// mostlyFree asks for compaction: more than half of at least 1 MiB is free.
func (i inspection) mostlyFree() bool {
	return i.pages > 256 && i.used < i.pages/2
}

// inspector walks the pages of a bbolt file by pread. Unlike bbolt it never
// trusts a number it reads: a damaged file gives an error, never a panic, and
// an unreadable sector gives EIO, never a SIGBUS.
type inspector struct {
	r    io.ReaderAt
	size int64
	inspection
	seen map[uint64]bool
}

// inspectFile checks the structure of path and the checksum of every value.
// Errors: fs.ErrNotExist, ErrDamaged.
func inspectFile(path string) (inspection, error) {
	f, err := os.Open(path)
	if err != nil {
		return inspection{}, fmt.Errorf("store: %w", err)
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return inspection{}, fmt.Errorf("store: %w", err)
	}
	// After a sync that failed, the cache may hold what the disk does not. Not
	// every file system knows the call; then the check reads what it can get.
	if err := unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED); err != nil && !errors.Is(err, unix.EINVAL) && !errors.Is(err, unix.ENOSYS) {
		return inspection{}, fmt.Errorf("store: %w", &fs.PathError{Op: "fadvise", Path: path, Err: err})
	}
	return inspect(f, fi.Size())
}

func inspect(r io.ReaderAt, size int64) (inspection, error) {
	in := &inspector{r: r, size: size, seen: map[uint64]bool{}}
	root, err := in.meta()
	if err != nil {
		return inspection{}, err
	}
	if err := in.page(nil, root, 0); err != nil {
		return inspection{}, err
	}
	in.used = uint64(len(in.seen)) + 2 // and the two meta pages
	return in.inspection, nil
}

func damaged(format string, a ...any) error {
	return fmt.Errorf("%w: %s", ErrDamaged, fmt.Sprintf(format, a...))
}

// meta finds the newer of the two meta pages that is whole. One of them torn is
// what a power cut leaves and no damage.
func (in *inspector) meta() (root uint64, err error) {
	var best uint64
	found := false
	try := func(offset int64) {
		b := make([]byte, pageHeader+metaSize)
		if _, e := in.r.ReadAt(b, offset); e != nil {
			return
		}
		m := b[pageHeader:]
		le := binary.LittleEndian
		sum := fnv.New64a()
		sum.Write(m[:56])
		txid := le.Uint64(m[48:])
		if le.Uint32(m) != boltMagic || le.Uint32(m[4:]) != boltVersion || le.Uint64(m[56:]) != sum.Sum64() || found && txid <= best {
			return
		}
		found, best = true, txid
		in.pageSize = int(le.Uint32(m[8:]))
		root = le.Uint64(m[16:])
		in.pages = le.Uint64(m[40:])
	}
	try(0)
	if found {
		try(int64(in.pageSize))
	} else {
		for ps := int64(1 << 10); ps <= 64<<10 && !found; ps *= 2 {
			try(ps)
		}
	}
	switch {
	case !found:
		return 0, damaged("no whole meta page")
	case in.pageSize < 1<<10 || in.pageSize > 64<<10 || in.pageSize&(in.pageSize-1) != 0:
		return 0, damaged("page size")
	case in.pages > uint64(in.size)/uint64(in.pageSize):
		return 0, damaged("file is shorter than its pages")
	}
	return root, nil
}

// page reads page id and what hangs below it. path names the bucket it is in.
func (in *inspector) page(path []byte, id uint64, depth int) error {
	if depth > maxDepth {
		return damaged("tree too deep")
	}
	b, err := in.read(id)
	if err != nil {
		return err
	}
	return in.node(path, b, id, depth)
}

// read gives the bytes of page id with its overflow, each page once.
func (in *inspector) read(id uint64) ([]byte, error) {
	if id < 2 || id >= in.pages {
		return nil, damaged("page %d of %d", id, in.pages)
	}
	b := make([]byte, in.pageSize)
	if _, err := in.r.ReadAt(b, int64(id)*int64(in.pageSize)); err != nil {
		return nil, fmt.Errorf("%w: page %d: %w", ErrDamaged, id, err)
	}
	over := uint64(binary.LittleEndian.Uint32(b[12:]))
	if binary.LittleEndian.Uint64(b) != id || over > maxOverflow || id+over >= in.pages {
		return nil, damaged("page %d is not itself", id)
	}
	for p := id; p <= id+over; p++ {
		if in.seen[p] {
			return nil, damaged("page %d is used twice", p)
		}
		in.seen[p] = true
	}
	if over == 0 {
		return b, nil
	}
	b = make([]byte, (over+1)*uint64(in.pageSize))
	if _, err := in.r.ReadAt(b, int64(id)*int64(in.pageSize)); err != nil {
		return nil, fmt.Errorf("%w: page %d: %w", ErrDamaged, id, err)
	}
	return b, nil
}

// node checks the elements of a branch or leaf page, or of an inline bucket.
func (in *inspector) node(path, b []byte, id uint64, depth int) error {
	le := binary.LittleEndian
	flags, count := le.Uint16(b[8:]), int(le.Uint16(b[10:]))
	if pageHeader+count*elementSize > len(b) {
		return damaged("page %d counts too much", id)
	}
	var last []byte
	for i := range count {
		e := b[pageHeader+i*elementSize:] // positions count from the element
		var pos, ksize, vsize uint32
		switch flags {
		case flagBranch:
			pos, ksize = le.Uint32(e), le.Uint32(e[4:])
		case flagLeaf:
			pos, ksize, vsize = le.Uint32(e[4:]), le.Uint32(e[8:]), le.Uint32(e[12:])
		default:
			return damaged("page %d is of no known type", id)
		}
		if uint64(pos)+uint64(ksize)+uint64(vsize) > uint64(len(e)) || ksize == 0 {
			return damaged("page %d points outside itself", id)
		}
		key := e[pos : pos+ksize]
		if i > 0 && bytes.Compare(last, key) >= 0 {
			return damaged("page %d is out of order", id)
		}
		last = key
		var err error
		if flags == flagBranch {
			err = in.page(path, le.Uint64(e[8:]), depth+1)
		} else {
			err = in.leaf(path, key, e[pos+ksize:pos+ksize+vsize], le.Uint32(e), depth)
		}
		if err != nil {
			return err
		}
	}
	if flags != flagBranch && flags != flagLeaf || flags == flagBranch && count == 0 {
		return damaged("page %d is of no known type", id)
	}
	return nil
}

// leaf follows a bucket or checks a value.
func (in *inspector) leaf(path, key, value []byte, flags uint32, depth int) error {
	if flags&leafIsBucket == 0 {
		in.keys++
		if len(path) == 0 {
			return damaged("a value outside every bucket")
		}
		if err := decodeChecked(string(path)+"/"+string(key), value, nil); err != nil {
			return fmt.Errorf("bucket %s: %w", path, err)
		}
		return nil
	}
	if len(value) < bucketHeader || len(path) != 0 {
		return damaged("a bucket that cannot be")
	}
	if root := binary.LittleEndian.Uint64(value); root != 0 {
		return in.page(key, root, depth+1)
	}
	inline := value[bucketHeader:]
	if len(inline) < pageHeader || binary.LittleEndian.Uint16(inline[8:]) != flagLeaf {
		return damaged("inline bucket")
	}
	return in.node(key, inline, 0, depth+1)
}
