package keystore_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"zhunkao/hw/keystore"
)

func TestFile(t *testing.T) {
	conform(t, keystore.KindFile, true, func(*testing.T) board {
		return func(_ *testing.T, dir string) (*keystore.Store, error) { return keystore.OpenFile(dir) }
	})
}

// machine is a board that was never seen before.
func machine(t *testing.T, names map[string]string) board {
	t.Helper()
	root := t.TempDir()
	for file, text := range names {
		path := filepath.Join(root, file)
		err := os.MkdirAll(filepath.Dir(path), 0o755)
		if err == nil {
			err = os.WriteFile(path, []byte(text), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return func(_ *testing.T, dir string) (*keystore.Store, error) { return keystore.OpenMachine(dir, root) }
}

const machineID = "3d1219c7c4c5404aaa1f6d2a48adfda4\n"

func TestMachine(t *testing.T) {
	n := 0
	conform(t, keystore.KindMachine, false, func(t *testing.T) board {
		n++ // the disk is the same, with its machine-id; the board is another
		return machine(t, map[string]string{"etc/machine-id": machineID, "proc/device-tree/serial-number": fmt.Sprintf("10000000%08d\x00", n)})
	})
}

func TestMachineNames(t *testing.T) {
	good := map[string]string{"etc/machine-id": machineID, "sys/class/dmi/id/board_serial": "PF2X9K31\n"}
	with := func(file, text string) map[string]string {
		m := map[string]string{}
		for k, v := range good {
			m[k] = v
		}
		m[file] = text
		return m
	}
	dir := filepath.Join(t.TempDir(), "keys")
	s, err := machine(t, good)(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Create("device"); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		names map[string]string
		want  error // of opening what good made
	}{
		"the same board":                {good, nil},
		"another serial":                {with("sys/class/dmi/id/board_serial", "PF2X9K32\n"), keystore.ErrOtherBoard},
		"another machine-id":            {with("etc/machine-id", "00000000000000000000000000000001\n"), keystore.ErrOtherBoard},
		"a lesser name beside":          {with("sys/class/dmi/id/product_uuid", "4c4c4544-0042-3510-8052-b4c04f5a3232\n"), nil},
		"a surer name appears":          {with("proc/device-tree/serial-number", "100000001234\x00"), keystore.ErrOtherBoard},
		"no machine-id":                 {with("etc/machine-id", ""), keystore.ErrNoSerial},
		"only filler":                   {with("sys/class/dmi/id/board_serial", "To be filled by O.E.M.\n"), keystore.ErrNoSerial},
		"zeros":                         {with("sys/class/dmi/id/board_serial", "0000-0000\n"), keystore.ErrNoSerial},
		"one letter for ever":           {with("sys/class/dmi/id/board_serial", "xxxxxxxx\n"), keystore.ErrNoSerial},
		"machine-id alone, as on a CD":  {map[string]string{"etc/machine-id": machineID}, keystore.ErrNoSerial},
		"filler, then a surer one left": {map[string]string{"etc/machine-id": machineID, "proc/device-tree/serial-number": "none", "sys/class/dmi/id/board_serial": "PF2X9K31"}, nil},
	} {
		s, err := machine(t, c.names)(t, dir)
		if !errors.Is(err, c.want) || (c.want == nil) != (err == nil) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
		if s != nil {
			_ = s.Close()
		}
	}
}

// swtpm is a board with a software TPM of its own. Skips where there is none.
func swtpm(t *testing.T) board {
	t.Helper()
	socket := swtpmSocket(t)
	return func(_ *testing.T, dir string) (*keystore.Store, error) { return keystore.OpenTPM(dir, socket) }
}

// swtpmSocket starts a software TPM, made in this call, and gives its socket.
func swtpmSocket(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("swtpm")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("no swtpm: %v", err)
		}
		t.Skipf("no swtpm (Debian package swtpm): %v", err)
	}
	dir := t.TempDir()
	socket := filepath.Join(dir, "tpm.sock")
	cmd := exec.Command(path, "socket", "--tpm2", "--tpmstate", "dir="+dir, "--server", "type=unixio,path="+socket, "--flags", "not-need-init,startup-clear")
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(5 * time.Millisecond) {
		if conn, err := net.Dial("unix", socket); err == nil { // the name is there before it listens
			_ = conn.Close()
			break
		}
		if time.Now().After(end) {
			t.Fatalf("swtpm does not start: %s", said.String())
		}
	}
	return socket
}

func TestTPM(t *testing.T) { conform(t, keystore.KindTPM, false, swtpm) }

func TestNoTPM(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(dir, "none"), file, "/dev/null"} {
		keys := filepath.Join(t.TempDir(), "keys")
		if _, err := keystore.OpenTPM(keys, path); !errors.Is(err, keystore.ErrTPM) {
			t.Errorf("%s: got %v, want ErrTPM", path, err)
		}
		if _, err := os.Stat(keys); err == nil {
			t.Errorf("%s: a directory was made for nothing", path)
		}
	}
}

