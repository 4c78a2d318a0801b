package sheet

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"unicode"
)

// fallbackFont is made as fallback/README.md says.
//
//go:embed fallback/fallback.otf
var fallbackFont []byte

// Fonts is a chain of fonts for each family and weight. It may be used by
// several goroutines at once.
type Fonts struct {
	chains   [3][2][]*face // by family and weight
	box      *boxFace
	forms    ticketForms
	fallback bool
	maps     []*mapping
}

type family uint8

const (
	sans family = iota
	serif
	mono
)

// DefaultFontsDir is where "make fonts" puts the bundle: zhunkao/fonts in the
// user's cache ($XDG_CACHE_HOME, else ~/.cache).
func DefaultFontsDir() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("sheet: no cache folder for fonts: %w", err)
	}
	return filepath.Join(cache, "zhunkao", "fonts"), nil
}

// OpenFonts maps the bundle in dir. If dir is "" or holds no bundle, the font
// inside the program serves alone and Fallback holds; a bundle that is there
// and broken is an error wrapping ErrBundle. Close it after its last document.
func OpenFonts(dir string) (*Fonts, error) {
	f := &Fonts{fallback: true}
	if dir != "" {
		m, err := ReadManifest(dir)
		switch {
		case errors.Is(err, os.ErrNotExist):
		case err != nil:
			return nil, err
		default:
			f.fallback = false
			if err := f.open(dir, m); err != nil {
				return nil, errors.Join(err, f.Close())
			}
		}
	}
	own, err := parse(fallbackFont, 0)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("sheet: embedded font: %w", err), f.Close())
	}
	last := [2]*face{newFace(fallbackName, own, false), newFace(fallbackName+boldSuffix, own, true)}
	for fam := range f.chains {
		for w := range f.chains[fam] {
			f.chains[fam][w] = append(f.chains[fam][w], last[w])
		}
	}
	f.box = newBoxFace(f.chains[sans][0][0].glyph)
	return f, nil
}

func (f *Fonts) open(dir string, m Manifest) error {
	mapped := map[string]*mapping{}
	var chains [3][2][]*face
	var rare [2][]*face
	for _, entry := range m.Faces {
		file := mapped[entry.SHA256]
		if file == nil {
			var err error
			if file, err = mapFile(filepath.Join(dir, entry.SHA256), entry.Size); err != nil {
				return fmt.Errorf("%w: %s: %w", ErrBundle, entry.Name, err)
			}
			mapped[entry.SHA256] = file
			f.maps = append(f.maps, file)
		}
		outer, err := parse(file.bytes, entry.Index)
		if err != nil {
			return fmt.Errorf("%w: %s: %w", ErrBundle, entry.Name, err)
		}
		weight := 0
		if entry.Bold {
			weight = 1
		}
		switch entry.Role {
		case RoleSans:
			chains[sans][weight] = append(chains[sans][weight], newFace(entry.Name, outer, false))
		case RoleSerif:
			chains[serif][weight] = append(chains[serif][weight], newFace(entry.Name, outer, false))
		case RoleMono:
			chains[mono][weight] = append(chains[mono][weight], newFace(entry.Name, outer, false))
		case RoleRare:
			rare[0] = append(rare[0], newFace(entry.Name, outer, false))
			rare[1] = append(rare[1], newFace(entry.Name+boldSuffix, outer, true))
		}
	}
	for w := range 2 {
		f.chains[sans][w] = append(append([]*face{}, chains[sans][w]...), rare[w]...)
		f.chains[serif][w] = append(append(append([]*face{}, chains[serif][w]...), chains[sans][w]...), rare[w]...)
		f.chains[mono][w] = append(append(append([]*face{}, chains[mono][w]...), chains[sans][w]...), rare[w]...)
	}
	return nil
}

// Rest lets go of the memory in which parts of the font files lie, tens of
// megabytes after a sheet with many characters. The fonts can be used as before,
// also at this moment. An error is the system's, and nothing is lost by it.
func (f *Fonts) Rest() error {
	var all []error
	for _, m := range f.maps {
		all = append(all, m.rest())
	}
	return errors.Join(all...)
}

// Close lets the mapped files go. No document made with f may be written after.
func (f *Fonts) Close() error {
	var all []error
	for _, m := range f.maps {
		all = append(all, m.close())
	}
	f.maps = nil
	return errors.Join(all...)
}

// Fallback tells that only the small font inside the program serves: callers
// say so on screen and in the log, with the remedy "make fonts".
func (f *Fonts) Fallback() bool { return f.fallback }

// Missing gives the characters of a text that would be printed as boxes, each
// once, in the order of the text: what a person is told before she confirms.
func (f *Fonts) Missing(text string) []rune {
	var out []rune
	seen := map[rune]bool{}
	for _, r := range text {
		if seen[r] || unicode.IsSpace(r) {
			continue
		}
		seen[r] = true
		if f.find(sans, false, r).source == boxName {
			out = append(out, r)
		}
	}
	return out
}

// Names of fonts of our own in a PDF.
const (
	boxName      = "ZhunkaoBox"
	fallbackName = "ZhunkaoFallback"
	boldSuffix   = "-Bold"
)

// find looks through the chain; the box at its end has every character.
// Private-use codes mean something else in every font: what is printed must not
// depend on which, so they are always boxes, as are invisible characters.
func (f *Fonts) find(fam family, bold bool, r rune) letter {
	weight := 0
	if bold {
		weight = 1
	}
	if printable(r) {
		for _, face := range f.chains[fam][weight] {
			if g := face.glyph(r); g != nil {
				return letter{face.name, r, g}
			}
		}
	}
	return letter{boxName, r, f.box.glyph(r)}
}

// printable holds for what has a shape of its own and one meaning.
func printable(r rune) bool {
	if r > ' ' && r < 0x7F || r >= 0x4E00 && r <= 0x9FFF { // nearly all are
		return true
	}
	return r != unicode.ReplacementChar && !unicode.In(r, unicode.Cc, unicode.Cf, unicode.Cs, unicode.Co, unicode.Zl, unicode.Zp)
}
