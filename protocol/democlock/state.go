package democlock

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

const (
	// ahead is how far the written time lies ahead of the told time, and so
	// how far a crash may move the clock forward.
	ahead = 20 * time.Second
	// renew is the pace of writing; it leaves a slow disk ten seconds.
	renew = 10 * time.Second
)

// saved is the content of the state file.
type saved struct {
	Next  time.Time `json:"next"`  // no time at or after this has been told
	Moves uint64    `json:"moves"` // since the demonstration was made
}

func load(path string, start time.Time) (saved, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return saved{Next: start.UTC()}, nil
	}
	if err != nil {
		return saved{}, fmt.Errorf("democlock: %w", err)
	}
	var s saved
	if err := json.Unmarshal(b, &s); err != nil || s.Next.IsZero() {
		return saved{}, fmt.Errorf("democlock: %s is not a clock's state; delete the demonstration's data to begin anew", path)
	}
	return s, nil
}

// store writes s durably: file, rename, folder.
func store(path string, s saved) error {
	b, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("democlock: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".clock-*")
	if err != nil {
		return fmt.Errorf("democlock: %w", err)
	}
	_, err = f.Write(append(b, '\n'))
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("democlock: %w", errors.Join(err, os.Remove(f.Name())))
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("democlock: %w", err)
	}
	if err := errors.Join(dir.Sync(), dir.Close()); err != nil {
		return fmt.Errorf("democlock: %w", err)
	}
	return nil
}
