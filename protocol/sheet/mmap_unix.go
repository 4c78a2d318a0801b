//go:build unix

package sheet

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// mapping is a file as memory, read by the pages that are touched.
type mapping struct{ bytes []byte }

func mapFile(path string, size int64) (*mapping, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() // the mapping stays
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() != size || size <= 0 {
		return nil, fmt.Errorf("has %d bytes, the manifest says %d", info.Size(), size)
	}
	b, err := unix.Mmap(int(f.Fd()), 0, int(size), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("map: %w", err)
	}
	return &mapping{b}, nil
}

func (m *mapping) close() error { return unix.Munmap(m.bytes) }

// rest lets go of the pages that were touched. They are the file's and clean:
// whoever reads them again gets them from the disk's cache.
func (m *mapping) rest() error { return unix.Madvise(m.bytes, unix.MADV_DONTNEED) }
