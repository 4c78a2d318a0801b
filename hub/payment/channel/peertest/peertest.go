// Package peertest starts the channels' test peers (hub/payment/channel/testdata), for
// the tests of whoever talks to a channel. It knows nothing of what they say.
//
// How it fails: without python3 a test is skipped, but not in CI.
package peertest

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Peer is a channel's side, as a program that runs until the test ends.
type Peer struct {
	Base string // address
	Root string // file of its root, or of its own key
	t    testing.TB
}

// Start starts a program that knows our public key and has their own, or makes its own
// when theirs is nil.
func Start(t testing.TB, program string, ours, theirs *rsa.PrivateKey, more ...string) *Peer {
	t.Helper()
	dir := t.TempDir()
	write := func(name, kind string, der []byte, err error) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := errors.Join(err, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)); err != nil {
			t.Fatal(err)
		}
		return path
	}
	public, err := x509.MarshalPKIXPublicKey(&ours.PublicKey)
	known := write("ours.pem", "PUBLIC KEY", public, err)
	own := filepath.Join(dir, "root.pem") // of a peer that has its own and says by which root to know it
	if theirs != nil {
		private, err := x509.MarshalPKCS8PrivateKey(theirs)
		own = write("theirs.key", "PRIVATE KEY", private, err)
	}
	cmd := exec.Command("python3", append([]string{program, known, own}, more...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		if os.Getenv("CI") != "true" {
			t.Skip("no python3 on this machine: the channel has no peer to talk to (apt install python3 python3-cryptography)")
		}
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	port, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return &Peer{t: t, Base: "http://127.0.0.1:" + strings.TrimSpace(port), Root: own}
}

// Key makes a key of the channels' size.
func Key(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// Turn has the peer do something; its answer goes to got, if that is not nil.
func (p *Peer) Turn(what string, ask map[string]string, got any) {
	p.t.Helper()
	b, err := json.Marshal(ask)
	if err != nil {
		p.t.Fatal(err)
	}
	res, err := http.Post(p.Base+"/_/"+what, "application/json", bytes.NewReader(b))
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if got != nil {
		if err := json.NewDecoder(res.Body).Decode(got); err != nil {
			p.t.Fatal(err)
		}
	}
}

// Notice is one as the channel would send it.
type Notice struct {
	Header map[string]string
	Body   string
}

// HTTP gives its header.
func (n Notice) HTTP() http.Header {
	h := http.Header{}
	for k, v := range n.Header {
		h.Set(k, v)
	}
	return h
}

// Pay has somebody pay, and gives the notice of it, spoiled in some way.
func (p *Peer) Pay(ask map[string]string) (n Notice) {
	p.t.Helper()
	p.Turn("pay", ask, &n)
	return n
}
