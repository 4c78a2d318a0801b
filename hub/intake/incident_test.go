package intake_test

import (
	"context"
	"strings"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/incident"
	"zhunkao/hub/journal"
	"zhunkao/hub/staff"
	"zhunkao/protocol"
)

// TestIncidentOfTheDesk: what a point reports from its desk waits for its county,
// once however often it comes; a stranger's word, an unknown kind or somebody's
// number is set aside.
func TestIncidentOfTheDesk(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 1)
		here, there := r.crew(pointHere), r.crew(pointThere)
		b := r.enrol(pointHere)
		now := protocol.TimeOf(r.clock.Now())
		severity := protocol.SeverityGrave
		report := func(who staff.Account, kind, words string, since protocol.Time) sealed {
			t.Helper()
			return b.act(protocol.RecordIncident, protocol.Incident{Point: pointHere, Kind: kind, Severity: severity, Since: since, Words: words, Done: "发了草表", Blobs: []protocol.BlobRef{},
				Clerk: protocol.Assent{Account: who.ID, Role: protocol.AssentClerk, How: protocol.HowCode, At: now}})
		}
		took := report(here.clerk, string(incident.Power), "停电，\n靠电瓶在办", now+7_200_000)
		for range 2 {
			if got := b.receipt(took); got.Outcome != protocol.Accepted {
				t.Fatalf("receipt %+v", got)
			}
		}
		r.read(func(ctx context.Context, tx *db.Tx) error {
			i, err := incident.Get(ctx, tx, took.Manifest.ID.String())
			if err != nil {
				return err
			}
			if i.State != incident.Waiting || i.Reporter != here.clerk.ID || i.Point != pointHere || i.Holder == "" || !strings.HasPrefix(pointHere, i.Holder) ||
				i.Severity != incident.Grave || i.Started > r.clock.Now().UnixMilli() || i.Done != "发了草表" {
				t.Errorf("stands as %+v", i)
			}
			return nil
		})
		if n := r.journalled(journal.IncidentReported); n != 1 {
			t.Errorf("journalled %d times", n)
		}
		for said, want := range map[string]incident.Severity{"": incident.Serious, "unheard-of": incident.Serious, protocol.SeverityMinor: incident.Minor} {
			severity = said
			s := report(here.clerk, string(incident.Network), "网络不通", now)
			if got := b.receipt(s); got.Outcome != protocol.Accepted {
				t.Fatalf("%q: receipt %+v", said, got)
			}
			r.read(func(ctx context.Context, tx *db.Tx) error {
				i, err := incident.Get(ctx, tx, s.Manifest.ID.String())
				if err == nil && i.Severity != want {
					t.Errorf("said %q, stands as %s", said, i.Severity)
				}
				return err
			})
		}
		for name, c := range map[string]struct {
			sealed
			why protocol.Reason
		}{
			"of another point": {report(there.clerk, "power", "停电", now), protocol.ReasonAssent},
			"an unknown kind":  {report(here.clerk, "flood", "进水", now), protocol.ReasonContent},
			"names somebody":   {report(here.clerk, "other", "430104199001011237 的材料", now), protocol.ReasonContent},
		} {
			if got := b.receipt(c.sealed); got.Outcome != protocol.Quarantined || got.Reason != c.why {
				t.Errorf("%s: %s %s", name, got.Outcome, got.Reason)
			}
		}
	})
}
