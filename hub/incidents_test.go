package hub_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/datadir"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/incident"
	"zhunkao/hub/org"
	rules "zhunkao/protocol/campaign"
)

// TestHubLooksAfterWhatWaits: a hub that was away finds, as it starts, the
// incident that nobody has taken meanwhile, the divisions that an older program
// knew only as they stood on one day, and a county that has no office yet.
func TestHubLooksAfterWhatWaits(t *testing.T) {
	s := newSite(t)
	ctx, id := t.Context(), strings.Repeat("ab", 16)
	d, err := db.Open(ctx, datadir.Dir(s.dir).Database())
	s.must(err)
	before := func() time.Time { return time.Now().Add(-time.Hour) }
	f := &flow.Flow{Now: before}
	s.must(d.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM division WHERE code = '430124'`); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM office WHERE id = '430103'`); err != nil {
			return err
		}
		_, err := f.ReportIncident(ctx, tx, incident.Incident{ID: id, Kind: incident.Power, Severity: incident.Serious, Point: point, Started: before().UnixMilli() - 1, What: "停电"},
			incident.Actor{Account: "a0000000", Division: county, Officer: true}, flow.Operator())
		return err
	}))
	s.must(d.Close())
	s.start()
	deadline := time.Now().Add(2 * time.Minute)
	for {
		var i incident.Incident
		var divisions []org.Division
		s.must(s.hub.DB().Read(context.Background(), func(tx *db.Tx) (err error) {
			if i, err = incident.Get(ctx, tx, id); err != nil {
				return err
			}
			divisions, err = org.Divisions(ctx, tx, time.Date(2014, 9, 1, 0, 0, 0, 0, time.UTC))
			return err
		}))
		if len(divisions) != len(rules.Divisions(time.Date(2014, 9, 1, 0, 0, 0, 0, time.UTC))) {
			t.Fatalf("%d divisions of 2014", len(divisions))
		}
		var office org.Office
		if err := s.hub.DB().Read(ctx, func(tx *db.Tx) (err error) {
			office, err = org.GetOffice(ctx, tx, "430103")
			return err
		}); err != nil && !errors.Is(err, org.ErrNotFound) {
			t.Fatal(err)
		}
		if i.Passed == 1 && i.Holder == "430000" && office.Division == "430103" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("nobody looked after it: %s at %s", i.State, i.Holder)
		}
		<-time.After(20 * time.Millisecond)
	}
}
