package keystore

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// DefaultTPM is the TPM behind the kernel's resource manager, which gives every
// program its own handles and cleans up after one that died.
const DefaultTPM = "/dev/tpmrm0"

const (
	maxAnswer = 4096
	// socketLimit bounds one command over a socket; making a key is the longest.
	socketLimit = 30 * time.Second
	// retryLimit bounds how long a TPM may say "again, later".
	retryLimit = 5 * time.Second
)

// The answers that mean "the same command again, a little later" (TPM 2.0
// Library, Part 2, 6.6.3).
const (
	rcYielded = 0x908
	rcTesting = 0x90A
	rcRetry   = 0x922
)

// tpmLink sends commands to a TPM: it is go-tpm's transport. It is not safe for
// concurrent use.
//
// go-tpm's own transports are not taken: the one for devices opens an os.File,
// which the runtime makes non-blocking, and the kernel's TPM then answers a read
// that comes too early with end of file; the one for sockets has no deadline and
// reads once.
type tpmLink struct {
	socket string // path of a unix socket; one connection a command, as swtpm wants it
	fd     int    // of a device; -1 for a socket
}

func openTPMLink(path string) (*tpmLink, error) {
	fi, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTPM, err)
	}
	switch {
	case fi.Mode()&os.ModeSocket != 0:
		return &tpmLink{socket: path, fd: -1}, nil
	case fi.Mode()&os.ModeCharDevice == 0:
		return nil, fmt.Errorf("%w: %s is neither a device nor a socket", ErrTPM, path)
	}
	for {
		fd, err := unix.Open(path, unix.O_RDWR|unix.O_CLOEXEC, 0)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case errors.Is(err, unix.EBUSY):
			return nil, fmt.Errorf("%w: %s is held by another program; take %s", ErrTPM, path, DefaultTPM)
		case err != nil:
			return nil, fmt.Errorf("%w: %s: %w", ErrTPM, path, err)
		}
		return &tpmLink{fd: fd}, nil
	}
}

// Send sends one command and gives the whole answer.
func (l *tpmLink) Send(command []byte) ([]byte, error) {
	start, pause := time.Now(), time.Millisecond
	for {
		answer, err := l.once(command)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrTPM, err)
		}
		if len(answer) < 10 || binary.BigEndian.Uint32(answer[2:6]) != uint32(len(answer)) {
			return nil, fmt.Errorf("%w: an answer of %d bytes is not whole", ErrTPM, len(answer))
		}
		switch binary.BigEndian.Uint32(answer[6:10]) {
		case rcYielded, rcTesting, rcRetry:
			if time.Since(start) < retryLimit {
				timer := time.NewTimer(pause)
				<-timer.C
				pause = min(2*pause, 200*time.Millisecond)
				continue
			}
		}
		return answer, nil
	}
}

func (l *tpmLink) once(command []byte) ([]byte, error) {
	if l.socket != "" {
		return l.overSocket(command)
	}
	if err := retried(func() error { _, err := unix.Write(l.fd, command); return err }); err != nil {
		return nil, err
	}
	answer, n := make([]byte, maxAnswer), 0
	err := retried(func() (err error) { n, err = unix.Read(l.fd, answer); return err })
	return answer[:max(n, 0)], err
}

func (l *tpmLink) overSocket(command []byte) (_ []byte, err error) {
	conn, err := net.DialTimeout("unix", l.socket, socketLimit)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if err := conn.SetDeadline(time.Now().Add(socketLimit)); err != nil {
		return nil, err
	}
	if _, err := conn.Write(command); err != nil {
		return nil, err
	}
	answer := make([]byte, 10, 512)
	if _, err := io.ReadFull(conn, answer); err != nil {
		return nil, err
	}
	size := binary.BigEndian.Uint32(answer[2:6])
	if size < 10 || size > maxAnswer {
		return nil, fmt.Errorf("an answer that says it has %d bytes", size)
	}
	answer = append(answer, make([]byte, size-10)...)
	_, err = io.ReadFull(conn, answer[10:])
	return answer, err
}

// Close gives the device up.
func (l *tpmLink) Close() error {
	if l.fd < 0 {
		return nil
	}
	fd := l.fd
	l.fd = -1
	if err := unix.Close(fd); err != nil {
		return fmt.Errorf("keystore: %w", err)
	}
	return nil
}

func retried(do func() error) error {
	for {
		if err := do(); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
