package appliance_test

import (
	"testing"

	"zhunkao/appliance/hubtest"
	"zhunkao/protocol"
)

// staffed says who works at the point, and which boxes stand there.
func (p *peer) staffed(issued protocol.Time, boxes ...protocol.PointBox) {
	p.Helper()
	p.with(func() {
		page := protocol.StaffPage{Members: []protocol.StaffMember{}, Boxes: boxes}
		sealed, err := protocol.SealForBox(protocol.SuiteChaCha, protocol.KindStaff, p.box, p.opening, page)
		if err != nil {
			p.Fatal(err)
		}
		p.say(protocol.KindStaff, protocol.Staff{Address: p.box, Point: hubtest.Point, Issued: issued, Until: issued + 1_000_000, Mark: uint64(issued), Sealed: sealed})
	})
}

// A box says where its desk is, and takes its neighbours from what the hub says of
// the point: never itself, none that has gone from the list, and after a restart
// those of the last list.
func TestNeighboursComeFromTheHub(t *testing.T) {
	p := newPeer(t, at(open))
	b := newBox(t, p)
	b.desk, b.deskNames = "0.0.0.0:0", []string{"10.77.0.9"}
	b.start()
	var h protocol.Hello
	until(t, "its hello", func() (said bool) {
		p.with(func() {
			if said = len(p.hellos) > 0; said {
				h = p.hellos[0]
			}
		})
		return said
	})
	if len(h.Desk) != 1 || h.Desk[0] != "10.77.0.9" || h.DeskPort == 0 {
		t.Errorf("it says that its desk is at %q, port %d", h.Desk, h.DeskPort)
	}
	if n := b.app.Neighbours(); len(n) != 0 {
		t.Fatalf("neighbours before the hub named any: %v", n)
	}
	now := protocol.TimeOf(open)
	own := protocol.PointBox{Box: b.app.Box(), Unit: 1, Key: protocol.Hash{1}, Names: h.Desk, Port: h.DeskPort}
	other := protocol.PointBox{Box: "bgoldenbox2", Unit: 2, Key: protocol.Hash{2}, Names: []string{"10.77.0.10"}, Port: 1}
	p.staffed(now, own, other)
	one := func() bool {
		n := b.app.Neighbours()
		return len(n) == 1 && n[0].Box == other.Box && n[0].Unit == 2 && !n[0].Answers
	}
	until(t, "the other box of the list", one)
	b.stop()
	b.stop = nil
	b.start()
	if !one() {
		t.Errorf("after a restart: %+v", b.app.Neighbours())
	}
	until(t, "its second hello", func() (said bool) { p.with(func() { said = len(p.hellos) > 1 }); return said })
	p.staffed(now+1, own)
	until(t, "the other box gone", func() bool { return len(b.app.Neighbours()) == 0 })
}
