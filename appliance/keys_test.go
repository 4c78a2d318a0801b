package appliance_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"zhunkao/appliance"
	"zhunkao/hw/idcard"
	"zhunkao/hw/keystore"
)

// softTPM is a TPM of a board that was never seen before.
func softTPM(t *testing.T) (socket string) {
	t.Helper()
	path, err := exec.LookPath("swtpm")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("no swtpm: %v", err)
		}
		t.Skipf("no swtpm (Debian package swtpm): %v", err)
	}
	dir := t.TempDir()
	socket = filepath.Join(dir, "tpm.sock")
	cmd := exec.Command(path, "socket", "--tpm2", "--tpmstate", "dir="+dir, "--server", "type=unixio,path="+socket, "--flags", "not-need-init,startup-clear")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(5 * time.Millisecond) {
		if conn, err := net.Dial("unix", socket); err == nil {
			_ = conn.Close()
			return socket
		}
		if time.Now().After(end) {
			t.Fatal("swtpm does not start")
		}
	}
}

// A box whose keys are in its TPM: it enrols, speaks to the hub, seals a
// confirmation that the hub opens; and a copy of its disk is of no use beside
// another TPM (S22).
func TestABoxWithATPM(t *testing.T) {
	p := newPeer(t, at(open))
	tpm, quiet := softTPM(t), slog.New(slog.DiscardHandler)
	b := &box{T: t, data: filepath.Join(t.TempDir(), "data"), now: p.now, http: &http.Client{Timeout: 2 * time.Minute},
		cards: make(chan idcard.Event), log: &safeBuffer{}}
	if _, err := appliance.Enrol(t.Context(), appliance.Enrolment{Data: b.data, Ticket: p.ticket(code), Log: quiet}); !errors.Is(err, appliance.ErrKeyStore) {
		t.Fatalf("enrolled without a word about the keys: %v", err)
	}
	if _, err := appliance.Enrol(t.Context(), appliance.Enrolment{Data: b.data, KeyStore: keystore.KindTPM, TPM: tpm, Ticket: p.ticket(code), Log: quiet}); err != nil {
		t.Fatal(err)
	}
	cfg := appliance.Config{Data: b.data, TPM: tpm, Listen: "127.0.0.1:0", Cards: b.cards, Now: b.now, Resend: 500 * time.Millisecond, Software: "test", Log: quiet}
	var err error
	if b.app, err = appliance.New(cfg); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- b.app.Run(ctx) }()
	b.stop = func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("Run: %v", err)
		}
		if err := b.app.Close(); err != nil {
			t.Error(err)
		}
		b.http.CloseIdleConnections()
	}
	t.Cleanup(b.halt)
	b.sees("idle")
	b.place(p.plain()[0].Chip)
	b.sees("found")
	b.walk()
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(10 * time.Millisecond) {
		opened := 0
		p.with(func() { opened = len(p.opened) })
		if opened == 1 {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the hub has opened no confirmation")
		}
	}
	b.halt()

	// The disk goes to another board, whole.
	cfg.TPM = softTPM(t)
	if app, err := appliance.New(cfg); !errors.Is(err, keystore.ErrOtherBoard) {
		t.Errorf("on another board: %v, want ErrOtherBoard", err)
		if app != nil {
			_ = app.Close()
		}
	}
	cfg.TPM, cfg.KeyStore = "", keystore.KindFile
	if _, err := appliance.New(cfg); !errors.Is(err, keystore.ErrKind) {
		t.Errorf("as plain files: %v, want ErrKind", err)
	}
}
