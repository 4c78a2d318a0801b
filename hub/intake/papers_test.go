package intake_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/notice"
	"zhunkao/hub/staff"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
)

// onPapers seals pictures as copies beside what a box seals of a person without a
// chip.
func (b *box) onPapers(person int, copies [][]byte, change func(*protocol.Confirmation)) sealed {
	b.r.t.Helper()
	return b.papersOf(b.r.people[person], copies, change)
}

func (b *box) papersOf(p synthetic.Person, copies [][]byte, change func(*protocol.Confirmation)) sealed {
	b.r.t.Helper()
	b.seq++
	out := b.sealAs(p, b.seq, b.prev, making{
		blob: func(role string, data []byte) []byte {
			if strings.HasPrefix(role, "chip.") {
				return nil
			}
			return data
		},
		more: copies,
		body: func(c *protocol.Confirmation) {
			c.Chip.Type = form.ChipPapers
			c.Papers = &protocol.Papers{Why: protocol.WhyNoChip, Document: "08", Copies: uint8(len(copies)), Note: "两页"}
			c.Clerk = &protocol.Assent{Account: "s-chen", Role: protocol.AssentClerk, How: protocol.HowCode, At: 1}
			c.Timeline = []protocol.Event{{Step: protocol.StepPapers, At: 1}}
			if change != nil {
				change(c)
			}
		},
	})
	b.prev = out.Hash()
	return out
}

// A confirmation on papers is taken with its copies, and keeps who attended it
// and what was let pass; one that no honest box makes is set aside.
func TestPapers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 8)
		b := r.enrol(pointHere)
		page := drawn(t, 60, 40)
		s := b.onPapers(0, [][]byte{page, drawn(t, 40, 60)}, func(c *protocol.Confirmation) {
			c.Overrides = []protocol.Override{{Act: "expired-card", Reason: "新证在办", Assents: []protocol.Assent{*c.Clerk}}}
		})
		if got := b.receipt(s); got.Outcome != protocol.Accepted {
			t.Fatalf("%+v", got)
		}
		rec := r.record(s.Manifest.ID)
		for name, want := range map[string]string{confirmation.CheckPapers: "pass ", confirmation.CheckChip: " ", confirmation.CheckParts: "pass ",
			confirmation.CheckOverrides: "fail stranger", confirmation.CheckClerk: "fail stranger", confirmation.CheckPhoto: "warn missing"} {
			if c := check(rec, name); c.Result+" "+c.Note != want {
				t.Errorf("%s is %q %q, want %q", name, c.Result, c.Note, want)
			}
		}
		r.read(func(ctx context.Context, tx *db.Tx) error {
			c, err := confirmation.Open(ctx, tx, r.ring, rec.ID)
			if err != nil {
				return err
			}
			if p := c.Papers; p == nil || *p != (confirmation.Papers{Why: confirmation.WhyNoChip, Document: "08", Copies: 2, Note: "两页"}) {
				t.Errorf("papers %+v", p)
			}
			if c.Clerk == nil || c.Clerk.Account != "s-chen" || len(c.Overrides) != 1 || c.Overrides[0].Assents[0].Account != "s-chen" {
				t.Errorf("clerk %v, overrides %v", c.Clerk, c.Overrides)
			}
			return nil
		})
		for name, bad := range map[string]func() sealed{
			"a copy that is no picture": func() sealed { return b.onPapers(1, [][]byte{page, []byte("%PDF-1.7")}, nil) },
			"typed, and no papers": func() sealed {
				return b.onPapers(2, [][]byte{page}, func(c *protocol.Confirmation) { c.Papers = nil })
			},
			"papers, and a chip": func() sealed {
				return b.onPapers(3, [][]byte{page}, func(c *protocol.Confirmation) { c.Chip.Type = form.ChipResident })
			},
			"another number": func() sealed {
				return b.onPapers(4, [][]byte{page}, func(c *protocol.Confirmation) { c.Chip.Number = r.people[5].Chip.Number })
			},
		} {
			bad := bad()
			if got := b.receipt(bad); got.Outcome != protocol.Quarantined || got.Reason != protocol.ReasonContent {
				t.Errorf("%s: %+v", name, got)
			}
		}
	})
}

// TestWhoAttends: who attended a visit, and who let something pass, works at the
// point, by its staff when the record comes; else people see it, and the record is
// taken all the same.
func TestWhoAttends(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 10)
		b, here, there := r.enrol(pointHere), r.crew(pointHere), r.crew(pointThere)
		gone := r.hire("gone", staff.Clerk, pointHere)
		r.dismiss(gone)
		by := func(a staff.Account, role string) protocol.Assent {
			return protocol.Assent{Account: a.ID, Role: role, How: protocol.HowCode, At: protocol.TimeOf(r.clock.Now())}
		}
		before := func(a staff.Account) protocol.Assent { // as a box does that was alone since
			return protocol.Assent{Account: a.ID, Role: protocol.AssentClerk, How: protocol.HowCode, At: protocol.TimeOf(r.clock.Now().Add(-time.Minute))}
		}
		clerk, head := by(here.clerk, protocol.AssentClerk), by(here.head, protocol.AssentHead)
		for i, c := range []struct {
			name    string
			clerk   protocol.Assent
			passed  []protocol.Assent
			attends string
			passes  string
		}{
			{"hers", clerk, []protocol.Assent{clerk, head}, "pass ", "warn override"},
			{"the head first", head, []protocol.Assent{head, clerk}, "pass ", "warn override"},
			{"of another point", by(there.clerk, protocol.AssentClerk), nil, "fail stranger", " "},
			{"disabled", by(gone, protocol.AssentClerk), nil, "fail stranger", " "},
			{"before she was disabled", before(gone), nil, "pass ", " "},
			{"let pass before she was disabled", clerk, []protocol.Assent{before(gone), head}, "pass ", "warn override"},
			{"nobody's", protocol.Assent{Account: "s-none", Role: protocol.AssentClerk, How: protocol.HowCode, At: 1}, nil, "fail stranger", " "},
			{"a stranger let it pass", clerk, []protocol.Assent{by(there.clerk, protocol.AssentClerk)}, "pass ", "fail stranger"},
			{"the head of another point", clerk, []protocol.Assent{clerk, by(there.head, protocol.AssentHead)}, "pass ", "fail stranger"},
		} {
			s := b.seal(r.people[i], making{body: func(body *protocol.Confirmation) {
				body.Clerk = &c.clerk
				if len(c.passed) > 0 {
					body.Overrides = []protocol.Override{{Act: "expired-card", Reason: "新证在办", Assents: c.passed}}
				}
			}})
			if got := b.receipt(s); got.Outcome != protocol.Accepted {
				t.Fatalf("%s: %+v", c.name, got)
			}
			rec := r.record(s.Manifest.ID)
			attends, passes := check(rec, confirmation.CheckClerk), check(rec, confirmation.CheckOverrides)
			if got := attends.Result + " " + attends.Note; got != c.attends || rec.State != confirmation.InForce {
				t.Errorf("%s: %s, attended %q, want %q", c.name, rec.State, got, c.attends)
			}
			if got := passes.Result + " " + passes.Note; got != c.passes {
				t.Errorf("%s: let pass %q, want %q", c.name, got, c.passes)
			}
		}
	})
}

