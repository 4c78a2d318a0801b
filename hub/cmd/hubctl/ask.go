package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	passwords "zhunkao/hub/password"
)

// ask returns value, or what the person types on the next line.
func (h *hand) ask(key, value string) (string, error) {
	if value != "" {
		return value, nil
	}
	fmt.Fprint(h.out, h.say.text(key)+" ")
	line, err := h.line()
	if err != nil {
		return "", err
	}
	if line == "" {
		return "", refusal{"empty", []any{h.say.text(key)}}
	}
	return line, nil
}

// askPassword asks until a password is good and typed twice alike, at a
// terminal; from a file or a pipe it takes one line and no second chance.
func (h *hand) askPassword(name string) (string, error) {
	file, ok := h.in.(*os.File)
	if !ok || !isTerminal(file) {
		p, err := h.line()
		if err != nil {
			return "", err
		}
		return p, h.badAccount(passwords.Check(p, name))
	}
	for {
		p, err := h.hidden(file, "ask-password")
		if err != nil {
			return "", err
		}
		var refused refusal
		if err := h.badAccount(passwords.Check(p, name)); errors.As(err, &refused) {
			h.print(refused.key, refused.args...)
			continue
		}
		again, err := h.hidden(file, "ask-again")
		if err != nil {
			return "", err
		}
		if p == again {
			return p, nil
		}
		h.print("not-alike")
	}
}

// line reads one line of input. It reads no further than that: what follows
// belongs to the next question.
func (h *hand) line() (string, error) {
	var b strings.Builder
	one := make([]byte, 1)
	for b.Len() < bufio.MaxScanTokenSize {
		n, err := h.in.Read(one)
		if n == 1 {
			if one[0] == '\n' {
				break
			}
			b.WriteByte(one[0])
		}
		if errors.Is(err, io.EOF) && b.Len() > 0 {
			break
		}
		if errors.Is(err, io.EOF) {
			return "", refusal{"no-input", nil}
		}
		if err != nil {
			return "", err
		}
	}
	return strings.TrimSuffix(b.String(), "\r"), nil
}

func isTerminal(f *os.File) bool {
	_, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	return err == nil
}

// hidden asks, and reads a line while the terminal does not show it. The
// terminal is quiet before the question stands there: some type fast.
func (h *hand) hidden(f *os.File, key string) (line string, err error) {
	fd := int(f.Fd())
	before, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return "", fmt.Errorf("terminal: %w", err)
	}
	quiet := *before
	quiet.Lflag &^= unix.ECHO
	if err := unix.IoctlSetTermios(fd, unix.TCSETS, &quiet); err != nil {
		return "", fmt.Errorf("terminal: %w", err)
	}
	defer func() {
		fmt.Fprintln(h.out)
		err = errors.Join(err, unix.IoctlSetTermios(fd, unix.TCSETS, before))
	}()
	fmt.Fprint(h.out, h.say.text(key)+" ")
	return h.line()
}

// askSecret asks for a password or code that exists: at a terminal it is not shown,
// from a file or a pipe it is one line.
func (h *hand) askSecret(key string) (string, error) {
	file, ok := h.in.(*os.File)
	if !ok || !isTerminal(file) {
		return h.line()
	}
	return h.hidden(file, key)
}
