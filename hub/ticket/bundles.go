package ticket

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"zhunkao/hub/db"
	"zhunkao/hub/seating"
)

// Bundles keeps the public files of published arrangements (demand A49), each written
// once: to compute one takes seconds and half a gigabyte, and anybody may ask for it. It
// can be emptied at any time. A nil Bundles holds none.
type Bundles struct{ dir string }

// OpenBundles keeps files in a folder, which it makes.
func OpenBundles(dir string) (*Bundles, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("ticket: bundles: %w", err)
	}
	return &Bundles{dir}, nil
}

func (b *Bundles) path(version string) string {
	return filepath.Join(b.dir, filepath.Base(version)+".gz")
}

// Has reports whether the file of a version is there.
func (b *Bundles) Has(version string) bool {
	if b == nil || version == "" {
		return false
	}
	_, err := os.Stat(b.path(version))
	return err == nil
}

// Write writes the file of a version, if it is not there. A power cut leaves it whole or
// not there. seating.ErrNotFound.
func (b *Bundles) Write(ctx context.Context, d *db.DB, version string) (err error) {
	if b.Has(version) {
		return nil
	}
	f, err := os.CreateTemp(b.dir, "*"+halfExt)
	if err != nil {
		return fmt.Errorf("ticket: bundle: %w", err)
	}
	defer func() {
		err = errors.Join(err, remove(f.Name())) // it has another name when all went well
	}()
	z := gzip.NewWriter(f)
	err = errors.Join(seating.Bundle(ctx, d, version, z), z.Close(), f.Sync(), f.Close())
	if err != nil {
		return fmt.Errorf("ticket: bundle: %w", err)
	}
	if err := os.Rename(f.Name(), b.path(version)); err != nil {
		return fmt.Errorf("ticket: bundle: %w", err)
	}
	return nil
}

// Bundle is an open file.
type Bundle struct{ *os.File }

// Open opens the file of a version. os.ErrNotExist.
func (b *Bundles) Open(version string) (Bundle, error) {
	if b == nil || version == "" {
		return Bundle{}, os.ErrNotExist
	}
	f, err := os.Open(b.path(version))
	return Bundle{f}, err
}

// Send gives the file to a browser, packed as it lies there where that takes it so. The
// error is that of whoever fetched it.
func (b Bundle) Send(w http.ResponseWriter, packed bool) error {
	var from io.Reader = b.File
	if packed {
		w.Header().Set("Content-Encoding", "gzip")
	} else {
		z, err := gzip.NewReader(b.File)
		if err != nil {
			return err
		}
		from = z
	}
	_, err := io.Copy(w, from)
	return err
}
