package protocol_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"zhunkao/protocol"
)

func signedSlip(t testing.TB, s protocol.Slip) ([]byte, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := protocol.SignMessage(protocol.KindSlip, s, key)
	if err != nil {
		t.Fatal(err)
	}
	return raw, key
}

// TestSlip: what a box signed is read from its text again as it was, however a
// scanner typed it; of what was changed nothing is believed.
func TestSlip(t *testing.T) {
	want := goldenSlip()
	raw, key := signedSlip(t, want)
	text := protocol.SlipText(raw)
	if strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567:1") != "" {
		t.Errorf("a code of such letters is not small: %s", text)
	}
	for name, typed := range map[string]string{"as it is": text, "small letters": strings.ToLower(text), "with a line end": text + "\r\n", "in two lines": " " + text[:40] + "\n" + text[40:],
		"an address": protocol.SlipLink("https://bm.example.cn", raw), "an address in small letters": strings.ToLower(protocol.SlipLink("https://bm.example.cn:8443", raw))} {
		got, err := protocol.SlipOf(typed)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if s, err := protocol.OpenSlip(got, &key.PublicKey); err != nil || s != want {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
	}
	for name, c := range map[string]struct {
		typed string
		err   error
	}{
		"nothing":         {"", protocol.ErrMalformed},
		"another code":    {"ZK1:F:19430102340901", protocol.ErrMalformed},
		"a letter short":  {text[:len(text)-1], protocol.ErrMalformed},
		"no base32":       {slipWith(text, len(text)-9, '1'), protocol.ErrMalformed},
		"longer than any": {text + strings.Repeat("A", 4*protocol.MaxSlip), protocol.ErrTooLarge},
	} {
		got, err := protocol.SlipOf(c.typed)
		if err == nil {
			_, err = protocol.OpenSlip(got, &key.PublicKey)
		}
		if !errors.Is(err, c.err) {
			t.Errorf("%s: %v, want %v", name, err, c.err)
		}
	}
	_, other := signedSlip(t, want)
	if _, err := protocol.OpenSlip(raw, &other.PublicKey); err == nil {
		t.Error("another box's key opens it")
	}
	for i := range raw {
		spoilt := append([]byte(nil), raw...)
		spoilt[i] ^= 1
		if _, err := protocol.OpenSlip(spoilt, &key.PublicKey); err == nil {
			t.Errorf("byte %d changed, and it is believed", i)
		}
	}
	as := func(kind protocol.Kind) error {
		raw, err := protocol.SignMessage(kind, want, key)
		if err != nil {
			t.Fatal(err)
		}
		_, err = protocol.OpenSlip(raw, &key.PublicKey)
		return err
	}
	if as(protocol.KindToken) == nil {
		t.Error("what was signed as something else is a slip")
	}
}

// TestSlipLink: the address of a slip holds to the small set of a code, and where
// there is no portal, or no room, the code is the plain one.
func TestSlipLink(t *testing.T) {
	raw, _ := signedSlip(t, goldenSlip())
	link := protocol.SlipLink("https://bm.example.cn", raw)
	if !strings.HasPrefix(link, "HTTPS://BM.EXAMPLE.CN/KS/P/") || strings.Trim(link, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789$%*+-./:") != "" {
		t.Errorf("%s", link)
	}
	if got := protocol.SlipLink("https://bm.example.cn/", raw); got != link {
		t.Errorf("an address with its last stroke: %s", got)
	}
	if !strings.HasSuffix(link, "/"+protocol.SlipLetters(raw)) {
		t.Error("the letters are not the end of the address")
	}
	for _, portal := range []string{"", "https://" + strings.Repeat("a", protocol.MaxSlipLink) + ".cn"} {
		if got := protocol.SlipLink(portal, raw); got != protocol.SlipText(raw) {
			t.Errorf("%.20s…: %.60s", portal, got)
		}
	}
	for _, typed := range []string{"https://bm.example.cn/ks/status", "bm.example.cn/KS/P/" + protocol.SlipLetters(raw), "ftp://bm.example.cn/KS/P/" + protocol.SlipLetters(raw)} {
		if _, err := protocol.SlipOf(typed); !errors.Is(err, protocol.ErrMalformed) {
			t.Errorf("%.40s: %v", typed, err)
		}
	}
}

func slipWith(text string, at int, c byte) string { return text[:at] + string(c) + text[at+1:] }

// TestSlipFits: the longest slip that a box may sign is one that can be read.
func TestSlipFits(t *testing.T) {
	long := goldenSlip()
	long.Application, long.Campaign = strings.Repeat("x", 64), strings.Repeat("c", 64)
	long.Sequence, long.Epoch, long.Rules, long.Fee = 1<<62, 1<<32-1, 1<<32-1, 1e9
	raw, _ := signedSlip(t, long)
	if len(raw) > protocol.MaxSlip {
		t.Errorf("%d bytes, more than %d", len(raw), protocol.MaxSlip)
	}
	usual, _ := signedSlip(t, goldenSlip())
	t.Logf("usual %d bytes, %d characters; longest %d bytes", len(usual), len(protocol.SlipText(usual)), len(raw))
	for name, change := range map[string]func(*protocol.Slip){
		"no record":      func(s *protocol.Slip) { s.Record = protocol.ID{} },
		"no application": func(s *protocol.Slip) { s.Application = "" },
		"no envelope":    func(s *protocol.Slip) { s.Envelope = protocol.Hash{} },
		"a huge fee":     func(s *protocol.Slip) { s.Fee = 1e9 + 1 },
		"no time":        func(s *protocol.Slip) { s.At = 0 },
	} {
		s := goldenSlip()
		change(&s)
		if _, err := protocol.Encode(s); !errors.Is(err, protocol.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzSlip: whatever was scanned is refused by one of our errors, or reads as
// what it writes again.
func FuzzSlip(f *testing.F) {
	raw, _ := signedSlip(f, goldenSlip())
	f.Add(protocol.SlipText(raw))
	f.Add("ZK1:F:19430102340901")
	f.Add("zk1:s: aa aa\n")
	f.Fuzz(func(t *testing.T, text string) {
		raw, err := protocol.SlipOf(text)
		if err != nil {
			mustBeOurs(t, err)
			return
		}
		if again, err := protocol.SlipOf(protocol.SlipText(raw)); err != nil || string(again) != string(raw) {
			t.Fatalf("not stable: %v", err)
		}
		if s, err := protocol.ReadSlip(raw); err != nil {
			mustBeOurs(t, err)
		} else {
			stable(t, &s)
		}
	})
}
