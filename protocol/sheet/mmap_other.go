//go:build !unix

package sheet

import (
	"fmt"
	"os"
)

// mapping is a file as memory; here it is read whole.
type mapping struct{ bytes []byte }

func mapFile(path string, size int64) (*mapping, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if int64(len(b)) != size {
		return nil, fmt.Errorf("has %d bytes, the manifest says %d", len(b), size)
	}
	return &mapping{b}, nil
}

func (m *mapping) close() error { return nil }

func (m *mapping) rest() error { return nil }
