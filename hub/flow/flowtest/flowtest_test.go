package flowtest_test

import (
	"path/filepath"
	"testing"
	"time"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/hub/flow/flowtest"
	"zhunkao/hub/keys"
	"zhunkao/hub/org"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
)

// TestFill: as many as asked are there, in every county, each once.
func TestFill(t *testing.T) {
	d, ctx := dbtest.SQLite(t), t.Context()
	now := func() time.Time { return time.Date(2019, 9, 6, 1, 0, 0, 0, time.UTC) }
	ring, err := keys.Open(filepath.Join(t.TempDir(), "keys"), keys.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	fl, err := fleet.Open(ctx, fleet.Options{DB: d, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	f := &flow.Flow{Candidates: candidate.New(ring, now), Fleet: fl, Now: now}
	if err := d.Write(ctx, func(tx *db.Tx) error { return org.Seed(ctx, tx, now()) }); err != nil {
		t.Fatal(err)
	}
	var points []synthetic.Point
	for range 2 { // the second time they are there
		if points, err = flowtest.Points(ctx, d, f, now()); err != nil {
			t.Fatal(err)
		}
	}
	began := time.Now()
	const n = 3000
	first, err := flowtest.Fill(ctx, d, f, campaign.Adult2019(), n, points)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d applications in %s", n, time.Since(began))
	if len(points) != 244 || len(first) == 0 {
		t.Errorf("%d points, %d transactions", len(points), len(first))
	}
	err = d.Read(ctx, func(tx *db.Tx) error {
		var here, counties int
		err := tx.QueryRow(ctx, `SELECT count(*), count(DISTINCT division) FROM application`).Scan(&here, &counties)
		if here != n || counties != 122 {
			t.Errorf("%d applications in %d counties", here, counties)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
