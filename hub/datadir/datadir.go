package datadir

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// ErrInUse says that another process has the directory open.
var ErrInUse = errors.New("datadir: in use by another process")

// Dir is the data directory of one hub.
type Dir string

// Database is the URL of the SQLite database in the directory, for db.Open.
func (d Dir) Database() string { return "sqlite:" + filepath.Join(string(d), "hub.db") }

// Blobs is the file of package blob.
func (d Dir) Blobs() string { return filepath.Join(string(d), "blobs.db") }

// Keys is the directory of package keys.
func (d Dir) Keys() string { return filepath.Join(string(d), "keys") }

// Checkpoints is the file of signed checkpoints of the journal, outside the
// database on purpose; a copy on another machine is worth having.
func (d Dir) Checkpoints() string { return filepath.Join(string(d), "checkpoints.log") }

// Texts is where text messages are left for whoever sends them.
func (d Dir) Texts() string { return filepath.Join(string(d), "texts") }

// Tickets is where admission tickets lie that were made before their hour, sealed. It can
// be emptied at any time, and no backup needs it.
func (d Dir) Tickets() string { return filepath.Join(string(d), "tickets") }

// Bundles is where the public files of arrangements lie; likewise.
func (d Dir) Bundles() string { return filepath.Join(string(d), "bundles") }

// Broker is the directory of the embedded broker.
func (d Dir) Broker() string { return filepath.Join(string(d), "broker") }

// Socket is the unix socket through which hubctl speaks to a running hub.
func (d Dir) Socket() string { return filepath.Join(string(d), "hubd.sock") }

// Lock is a held directory.
type Lock struct{ f *os.File }

// Lock takes the directory for this process. It fails with ErrInUse at once
// when another has it.
func (d Dir) Lock() (*Lock, error) {
	f, err := os.OpenFile(filepath.Join(string(d), "hub.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("datadir: %w", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		_ = f.Close() // nothing was written
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, ErrInUse
		}
		return nil, fmt.Errorf("datadir: lock %s: %w", f.Name(), err)
	}
	return &Lock{f: f}, nil
}

// Release gives the directory up.
func (l *Lock) Release() error {
	if err := l.f.Close(); err != nil {
		return fmt.Errorf("datadir: %w", err)
	}
	return nil
}

// Create makes the directory with mode 0700, or accepts an empty one.
func (d Dir) Create() error {
	if err := os.MkdirAll(string(d), 0o700); err != nil {
		return fmt.Errorf("datadir: %w", err)
	}
	names, err := os.ReadDir(string(d))
	if err != nil {
		return fmt.Errorf("datadir: %w", err)
	}
	if len(names) > 0 {
		return fmt.Errorf("datadir: %s is not empty", string(d))
	}
	return nil
}
