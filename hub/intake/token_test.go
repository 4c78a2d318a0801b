package intake_test

import (
	"testing"
	"time"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db/dbtest"
	"zhunkao/protocol"
	"zhunkao/protocol/window"
)

// token is what a box gives out.
func (b *box) token(drawn time.Time, change func(*protocol.Token)) []byte {
	b.r.t.Helper()
	at := protocol.TimeOf(drawn)
	t := protocol.Token{Address: b.id, Point: b.point, Day: window.QueueDay(drawn), Number: 7,
		Drawn: protocol.TimeEvidence{Earliest: at, Latest: at + 1, Source: protocol.SourceHub, HubTime: at, Boot: 1, Verdict: protocol.VerdictOpen}}
	if change != nil {
		change(&t)
	}
	raw, err := protocol.SignMessage(protocol.KindToken, t, b.key)
	if err != nil {
		b.r.t.Fatal(err)
	}
	return raw
}

// The close comes while people wait: whoever drew a number before it is in force,
// by the number alone; nobody is by a number of another day, another point,
// another hand, one drawn after the close, or one that was used.
func TestServedAfterTheCloseByAToken(t *testing.T) {
	r := newRig(t, dbtest.SQLite(t), 12)
	b, other := r.enrol(pointHere), r.enrol(pointHere)
	people := r.people
	v := r.campaign.Judge(window.Confirm, people[0].Application, division, window.At(r.clock.Now()))
	if v.State != window.Open {
		t.Fatalf("the rig's window: %+v", v)
	}
	close := v.Until
	after := func(m *protocol.Manifest) {
		at := protocol.TimeOf(close.Add(20 * time.Minute))
		m.Time.Earliest, m.Time.Latest, m.Time.HubTime = at, at+1, at
	}
	before := close.Add(-40 * time.Minute)
	good := b.token(before, nil)
	for i, tc := range []struct {
		name  string
		token []byte
		state confirmation.State
		note  string // of the check of the token
	}{
		{"no token", nil, confirmation.TimePending, "-"},
		{"hers", good, confirmation.InForce, ""},
		{"used before", good, confirmation.TimePending, confirmation.NoteTokenUsed},
		{"of another box of the point", other.token(before, nil), confirmation.InForce, ""},
		{"drawn after the close", b.token(close.Add(time.Minute), nil), confirmation.TimePending, confirmation.NoteTokenOutside},
		{"of the day before", b.token(before.Add(-24*time.Hour), nil), confirmation.TimePending, confirmation.NoteTokenDay},
		{"of another point", b.token(before, func(t *protocol.Token) { t.Point = "43010999" }), confirmation.TimePending, confirmation.NoteTokenPoint},
		{"in another box's name", b.token(before, func(t *protocol.Token) { t.Box, t.Epoch = other.id.Box, other.id.Epoch }), confirmation.TimePending, confirmation.NoteTokenForged},
		{"of no box", b.token(before, func(t *protocol.Token) { t.Box = "baaaaaaaaaa" }), confirmation.TimePending, confirmation.NoteTokenForged},
		{"no token at all", []byte("token"), confirmation.TimePending, confirmation.NoteTokenForged},
	} {
		s := b.seal(people[i], making{head: after, body: func(c *protocol.Confirmation) { c.Token = tc.token }})
		if got := b.receipt(s); got.Outcome != protocol.Accepted {
			t.Fatalf("%s: %+v", tc.name, got)
		}
		rec := r.record(s.Manifest.ID)
		note := "-"
		for _, c := range rec.Checks {
			if c.Name == confirmation.CheckToken {
				note = c.Note
			}
		}
		if rec.State != tc.state || note != tc.note {
			t.Errorf("%s: %s, token %q; want %s, %q", tc.name, rec.State, note, tc.state, tc.note)
		}
	}
	if n := r.count("queue_token"); n != 3 { // two that served, and the one drawn too late
		t.Errorf("%d tokens are used up", n)
	}
}
