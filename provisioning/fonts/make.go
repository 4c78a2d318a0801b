package fonts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"zhunkao/protocol/sheet"
)

// ErrFonts is wrapped by every failure of Make.
var ErrFonts = errors.New("fonts")

// Options of Make.
type Options struct {
	Dir       string   // of the bundle; made if it is not there
	Installed []string // folders of installed fonts, tried in order; none: /usr/share/fonts
	Offline   bool     // take only what is installed
	Say       func(format string, args ...any)
}

// Make makes the bundle in o.Dir, or finds that a good one is there.
func Make(ctx context.Context, o Options) error {
	if len(o.Installed) == 0 {
		o.Installed = []string{"/usr/share/fonts"}
	}
	if o.Say == nil {
		o.Say = func(string, ...any) {}
	}
	if current(o.Dir) {
		o.Say("fonts: a whole bundle is in %s", o.Dir)
		return nil
	}
	if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		return fmt.Errorf("%w: %w", ErrFonts, err)
	}
	scratch, err := os.MkdirTemp(o.Dir, ".making-")
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFonts, err)
	}
	defer os.RemoveAll(scratch)
	m, err := collect(ctx, o, scratch)
	if err != nil {
		return err
	}
	if err := publish(o.Dir, scratch, m); err != nil {
		return err
	}
	if err := prove(o.Dir); err != nil {
		return err
	}
	o.Say("fonts: %d faces in %s", len(m.Faces), o.Dir)
	return sweep(o.Dir, m)
}

// current holds if the bundle there is whole and has all that is wanted.
func current(dir string) bool {
	m, err := sheet.ReadManifest(dir)
	if err != nil || len(m.Faces) != len(wanted) {
		return false
	}
	for i, f := range m.Faces {
		if f.Name != wanted[i].name || f.Role != wanted[i].role {
			return false
		}
	}
	return sheet.VerifyBundle(dir) == nil && prove(dir) == nil
}

// collect copies the files into scratch and describes them.
func collect(ctx context.Context, o Options, scratch string) (sheet.Manifest, error) {
	m := sheet.Manifest{Version: 1}
	s := source{options: o, scratch: scratch, unpacked: map[string]string{}}
	copied := map[string]sheet.ManifestFace{}
	for _, w := range wanted {
		f, ok := copied[w.file]
		if !ok {
			path, version, err := s.find(ctx, w)
			if err != nil {
				return m, err
			}
			if f, err = keep(path, scratch); err != nil {
				return m, err
			}
			f.Source = w.pkg + " " + version
			copied[w.file] = f
			o.Say("fonts: %s from %s", filepath.Base(w.file), f.Source)
		}
		index, err := indexOf(filepath.Join(scratch, f.SHA256), w.family)
		if err != nil {
			return m, err
		}
		f.Role, f.Bold, f.Name, f.Index = w.role, w.bold, w.name, index
		m.Faces = append(m.Faces, f)
	}
	return m, nil
}

// publish moves the files to their place and then lets the manifest appear.
func publish(dir, scratch string, m sheet.Manifest) error {
	raw, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return fmt.Errorf("%w: manifest: %w", ErrFonts, err)
	}
	manifest := filepath.Join(scratch, sheet.ManifestName)
	if err := writeDurable(manifest, append(raw, '\n')); err != nil {
		return err
	}
	if err := sheet.VerifyBundle(scratch); err != nil {
		return fmt.Errorf("%w: what was copied does not read back: %w", ErrFonts, err)
	}
	var names []string
	for _, f := range m.Faces {
		if !slices.Contains(names, f.SHA256) {
			names = append(names, f.SHA256)
		}
	}
	for _, name := range append(names, sheet.ManifestName) {
		if err := os.Rename(filepath.Join(scratch, name), filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("%w: %w", ErrFonts, err)
		}
	}
	return syncDir(dir)
}

// prove opens the bundle as a program will, and looks for names.
func prove(dir string) error {
	f, err := sheet.OpenFonts(dir)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFonts, err)
	}
	defer f.Close()
	if missing := f.Missing(proof); len(missing) > 0 || f.Fallback() {
		return fmt.Errorf("%w: the bundle lacks %q", ErrFonts, string(missing))
	}
	return nil
}

// sweep removes the files of earlier bundles. A program that has one mapped
// keeps it until it ends.
func sweep(dir string, m sheet.Manifest) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFonts, err)
	}
	for _, e := range entries {
		known := slices.ContainsFunc(m.Faces, func(f sheet.ManifestFace) bool { return f.SHA256 == e.Name() })
		if known || !isHash(e.Name()) {
			continue
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
			return fmt.Errorf("%w: %w", ErrFonts, err)
		}
	}
	return nil
}

func isHash(name string) bool {
	if len(name) != 64 {
		return false
	}
	for _, r := range name {
		if (r < '0' || r > '9') && (r < 'a' || r > 'f') {
			return false
		}
	}
	return true
}
