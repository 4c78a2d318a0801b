package keystore_test

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"path/filepath"
	"sync/atomic"
	"testing"

	"zhunkao/hw/keystore"
)

const tpmLoad = 0x157 // TPM2_CC_Load

// between answers instead of the TPM behind socket, to TPM2_Load only and while
// code is not 0, with that response code.
func between(t *testing.T, socket string, code *atomic.Uint32) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "between.sock")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			if err := pass(conn, socket, code); err != nil {
				t.Error(err)
			}
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-ended
	})
	return path
}

// pass carries one command and its answer.
func pass(conn net.Conn, socket string, code *atomic.Uint32) error {
	command := make([]byte, 10)
	if _, err := io.ReadFull(conn, command); err != nil {
		return err
	}
	command = append(command, make([]byte, binary.BigEndian.Uint32(command[2:])-10)...)
	if _, err := io.ReadFull(conn, command[10:]); err != nil {
		return err
	}
	if rc := code.Load(); rc != 0 && binary.BigEndian.Uint32(command[6:]) == tpmLoad {
		answer := binary.BigEndian.AppendUint32([]byte{0x80, 0x01, 0, 0, 0, 10}, rc)
		_, err := conn.Write(answer)
		return err
	}
	tpm, err := net.Dial("unix", socket)
	if err != nil {
		return err
	}
	defer tpm.Close()
	if _, err := tpm.Write(command); err != nil {
		return err
	}
	answer := make([]byte, 10)
	if _, err := io.ReadFull(tpm, answer); err != nil {
		return err
	}
	answer = append(answer, make([]byte, binary.BigEndian.Uint32(answer[2:])-10)...)
	if _, err := io.ReadFull(tpm, answer[10:]); err != nil {
		return err
	}
	_, err = conn.Write(answer)
	return err
}

// A TPM that will not now says nothing about the file: who is told "damaged"
// enrols a box again that needs only a restart.
func TestATPMThatWillNotNow(t *testing.T) {
	var code atomic.Uint32
	path := between(t, swtpmSocket(t), &code)
	dir := filepath.Join(t.TempDir(), "keys")
	s, err := keystore.OpenTPM(dir, path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Create("device"); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		rc   uint32
		want error
	}{
		"no room":           {0x902, keystore.ErrTPM}, // TPM_RC_OBJECT_MEMORY
		"locked out":        {0x921, keystore.ErrTPM}, // TPM_RC_LOCKOUT
		"failure mode":      {0x101, keystore.ErrTPM}, // TPM_RC_FAILURE
		"not started":       {0x100, keystore.ErrTPM}, // TPM_RC_INITIALIZE
		"no such command":   {0x143, keystore.ErrTPM}, // TPM_RC_COMMAND_CODE
		"integrity, part 1": {0x1DF, keystore.ErrDamaged},
	} {
		code.Store(c.rc)
		if _, err := s.Signer("device"); !errors.Is(err, c.want) || errors.Is(c.want, keystore.ErrTPM) && errors.Is(err, keystore.ErrDamaged) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
	code.Store(0)
	if _, err := s.Signer("device"); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
