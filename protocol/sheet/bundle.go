package sheet

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// ErrBundle is wrapped by everything that is wrong with a bundle of fonts.
var ErrBundle = errors.New("sheet: bundle of fonts")

// ManifestName is the file of a bundle that names the others.
const ManifestName = "manifest.json"

// Manifest says what a bundle holds. Its files are named by their SHA-256, so
// that a newer bundle in the same folder never changes a file that is mapped.
type Manifest struct {
	Version int            `json:"version"` // 1
	Faces   []ManifestFace `json:"faces"`   // in the order in which a character is looked for
}

// Roles of faces.
const (
	RoleSans  = "sans"  // data, labels
	RoleSerif = "serif" // titles, sections, wording with legal weight
	RoleMono  = "mono"  // passwords, user names
	RoleRare  = "rare"  // asked after all others
)

// ManifestFace is one font of a bundle.
type ManifestFace struct {
	Role   string `json:"role"`
	Bold   bool   `json:"bold,omitempty"`
	Name   string `json:"name"`   // for the PDF: letters, digits and hyphens
	SHA256 string `json:"sha256"` // of the file, which has this name and no ending
	Size   int64  `json:"size"`   // bytes
	Index  int    `json:"index"`  // in a collection
	Source string `json:"source"` // package and version it came from
}

// ReadManifest reads and checks the manifest of a bundle; os.ErrNotExist is
// wrapped if there is no bundle.
func ReadManifest(dir string) (Manifest, error) {
	var m Manifest
	raw, err := os.ReadFile(filepath.Join(dir, ManifestName))
	if err != nil {
		return m, fmt.Errorf("%w: %w", ErrBundle, err)
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		return m, fmt.Errorf("%w: %s: %w", ErrBundle, ManifestName, err)
	}
	return m, m.check()
}

func (m Manifest) check() error {
	if m.Version != 1 {
		return fmt.Errorf("%w: manifest of version %d", ErrBundle, m.Version)
	}
	have := map[string]bool{}
	names := map[string]bool{boxName: true, fallbackName: true, fallbackName + boldSuffix: true}
	for _, f := range m.Faces {
		if b, err := hex.DecodeString(f.SHA256); err != nil || len(b) != sha256.Size || strings.ToLower(f.SHA256) != f.SHA256 {
			return fmt.Errorf("%w: %s: no hash", ErrBundle, f.Name)
		}
		if f.Name == "" || strings.Trim(f.Name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return fmt.Errorf("%w: a face's name has other than letters, digits and hyphens", ErrBundle)
		}
		// A PDF tells fonts apart by name, and rare ones also stand in bold.
		if names[f.Name] || names[f.Name+boldSuffix] && f.Role == RoleRare {
			return fmt.Errorf("%w: two faces are called %s", ErrBundle, f.Name)
		}
		names[f.Name] = true
		switch f.Role {
		case RoleSans, RoleSerif, RoleMono:
		case RoleRare:
			names[f.Name+boldSuffix] = true
		default:
			return fmt.Errorf("%w: %s: no such role", ErrBundle, f.Name)
		}
		have[fmt.Sprint(f.Role, f.Bold)] = true
	}
	for _, role := range []string{RoleSans, RoleSerif, RoleMono} {
		if !have[role+"false"] || !have[role+"true"] {
			return fmt.Errorf("%w: no %s in regular and bold", ErrBundle, role)
		}
	}
	return nil
}

// VerifyBundle reads every file of a bundle and compares its hash: what the
// maker of a bundle does, and a technician who suspects a card. OpenFonts only
// looks at sizes: reading 170 MB at each start would keep a box waiting.
func VerifyBundle(dir string) error {
	m, err := ReadManifest(dir)
	if err != nil {
		return err
	}
	for _, f := range m.Faces {
		if err := verifyFile(filepath.Join(dir, f.SHA256), f); err != nil {
			return err
		}
	}
	return nil
}

func verifyFile(path string, f ManifestFace) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBundle, err)
	}
	defer file.Close()
	h := sha256.New()
	n, err := io.Copy(h, file)
	if err != nil {
		return fmt.Errorf("%w: %s: %w", ErrBundle, f.Name, err)
	}
	if n != f.Size || hex.EncodeToString(h.Sum(nil)) != f.SHA256 {
		return fmt.Errorf("%w: %s is not what the manifest says", ErrBundle, f.Name)
	}
	return nil
}
