package intake_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/flow"
	"zhunkao/hub/intake"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign/synthetic"
)

// slip is what a box prints on the sheet of a record.
func (b *box) slip(of sealed, p synthetic.Person, change func(*protocol.Slip)) string {
	b.r.t.Helper()
	fee, _ := b.r.campaign.Fee(p.Application.First().Level)
	s := protocol.Slip{Address: b.id, Sequence: of.Manifest.Sequence, Record: of.Manifest.ID, Envelope: of.Hash(), Application: p.Application.ID,
		Campaign: b.r.campaign.ID, Rules: b.r.campaign.Version, Fee: uint64(fee), At: protocol.TimeOf(b.r.clock.Now())}
	if change != nil {
		change(&s)
	}
	raw, err := protocol.SignMessage(protocol.KindSlip, s, b.key)
	if err != nil {
		b.r.t.Fatal(err)
	}
	return protocol.SlipText(raw)
}

func (r *rig) slip(text string, bar flow.SlipBar) intake.Slip {
	r.t.Helper()
	got, err := r.in.Slip(r.t.Context(), text)
	if err != nil || got.Bar != bar {
		r.t.Errorf("the slip: %q, %v, want %q; %+v", got.Bar, err, bar, got.Facts)
	}
	return got
}

// TestSlipStands: what a slip is worth before its record has come, when it has,
// and when it was taken back; a forged one is worth nothing.
func TestSlipStands(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 5)
		b, other, who := r.enrol(pointHere), r.enrol(pointHere), r.crew(pointHere)
		p := r.people
		s := b.seal(p[0], making{})
		text := b.slip(s, p[0], nil)
		got := r.slip(text, "")
		if got.Box != string(b.id.Box) || got.Point != pointHere || got.Division != division || got.Record != s.Manifest.ID.String() || got.Fee <= 0 || got.Facts.Arrived {
			t.Errorf("before it has come: %+v", got)
		}
		b.receipt(s)
		if got := r.slip(text, ""); !got.Facts.Arrived || got.Facts.State != confirmation.InForce {
			t.Errorf("when it has: %+v", got.Facts)
		}
		b.receipt(b.void(s, p[0].Application.ID, who))
		r.slip(text, flow.SlipVoided)

		// What was not signed so by that box.
		for name, text := range map[string]string{
			"another box's key":   other.slip(s, p[0], func(x *protocol.Slip) { x.Address = b.id }),
			"an unknown box":      b.slip(s, p[0], func(x *protocol.Slip) { x.Box = protocol.NewBoxID() }),
			"an epoch to come":    b.slip(s, p[0], func(x *protocol.Slip) { x.Epoch++ }),
			"altered by a letter": flip(b.slip(s, p[0], nil)),
		} {
			if _, err := r.in.Slip(t.Context(), text); !errors.Is(err, intake.ErrForged) && !errors.Is(err, intake.ErrNoSlip) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := r.in.Slip(t.Context(), "ZK1:F:19430102340901"); !errors.Is(err, intake.ErrNoSlip) {
			t.Errorf("the number of a sheet: %v", err)
		}

		s = b.seal(p[1], making{})
		r.slip(b.slip(s, p[1], func(x *protocol.Slip) { x.Fee++ }), flow.SlipFee)
		r.slip(b.slip(s, p[1], func(x *protocol.Slip) { x.Rules = 99 }), flow.SlipCampaign)
		r.slip(b.slip(s, p[1], func(x *protocol.Slip) { x.Application = strings.Repeat("0", 32) }), flow.SlipUnknown)
		b.receipt(s)
		r.slip(b.slip(s, p[1], func(x *protocol.Slip) { x.Envelope, x.Record = protocol.HashOf(nil), protocol.NewID() }), flow.SlipForked)

		// Its record is set aside, and its box is shut out.
		s = b.seal(p[2], making{body: func(c *protocol.Confirmation) { c.Chip.Number = p[3].Chip.Number }})
		text = b.slip(s, p[2], nil)
		b.receipt(s)
		r.slip(text, flow.SlipHeld)
		s = b.seal(p[4], making{})
		text = b.slip(s, p[4], nil)
		r.slip(text, "")
		r.clock.set(r.clock.Now().Add(time.Hour))
		if err := r.write(func(ctx context.Context, tx *db.Tx) error {
			return r.flow.Revoke(ctx, tx, string(b.id.Box), "丢了", flow.Operator())
		}); err != nil {
			t.Fatal(err)
		}
		r.slip(text, flow.SlipRevoked)
	})
}

// flip changes one letter in the middle of a text.
func flip(text string) string {
	at := len(text) / 2
	c := byte('A')
	if text[at] == c {
		c = 'B'
	}
	return text[:at] + string(c) + text[at+1:]
}
