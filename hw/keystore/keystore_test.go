package keystore_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/hpke"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhunkao/hw/keystore"
)

func open(t *testing.T, dir string) *keystore.Store {
	t.Helper()
	s, err := keystore.OpenFile(dir)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	return s
}

func TestSigningKeySurvivesRestart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "keys")
	s := open(t, dir)
	if _, err := s.Signer("device"); !errors.Is(err, keystore.ErrNotFound) {
		t.Fatalf("before Create: got %v, want ErrNotFound", err)
	}
	if err := s.Create("device"); err != nil {
		t.Fatal(err)
	}
	if err := s.Create("device"); !errors.Is(err, keystore.ErrExists) {
		t.Fatalf("second Create: got %v, want ErrExists", err)
	}
	digest := sha256.Sum256([]byte("a record"))
	first, err := s.Signer("device")
	if err != nil {
		t.Fatal(err)
	}
	sig, err := first.Sign(rand.Reader, digest[:], nil)
	if err != nil {
		t.Fatal(err)
	}
	again, err := open(t, dir).Signer("device")
	if err != nil {
		t.Fatal(err)
	}
	if !ecdsa.VerifyASN1(again.Public().(*ecdsa.PublicKey), digest[:], sig) {
		t.Error("a signature of the first run does not verify under the key of the second")
	}
}

func TestOpeningKeyOpensHPKE(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir)
	if err := s.CreateOpener("device"); err != nil {
		t.Fatal(err)
	}
	if err := s.CreateOpener("device"); !errors.Is(err, keystore.ErrExists) {
		t.Fatalf("second: got %v, want ErrExists", err)
	}
	key, err := s.Opener("device")
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := hpke.Seal(key.PublicKey(), hpke.HKDFSHA256(), hpke.AES256GCM(), []byte("roster"), []byte("plain"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := open(t, dir).Opener("device")
	if err != nil {
		t.Fatal(err)
	}
	got, err := hpke.Open(again, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte("roster"), sealed)
	if err != nil || string(got) != "plain" {
		t.Errorf("got %q, %v; want plain", got, err)
	}
}

func TestWrap(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "k")
	sealed, err := open(t, dir).Wrap("roster/1", []byte("张测试"))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, []byte("张测试")) {
		t.Error("the plain text stands in the sealed bytes")
	}
	s := open(t, dir)
	if got, err := s.Unwrap("roster/1", sealed); err != nil || string(got) != "张测试" {
		t.Errorf("got %q, %v; want the plain text", got, err)
	}
	if _, err := s.Unwrap("roster/2", sealed); !errors.Is(err, keystore.ErrSealed) {
		t.Errorf("other label: got %v, want ErrSealed", err)
	}
	for i := range sealed {
		bad := bytes.Clone(sealed)
		bad[i] ^= 1
		if _, err := s.Unwrap("roster/1", bad); !errors.Is(err, keystore.ErrSealed) {
			t.Fatalf("byte %d altered: got %v, want ErrSealed", i, err)
		}
		if _, err := s.Unwrap("roster/1", sealed[:i]); !errors.Is(err, keystore.ErrSealed) {
			t.Fatalf("cut at %d: got %v, want ErrSealed", i, err)
		}
	}
	other := open(t, filepath.Join(t.TempDir(), "other"))
	if _, err := other.Unwrap("roster/1", sealed); !errors.Is(err, keystore.ErrSealed) {
		t.Errorf("other box: got %v, want ErrSealed", err)
	}
}

