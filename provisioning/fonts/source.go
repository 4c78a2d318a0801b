package fonts

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// source finds files, installed or in packages fetched once.
type source struct {
	options  Options
	scratch  string
	unpacked map[string]string // package: where it was unpacked
}

// fetchTime is the longest a package may take: 60 MB over a slow line.
const fetchTime = 20 * time.Minute

// find gives the path of a face's file and the version of its package.
func (s *source) find(ctx context.Context, w face) (path, version string, err error) {
	for _, dir := range s.options.Installed {
		path = filepath.Join(dir, w.file)
		if _, err := os.Stat(path); err == nil {
			return path, installedVersion(ctx, w.pkg), nil
		}
	}
	if s.options.Offline {
		return "", "", fmt.Errorf("%w: %s is not installed: apt-get install %s", ErrFonts, filepath.Base(w.file), w.pkg)
	}
	root, err := s.fetch(ctx, w.pkg)
	if err != nil {
		return "", "", err
	}
	return filepath.Join(root, "usr/share/fonts", w.file), fetchedVersion(filepath.Dir(root), w.pkg), nil
}

// fetch downloads and unpacks a package, without root.
func (s *source) fetch(ctx context.Context, pkg string) (string, error) {
	if root := s.unpacked[pkg]; root != "" {
		return root, nil
	}
	s.options.Say("fonts: getting Debian's package %s", pkg)
	dir := filepath.Join(s.scratch, pkg)
	root := filepath.Join(dir, "root")
	if err := os.MkdirAll(root, 0o755); err != nil {
		return "", fmt.Errorf("%w: %w", ErrFonts, err)
	}
	if err := run(ctx, dir, "apt-get", "download", pkg); err != nil {
		return "", err
	}
	debs, err := filepath.Glob(filepath.Join(dir, pkg+"_*.deb"))
	if err != nil || len(debs) != 1 {
		return "", fmt.Errorf("%w: apt-get left %d packages of %s", ErrFonts, len(debs), pkg)
	}
	if err := run(ctx, dir, "dpkg-deb", "-x", debs[0], root); err != nil {
		return "", err
	}
	s.unpacked[pkg] = root
	return root, nil
}

// run starts a program of Debian and tells its own words if it fails.
func run(ctx context.Context, dir, name string, args ...string) error {
	ctx, stop := context.WithTimeout(ctx, fetchTime)
	defer stop()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if errors.Is(err, exec.ErrNotFound) {
		return fmt.Errorf("%w: no %s here: on another system than Debian put the fonts under /usr/share/fonts yourself", ErrFonts, name)
	}
	if err != nil {
		return fmt.Errorf("%w: %s %s: %w: %s", ErrFonts, name, args[0], err, strings.TrimSpace(string(out)))
	}
	return nil
}

// installedVersion is for the manifest only; "installed" where dpkg does not know.
func installedVersion(ctx context.Context, pkg string) string {
	out, err := exec.CommandContext(ctx, "dpkg-query", "-W", "-f", "${Version}", pkg).Output()
	if err != nil || len(out) == 0 {
		return "installed"
	}
	return string(out)
}

// fetchedVersion is the middle part of the package's file name.
func fetchedVersion(dir, pkg string) string {
	debs, err := filepath.Glob(filepath.Join(dir, pkg+"_*.deb"))
	if err != nil || len(debs) == 0 {
		return "fetched"
	}
	parts := strings.Split(filepath.Base(debs[0]), "_")
	return strings.ReplaceAll(parts[1], "%3a", ":")
}
