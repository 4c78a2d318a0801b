package keystore_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"zhunkao/hw/guest"
	"zhunkao/hw/keystore"
)

// The kernel's own TPM driver and its resource manager, /dev/tpmrm0, in a guest
// whose TPM is an swtpm outside.
func TestKernelTPM(t *testing.T) {
	if testing.Short() {
		t.Skip("in a guest the race detector sees nothing: left out beside it")
	}
	if os.Getenv("GUEST") == "1" {
		t.Skip("outside only")
	}
	path, err := exec.LookPath("swtpm")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("no swtpm: %v", err)
		}
		t.Skipf("no swtpm (Debian package swtpm): %v", err)
	}
	bin := guest.Build(t, "zhunkao/hw/keystore")
	dir := t.TempDir()
	socket := filepath.Join(dir, "control")
	cmd := exec.Command(path, "socket", "--tpm2", "--tpmstate", "dir="+dir, "--ctrl", "type=unixio,path="+socket)
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Kill() // it ends with QEMU
		_ = cmd.Wait()
	}()
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(5 * time.Millisecond) {
		if _, err := os.Stat(socket); err == nil {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("swtpm does not start: %s", said.String())
		}
	}
	res := guest.Run(t, guest.Options{
		Modules: []string{"tpm_tis", "tpm_crb"}, Binary: bin, Args: []string{"-test.v", "-test.run", "^TestInGuest$"}, Timeout: 5 * time.Minute,
		Devices: []string{"-chardev", "socket,id=chrtpm,path=" + socket, "-tpmdev", "emulator,id=tpm0,chardev=chrtpm", "-device", "tpm-tis,tpmdev=tpm0"},
	})
	if res.Died || res.ExitCode != 0 {
		t.Errorf("died %v, code %d\n%s\n%s", res.Died, res.ExitCode, res.Output, res.Kernel)
	}
	t.Logf("took %v", res.Took)
}

func TestInGuest(t *testing.T) {
	if os.Getenv("GUEST") != "1" {
		t.Skip("runs inside the guest, by TestKernelTPM")
	}
	if _, err := os.Stat(keystore.DefaultTPM); err != nil {
		t.Fatal(err)
	}
	conform(t, keystore.KindTPM, false, func(t *testing.T) board {
		return func(_ *testing.T, dir string) (*keystore.Store, error) { return keystore.OpenTPM(dir, "") }
	})
}
