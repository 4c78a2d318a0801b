package intake_test

import (
	"context"
	"testing"

	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/intake"
	"zhunkao/protocol"
)

func TestOneRecordFromSealToRow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 1)
		b := r.enrol(pointHere)
		s := b.seal(r.people[0], making{big: 30 << 10})
		got := b.receipt(s)
		if got.Outcome != protocol.Accepted || got.Record != s.Manifest.ID || got.Sequence != 1 {
			t.Fatalf("receipt %+v", got)
		}
		rec := r.record(s.Manifest.ID)
		if rec.State != confirmation.InForce || rec.Worst() != confirmation.Pass || rec.Committed != int64(got.At) {
			t.Errorf("record in state %q, worst check %q: %+v", rec.State, rec.Worst(), rec.Checks)
		}
		r.read(func(ctx context.Context, tx *db.Tx) error {
			c, err := confirmation.Open(ctx, tx, r.ring, rec.ID)
			if err != nil {
				return err
			}
			if c.Application.Number() != r.people[0].Application.Number() || c.Chip.Number != r.people[0].Chip.Number {
				t.Error("the content is not hers")
			}
			for _, bl := range rec.Blobs {
				k, ok := c.Key(bl.Hash)
				if !ok {
					t.Fatalf("no key for %s", bl.Role)
				}
				plain, err := intake.OpenBlob(r.blobs, bl, k)
				if err != nil {
					t.Fatal(err)
				}
				if bl.Role == protocol.RoleChipText && len(plain) != 256 {
					t.Errorf("chip text of %d bytes", len(plain))
				}
			}
			row, err := r.flow.Candidates.Row(ctx, tx, rec.Application)
			if err != nil {
				return err
			}
			if row.State != candidate.Confirmed || row.ConfirmedPoint != pointHere {
				t.Errorf("application %+v", row)
			}
			return nil
		})
	})
}