// TestReviewedCard: the chip of a foreigner's card was read, and the campaign's table
// has the city review such cards: it counts and waits for the city, with copies or,
// from a box that asks for none, without; her card, read once more, ends nothing,
// and she is told so. A resident's never waits (demand A40).
func TestReviewedCard(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 8)
		b := r.enrol(pointHere)
		read := func(person int, pictures [][]byte, change func(*protocol.Confirmation)) sealed {
			b.seq++
			out := b.sealAs(r.people[person], b.seq, b.prev, making{more: pictures, body: func(c *protocol.Confirmation) {
				c.Chip.Type = form.ChipForeigner2023
				if len(pictures) > 0 {
					c.Papers = &protocol.Papers{Why: protocol.WhyReview, Document: "07", Copies: uint8(len(pictures))}
					c.Clerk = &protocol.Assent{Account: "s-chen", Role: protocol.AssentClerk, How: protocol.HowCode, At: 1}
				}
				if change != nil {
					change(c)
				}
			}})
			b.prev = out.Hash()
			return out
		}
		page := drawn(t, 60, 40)
		for name, c := range map[string]struct {
			person   int
			pictures [][]byte
			papers   string
		}{"with copies": {0, [][]byte{page, page}, "pass card-reviewed"}, "without": {1, nil, "warn card-uncopied"}} {
			s := read(c.person, c.pictures, nil)
			if got := b.receipt(s); got.Outcome != protocol.Accepted {
				t.Fatalf("%s: %+v", name, got)
			}
			rec := r.record(s.Manifest.ID)
			if got := check(rec, confirmation.CheckPapers); rec.State != confirmation.InForce || rec.Proof != confirmation.Provisional || !rec.ByCard() || rec.CardSettles() ||
				got.Result+" "+got.Note != c.papers || check(rec, confirmation.CheckChip).Result != confirmation.Pass {
				t.Errorf("%s: %s, proof %q, check %+v", name, rec.State, rec.Proof, got)
			}
			if got := r.notices(rec.Application); got[notice.CardReview] != 1 || got[notice.Provisional] != 0 {
				t.Errorf("%s: told %v", name, got)
			}
			v := b.verifies(s, c.person, func(v *protocol.Verification) { v.Chip.Type = form.ChipForeigner2023 })
			if got := b.receipt(v); got.Outcome != protocol.Accepted || r.record(s.Manifest.ID).Proof != confirmation.Provisional {
				t.Errorf("%s: read once more: %+v, proof %q", name, got, r.record(s.Manifest.ID).Proof)
			}
		}
		plain := b.seal(r.people[2], making{})
		b.receipt(plain)
		if rec := r.record(plain.Manifest.ID); rec.Proof != confirmation.ByChip || check(rec, confirmation.CheckPapers).Name != "" {
			t.Errorf("a resident's card: proof %q", rec.Proof)
		}
		instead := b.onPapers(3, [][]byte{page}, func(c *protocol.Confirmation) { c.Papers.Why, c.Papers.Document = protocol.WhyMissing, "06" })
		b.receipt(instead)
		if rec := r.record(instead.Manifest.ID); rec.Proof != confirmation.Provisional || rec.CardSettles() || rec.ByCard() {
			t.Errorf("papers instead of such a card: proof %q, %+v", rec.Proof, check(rec, confirmation.CheckPapers))
		}
		typed := read(4, [][]byte{page}, func(c *protocol.Confirmation) { c.Chip.Type = form.ChipPapers })
		if got := b.receipt(typed); got.Reason != protocol.ReasonContent {
			t.Errorf("copies beside a chip that was typed: %+v", got)
		}
	})
}

// The record's words are those of the wire.
func TestWordsOfPapers(t *testing.T) {
	for _, w := range [][2]string{
		{confirmation.WhyNoChip, protocol.WhyNoChip}, {confirmation.WhyUnreadable, protocol.WhyUnreadable},
		{confirmation.WhyMissing, protocol.WhyMissing}, {confirmation.WhyExpired, protocol.WhyExpired}, {confirmation.WhyReview, protocol.WhyReview},
	} {
		if w[0] != w[1] {
			t.Errorf("%q is %q on the wire", w[0], w[1])
		}
	}
}
