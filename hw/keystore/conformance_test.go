package keystore_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/hpke"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"zhunkao/hw/keystore"
)

// board is something keys can be bound to, and how to open a store on it.
type board func(t *testing.T, dir string) (*keystore.Store, error)

// conform is what every kind of store must do. fresh gives a board that no
// other call gave; copied says that the files are worth something elsewhere.
func conform(t *testing.T, kind keystore.Kind, copied bool, fresh func(t *testing.T) board) {
	mustOpen := func(t *testing.T, b board, dir string) *keystore.Store {
		t.Helper()
		s, err := b(t, dir)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		return s
	}

	t.Run("keys survive a restart", func(t *testing.T) {
		b, dir := fresh(t), filepath.Join(t.TempDir(), "a", "keys")
		s := mustOpen(t, b, dir)
		if s.Kind() != kind {
			t.Errorf("kind %q, want %q", s.Kind(), kind)
		}
		if _, err := s.Signer("device"); !errors.Is(err, keystore.ErrNotFound) {
			t.Fatalf("before Create: %v, want ErrNotFound", err)
		}
		if err := errors.Join(s.Create("device"), s.CreateOpener("device")); err != nil {
			t.Fatal(err)
		}
		if err := s.Create("device"); !errors.Is(err, keystore.ErrExists) {
			t.Errorf("second Create: %v, want ErrExists", err)
		}
		if err := s.CreateOpener("device"); !errors.Is(err, keystore.ErrExists) {
			t.Errorf("second CreateOpener: %v, want ErrExists", err)
		}
		signature := sign(t, s)
		sealed := seal(t, s)
		wrapped, err := s.Wrap("roster/1", []byte("张测试"))
		if err != nil {
			t.Fatal(err)
		}
		again := mustOpen(t, b, dir)
		if !verify(t, again, signature) {
			t.Error("a signature of the first run does not verify under the key of the second")
		}
		if got := unseal(t, again, sealed); got != "plain" {
			t.Errorf("opened %q", got)
		}
		if got, err := again.Unwrap("roster/1", wrapped); err != nil || string(got) != "张测试" {
			t.Errorf("unwrapped %q, %v", got, err)
		}
		if _, err := again.Unwrap("roster/2", wrapped); !errors.Is(err, keystore.ErrSealed) {
			t.Errorf("other label: %v, want ErrSealed", err)
		}
		if made, err := keystore.KindOf(dir); err != nil || made != kind {
			t.Errorf("KindOf: %q, %v", made, err)
		}
		if err := again.Destroy("device"); err != nil {
			t.Fatal(err)
		}
		if _, err := again.Signer("device"); !errors.Is(err, keystore.ErrNotFound) {
			t.Errorf("after Destroy: %v", err)
		}
	})

	t.Run("files are private and hold no key", func(t *testing.T) {
		b, dir := fresh(t), filepath.Join(t.TempDir(), "keys")
		s := mustOpen(t, b, dir)
		if err := errors.Join(s.Create("device"), s.CreateOpener("device")); err != nil {
			t.Fatal(err)
		}
		opener, err := s.Opener("device")
		if err != nil {
			t.Fatal(err)
		}
		secret, err := opener.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			fi, err := e.Info()
			if err != nil {
				return err
			}
			if fi.Mode().Perm() != 0o600 {
				t.Errorf("%s has mode %v", e.Name(), fi.Mode())
			}
			raw, err := os.ReadFile(path)
			if !copied && (bytes.Contains(decoded(raw), secret) || bytes.Contains(raw, []byte("BEGIN PRIVATE KEY"))) {
				t.Errorf("%s holds a key in the clear", e.Name())
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})

	t.Run("a copy on another board", func(t *testing.T) {
		if os.Getenv("GUEST") == "1" {
			t.Skip("the guest has one TPM")
		}
		dir := filepath.Join(t.TempDir(), "keys")
		s := mustOpen(t, fresh(t), dir)
		if err := errors.Join(s.Create("device"), s.CreateOpener("device")); err != nil {
			t.Fatal(err)
		}
		other := fresh(t)
		stolen, err := other(t, dir)
		if copied {
			if err != nil {
				t.Fatalf("a plain copy does not open: %v", err)
			}
			return
		}
		if !errors.Is(err, keystore.ErrOtherBoard) || !strings.Contains(err.Error(), "enrol again") {
			t.Fatalf("got %v, want ErrOtherBoard and what to do", err)
		}
		if stolen != nil {
			t.Error("a store all the same")
		}
		// Only the key's own file, put into a store of the other board.
		mine := filepath.Join(t.TempDir(), "keys")
		thief := mustOpen(t, other, mine)
		for _, file := range []string{"device.sign.pem", "device.open.pem"} {
			raw, err := os.ReadFile(filepath.Join(dir, file))
			if err == nil {
				err = os.WriteFile(filepath.Join(mine, file), raw, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if _, err := thief.Signer("device"); !errors.Is(err, keystore.ErrOtherBoard) {
			t.Errorf("signer: %v, want ErrOtherBoard", err)
		}
		if _, err := thief.Opener("device"); !errors.Is(err, keystore.ErrOtherBoard) {
			t.Errorf("opener: %v, want ErrOtherBoard", err)
		}
	})

	t.Run("damaged and exchanged files", func(t *testing.T) {
		b, dir := fresh(t), filepath.Join(t.TempDir(), "keys")
		s := mustOpen(t, b, dir)
		if err := errors.Join(s.Create("device"), s.CreateOpener("device"), s.CreateOpener("other")); err != nil {
			t.Fatal(err)
		}
		for _, file := range []string{"device.sign.pem", "device.open.pem"} {
			path := filepath.Join(dir, file)
			whole, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			try := func(text []byte, what string) {
				if err := os.WriteFile(path, text, 0o600); err != nil {
					t.Fatal(err)
				}
				var err error
				if file == "device.sign.pem" {
					_, err = s.Signer("device")
				} else {
					_, err = s.Opener("device")
				}
				if !errors.Is(err, keystore.ErrDamaged) && !errors.Is(err, keystore.ErrOtherBoard) {
					t.Errorf("%s %s: got %v, want ErrDamaged", file, what, err)
				}
			}
			for cut := 0; cut < len(whole)-2; cut += len(whole)/20 + 1 {
				try(whole[:cut], fmt.Sprintf("cut at %d", cut))
			}
			begin := bytes.IndexByte(whole, '\n') + 1
			for at := begin; at < len(whole)-40; at += len(whole)/30 + 1 {
				flipped := bytes.Clone(whole)
				flipped[at] ^= 1
				if kind == keystore.KindFile && bytes.ContainsAny(flipped[at:at+1], "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
					continue // a plain file has no integrity of its own
				}
				try(flipped, fmt.Sprintf("flipped at %d", at))
			}
			if err := os.WriteFile(path, whole, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if kind == keystore.KindFile {
			return
		}
		raw, err := os.ReadFile(filepath.Join(dir, "other.open.pem"))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, "device.open.pem"), raw, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Opener("device"); !errors.Is(err, keystore.ErrDamaged) {
			t.Errorf("another key's file: %v, want ErrDamaged", err)
		}
	})

	t.Run("mutual TLS 1.3", func(t *testing.T) {
		s := mustOpen(t, fresh(t), filepath.Join(t.TempDir(), "keys"))
		if err := s.Create("device"); err != nil {
			t.Fatal(err)
		}
		signer, err := s.Signer("device")
		if err != nil {
			t.Fatal(err)
		}
		handshake(t, signer)
	})

	t.Run("many at a time", func(t *testing.T) {
		s := mustOpen(t, fresh(t), filepath.Join(t.TempDir(), "keys"))
		var all sync.WaitGroup
		for i := range 6 {
			all.Add(1)
			go func() {
				defer all.Done()
				name := fmt.Sprintf("key-%d", i)
				if err := errors.Join(s.Create(name), s.CreateOpener(name)); err != nil {
					t.Error(err)
					return
				}
				signer, err := s.Signer(name)
				if err != nil {
					t.Error(err)
					return
				}
				digest := sha256.Sum256([]byte(name))
				for range 3 {
					signature, err := signer.Sign(rand.Reader, digest[:], crypto.SHA256)
					if err != nil || !ecdsa.VerifyASN1(signer.Public().(*ecdsa.PublicKey), digest[:], signature) {
						t.Errorf("%s: %v", name, err)
					}
				}
			}()
		}
		all.Wait()
	})

	t.Run("another kind", func(t *testing.T) {
		b, dir := fresh(t), filepath.Join(t.TempDir(), "keys")
		mustOpen(t, b, dir)
		for _, k := range []keystore.Kind{keystore.KindFile, keystore.KindMachine, keystore.KindTPM} {
			if k == kind {
				continue
			}
			if _, err := keystore.Open(keystore.Options{Dir: dir, Kind: k}); !errors.Is(err, keystore.ErrKind) {
				t.Errorf("opened as %s: %v, want ErrKind", k, err)
			}
		}
	})

	t.Run("it prints nothing of its keys", func(t *testing.T) {
		s := mustOpen(t, fresh(t), filepath.Join(t.TempDir(), "keys"))
		var b bytes.Buffer
		slog.New(slog.NewTextHandler(&b, nil)).Info("x", "store", s)
		want := "keystore(" + string(kind) + ")"
		if !strings.Contains(b.String(), want) || strings.Contains(b.String(), "0x") || fmt.Sprintf("%v", s) != want {
			t.Errorf("log line %q, %%v %v", b.String(), s)
		}
	})
}

func sign(t *testing.T, s *keystore.Store) []byte {
	t.Helper()
	signer, err := s.Signer("device")
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256([]byte("a record"))
	signature, err := signer.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	return signature
}

func verify(t *testing.T, s *keystore.Store, signature []byte) bool {
	t.Helper()
	signer, err := s.Signer("device")
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256([]byte("a record"))
	return ecdsa.VerifyASN1(signer.Public().(*ecdsa.PublicKey), digest[:], signature)
}

func seal(t *testing.T, s *keystore.Store) []byte {
	t.Helper()
	key, err := s.Opener("device")
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := hpke.Seal(key.PublicKey(), hpke.HKDFSHA256(), hpke.AES256GCM(), []byte("roster"), []byte("plain"))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func unseal(t *testing.T, s *keystore.Store, sealed []byte) string {
	t.Helper()
	key, err := s.Opener("device")
	if err != nil {
		t.Fatal(err)
	}
	plain, err := hpke.Open(key, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte("roster"), sealed)
	if err != nil {
		t.Fatal(err)
	}
	return string(plain)
}

// handshake is a box at a hub that asks for its certificate.
func handshake(t *testing.T, device crypto.Signer) {
	t.Helper()
	csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "box"}}, device)
	if err != nil {
		t.Fatal(err)
	}
	request, err := x509.ParseCertificateRequest(csr)
	if err == nil {
		err = request.CheckSignature()
	}
	if err != nil {
		t.Fatalf("certificate request: %v", err)
	}
	ca := plainSigner(t)
	issue := func(public any, name string, isCA bool) []byte {
		der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
			NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: isCA, BasicConstraintsValid: true, DNSNames: []string{name},
			ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth}},
			&x509.Certificate{Subject: pkix.Name{CommonName: "ca"}, SerialNumber: big.NewInt(2)}, public, ca)
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	root, err := x509.ParseCertificate(issue(ca.Public(), "ca", true))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(root)
	hub := plainSigner(t)
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{MinVersion: tls.VersionTLS13, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool,
		Certificates: []tls.Certificate{{Certificate: [][]byte{issue(hub.Public(), "hub", false)}, PrivateKey: hub}}})
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	seen := make(chan error, 1)
	go func() {
		conn, err := listener.Accept()
		if err == nil {
			_, err = io.WriteString(conn, "welcome "+peerName(conn))
			err = errors.Join(err, conn.Close())
		}
		seen <- err
	}()
	dialer := tls.Dialer{Config: &tls.Config{MinVersion: tls.VersionTLS13, RootCAs: pool, ServerName: "hub",
		Certificates: []tls.Certificate{{Certificate: [][]byte{issue(device.Public(), "box", false)}, PrivateKey: device}}}}
	conn, err := dialer.DialContext(t.Context(), "tcp", listener.Addr().String())
	if err != nil {
		t.Fatalf("handshake: %v", err)
	}
	defer conn.Close()
	said, err := io.ReadAll(conn)
	if err := errors.Join(err, <-seen); err != nil || string(said) != "welcome box" {
		t.Errorf("the hub said %q, %v", said, err)
	}
}

func peerName(conn net.Conn) string {
	c := conn.(*tls.Conn)
	if err := c.Handshake(); err != nil {
		return err.Error()
	}
	return c.ConnectionState().PeerCertificates[0].Subject.CommonName
}

func TestTPMSignsNothingButSHA256(t *testing.T) {
	s, err := swtpm(t)(t, filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Create("device"); err != nil {
		t.Fatal(err)
	}
	signer, err := s.Signer("device")
	if err != nil {
		t.Fatal(err)
	}
	digest := sha512.Sum384(nil)
	if _, err := signer.Sign(rand.Reader, digest[:], crypto.SHA384); err == nil {
		t.Error("SHA-384 signed")
	}
	if _, err := signer.Sign(rand.Reader, digest[:32], crypto.SHA384); err == nil {
		t.Error("a digest called SHA-384 signed")
	}
}
