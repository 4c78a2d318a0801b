package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"zhunkao/protocol"
)

// partPath is where the part with this hash lies.
func (s *Store) partPath(h protocol.Hash) string {
	name := h.String()
	return filepath.Join(s.dir, partsDir, name[:2], name)
}

// PutBlob makes a sealed blob durable and gives its hash. The same bytes twice
// are one file. Errors: ErrFull, ErrBroken.
func (s *Store) PutBlob(ciphertext []byte) (protocol.Hash, error) {
	h := protocol.HashOf(ciphertext)
	if err := s.usable(); err != nil {
		return h, err
	}
	err := s.putPart(h, ciphertext)
	if isFull(err) {
		s.releaseReserve()
		err = s.putPart(h, ciphertext)
	}
	if err != nil {
		return h, s.writeFault(err)
	}
	return h, nil
}

func (s *Store) putPart(h protocol.Hash, ct []byte) error {
	path := s.partPath(h)
	dir := filepath.Dir(path)
	if _, err := os.Lstat(dir); errors.Is(err, fs.ErrNotExist) {
		if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("store: %w", err)
		}
		if err := s.disk.syncDir(filepath.Dir(dir)); err != nil {
			return err
		}
	}
	return s.disk.writeFile(path, ct)
}

// Blob reads a part and checks it against its name. Errors: ErrNotFound, ErrDamaged.
func (s *Store) Blob(h protocol.Hash) ([]byte, error) {
	b, err := os.ReadFile(s.partPath(h))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	if protocol.HashOf(b) != h {
		return nil, fmt.Errorf("%w: blob", ErrDamaged)
	}
	return b, nil
}

func (s *Store) hasPart(p protocol.Part) error {
	fi, err := os.Stat(s.partPath(p.Hash))
	if errors.Is(err, fs.ErrNotExist) || err == nil && uint64(fi.Size()) != p.Size {
		return ErrIncomplete
	}
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

// Parts reads all that the manifest of a record names: body and blobs.
func (s *Store) Parts(r protocol.Record) (map[protocol.Hash][]byte, error) {
	out := map[protocol.Hash][]byte{r.Manifest.Body.Hash: r.Body}
	for _, p := range r.Manifest.Blobs {
		b, err := s.blob(p)
		if err != nil {
			return nil, err
		}
		out[p.Hash] = b
	}
	return out, nil
}

// blob is Blob for a part of known size. Most are small: asking a file for its size
// and for more than that costs as much as reading it.
func (s *Store) blob(p protocol.Part) ([]byte, error) {
	f, err := os.Open(s.partPath(p.Hash))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	defer f.Close()
	b := make([]byte, p.Size)
	switch _, err := io.ReadFull(f, b); {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), err == nil && protocol.HashOf(b) != p.Hash:
		return nil, fmt.Errorf("%w: blob", ErrDamaged)
	case err != nil:
		return nil, fmt.Errorf("store: %w", err)
	}
	return b, nil
}
