package protocol_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"log/slog"
	"math/big"
	"slices"
	"strings"
	"testing"

	"zhunkao/protocol"
)

func wantErr(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// altered is b with the byte at i changed.
func altered(b []byte, i int) []byte {
	b = bytes.Clone(b)
	b[i] ^= 1
	return b
}

func TestStatementOfOneKindIsNoOther(t *testing.T) {
	p := goldenParties(t)
	var beat protocol.Heartbeat
	wantErr(t, "hello replayed as heartbeat", protocol.OpenStatement(protocol.KindHeartbeat, golden(t, "hello.cose"), p.keys, &beat), protocol.ErrSignature)
	wantErr(t, "clock replayed as welcome", protocol.OpenStatement(protocol.KindWelcome, golden(t, "clock.cose"), p.keys, &protocol.Welcome{}), protocol.ErrSignature)
	wantErr(t, "clock taken without a payload", protocol.OpenStatement(protocol.KindWelcome, golden(t, "clock.cose"), p.keys, nil), protocol.ErrSignature)
}

func TestStatementBytesAltered(t *testing.T) {
	p := goldenParties(t)
	raw := golden(t, "welcome.cose")
	for i := range raw {
		err := protocol.OpenStatement(protocol.KindWelcome, altered(raw, i), p.keys, &protocol.Welcome{})
		if !errors.Is(err, protocol.ErrMalformed) && !errors.Is(err, protocol.ErrSignature) && !errors.Is(err, protocol.ErrUnknownKey) {
			t.Fatalf("byte %d altered: %v", i, err)
		}
		if err := protocol.OpenStatement(protocol.KindWelcome, raw[:i], p.keys, nil); !errors.Is(err, protocol.ErrMalformed) {
			t.Fatalf("cut at %d: %v", i, err)
		}
	}
	wantErr(t, "a byte behind", protocol.OpenStatement(protocol.KindWelcome, append(bytes.Clone(raw), 0), p.keys, nil), protocol.ErrMalformed)
}

// Whoever carries an envelope must not be able to give it another hash under a
// signature that still verifies: the hub would take it for a fork.
func TestEnvelopeHasOneByteForm(t *testing.T) {
	p := goldenParties(t)
	env := golden(t, "record1.cose")
	if _, err := protocol.OpenEnvelope(env, &p.device.PublicKey); err != nil {
		t.Fatal(err)
	}
	body := env[2+1+13+1:] // behind tag, array, header and the empty unprotected header
	head := env[:2+1+13]
	for name, other := range map[string][]byte{
		"unprotected header":      slices.Concat(head, []byte{0xa1, 0x18, 0x63, 0x01}, body),
		"untagged":                env[1:],
		"tag in two bytes":        slices.Concat([]byte{0xd8, 18}, env[1:]),
		"array length in a byte":  slices.Concat([]byte{0xd2, 0x98, 4}, env[2:]),
		"header length in a byte": slices.Concat(env[:2], []byte{0x58, 13}, env[3:]),
		"payload length longer":   slices.Concat(env[:17], []byte{0x5a, 0, 0}, env[18:]),
		"header keys swapped":     slices.Concat(env[:4], env[6:16], env[4:6], env[16:]),
		"detached payload":        slices.Concat(env[:17], []byte{0xf6}, env[len(env)-66:]),
	} {
		_, err := protocol.OpenEnvelope(other, &p.device.PublicKey)
		wantErr(t, name, err, protocol.ErrMalformed)
	}

	n := elliptic.P256().Params().N
	twin := bytes.Clone(env)
	s := new(big.Int).SetBytes(twin[len(twin)-32:])
	s.Sub(n, s).FillBytes(twin[len(twin)-32:])
	_, err := protocol.OpenEnvelope(twin, &p.device.PublicKey)
	wantErr(t, "the other s of the ECDSA signature", err, protocol.ErrSignature)
}

// Half of all raw ECDSA signatures have the higher s; every signed one must verify.
func TestSignWritesTheLowerS(t *testing.T) {
	p := goldenParties(t)
	for range 40 {
		raw, err := protocol.SignMessage(protocol.KindHello, goldenMessages(p)[0].value, p.device)
		if err != nil {
			t.Fatal(err)
		}
		if err := protocol.OpenStatement(protocol.KindHello, raw, p.keys, nil); err != nil {
			t.Fatal(err)
		}
	}
}

func TestUnknownKeysAreRefusedByName(t *testing.T) {
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	none := func(protocol.KeyID) crypto.PublicKey { return nil }
	wantErr(t, "no such key", protocol.OpenStatement(protocol.KindHello, golden(t, "hello.cose"), none, nil), protocol.ErrUnknownKey)
	wrong := func(protocol.KeyID) crypto.PublicKey { return other.Public() }
	wantErr(t, "key of another id", protocol.OpenStatement(protocol.KindHello, golden(t, "hello.cose"), wrong, nil), protocol.ErrUnknownKey)
	_, err = protocol.OpenEnvelope(golden(t, "record1.cose"), &other.PublicKey)
	wantErr(t, "envelope of another box", err, protocol.ErrUnknownKey)
	_, err = protocol.OpenEnvelope(golden(t, "record1.cose"), nil)
	wantErr(t, "no key at all", err, protocol.ErrUnknownKey)

	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []crypto.Signer{p384, rsaKey} {
		_, err := protocol.Sign(protocol.KindHello, []byte{0xa0}, k)
		wantErr(t, "signing with a key of another kind", err, protocol.ErrUnknownKey)
	}
	s, err := protocol.ParseStatement(protocol.KindWelcome, golden(t, "welcome.cose"))
	if err != nil {
		t.Fatal(err)
	}
	wantErr(t, "Ed25519 key of a wrong length", s.Verify(ed25519.PublicKey{1, 2, 3}), protocol.ErrUnknownKey)
}

func TestMessageForAnotherBoxIsRefused(t *testing.T) {
	p := goldenParties(t)
	raw := golden(t, "clock.cose")
	for _, a := range []protocol.Address{{Box: goldenBox.Box, Epoch: 2}, {Box: "botherbox23", Epoch: 1}, {}} {
		wantErr(t, "clock", protocol.OpenAddressed(protocol.KindClock, raw, p.keys, a, &protocol.Clock{}), protocol.ErrWrongBox)
	}
}

func TestSealedForOneBoxOpensForNoOther(t *testing.T) {
	p := goldenParties(t)
	s, err := protocol.SealForBox(protocol.SuiteAES, protocol.KindRoster, goldenBox, p.boxOpen.PublicKey(), goldenPage(p))
	if err != nil {
		t.Fatal(err)
	}
	var page protocol.RosterPage
	wantErr(t, "other box", protocol.OpenAtBox(s, protocol.KindRoster, protocol.Address{Box: "botherbox23", Epoch: 1}, p.boxOpen, &page), protocol.ErrOpen)
	wantErr(t, "other epoch", protocol.OpenAtBox(s, protocol.KindRoster, protocol.Address{Box: goldenBox.Box, Epoch: 2}, p.boxOpen, &page), protocol.ErrOpen)
	wantErr(t, "other kind", protocol.OpenAtBox(s, protocol.KindCampaign, goldenBox, p.boxOpen, &page), protocol.ErrOpen)
	wantErr(t, "other key", protocol.OpenAtBox(s, protocol.KindRoster, goldenBox, p.hubOpen, &page), protocol.ErrUnknownKey)
	s.Suite = 7
	wantErr(t, "unknown suite", protocol.OpenAtBox(s, protocol.KindRoster, goldenBox, p.boxOpen, &page), protocol.ErrUnknownSuite)
	s.Suite, s.Cipher = protocol.SuiteAES, s.Cipher[:20]
	wantErr(t, "cut", protocol.OpenAtBox(s, protocol.KindRoster, goldenBox, p.boxOpen, &page), protocol.ErrOpen)
	_, err = protocol.SealForBox(9, protocol.KindRoster, goldenBox, p.boxOpen.PublicKey(), goldenPage(p))
	wantErr(t, "sealing under an unknown suite", err, protocol.ErrUnknownSuite)
}

func TestMessageBeyondTheLimit(t *testing.T) {
	p := goldenParties(t)
	_, err := protocol.Sign(protocol.KindHello, make([]byte, protocol.MaxMessage), p.device)
	wantErr(t, "Sign", err, protocol.ErrTooLarge)
	big := make([]byte, protocol.MaxMessage+1)
	_, err = protocol.ParseStatement(protocol.KindHello, big)
	wantErr(t, "ParseStatement", err, protocol.ErrTooLarge)
	_, err = protocol.ParseChunk(big)
	wantErr(t, "ParseChunk", err, protocol.ErrTooLarge)
	_, _, _, err = protocol.OpenEnrol(make([]byte, protocol.MaxEnrol+1))
	wantErr(t, "OpenEnrol", err, protocol.ErrTooLarge)
}

func TestEnrolmentIsRefused(t *testing.T) {
	p := goldenParties(t)
	req, _, _, err := protocol.OpenEnrol(golden(t, "enrol.cose"))
	if err != nil {
		t.Fatal(err)
	}
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	rsaCSR, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, rsaKey)
	if err != nil {
		t.Fatal(err)
	}
	lowOrder := req
	lowOrder.Opening = make([]byte, 32)
	rsaReq := req
	rsaReq.CSR = rsaCSR
	spoiled := req
	spoiled.CSR = altered(req.CSR, len(req.CSR)-1)
	for name, c := range map[string]struct {
		req  protocol.EnrolRequest
		key  crypto.Signer
		kind protocol.Kind
		want error
	}{
		"signed by another key":            {req, other, protocol.KindEnrol, protocol.ErrUnknownKey},
		"signed as hello":                  {req, p.device, protocol.KindHello, protocol.ErrSignature},
		"RSA key":                          {rsaReq, p.device, protocol.KindEnrol, protocol.ErrUnknownKey},
		"CSR altered":                      {spoiled, p.device, protocol.KindEnrol, protocol.ErrSignature},
		"opening key that nothing fits to": {lowOrder, p.device, protocol.KindEnrol, protocol.ErrMalformed},
	} {
		raw, err := protocol.SignMessage(c.kind, c.req, c.key)
		if err != nil {
			t.Fatal(name, err)
		}
		_, _, _, err = protocol.OpenEnrol(raw)
		wantErr(t, name, err, c.want)
	}
}

