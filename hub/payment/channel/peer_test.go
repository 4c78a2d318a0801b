package channel_test

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
	"time"

	"zhunkao/hub/payment/channel"
	"zhunkao/protocol/window"
)

// peer is the channel's side.
type peer struct {
	t    *testing.T
	base string
	root string // file
	opts channel.WeChatOptions
}

// newPeer starts a program of testdata that knows our public key and has their own.
func newPeer(t *testing.T, program string, ours, theirs *rsa.PrivateKey, more ...string) *peer {
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

	cmd := exec.Command("python3", append([]string{filepath.Join("testdata", program), known, own}, more...)...)
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
	return &peer{t: t, base: "http://127.0.0.1:" + strings.TrimSpace(port), root: own}
}

func newKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// turn has the peer do something; its answer goes to got.
func (p *peer) turn(what string, ask map[string]string, got any) {
	p.t.Helper()
	b, err := json.Marshal(ask)
	if err != nil {
		p.t.Fatal(err)
	}
	res, err := http.Post(p.base+"/_/"+what, "application/json", bytes.NewReader(b))
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

type notice struct {
	Header map[string]string
	Body   string
}

func (n notice) header() http.Header {
	h := http.Header{}
	for k, v := range n.Header {
		h.Set(k, v)
	}
	return h
}

func (p *peer) pay(order, spoil string) (n notice) {
	p.t.Helper()
	p.turn("pay", map[string]string{"order": order, "spoil": spoil}, &n)
	return n
}

var until = time.Date(2019, 9, 20, 17, 0, 0, 0, window.Zone())

func ask(order string) channel.Ask {
	return channel.Ask{Order: order, Fen: 16000, What: "成人高考报名考试费", Until: until}
}
