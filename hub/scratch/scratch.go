// Package scratch holds a file until it is whole, without leaving anything readable
// on the disk. It is no store: what is in it ends with the value.
//
// How it fails: errors of the disk, after which the file is to be closed.
package scratch

import (
	"bufio"
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
)

// inMemory is how much of a file is held in memory before it goes to the disk.
const inMemory = 1 << 20

// File holds a file until it is whole: only then is it known how long it is,
// and that nothing failed. A small one stays in memory. A larger one goes to a
// file that has no name any more and holds nothing readable: its key is in this
// value alone and ends with it (S39, S40). The zero value is an empty file. It is
// for one goroutine.
type File struct {
	small bytes.Buffer
	file  *os.File
	out   *bufio.Writer
	key   [32]byte
	size  int64
}

// stream is the cipher of the file from its beginning. The key is used for
// this one file only, so that the counter may begin at zero.
func (s *File) stream() (cipher.Stream, error) {
	block, err := aes.NewCipher(s.key[:])
	if err != nil {
		return nil, err
	}
	return cipher.NewCTR(block, make([]byte, aes.BlockSize)), nil
}

// Write takes what belongs to the file.
func (s *File) Write(p []byte) (int, error) {
	if s.file == nil && s.small.Len()+len(p) > inMemory {
		if err := s.spill(); err != nil {
			return 0, err
		}
	}
	s.size += int64(len(p))
	if s.file == nil {
		return s.small.Write(p)
	}
	return s.out.Write(p)
}

func (s *File) spill() error {
	f, err := os.CreateTemp("", "zhunkao-")
	if err != nil {
		return fmt.Errorf("scratch: %w", err)
	}
	if err := os.Remove(f.Name()); err != nil {
		return errors.Join(fmt.Errorf("scratch: %w", err), f.Close())
	}
	_, _ = rand.Read(s.key[:]) // crypto/rand.Read never returns an error (Go 1.24)
	stream, err := s.stream()
	if err != nil {
		return errors.Join(err, f.Close())
	}
	s.file, s.out = f, bufio.NewWriterSize(cipher.StreamWriter{S: stream, W: f}, 256<<10)
	if _, err := s.out.Write(s.small.Bytes()); err != nil {
		return fmt.Errorf("scratch: %w", err)
	}
	s.small = bytes.Buffer{}
	return nil
}

// Size is how many bytes were written.
func (s *File) Size() int64 { return s.size }

// Reader gives the file from its beginning. Nothing may be written after.
func (s *File) Reader() (io.Reader, error) {
	if s.file == nil {
		return bytes.NewReader(s.small.Bytes()), nil
	}
	if err := s.out.Flush(); err != nil {
		return nil, fmt.Errorf("scratch: %w", err)
	}
	stream, err := s.stream()
	if err != nil {
		return nil, err
	}
	return cipher.StreamReader{S: stream, R: io.NewSectionReader(s.file, 0, s.size)}, nil
}

// Close ends the file; nothing of it stays.
func (s *File) Close() error {
	clear(s.key[:])
	s.small = bytes.Buffer{}
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}