func TestTicketTexts(t *testing.T) {
	fp := strings.Repeat("ab", 32)
	for _, s := range []string{"zk1:hub.example:8604:" + fp + ":K7QW-2M9T", "zk1:[2001:db8::1]:8604:" + fp + ":x", "  zk1:127.0.0.1:8604:" + fp + ":x\n"} {
		k, err := protocol.ParseTicket(s)
		if err != nil {
			t.Errorf("%q: %v", s, err)
		}
		if k.String() != strings.TrimSpace(s) {
			t.Errorf("%q became %q", s, k.String())
		}
	}
	for _, s := range []string{"", "zk1:", "zk2:h:1:" + fp + ":x", "zk1:h:" + fp + ":x", "zk1:h:1:" + fp + ":", "zk1::1:" + fp + ":x",
		"zk1:h:1:" + fp[1:] + ":x", "zk1:h:1:" + fp + ":a b", "zk1:h:1:" + fp + ":a\u202eb", "zk1:h:1:" + fp + ":\x00", "zk1:h:1:" + fp + ":" + strings.Repeat("a", 5<<10),
		"http://h:1/" + fp, "zk1:h:1:" + fp + ":\xff"} {
		_, err := protocol.ParseTicket(s)
		wantErr(t, s, err, protocol.ErrMalformed)
	}
}