func TestRefusesWhatOthersCanRead(t *testing.T) {
	for _, mode := range []os.FileMode{0o640, 0o604, 0o660, 0o601} {
		dir := filepath.Join(t.TempDir(), "k")
		s := open(t, dir)
		if err := s.Create("device"); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, "device.sign.pem")
		if fi, err := os.Stat(file); err != nil || fi.Mode().Perm() != 0o600 {
			t.Fatalf("new key: mode %v, %v; want 0600", fi.Mode(), err)
		}
		if err := os.Chmod(file, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Signer("device"); !errors.Is(err, keystore.ErrExposed) {
			t.Errorf("mode %04o: got %v, want ErrExposed", mode, err)
		}
		if err := os.Chmod(filepath.Join(dir, "wrap.pem"), mode); err != nil {
			t.Fatal(err)
		}
		if _, err := keystore.OpenFile(dir); !errors.Is(err, keystore.ErrExposed) {
			t.Errorf("wrap key mode %04o: got %v, want ErrExposed", mode, err)
		}
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := keystore.OpenFile(dir); !errors.Is(err, keystore.ErrExposed) {
		t.Errorf("directory 0755: got %v, want ErrExposed", err)
	}
}

func TestDamagedFilesAreNamedNotRepaired(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "k")
	s := open(t, dir)
	if err := s.Create("device"); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "device.sign.pem")
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for cut := 0; cut < len(raw)-1; cut += 7 {
		if err := os.WriteFile(file, raw[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Signer("device"); !errors.Is(err, keystore.ErrDamaged) {
			t.Fatalf("cut at %d: got %v, want ErrDamaged", cut, err)
		}
	}
	if err := s.Create("device"); !errors.Is(err, keystore.ErrExists) {
		t.Errorf("Create over a damaged key: got %v, want ErrExists", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "wrap.pem"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := keystore.OpenFile(dir); !errors.Is(err, keystore.ErrDamaged) {
		t.Errorf("empty wrap key: got %v, want ErrDamaged (a new one would orphan all that was wrapped)", err)
	}
}

func TestLeftOversOfAPowerCutAreSwept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "k")
	open(t, dir)
	left := filepath.Join(dir, ".new-123")
	if err := os.WriteFile(left, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want it gone", err)
	}
}

func TestDestroyAndNames(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "k")
	s := open(t, dir)
	if err := s.Destroy("device"); !errors.Is(err, keystore.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
	if err := errors.Join(s.Create("device"), s.CreateOpener("device"), s.Destroy("device")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Signer("device"); !errors.Is(err, keystore.ErrNotFound) {
		t.Errorf("after Destroy: got %v, want ErrNotFound", err)
	}
	for _, name := range []string{"", "../x", "a/b", "A", "wrap.pem", strings.Repeat("a", 41), "名"} {
		if err := s.Create(name); !errors.Is(err, keystore.ErrName) {
			t.Errorf("Create(%q): got %v, want ErrName", name, err)
		}
		if _, err := s.Signer(name); !errors.Is(err, keystore.ErrName) {
			t.Errorf("Signer(%q): got %v, want ErrName", name, err)
		}
	}
}

func TestAStoreNeverPrintsItsKeys(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "k"))
	var b bytes.Buffer
	slog.New(slog.NewTextHandler(&b, nil)).Info("x", "store", s)
	if !strings.Contains(b.String(), "keystore(file)") || strings.Contains(b.String(), "0x") {
		t.Errorf("log line: %s", b.String())
	}
	if got := fmt.Sprintf("%v", s); got != "keystore(file)" {
		t.Errorf("got %q", got)
	}
}

// What was wrapped before Erase is nobody's afterwards, and no file is left.
func TestErase(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "k")
	s, err := keystore.OpenFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := s.Wrap("label", []byte("a secret"))
	if err := errors.Join(err, s.Create("box-1"), s.CreateOpener("box-1"), s.Erase()); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%d files are left (%v)", len(left), err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = keystore.OpenFile(dir); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Unwrap("label", sealed); !errors.Is(err, keystore.ErrSealed) {
		t.Errorf("what was wrapped before opens: %v", err)
	}
	if _, err := s.Signer("box-1"); !errors.Is(err, keystore.ErrNotFound) {
		t.Errorf("the key is there: %v", err)
	}
}
