package fonts

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/image/font/sfnt"

	"zhunkao/protocol/sheet"
)

// keep copies a file into a folder under its hash.
func keep(path, dir string) (sheet.ManifestFace, error) {
	in, err := os.Open(path)
	if err != nil {
		return sheet.ManifestFace{}, fmt.Errorf("%w: %w", ErrFonts, err)
	}
	defer in.Close()
	out, err := os.CreateTemp(dir, "copy-")
	if err != nil {
		return sheet.ManifestFace{}, fmt.Errorf("%w: %w", ErrFonts, err)
	}
	defer out.Close() // a second time after the good case, which does nothing
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(out, h), in)
	if err != nil {
		return sheet.ManifestFace{}, fmt.Errorf("%w: copy %s: %w", ErrFonts, filepath.Base(path), err)
	}
	if err := out.Chmod(0o444); err != nil {
		return sheet.ManifestFace{}, fmt.Errorf("%w: %w", ErrFonts, err)
	}
	if err := out.Sync(); err != nil {
		return sheet.ManifestFace{}, fmt.Errorf("%w: %w", ErrFonts, err)
	}
	if err := out.Close(); err != nil {
		return sheet.ManifestFace{}, fmt.Errorf("%w: %w", ErrFonts, err)
	}
	f := sheet.ManifestFace{SHA256: hex.EncodeToString(h.Sum(nil)), Size: n}
	if err := os.Rename(out.Name(), filepath.Join(dir, f.SHA256)); err != nil {
		return f, fmt.Errorf("%w: %w", ErrFonts, err)
	}
	return f, nil
}

// indexOf finds a family in a font file or collection.
func indexOf(path, family string) (int, error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrFonts, err)
	}
	defer file.Close()
	c, err := sfnt.ParseCollectionReaderAt(file)
	if err != nil {
		return 0, fmt.Errorf("%w: %s is no font: %w", ErrFonts, family, err)
	}
	for i := range c.NumFonts() {
		f, err := c.Font(i)
		if err != nil {
			return 0, fmt.Errorf("%w: font %d: %w", ErrFonts, i, err)
		}
		if name, err := f.Name(nil, sfnt.NameIDFamily); err == nil && name == family {
			return i, nil
		}
	}
	return 0, fmt.Errorf("%w: no font %s in its file", ErrFonts, family)
}

func writeDurable(path string, b []byte) error {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFonts, err)
	}
	defer f.Close() // a second time after the good case, which does nothing
	if _, err := f.Write(b); err != nil {
		return fmt.Errorf("%w: %w", ErrFonts, err)
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("%w: %w", ErrFonts, err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("%w: %w", ErrFonts, err)
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFonts, err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("%w: %w", ErrFonts, err)
	}
	return nil
}
