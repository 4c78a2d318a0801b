package protocol_test

import (
	"errors"
	"testing"

	"zhunkao/protocol"
)

// A desk may only have names that can be nobody else's.
func TestDeskNames(t *testing.T) {
	const box = protocol.BoxID("bgoldenbox2")
	for name, want := range map[string]bool{
		"192.168.8.20": true, "10.0.0.1": true, "172.31.0.9": true, "169.254.3.4": true, "fd00::8": true, "fe80::1": true,
		"bgoldenbox2.local": true,
		"hub.example":       false, "hub.zhunkao.internal": false, "bgoldenbox3.local": false, "bgoldenbox2.local.": false, "localhost": false,
		"127.0.0.1": false, "8.8.8.8": false, "172.32.0.1": false, "::1": false, "0.0.0.0": false, "fe80::1%eth0": false,
		"::ffff:192.168.8.20": false, "fd00:0::8": false, "": false, "*.local": false,
	} {
		if got := protocol.DeskNameAllowed(box, name); got != want {
			t.Errorf("%q: allowed is %v, want %v", name, got, want)
		}
	}
	if protocol.DeskNameAllowed("", ".local") {
		t.Error("a box without an id has a name")
	}
}

func TestGoldenDeskRequest(t *testing.T) {
	p := goldenParties(t)
	var r protocol.DeskRequest
	if err := protocol.OpenStatement(protocol.KindDesk, golden(t, "desk.cose"), p.keys, &r); err != nil {
		t.Fatal(err)
	}
	if _, err := r.OpenDesk(); err != nil {
		t.Errorf("certificate request: %v", err)
	}
	r.CSR[len(r.CSR)-1] ^= 1
	if _, err := r.OpenDesk(); !errors.Is(err, protocol.ErrSignature) && !errors.Is(err, protocol.ErrMalformed) {
		t.Errorf("an altered request: %v", err)
	}
}

// What no honest hub says of the boxes of a point is refused.
func TestBoxesThatCannotBe(t *testing.T) {
	for name, bad := range map[string]func(*protocol.PointBox){
		"no box":                func(b *protocol.PointBox) { b.Box = "" },
		"twice":                 func(b *protocol.PointBox) { b.Box = "bgoldenbox3" },
		"no number":             func(b *protocol.PointBox) { b.Unit = 0 },
		"no key":                func(b *protocol.PointBox) { b.Key = protocol.Hash{} },
		"a public address":      func(b *protocol.PointBox) { b.Names = []string{"8.8.8.8"} },
		"another box's name":    func(b *protocol.PointBox) { b.Names = []string{"bgoldenbox3.local"} },
		"a name and no port":    func(b *protocol.PointBox) { b.Port = 0 },
		"a port and no name":    func(b *protocol.PointBox) { b.Names = nil },
		"more names than a few": func(b *protocol.PointBox) { b.Names = make([]string, protocol.MaxDeskNames+1) },
	} {
		page := goldenPointBoxes()
		bad(&page.Boxes[0])
		if _, err := protocol.Encode(page); !errors.Is(err, protocol.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	page := goldenPointBoxes()
	page.Boxes = make([]protocol.PointBox, protocol.MaxPointBoxes+1)
	if _, err := protocol.Encode(page); !errors.Is(err, protocol.ErrTooLarge) {
		t.Errorf("more than may be: %v", err)
	}
}

// What no honest hub says about staff is refused before anybody could sign in by it.
func TestStaffThatCannotBe(t *testing.T) {
	for name, bad := range map[string]func(*protocol.StaffPage){
		"two of one name":      func(p *protocol.StaffPage) { p.Members[1].Name = p.Members[0].Name },
		"two of one id":        func(p *protocol.StaffPage) { p.Members[1].ID = p.Members[0].ID },
		"no verifier":          func(p *protocol.StaffPage) { p.Members[0].Verifier = "" },
		"a plain password":     func(p *protocol.StaffPage) { p.Members[0].Verifier = "password" },
		"no authenticator":     func(p *protocol.StaffPage) { p.Members[0].Secret = nil },
		"a name with a blank":  func(p *protocol.StaffPage) { p.Members[0].Name = "a b" },
		"a display that turns": func(p *protocol.StaffPage) { p.Members[0].Display = "a\u202eb" },
	} {
		page := goldenStaff()
		bad(&page)
		if _, err := protocol.Encode(page); !errors.Is(err, protocol.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