func TestTopics(t *testing.T) {
	box, kind, err := protocol.ParseUpTopic(protocol.UpTopic(goldenBox.Box, protocol.KindHello))
	if err != nil || box != goldenBox.Box || kind != protocol.KindHello {
		t.Errorf("up: %s %s %v", box, kind, err)
	}
	box, kind, err = protocol.ParseDownTopic(protocol.DownTopic(goldenBox.Box, protocol.KindClock))
	if err != nil || box != goldenBox.Box || kind != protocol.KindClock {
		t.Errorf("down: %s %s %v", box, kind, err)
	}
	for _, s := range []string{"", "zhunkao/1/up/", "zhunkao/1/up/bgoldenbox2", "zhunkao/1/up/bgoldenbox2/", "zhunkao/1/up/+/hello",
		"zhunkao/1/up/bgoldenbox2/#", "zhunkao/1/up/bgoldenbox2/hello/x", "zhunkao/1/up/bgoldenbox2/hel\x00o", "zhunkao/2/up/bgoldenbox2/hello",
		"$SYS/1/up/bgoldenbox2/hello", "zhunkao/1/down/bgoldenbox2/hello", "zhunkao/1/up/BGOLDENBOX2/hello", "zhunkao/1/up/bgoldenbox2/" + strings.Repeat("a", 65535)} {
		_, _, err := protocol.ParseUpTopic(s)
		wantErr(t, s[:min(len(s), 60)], err, protocol.ErrMalformed)
	}
	for range 1000 {
		if id := protocol.NewBoxID(); !id.Valid() {
			t.Fatalf("NewBoxID made %q", id)
		}
	}
}

func TestNothingSecretInLogs(t *testing.T) {
	p := goldenParties(t)
	blob, err := protocol.SealBlob(protocol.SuiteAES, protocol.RolePhoto, "image/jpeg", []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	ticket, err := protocol.ParseTicket(string(golden(t, "ticket.txt")))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, nil))
	log.Info("x", "blob", blob.Ref, "key", p.rosterKey, "ticket", ticket, "id", goldenID, "hash", blob.Ref.Hash)
	for _, secret := range [][]byte{blob.Ref.Key, p.rosterKey.Key} {
		for _, form := range []string{string(secret), slog.AnyValue(secret).String()} {
			if strings.Contains(out.String(), form) {
				t.Errorf("a key stands in the log: %s", out.String())
			}
		}
	}
	if strings.Contains(out.String(), goldenCode) {
		t.Error("the one-time code stands in the log")
	}
}
