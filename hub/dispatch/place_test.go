package dispatch_test

import (
	"context"
	"slices"
	"testing"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
	"zhunkao/protocol"
)

// TestPlaces: a box knows its own point and the others of its city, whom they
// serve, and hears of what changes about them.
func TestPlaces(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d, 4)
		l := k.box(pointHere)
		l.start()
		if p := l.places[pointHere]; p.Name != "name of "+pointHere || p.Takes.Minors || p.Closed {
			t.Errorf("its own point: %+v", p)
		}
		if p := l.places[pointThere]; p.Name != "name of "+pointThere {
			t.Errorf("the point of a mark: %+v", p)
		}
		k.write(func(ctx context.Context, tx *db.Tx) error {
			p, err := org.GetPoint(ctx, tx, pointThere)
			if err != nil {
				return err
			}
			p.Address, p.Hours, p.Minors, p.Levels = "样本路 2 号", "09:00-17:00", true, "1,3"
			if err := org.UpdatePoint(ctx, tx, p); err != nil {
				return err
			}
			return journal.Write(ctx, tx, journal.Entry{At: opened, Author: flow.Hub().Author, Act: journal.PointChanged, Subject: journal.Subject{Kind: journal.OfPoint, ID: p.Code}, Point: p.Code, Division: division})
		})
		l.catchUp(func() bool { return l.places[pointThere].Takes.Minors })
		if p := l.places[pointThere]; p.Address != "样本路 2 号" || p.Hours != "09:00-17:00" || len(p.Takes.Levels) != 2 || p.Takes.Medical {
			t.Errorf("changed: %+v", p)
		}
	})
}

// TestProvisionalMark: a box hears that it is open who confirmed, that her papers
// were sent back, and that it is open no longer.
func TestProvisionalMark(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d, 2)
		l := k.box(pointHere)
		l.start()
		app := k.people[0].Application
		id := protocol.NewID()
		say := func(act journal.Act) {
			k.write(func(ctx context.Context, tx *db.Tx) error {
				return journal.Write(ctx, tx, journal.Entry{At: opened, Author: flow.Hub().Author, Act: act, Subject: journal.Subject{Kind: journal.OfConfirmation, ID: id.String()},
					Campaign: k.rules.ID, Point: pointHere, Division: division, Detail: map[string]string{"application": app.ID}})
			})
		}
		k.write(func(ctx context.Context, tx *db.Tx) error {
			if _, err := k.flow.Candidates.Confirm(ctx, tx, app.ID, pointHere, 5); err != nil {
				return err
			}
			return confirmation.Insert(ctx, tx, confirmation.New{Record: confirmation.Record{ID: id.String(), Box: "b", Epoch: 1, Sequence: 1, Campaign: k.rules.ID, Application: app.ID,
				Point: pointHere, Division: division, State: confirmation.InForce, Proof: confirmation.Provisional, NumberKey: []byte{1}, Envelope: []byte{1}}, Content: []byte{1}})
		})
		prove := func(from, to confirmation.Proof) {
			k.write(func(ctx context.Context, tx *db.Tx) error {
				return confirmation.SetProof(ctx, tx, id.String(), from, to)
			})
		}
		say(journal.ConfirmationReceived)
		l.catchUp(func() bool { return l.done[app.ID] == pointHere })
		if m := l.confirmed[app.ID]; m.Provisional == nil || *m.Provisional != id || m.Again || m.Record == nil || *m.Record != id || !slices.Equal(m.Knows, []protocol.ID{id}) {
			t.Errorf("on papers: %+v", m)
		}
		prove(confirmation.Provisional, confirmation.Returned)
		say(journal.PapersReturned)
		l.catchUp(func() bool { return l.confirmed[app.ID].Again })
		if m := l.confirmed[app.ID]; m.Provisional == nil {
			t.Errorf("sent back: %+v", m)
		}
		prove(confirmation.Returned, confirmation.Accepted)
		say(journal.PapersAccepted)
		l.catchUp(func() bool { return l.confirmed[app.ID].Provisional == nil })
		prove(confirmation.Accepted, confirmation.Provisional) // a card that differs came after it
		say(journal.CardDiffers)
		l.catchUp(func() bool { return l.confirmed[app.ID].Provisional != nil })
		prove(confirmation.Provisional, confirmation.Verified)
		say(journal.CardVerified)
		l.catchUp(func() bool { m := l.confirmed[app.ID]; return m.Provisional == nil && !m.Again })
	})
}
