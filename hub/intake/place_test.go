package intake_test

import (
	"testing"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign/synthetic"
)

// TestPointIsJudged: what the point takes is part of the one check. A medical
// candidate confirmed where none may be is taken, and shown to the county; a
// plain one at the same point has nothing to mend.
func TestPointIsJudged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 80)
		b := r.enrol(pointHere)
		send := func(p synthetic.Person) string {
			s := b.seal(p, making{body: func(c *protocol.Confirmation) { c.Differences, c.Settled = nil, nil }})
			if got := b.receipt(s); got.Outcome != protocol.Accepted {
				t.Fatalf("%+v", got)
			}
			c := check(r.record(s.Manifest.ID), confirmation.CheckForm)
			return c.Result + " " + c.Note
		}
		seen := map[bool]bool{}
		for _, p := range r.people {
			medical := false
			for _, c := range p.Application.Choices {
				k, _ := r.campaign.Form.Category(c.Category)
				medical = medical || k.Medical
			}
			if seen[medical] {
				continue
			}
			seen[medical] = true
			want := map[bool]string{true: "warn incomplete", false: "pass "}[medical]
			if got := send(p); got != want {
				t.Errorf("medical %v: got %q, want %q", medical, got, want)
			}
		}
		if !seen[true] || !seen[false] {
			t.Fatal("the rig's people lack a kind")
		}
	})
}
