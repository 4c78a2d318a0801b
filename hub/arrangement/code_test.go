package arrangement_test

import (
	"errors"
	"strings"
	"testing"

	"zhunkao/hub/arrangement"
	"zhunkao/protocol/sheet"
	"zhunkao/protocol/sheet/qr"
)

// TestCode: the code of every seat of a small province fits a ticket, is read back from
// what a camera gives, leads to the published root step by step, and no longer does so
// when any character of it is another.
func TestCode(t *testing.T) {
	in := province(6000) // 49 of an area: rooms of 30
	r, err := arrangement.Arrange(in, arrangement.Seed{1})
	if err != nil {
		t.Fatal(err)
	}
	tree, longest := r.Tree(), 0
	for i, s := range r.Seats {
		p, ok := tree.Proof(s)
		if !ok {
			t.Fatalf("seat %d has no proof", i)
		}
		c, err := p.Code("adult-2019", 2, s)
		if err != nil {
			t.Fatal(err)
		}
		text := c.String()
		if len(text) > longest {
			longest = len(text)
			if _, err := qr.Encode(text, qr.M); err != nil {
				t.Fatalf("%d characters: %v", len(text), err)
			}
		}
		if strings.Trim(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:") != "" {
			t.Fatalf("%q is not alphanumeric", text)
		}
		got, err := arrangement.ParseCode(" HTTPS://KS.EXAMPLE/KS/T/" + strings.ToLower(text) + "\n")
		if err != nil || got.Seat != s || got.Campaign != "adult-2019" || got.Version != 2 {
			t.Fatalf("%v %v", got, err)
		}
		if err := got.Check(p, tree.Root); err != nil {
			t.Fatal(err)
		}
		_, room, err := got.Steps()
		if err != nil {
			t.Fatal(err)
		}
		_, _, _, top, err := p.Climb(s.Area, s.Room, room)
		if err != nil || top != tree.Root {
			t.Fatalf("the steps lead elsewhere: %v", err)
		}
		other := got
		if other.Seat.Seat++; other.Check(p, tree.Root) == nil {
			t.Error("another seat passes")
		}
	}
	// A room of 30 is among them, and an address has room before it.
	if longest < 320 || longest > sheet.MaxProof-100 {
		t.Errorf("the longest code has %d characters", longest)
	}
}

// TestCodeHasNoOtherReading: whatever is changed in a code, it is no code or leads to
// another root.
func TestCodeHasNoOtherReading(t *testing.T) {
	in := province(400)
	r, err := arrangement.Arrange(in, arrangement.Seed{1})
	if err != nil {
		t.Fatal(err)
	}
	tree := r.Tree()
	p, _ := tree.Proof(r.Seats[0])
	c, err := p.Code("adult-2019", 1, r.Seats[0])
	if err != nil {
		t.Fatal(err)
	}
	text := c.String()
	begin := strings.Index(text, c.Seat.Number) // campaign and version say where to look, the hub holds them against its own
	for i := begin; i < len(text); i++ {
		for _, put := range []byte("A7.-") {
			b := []byte(text)
			if b[i] == put {
				continue
			}
			b[i] = put
			got, err := arrangement.ParseCode(string(b))
			if err == nil && got.Check(p, tree.Root) == nil {
				t.Fatalf("character %d may be %q", i, put)
			}
		}
	}
}

func TestCodeRefuses(t *testing.T) {
	for _, text := range []string{"", "ZK1", "ZK1.A.1.1.1.1.1-1.A.", "ZK2.ADULT.1.1.1.1.1-1.AAAAAAAAAAAAAAAAAAAAAAAAAA.", "ZK1.ADULT.01.1.1.1.1-1.AAAAAAAAAAAAAAAAAAAAAAAAAA.",
		"ZK1.ADULT.1.1.1.1.2-1.AAAAAAAAAAAAAAAAAAAAAAAAAA.", "ZK1.ADULT.1.1.1.1.1-1.AAAAAAAAAAAAAAAAAAAAAAAAAA.AA", strings.Repeat("ZK1.", 2000)} {
		if _, err := arrangement.ParseCode(text); !errors.Is(err, arrangement.ErrCode) {
			t.Errorf("%.40q: %v, want ErrCode", text, err)
		}
	}
	if _, err := (arrangement.Proof{Of: 1}).Code("Adult 2019", 1, arrangement.Seat{Area: "0104", Room: 1, Seat: 1, Number: "1"}); !errors.Is(err, arrangement.ErrCode) {
		t.Errorf("a campaign with a blank: %v, want ErrCode", err)
	}
}

// FuzzParseCode: what somebody types or a camera misreads is refused or has one form.
func FuzzParseCode(f *testing.F) {
	f.Add("ZK1.ADULT-2019.1.010434000101.0104.1.1-1.AAAAAAAAAAAAAAAAAAAAAAAAAA.")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := arrangement.ParseCode(text)
		if err != nil {
			return
		}
		again, err := arrangement.ParseCode(c.String())
		if err != nil || again.String() != c.String() {
			t.Errorf("%q and %q: %v", c, again, err)
		}
		_, _, _ = c.Steps()
	})
}
