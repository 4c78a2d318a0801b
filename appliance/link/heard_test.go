package link_test

import (
	"slices"
	"testing"
	"time"

	"zhunkao/appliance/hubtest"
	"zhunkao/appliance/link"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

// What the hub says to a box, and what the box makes of it.

func TestABoxFromAnOldImageIsToldThatItIsBehind(t *testing.T) {
	p := newPeer(t)
	n := newNode(t, p)
	n.commit(2)
	p.with(func() { p.receipted, p.beyond = 2, []uint64{5} })
	n.run()
	n.until("behind", saw(n, func(e link.Behind) bool { return e.Hub == 5 && e.Head == 2 }))
}

func TestFrozenIsRemembered(t *testing.T) {
	p := newPeer(t)
	n := newNode(t, p)
	p.with(func() { p.state = protocol.BoxFrozen })
	n.commit(1)
	n.run()
	n.until("told", saw(n, func(e link.StateChanged) bool { return e.State == protocol.BoxFrozen }))
	n.until("a frozen box still drains", n.drained)
	if s, err := n.State(); err != nil || s != protocol.BoxFrozen {
		t.Errorf("state %v, %v", s, err)
	}
	p.with(func() { p.state = protocol.BoxActive })
	n.link.Beat()
	n.until("released", saw(n, func(e link.StateChanged) bool { return e.State == protocol.BoxActive }))
}

// The hub's last word answers no nonce; of all states only this one is taken so.
func TestRevokedIsHeardAndRemembered(t *testing.T) {
	p := newPeer(t)
	n := newNode(t, p).run()
	n.until("linked", saw(n, any1[link.Linked]))
	var address protocol.Address
	p.with(func() { address = p.address })
	before := n.clock.Interval()
	word := protocol.Clock{Address: address, Nonce: make([]byte, protocol.NonceSize), HubTime: protocol.TimeOf(p.now.AddDate(1, 0, 0)), State: protocol.BoxFrozen}
	p.say(protocol.KindClock, word)
	n.until("a state that answers nothing is refused", saw(n, func(e link.Refused) bool { return e.Kind == protocol.KindClock }))
	if s, err := n.State(); err != nil || s != protocol.BoxActive {
		t.Errorf("state %v, %v", s, err)
	}
	other := word
	other.State, other.Address.Epoch = protocol.BoxRevoked, address.Epoch+1
	p.say(protocol.KindClock, other)
	word.State = protocol.BoxRevoked
	p.say(protocol.KindClock, word)
	n.until("told", saw(n, func(e link.StateChanged) bool { return e.State == protocol.BoxRevoked }))
	if s, err := n.State(); err != nil || s != protocol.BoxRevoked {
		t.Errorf("state %v, %v", s, err)
	}
	if after := n.clock.Interval(); after.Latest.Sub(before.Latest) > time.Hour {
		t.Error("the last word set the clock")
	}
}

func TestTheHubsTimeIsTakenOnlyForOurNonce(t *testing.T) {
	p := newPeer(t)
	n := newNode(t, p).run()
	n.until("linked", saw(n, any1[link.Linked]))
	if i := n.clock.Interval(); !i.Bounded || i.Latest.Sub(p.now) > time.Minute || p.now.Sub(i.Earliest) > time.Minute {
		t.Errorf("interval %+v", i)
	}
	later := protocol.TimeOf(p.now.AddDate(1, 0, 0))
	p.say(protocol.KindClock, protocol.Clock{Address: p.address, Nonce: make([]byte, protocol.NonceSize), HubTime: later, State: protocol.BoxActive})
	var old []byte
	p.with(func() { old = p.hellos[0].Nonce })
	p.say(protocol.KindClock, protocol.Clock{Address: p.address, Nonce: old, HubTime: later, State: protocol.BoxActive})
	refused := func() (k int) {
		for _, e := range n.seen() {
			if r, ok := e.(link.Refused); ok && r.Kind == protocol.KindClock {
				k++
			}
		}
		return k
	}
	n.until("both refused", func() bool { return refused() == 2 })
	if i := n.clock.Interval(); i.Latest.Year() != 2019 {
		t.Errorf("a replay moved the clock: %+v", i)
	}
}

func TestCampaignAndRosterComeDown(t *testing.T) {
	p := newPeer(t)
	n := newNode(t, p).run()
	n.until("linked", saw(n, any1[link.Linked]))
	opening, err := n.keys.Opener("box-1")
	if err != nil {
		t.Fatal(err)
	}
	box := publicOf(t, opening)
	key := protocol.RosterKey{Key: make([]byte, 32)}
	seal := func(kind protocol.Kind, v any) protocol.Sealed {
		s, err := protocol.SealForBox(protocol.SuiteAES, kind, p.address, box, v)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	bundle, err := campaign.Encode(campaign.Adult2019())
	if err != nil {
		t.Fatal(err)
	}
	pieces, err := protocol.CutCampaign(protocol.CampaignMessage{
		Address: p.address, Campaign: hubtest.Campaign, Version: 3,
		Point: protocol.PointInfo{Code: hubtest.Point, Name: "新名称"}, RosterKey: seal(protocol.KindCampaign, key),
	}, bundle)
	if err != nil {
		t.Fatal(err)
	}
	number := identity.Number("430102199001011236")
	app := form.Application{ID: "app-1", Version: 1, Campaign: hubtest.Campaign, Fields: form.Fields{form.DocumentNumber: string(number)}}
	page := protocol.Roster{Address: p.address, Campaign: hubtest.Campaign, From: 0, To: 7,
		Sealed: seal(protocol.KindRoster, protocol.RosterPage{Entries: []protocol.RosterEntry{{Version: 7, Application: &app}}})}
	p.say(protocol.KindRoster, page) // before its campaign: refused, and said again
	n.until("roster without campaign refused", saw(n, func(e link.Refused) bool { return e.Kind == protocol.KindRoster }))
	slices.Reverse(pieces)
	for _, m := range pieces {
		p.say(protocol.KindCampaign, m)
	}
	n.until("campaign", saw(n, func(e link.CampaignTaken) bool { return e.Version == 3 }))
	p.say(protocol.KindRoster, page)
	n.until("roster", saw(n, func(e link.RosterTaken) bool { return e.To == 7 }))
	if f, err := n.Find(number); err != nil || f.Application == nil {
		t.Errorf("found %+v, %v", f, err)
	}
	if pt, err := n.Point(); err != nil || pt.Name != "新名称" {
		t.Errorf("point %+v, %v", pt, err)
	}
	n.until("the marks are reported at once", func() (ok bool) {
		p.with(func() {
			ok = slices.ContainsFunc(p.beats, func(h protocol.Heartbeat) bool { return h.Marks.Roster == 7 && h.Marks.Campaign == 3 })
		})
		return ok
	})
}

func TestJournalThatGoesBackIsTold(t *testing.T) {
	p := newPeer(t)
	n := newNode(t, p)
	n.commit(1)
	p.with(func() { p.checkpoint = protocol.Checkpoint{Number: 9, Hash: protocol.HashOf([]byte("x")), At: 1} })
	n.run()
	n.until("drained", n.drained)
	p.with(func() { p.checkpoint.Number = 8 })
	n.commit(1)
	n.until("told", saw(n, func(e link.JournalBack) bool { return e.Seen.Number == 9 && e.Now.Number == 8 }))
}
