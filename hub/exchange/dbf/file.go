package dbf

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// ErrNotFile says that a table or its memo file is a directory, a pipe or a
// device.
var ErrNotFile = errors.New("dbf: not a regular file")

// File is a table on disk, with its memo file if one lies beside it.
type File struct {
	*Reader
	open []*os.File
}

// Open opens a table. A memo file has the table's name with .DBT or .FPT, in
// upper or lower case. Options.Memo is set by it.
func Open(path string, o Options) (*File, error) {
	f := &File{}
	table, err := f.file(path)
	if err != nil {
		return nil, err
	}
	memo, err := f.beside(path)
	if err == nil {
		o.Memo = memo
		f.Reader, err = NewReader(table, o)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Close closes both files.
func (f *File) Close() error {
	var errs []error
	for _, o := range f.open {
		errs = append(errs, o.Close())
	}
	f.open = nil
	return errors.Join(errs...)
}

// file opens what is a file: opening a pipe that nobody writes to would wait for
// ever, where no context reaches.
func (f *File) file(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, ErrNotFile
	}
	o, err := os.Open(path)
	if err == nil {
		f.open = append(f.open, o)
	}
	return o, err
}

func (f *File) beside(path string) (*io.SectionReader, error) {
	stem := strings.TrimSuffix(path, filepath.Ext(path))
	for _, ext := range []string{".fpt", ".FPT", ".dbt", ".DBT"} {
		o, err := f.file(stem + ext)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		info, err := o.Stat()
		if err != nil {
			return nil, err
		}
		return io.NewSectionReader(o, 0, info.Size()), nil
	}
	return nil, nil
}
