package notice

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// ErrFull says that nobody collects the files of texts.
var ErrFull = errors.New("notice: the directory of texts is full")

// Files is the Carrier that writes one file for each text, for another program
// to send: UTF-8, the number in the first line, the words below. A file appears
// whole or not at all, with mode 0600 and a name that says nothing of anybody
// (the text's id), and is removed by whoever sent it; one that nobody fetched in
// three days is removed here. The same text again is the same file.
type Files struct {
	Dir string // is made, with mode 0700, when it is not there
	Max int    // files at most; 0 is 10,000
}

const (
	maxFiles   = 10_000
	uncollect  = 3 * 24 * time.Hour
	textSuffix = ".txt"
)

// Carry writes the file. ErrFull, ErrRefused for an id that is none.
func (f *Files) Carry(_ context.Context, t Text) (err error) {
	if len(t.ID) != 32 || strings.Trim(t.ID, "0123456789abcdef") != "" {
		return ErrRefused
	}
	if err := os.MkdirAll(f.Dir, 0o700); err != nil {
		return fmt.Errorf("notice: texts: %w", err)
	}
	if err := f.room(); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(f.Dir, ".text-*") // mode 0600
	if err != nil {
		return fmt.Errorf("notice: texts: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(tmp.Name()) // the reason is on its way already
		}
	}()
	_, err = fmt.Fprintf(tmp, "%s\n%s\n", t.Phone.Reveal(), t.Words)
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return fmt.Errorf("notice: texts: %w", err)
	}
	if err = os.Rename(tmp.Name(), filepath.Join(f.Dir, t.ID+textSuffix)); err != nil {
		return fmt.Errorf("notice: texts: %w", err)
	}
	return syncDir(f.Dir)
}

// room counts the files and removes what nobody fetched. ErrFull.
func (f *Files) room() error {
	names, err := os.ReadDir(f.Dir)
	if err != nil {
		return fmt.Errorf("notice: texts: %w", err)
	}
	most := f.Max
	if most == 0 {
		most = maxFiles
	}
	old, left := time.Now().Add(-uncollect), 0
	for _, n := range names {
		info, err := n.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // fetched just now
		}
		if err != nil {
			return fmt.Errorf("notice: texts: %w", err)
		}
		ours := strings.HasSuffix(n.Name(), textSuffix) || strings.HasPrefix(n.Name(), ".text-")
		if ours && info.Mode().IsRegular() && info.ModTime().Before(old) {
			if err := os.Remove(filepath.Join(f.Dir, n.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("notice: texts: %w", err)
			}
			continue
		}
		left++
	}
	if left >= most {
		return ErrFull
	}
	return nil
}

func syncDir(dir string) (err error) {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("notice: texts: %w", err)
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	return d.Sync()
}