// A TPM without a resource manager has room for three objects: what a sequence
// loads must be flushed, also when it fails.
func TestTPMIsLeftAsItWasFound(t *testing.T) {
	s, err := swtpm(t)(t, filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Create("device"); err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		if len(sign(t, s)) == 0 {
			t.Fatal("empty")
		}
		name := fmt.Sprintf("o%d", i)
		if err := s.CreateOpener(name); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Opener(name); err != nil {
			t.Fatal(err)
		}
	}
}

func TestNoKindOfOurs(t *testing.T) {
	for _, kind := range []keystore.Kind{"", "TPM", "pkcs11"} {
		dir := filepath.Join(t.TempDir(), "k")
		if _, err := keystore.Open(keystore.Options{Dir: dir, Kind: kind}); !errors.Is(err, keystore.ErrKind) {
			t.Errorf("%q: got %v, want ErrKind", kind, err)
		}
		if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%q: something was made: %v", kind, err)
		}
	}
}

// FuzzKeyFiles: whatever lies in the directory, it is named and nothing panics.
func FuzzKeyFiles(f *testing.F) {
	root := f.TempDir()
	for file, text := range map[string]string{"etc/machine-id": machineID, "proc/device-tree/serial-number": "10000000ABCD"} {
		path := filepath.Join(root, file)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			f.Fatal(err)
		}
	}
	dir := filepath.Join(f.TempDir(), "keys")
	s, err := keystore.OpenMachine(dir, root)
	if err != nil {
		f.Fatal(err)
	}
	if err := errors.Join(s.Create("device"), s.CreateOpener("device")); err != nil {
		f.Fatal(err)
	}
	for _, file := range []string{"device.sign.pem", "device.open.pem", "wrap.pem"} {
		raw, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add([]byte("-----BEGIN TSS2 PRIVATE KEY-----\nMAA=\n-----END TSS2 PRIVATE KEY-----\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		in := filepath.Join(t.TempDir(), "keys")
		if err := os.Mkdir(in, 0o700); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"wrap.pem", "device.sign.pem", "device.open.pem"} {
			if err := os.WriteFile(filepath.Join(in, name), text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		_, _ = keystore.KindOf(in)
		for _, o := range []keystore.Options{{Dir: in, Kind: keystore.KindFile}, {Dir: in, Kind: keystore.KindMachine, Root: root}} {
			s, err := keystore.Open(o)
			if err != nil {
				continue
			}
			_, _ = s.Signer("device")
			_, _ = s.Opener("device")
		}
		_, _ = keystore.Decode(text, true)
		_, _ = keystore.Decode(text, false)
	})
}

// decoded is what the PEM blocks of raw hold.
func decoded(raw []byte) []byte {
	var out []byte
	for block, rest := pem.Decode(raw); block != nil; block, rest = pem.Decode(rest) {
		out = append(out, block.Bytes...)
	}
	return out
}

func plainSigner(t *testing.T) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}
