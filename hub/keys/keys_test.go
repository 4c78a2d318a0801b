package keys_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/keys"
	"zhunkao/protocol"
)

func create(t *testing.T) (*keys.Ring, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "keys")
	r, err := keys.Open(dir, keys.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	return r, dir
}

func reopen(t *testing.T, dir string) *keys.Ring {
	t.Helper()
	r, err := keys.Open(dir, keys.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestKeysStay(t *testing.T) {
	r, dir := create(t)
	sealed, err := r.Seal("application", "a1", []byte("plain"))
	if err != nil {
		t.Fatal(err)
	}
	s := reopen(t, dir)
	if r.Fingerprint() != s.Fingerprint() || r.SignerID() != s.SignerID() || !bytes.Equal(r.OpeningKey().Bytes(), s.OpeningKey().Bytes()) ||
		!bytes.Equal(r.NumberKey("1"), s.NumberKey("1")) || !bytes.Equal(r.RosterKey("c"), s.RosterKey("c")) {
		t.Error("opened again, the keys are others")
	}
	if plain, err := s.Unseal("application", "a1", sealed); err != nil || string(plain) != "plain" {
		t.Errorf("Unseal = %q, %v", plain, err)
	}
	if _, err := keys.Open(dir, keys.Options{Create: true}); !errors.Is(err, keys.ErrExists) {
		t.Errorf("Create over keys = %v, want ErrExists", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(t *testing.T, dir string)
		want error
	}{
		"nothing":                  {func(t *testing.T, dir string) { must(t, os.RemoveAll(dir)) }, keys.ErrIncomplete},
		"no mark of completion":    {func(t *testing.T, dir string) { must(t, os.Remove(filepath.Join(dir, "complete"))) }, keys.ErrIncomplete},
		"a missing key":            {func(t *testing.T, dir string) { must(t, os.Remove(one(t, dir, "opening"))) }, keys.ErrIncomplete},
		"a directory others read":  {func(t *testing.T, dir string) { must(t, os.Chmod(dir, 0o750)) }, keys.ErrExposed},
		"a key others read":        {func(t *testing.T, dir string) { must(t, os.Chmod(one(t, dir, "ca"), 0o640)) }, keys.ErrExposed},
		"a master key others read": {func(t *testing.T, dir string) { must(t, os.Chmod(filepath.Join(dir, "master.key"), 0o604)) }, keys.ErrExposed},
		"half a key":               {func(t *testing.T, dir string) { must(t, os.Truncate(one(t, dir, "data"), 40)) }, keys.ErrDamaged},
		"another master key": {func(t *testing.T, dir string) {
			must(t, os.WriteFile(filepath.Join(dir, "master.key"), make([]byte, 32), 0o600))
		}, keys.ErrDamaged},
		"a short master key": {func(t *testing.T, dir string) { must(t, os.Truncate(filepath.Join(dir, "master.key"), 16)) }, keys.ErrDamaged},
		"a key in another's place": {func(t *testing.T, dir string) {
			from := one(t, dir, "data")
			b, err := os.ReadFile(from)
			must(t, err)
			must(t, os.WriteFile(strings.Replace(from, "data-", "hash-", 1), bytes.Replace(b, []byte(`"data"`), []byte(`"hash"`), 1), 0o600))
		}, keys.ErrDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			_, dir := create(t)
			c.do(t, dir)
			if _, err := keys.Open(dir, keys.Options{}); !errors.Is(err, c.want) {
				t.Errorf("Open = %v, want %v", err, c.want)
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// one finds the file of a use.
func one(t *testing.T, dir, use string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, use+"-*.key.json"))
	if err != nil || len(found) == 0 {
		t.Fatalf("no %s key: %v", use, err)
	}
	return found[0]
}

// A creation that a power cut broke off at any file is gone on with, and what
// was made is not made again.
func TestCreationGoesOn(t *testing.T) {
	_, whole := create(t)
	names, err := os.ReadDir(whole)
	must(t, err)
	for keep := range len(names) {
		dir := filepath.Join(t.TempDir(), "keys")
		must(t, os.Mkdir(dir, 0o700))
		must(t, os.WriteFile(filepath.Join(dir, ".new-123"), []byte("half"), 0o600))
		kept := map[string][]byte{}
		// The master key comes first, the mark last.
		order := []string{"master.key"}
		for _, n := range names {
			if n.Name() != "master.key" && n.Name() != "complete" {
				order = append(order, n.Name())
			}
		}
		for _, n := range order[:min(keep, len(order))] {
			b, err := os.ReadFile(filepath.Join(whole, n))
			must(t, err)
			must(t, os.WriteFile(filepath.Join(dir, n), b, 0o600))
			kept[n] = b
		}
		if _, err := keys.Open(dir, keys.Options{Create: true}); err != nil {
			t.Fatalf("with %d files: %v", keep, err)
		}
		reopen(t, dir)
		for n, want := range kept {
			if got, err := os.ReadFile(filepath.Join(dir, n)); err != nil || !bytes.Equal(got, want) {
				t.Errorf("with %d files: %s was made again", keep, n)
			}
		}
		if found, _ := filepath.Glob(filepath.Join(dir, ".new-*")); len(found) != 0 {
			t.Errorf("half a file stayed: %v", found)
		}
		all, err := os.ReadDir(dir)
		must(t, err)
		for _, n := range all {
			if fi, err := n.Info(); err != nil || fi.Mode().Perm() != 0o600 {
				t.Errorf("%s: %v, %v", n.Name(), fi.Mode(), err)
			}
		}
	}
}

// No private part lies readable in the directory, the master key's own file
// aside.
func TestPrivatePartsAreWrapped(t *testing.T) {
	r, dir := create(t)
	signing := r.Signer().(ed25519.PrivateKey).Seed()
	opener, err := r.Opener(keys.ID(hashOf(r.OpeningKey().Bytes())))
	must(t, err)
	names, err := os.ReadDir(dir)
	must(t, err)
	for _, n := range names {
		b, err := os.ReadFile(filepath.Join(dir, n.Name()))
		must(t, err)
		for _, secret := range [][]byte{signing, opener.Bytes()} {
			if bytes.Contains(b, secret) {
				t.Errorf("%s holds a private key", n.Name())
			}
		}
	}
}

func hashOf(b []byte) []byte {
	sum := sha256.Sum256(b)
	return sum[:8]
}

func TestIDsAreThoseOfTheWire(t *testing.T) {
	r, _ := create(t)
	id, err := protocol.SigningKeyID(r.Signer().Public())
	if err != nil || keys.ID(id) != r.SignerID() {
		t.Errorf("signing key: %v and %v, %v", id, r.SignerID(), err)
	}
	if _, err := r.Opener(keys.ID(protocol.OpeningKeyID(r.OpeningKey()))); err != nil {
		t.Errorf("opening key: %v", err)
	}
}

func TestRotationKeepsTheOld(t *testing.T) {
	r, dir := create(t)
	oldID, oldOpening := r.SignerID(), protocol.OpeningKeyID(r.OpeningKey())
	sealed, err := r.Seal("l", "i", []byte("old"))
	must(t, err)
	must(t, errors.Join(r.RotateSigning(), r.RotateOpening(), r.RotateData()))
	newSealed, err := r.Seal("l", "i", []byte("new"))
	must(t, err)
	if bytes.Equal(sealed[1:9], newSealed[1:9]) {
		t.Error("the new data key is not in use")
	}
	for name, k := range map[string]*keys.Ring{"at once": r, "opened again": reopen(t, dir)} {
		if k.SignerID() == oldID || protocol.OpeningKeyID(k.OpeningKey()) == oldOpening {
			t.Errorf("%s: the old keys are still in use", name)
		}
		if k.SignerID() != r.SignerID() {
			t.Errorf("%s: signs with another key", name)
		}
		if _, err := k.VerifyKey(oldID); err != nil {
			t.Errorf("%s: old signing key: %v", name, err)
		}
		if _, err := k.Opener(keys.ID(oldOpening)); err != nil {
			t.Errorf("%s: old opening key: %v", name, err)
		}
		for want, b := range map[string][]byte{"old": sealed, "new": newSealed} {
			if got, err := k.Unseal("l", "i", b); err != nil || string(got) != want {
				t.Errorf("%s: Unseal = %q, %v; want %q", name, got, err, want)
			}
		}
		if pub, err := k.SigningKeys(); err != nil || len(pub) != 2 || pub[0].ID != oldID {
			t.Errorf("%s: SigningKeys = %v, %v", name, pub, err)
		}
	}
	if _, err := r.VerifyKey(keys.ID{1}); !errors.Is(err, keys.ErrUnknown) {
		t.Errorf("unknown signing key: %v", err)
	}
	if _, err := r.Opener(keys.ID{1}); !errors.Is(err, keys.ErrUnknown) {
		t.Errorf("unknown opening key: %v", err)
	}
}

func TestUnsealRefuses(t *testing.T) {
	r, _ := create(t)
	other, _ := create(t)
	sealed, err := r.Seal("application", "a1", []byte("plain"))
	must(t, err)
	flip := func(i int) []byte {
		b := slices.Clone(sealed)
		b[i] ^= 1
		return b
	}
	for name, c := range map[string]struct {
		ring      *keys.Ring
		label, id string
		b         []byte
		want      error
	}{
		"other label":   {r, "account", "a1", sealed, keys.ErrSealed},
		"other id":      {r, "application", "a2", sealed, keys.ErrSealed},
		"label into id": {r, "application\x00a1", "", sealed, keys.ErrSealed},
		"altered":       {r, "application", "a1", flip(len(sealed) - 1), keys.ErrSealed},
		"other nonce":   {r, "application", "a1", flip(10), keys.ErrSealed},
		"other version": {r, "application", "a1", flip(0), keys.ErrSealed},
		"cut":           {r, "application", "a1", sealed[:12], keys.ErrSealed},
		"empty":         {r, "application", "a1", nil, keys.ErrSealed},
		"other hub":     {other, "application", "a1", sealed, keys.ErrUnknown},
	} {
		if plain, err := c.ring.Unseal(c.label, c.id, c.b); !errors.Is(err, c.want) {
			t.Errorf("%s: %q, %v; want %v", name, plain, err, c.want)
		}
	}
}

func FuzzUnseal(f *testing.F) {
	dir := filepath.Join(f.TempDir(), "keys")
	r, err := keys.Open(dir, keys.Options{Create: true})
	if err != nil {
		f.Fatal(err)
	}
	sealed, err := r.Seal("l", "i", []byte("plain"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{})
	f.Add([]byte{1})
	f.Add(sealed[:9])
	f.Add(sealed[:22])
	f.Fuzz(func(t *testing.T, b []byte) {
		if plain, err := r.Unseal("l", "i", b); err == nil {
			t.Errorf("made-up bytes opened to %d bytes", len(plain))
		}
	})
}

func TestHashesDiffer(t *testing.T) {
	r, _ := create(t)
	other, _ := create(t)
	all := map[string]string{}
	for name, b := range map[string][]byte{
		"number": r.NumberKey("x"), "number of y": r.NumberKey("y"), "journal": r.JournalHash("x"), "seal": r.JournalSeal([]byte("x")),
		"sign-in": r.SignInKey("x"), "roster": r.RosterKey("x"), "roster of y": r.RosterKey("y"), "cookie": r.CookieKey("x"),
		"number at another hub": other.NumberKey("x"),
	} {
		if len(b) != 32 || all[string(b)] != "" {
			t.Errorf("%s: %d bytes, same as %q", name, len(b), all[string(b)])
		}
		all[string(b)] = name
	}
}

func request(t *testing.T, curve elliptic.Curve) *x509.CertificateRequest {
	t.Helper()
	k, err := ecdsa.GenerateKey(curve, rand.Reader)
	must(t, err)
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{
		Subject: pkix.Name{CommonName: "somebody else"}, DNSNames: []string{"hub.example"}}, k)
	must(t, err)
	csr, err := x509.ParseCertificateRequest(der)
	must(t, err)
	return csr
}

func TestIssueDevice(t *testing.T) {
	r, _ := create(t)
	csr := request(t, elliptic.P256())
	der, err := r.IssueDevice(csr, "baaaaaaaaaa")
	must(t, err)
	c, err := x509.ParseCertificate(der)
	must(t, err)
	if c.Subject.CommonName != "baaaaaaaaaa" || len(c.DNSNames) != 0 || c.IsCA || !csr.PublicKey.(*ecdsa.PublicKey).Equal(c.PublicKey) {
		t.Errorf("certificate %v %v", c.Subject, c.DNSNames)
	}
	if years := time.Until(c.NotAfter).Hours() / 24 / 365; years < 1.9 || years > 2.1 {
		t.Errorf("good for %.1f years", years)
	}
	if _, err := c.Verify(x509.VerifyOptions{Roots: r.Pool(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}); err != nil {
		t.Error(err)
	}
	if _, err := c.Verify(x509.VerifyOptions{Roots: r.Pool()}); err == nil {
		t.Error("a box's certificate would do for a server")
	}
	if _, err := r.IssueDevice(request(t, elliptic.P384()), "b"); err == nil {
		t.Error("a P-384 key was taken")
	}
	csr.Signature[8] ^= 1
	if _, err := r.IssueDevice(csr, "b"); err == nil {
		t.Error("a request that nobody signed was taken")
	}
}

// A server and a client of the hub's own CA meet over TLS 1.3; strangers do not.
func TestMutualTLS(t *testing.T) {
	r, _ := create(t)
	stranger, _ := create(t)
	server, err := r.IssueServer("127.0.0.1", "hub.example")
	must(t, err)
	client, err := r.IssueClient("hub")
	must(t, err)
	alien, err := stranger.IssueClient("hub")
	must(t, err)
	if _, err := r.IssueServer(); err == nil {
		t.Error("a server certificate without a name")
	}
	for name, c := range map[string]struct {
		cert   tls.Certificate
		pool   *x509.CertPool
		server string
		ok     bool
	}{
		"by address":         {client, r.Pool(), "127.0.0.1", true},
		"by name":            {client, r.Pool(), "hub.example", true},
		"other name":         {client, r.Pool(), "evil.example", false},
		"a stranger's box":   {alien, r.Pool(), "127.0.0.1", false},
		"a stranger's hub":   {client, stranger.Pool(), "127.0.0.1", false},
		"no certificate":     {tls.Certificate{}, r.Pool(), "127.0.0.1", false},
		"a server as client": {server, r.Pool(), "127.0.0.1", false},
	} {
		a, b := net.Pipe()
		s := tls.Server(a, &tls.Config{Certificates: []tls.Certificate{server}, ClientCAs: r.Pool(),
			ClientAuth: tls.RequireAndVerifyClientCert, MinVersion: tls.VersionTLS13})
		cl := tls.Client(b, &tls.Config{RootCAs: c.pool, ServerName: c.server, MinVersion: tls.VersionTLS13,
			GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &c.cert, nil }})
		done := make(chan error, 1)
		go func() {
			_, err := s.Write([]byte("x")) // the client's certificate is judged here
			done <- errors.Join(err, a.Close())
		}()
		_, err := io.ReadFull(cl, make([]byte, 1))
		must(t, b.Close())
		err = errors.Join(err, <-done)
		if (err == nil) != c.ok {
			t.Errorf("%s: %v, want ok %v", name, err, c.ok)
		}
	}
	if len(server.Certificate) != 2 || sha256.Sum256(server.Certificate[1]) != r.Fingerprint() {
		t.Error("the chain does not end in the CA of the fingerprint")
	}
}

func TestMasterKeyElsewhere(t *testing.T) {
	dir, master := filepath.Join(t.TempDir(), "keys"), filepath.Join(t.TempDir(), "m.key")
	r, err := keys.Open(dir, keys.Options{Create: true, Master: master})
	must(t, err)
	s, err := keys.Open(dir, keys.Options{Master: master})
	if err != nil || s.Fingerprint() != r.Fingerprint() {
		t.Error(err)
	}
	if _, err := keys.Open(dir, keys.Options{}); err == nil {
		t.Error("opened without its master key")
	}
}
